"""What `annotate` and `predict` share: a run over clips, and what is told and asked of it."""

from __future__ import annotations

import argparse
import os
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidclf.cli.messages import complain, on_terminal, say, unexpected
from vidclf.cli.questions import answer_question
from vidclf.core.counting import counted
from vidclf.errors import ModelQuestionError, VidclfError
from vidclf.settings import Settings

if TYPE_CHECKING:
    from vidclf.api import BatchSummary, RunSummary
    from vidclf.cli.progress import Bars


def run_clips(arguments: argparse.Namespace, *, video: bool) -> int:
    """Annotate the clips that were named, or only predict them; the exit code."""
    settings = Settings(**settings_given(arguments), video=video)
    while True:
        try:
            return _summarise(_annotate_all(arguments, settings), arguments)
        except ModelQuestionError as exc:
            answer = answer_question(exc.question, arguments, settings)
            if answer is None:
                return exc.exit_code
            settings = answer


def _annotate_all(arguments: argparse.Namespace, settings: Settings) -> BatchSummary:
    from vidclf.api import annotate_all
    from vidclf.cli.progress import Bars

    shown = not arguments.quiet and on_terminal()
    with Bars(shown=shown, start=arguments.start, end=arguments.end) as bars:
        return annotate_all(
            arguments.inputs,
            output=arguments.output,
            recursive=arguments.recursive,
            settings=settings,
            watcher=_Reporter(bars, arguments),
        )


def settings_given(arguments: argparse.Namespace) -> dict[str, Any]:
    """The arguments that are settings, but those left at their default."""
    given = vars(arguments)
    names = [field.name for field in fields(Settings) if field.name in given]
    return {name: given[name] for name in names if given[name] is not None}


class _Reporter:
    """Says what became of each clip, above the progress bar."""

    def __init__(self, bars: Bars, arguments: argparse.Namespace) -> None:
        self._bars = bars
        self._arguments = arguments

    def started(self, name: str, place: int, count: int) -> None:
        self._bars.started(name if count == 1 else f"[{place}/{count}] {name}")

    def frame(self, info: Any, frame: Any) -> None:
        self._bars.frame(info, frame)

    def done(self, summary: Any) -> None:
        self._bars.stopped()
        told = [summary.answer, _pace(summary)]
        outputs = _place(list(summary.outputs.values()), self._arguments.output)
        say(self._arguments, f"{summary.video}: {'; '.join(filter(None, told))} → {outputs}")
        for concession in summary.concessions:
            say(self._arguments, f"  {concession}")
        if self._arguments.verbose:
            say(self._arguments, f"  written: {', '.join(summary.outputs.values())}")
            stages = ", ".join(f"{name} {s:.2f} s" for name, s in summary.stage_seconds.items())
            say(self._arguments, f"  {summary.runtime}: {stages}, in all {summary.seconds:.2f} s")

    def failed(self, name: str, error: Exception) -> None:
        self._bars.stopped()
        if isinstance(error, VidclfError):
            complain(str(error))
        else:
            complain(f"{name}: {unexpected(error)}")


def _pace(summary: RunSummary) -> str:
    """`430 frames, 55 frames/s`; a single frame has no pace."""
    rate = f", {summary.frames_read / summary.seconds:.0f} frames/s"
    return counted(summary.frames_read, "frame") + (rate if summary.frames_read > 1 else "")


def _place(outputs: list[str], named: str | None) -> str:
    """Where the outputs are: the file that the user named, or the folder of all of them."""
    if named in outputs:
        return f"{named}, and {counted(len(outputs) - 1, 'file')} beside it"
    return os.path.join(Path(outputs[0]).parent, "")  # noqa: PTH118 - Path drops the last slash


def _summarise(batch: BatchSummary, arguments: argparse.Namespace) -> int:
    done, failed = len(batch.done), len(batch.failed)
    if done + failed > 1:
        frames = sum(summary.frames_read for summary in batch.done)
        say(
            arguments,
            f"{done} of {done + failed} clips done, {counted(frames, 'frame')}, {failed} failed",
        )
    if failed and done + failed > 1:
        complain("failed: " + ", ".join(name for name, _ in batch.failed))
    return 1 if failed else 0
