"""Examples that cannot be read: collected, counted, and too many of them refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vidclf.core.run_warnings import get_logger
from vidclf.dataset.examples import LabelledSet
from vidclf.errors import DataError

logger = get_logger(__name__)

_MOST_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class BadExample:
    """An example that was left out, as it cannot be read."""

    path: Path
    """Its file."""
    reason: str
    """Why, as a sentence."""


class LeftOut:
    """The examples of a set that were left out so far.

    Args:
        data: the labelled data.
        most_bad: the share of examples, 0 to 1, that may be left out.
    """

    def __init__(self, data: LabelledSet, *, most_bad: float) -> None:
        self._data = data
        self._most_bad = most_bad
        self._places: set[int] = set()
        self.bad: list[BadExample] = []
        """Each once, in the order in which they were met."""

    def add(self, place: int, reason: str) -> None:
        """Leave out the example at a place.

        Raises:
            DataError: these are too many.
        """
        if place in self._places:
            return
        self._places.add(place)
        example = self._data.examples[place]
        reason = reason.removeprefix(f"{example.path}: ")
        if example.origin:
            reason += f" ({example.origin})"
        self.bad.append(BadExample(path=example.path, reason=reason))
        if len(self.bad) > self._most_bad * len(self._data.examples):
            raise DataError(
                f"{self._data.name}: {self._told(self.bad)}; more than {self._most_bad:.3g} of all "
                "is no accident: repair or remove them, or allow a larger share with --max-bad"
            )

    def warn(self, since: int) -> None:
        """Log which ones were added after the first `since`."""
        if added := self.bad[since:]:
            logger.warning("%s: %s", self._data.name, self._told(added))

    def _told(self, bad: Sequence[BadExample]) -> str:
        named = "; ".join(f"{example.path}: {example.reason}" for example in bad[:_MOST_NAMED])
        more = f"; and {len(bad) - _MOST_NAMED} more" if len(bad) > _MOST_NAMED else ""
        total = len(self._data.examples)
        return f"{len(bad)} of {total} examples cannot be used and are left out: {named}{more}"
