"""Frames with labels → segments: the runs of one label, joined over gaps, without short ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from vidclf.core.annotation import Answer
from vidclf.errors import UsageError

_NANOSECOND = 1e-9
"""Forgives the rounding of times: a run that is as long as the shortest allowed is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of a clip in which a label holds."""

    label: str
    """The label."""
    class_id: int
    """Its class; -1 when unknown."""
    start_frame: int
    """Index of its first frame."""
    end_frame: int
    """Index of its last frame."""
    start_seconds: float
    """When its first frame is shown, on the clip's own clock."""
    end_seconds: float
    """When the first frame after it is shown, or the clip's last one ends."""
    frames: int
    """Frames in which the label holds: without those of gaps that were bridged."""
    mean_confidence: float
    """Mean of its scores over those frames, 0 to 1."""
    max_confidence: float
    """The best of them."""

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return self.end_seconds - self.start_seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentRules:
    """What counts as a segment."""

    min_duration: float = 0.0
    """Shorter ones are dropped, in seconds."""
    merge_gap: float = 0.0
    """Two of one label with at most so many seconds between them become one, before the short ones
    are dropped. Where labels exclude each other, what lay between is dropped."""
    threshold: float | None = None
    """Score from which a label counts; None for what the table says."""
    thresholds: Mapping[str, float] = field(default_factory=dict)
    """The same for single labels."""

    def __post_init__(self) -> None:
        for name in ("min_duration", "merge_gap"):
            if not 0 <= getattr(self, name) < float("inf"):
                flag = f"--{name.replace('_', '-')}"
                raise UsageError(f"{flag} {getattr(self, name)}: give seconds, 0 or more")
        for threshold in (self.threshold, *self.thresholds.values()):
            if threshold is not None and not 0 <= threshold <= 1:
                raise UsageError(f"--threshold {threshold}: a score is 0 to 1")

    def threshold_of(self, label: str) -> float | None:
        """The threshold for a label; None where the table decides."""
        return self.thresholds.get(label, self.threshold)


class SegmentFinder:
    """Is told which labels hold at each frame, in order, and gives the segments at the end.

    It holds the runs, not the frames.

    Args:
        rules: what counts as a segment.
        exclusive: whether labels exclude each other, as where each frame has one.
    """

    def __init__(self, rules: SegmentRules | None = None, *, exclusive: bool) -> None:
        self._rules = rules or SegmentRules()
        self._exclusive = exclusive
        self._open: dict[str, _Run] = {}
        self._done: list[Segment] = []

    def add(self, frame: int, seconds: float, answers: Sequence[Answer]) -> None:
        """Go on to the next frame, at which the labels of these answers hold."""
        labels = {answer.label for answer in answers}
        for label in [label for label in self._open if label not in labels]:
            self._done.append(self._open.pop(label).ended(seconds))
        for answer in answers:
            if answer.label not in self._open:
                self._open[answer.label] = _Run(answer, frame, seconds)
            self._open[answer.label].add(frame, answer.confidence)

    def finish(self, end_seconds: float) -> list[Segment]:
        """All segments, by start and then by class, when the last frame ends at `end_seconds`."""
        self._done += [run.ended(end_seconds) for run in self._open.values()]
        self._open.clear()
        runs = sorted(self._done, key=_place)
        if gap := self._rules.merge_gap:
            runs = (_merged_over if self._exclusive else _merged_alone)(runs, gap)
        least = self._rules.min_duration - _NANOSECOND
        return sorted((s for s in runs if s.seconds >= least), key=_place)


class _Run:
    """A run that goes on."""

    __slots__ = ("_answer", "_best", "_end", "_first", "_frames", "_start", "_sum")

    def __init__(self, answer: Answer, frame: int, seconds: float) -> None:
        self._answer, self._first, self._start = answer, frame, seconds
        self._end, self._frames, self._sum, self._best = frame, 0, 0.0, 0.0

    def add(self, frame: int, confidence: float) -> None:
        self._end = frame
        self._frames += 1
        self._sum += confidence
        self._best = max(self._best, confidence)

    def ended(self, seconds: float) -> Segment:
        return Segment(
            label=self._answer.label,
            class_id=self._answer.class_id,
            start_frame=self._first,
            end_frame=self._end,
            start_seconds=self._start,
            end_seconds=seconds,
            frames=self._frames,
            mean_confidence=self._sum / self._frames,
            max_confidence=self._best,
        )


def _place(segment: Segment) -> tuple[float, int, str]:
    return segment.start_seconds, segment.class_id, segment.label


def _merged_alone(runs: Iterable[Segment], gap: float) -> list[Segment]:
    """Runs of each label joined over short gaps, whatever other labels do meanwhile."""
    merged: list[Segment] = []
    latest: dict[str, int] = {}
    for run in runs:
        place = latest.get(run.label)
        if place is not None and _is_near(merged[place], run, gap):
            merged[place] = _join(merged[place], run)
        else:
            latest[run.label] = len(merged)
            merged.append(run)
    return merged


def _merged_over(runs: Iterable[Segment], gap: float) -> list[Segment]:
    """Runs that exclude each other, joined over short gaps and what is in them."""
    merged: list[Segment] = []
    for run in runs:
        place = len(merged) - 1
        while place >= 0 and _is_near(merged[place], run, gap):
            if merged[place].label == run.label:
                run = _join(merged[place], run)
                del merged[place:]
                break
            place -= 1
        merged.append(run)
    return merged


def _is_near(earlier: Segment, later: Segment, gap: float) -> bool:
    return later.start_seconds - earlier.end_seconds <= gap + _NANOSECOND


def _join(first: Segment, second: Segment) -> Segment:
    frames = first.frames + second.frames
    total = first.mean_confidence * first.frames + second.mean_confidence * second.frames
    return replace(
        first,
        end_frame=second.end_frame,
        end_seconds=second.end_seconds,
        frames=frames,
        mean_confidence=total / frames,
        max_confidence=max(first.max_confidence, second.max_confidence),
    )
