"""How a training goes, on a terminal: a bar for what is at work, a line for each epoch."""

from __future__ import annotations

import argparse

from vidclf.cli.messages import say
from vidclf.cli.progress import Bar, new_bar
from vidclf.training.watcher import Epoch


class TrainingBars(Bar):
    """A watcher that shows a bar with the time left, and says a line for each fine-tuned epoch.

    The epochs of a head take milliseconds; they are said with `-v` alone.
    """

    def __init__(self, arguments: argparse.Namespace, *, shown: bool) -> None:
        super().__init__(shown=shown)
        self._arguments = arguments

    def said(self, sentence: str) -> None:
        """Print it."""
        self.stopped()
        say(self._arguments, sentence)

    def began(self, what: str, *, total: int | None, unit: str) -> None:
        """Begin another bar."""
        self.stopped()
        if self._shown:
            self._bar = new_bar(what, total, unit=f" {unit}s")

    def advanced(self, count: int) -> None:
        """Move the bar on."""
        if self._bar is not None:
            self._bar.update(count)

    def epoch_ended(self, epoch: Epoch) -> None:
        """Print what it gave."""
        if epoch.stage == "head":
            self.advanced(1)
            if not self._arguments.verbose:
                return
        else:
            self.stopped()
        best = ", the best so far" if epoch.is_best else ""
        say(
            self._arguments,
            f"{epoch.stage}, epoch {epoch.epoch}: loss {epoch.loss:.4f}, validation "
            f"{epoch.val_loss:.4f} ({epoch.val_score:.3f}{best}), {epoch.seconds:.0f} s",
        )
