"""What a clip shows in a few words: its labels by their share of the time, or its values."""

from __future__ import annotations

from collections.abc import Sequence

from vidclf.core.annotation import Annotation, Answer, Value
from vidclf.core.thresholds import certain_threshold, holding_answers

_NOTHING = "nothing certain"
_MOST_NAMED = 3
_MOST_CHARACTERS = 40
"""Of a label: those of ImageNet give all names of a breed."""


class ClipAnswer:
    """Is told what is shown at each frame, in order, and says what that makes of the clip.

    Args:
        threshold: below it the one label of a frame is uncertain, 0 to 1; None for 0.3.
    """

    def __init__(self, threshold: float | None = None) -> None:
        self._threshold = certain_threshold(threshold)
        self._seconds: dict[str, float] = {}
        self._uncertain_seconds = 0.0
        self._values: dict[str, _Spread] = {}
        self._first: Annotation | None = None
        self._last: Annotation | None = None
        self._best: Answer | None = None

    def add(self, annotation: Annotation) -> None:
        """Go on to the next frame, at which this is shown."""
        self._count(until_seconds=annotation.pts_seconds)
        self._first = self._first or annotation
        self._last = annotation
        for value in annotation.values:
            self._values.setdefault(value.name, _Spread(value.unit)).add(value)
        for answer in annotation.answers[:1]:
            if self._best is None or answer.confidence > self._best.confidence:
                self._best = answer

    def text(self, end_seconds: float) -> str:
        """Say it, after the last frame, which ends then; "" if nothing was shown.

        `Egyptian cat 42 %, espresso 23 % of the time`; of a single frame `Egyptian cat (confidence
        87 %)`; of values `speed = 3.2 m/s on average (0.1 to 7)`.
        """
        if self._first is None or self._last is None:
            return ""
        if self._values:
            return _listed([f"{_short(n)} = {spread.text()}" for n, spread in self._values.items()])
        is_still = self._first is self._last
        self._count(until_seconds=end_seconds)
        if not self._seconds:
            return f"{_NOTHING}, at best {_rated(self._best)}" if self._best else ""
        if is_still:
            return _listed([_rated(answer) for answer in self._holding(self._first)])
        whole = end_seconds - self._first.pts_seconds
        ranked = sorted(self._seconds.items(), key=lambda item: -item[1])
        if self._uncertain_seconds > ranked[0][1]:
            ranked.insert(0, (_NOTHING, self._uncertain_seconds))
        shares = [f"{_short(label)} {_percent(seconds / whole)}" for label, seconds in ranked]
        return f"{_listed(shares)} of the time"

    def _holding(self, annotation: Annotation) -> Sequence[Answer]:
        return holding_answers(annotation, lambda _: self._threshold)

    def _count(self, *, until_seconds: float) -> None:
        """Add the time for which the last frame stood to its labels."""
        if self._last is None:
            return
        seconds, holding = until_seconds - self._last.pts_seconds, self._holding(self._last)
        for answer in holding:
            self._seconds[answer.label] = self._seconds.get(answer.label, 0.0) + seconds
        if not holding:
            self._uncertain_seconds += seconds


class _Spread:
    """The mean of a value, its least and its greatest."""

    def __init__(self, unit: str) -> None:
        self._unit = f" {unit}" if unit else ""
        self._sum, self._frames = 0.0, 0
        self._least, self._greatest = float("inf"), float("-inf")

    def add(self, value: Value) -> None:
        self._sum, self._frames = self._sum + value.number, self._frames + 1
        self._least = min(self._least, value.number)
        self._greatest = max(self._greatest, value.number)

    def text(self) -> str:
        mean = f"{self._sum / self._frames:.3g}{self._unit}"
        if self._frames == 1:
            return mean
        return f"{mean} on average ({self._least:.3g} to {self._greatest:.3g})"


def _listed(parts: Sequence[str]) -> str:
    named = ", ".join(parts[:_MOST_NAMED])
    return f"{named} and {len(parts) - _MOST_NAMED} more" if len(parts) > _MOST_NAMED else named


def _rated(answer: Answer) -> str:
    return f"{_short(answer.label)} (confidence {_percent(answer.confidence)})"


def _short(label: str) -> str:
    if len(label) <= _MOST_CHARACTERS:
        return label
    return f"{label[: _MOST_CHARACTERS - 1].rstrip(' ,')}…"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.005 or share == 0 else "under 1 %"
