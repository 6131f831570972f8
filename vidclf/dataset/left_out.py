"""Examples that cannot be read, or not to their ends: collected, counted, too many refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vidclf.core.counting import counted
from vidclf.core.run_warnings import get_logger
from vidclf.dataset.checks import listed
from vidclf.dataset.examples import LabelledSet
from vidclf.errors import DataError
from vidclf.files.places import Place

logger = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class BadExample:
    """An example that was left out, as it cannot be read."""

    path: Place
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
        self._warned = 0
        self._short: list[str] = []

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
                f"{self._data.name}: {self._told(self.bad)}; more than "
                f"{100 * self._most_bad:.3g} % is no accident: repair or remove them, or allow a "
                "larger share with --max-bad"
            )

    def add_short(self, reason: str) -> None:
        """Note that a clip holds less than its examples say, and why."""
        self._short.append(reason)

    def warn(self) -> None:
        """Log what was added since the last time."""
        if added := self.bad[self._warned :]:
            logger.warning("%s: %s", self._data.name, self._told(added))
        if self._short:
            logger.warning(
                "%s: %s used as far as it goes: %s",
                *(self._data.name, counted(len(self._short), "clip")),
                listed(self._short, separator="; "),
            )
        self._warned = len(self.bad)
        self._short.clear()

    def _told(self, bad: Sequence[BadExample]) -> str:
        named = listed((f"{one.path}: {one.reason}" for one in bad), separator="; ")
        total = len(self._data.examples)
        return f"{len(bad)} of {total} examples cannot be used and are left out: {named}"
