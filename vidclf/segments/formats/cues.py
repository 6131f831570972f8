"""Segments as cues: stretches in which the same labels hold, one after the other."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from vidclf.segments.export import SegmentExport, one_line
from vidclf.segments.finder import Segment
from vidclf.segments.formats.player_time import clock_text, rising_milliseconds

_UNCERTAIN = " ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """What is shown for a while."""

    start: int
    """When it begins, in milliseconds on the player's clock."""
    end: int
    """When it ends; at least one later."""
    labels: tuple[str, ...]
    """The labels that hold, each one line of text, in the order of their class."""


def cues_of(export: SegmentExport, *, is_marked: bool = False) -> list[Cue]:
    """Cues that never overlap, in order of time; those without any text are left out.

    Where segments overlap they are cut: players that show one cue at a time lose nothing.

    Args:
        export: the segments.
        is_marked: whether they are cut where labels become certain or uncertain, too, and uncertain
            ones have the overlay's mark, `cat ?`.
    """
    spans = export.uncertain if is_marked else ()
    begins, ends = [begin for begin, _ in spans], [end for _, end in spans]
    starting, ending = defaultdict(list), defaultdict(list)
    for segment in export.segments:
        starting[segment.start_seconds].append(segment)
        ending[segment.end_seconds].append(segment)
    within = (min(starting, default=0.0), max(ending, default=0.0))
    changes = (time for time in (*begins, *ends) if within[0] < time < within[1])
    clock = rising_milliseconds([*starting, *ending, *changes], export.zero_seconds)
    cues: list[Cue] = []
    holding: list[Segment] = []
    for time, later in pairwise(clock):
        holding = [segment for segment in holding if segment not in ending[time]]
        holding = sorted(holding + starting[time], key=_place)
        mark = _UNCERTAIN if bisect_right(begins, time) > bisect_right(ends, time) else ""
        if labels := tuple(filter(None, (one_line(segment.label) for segment in holding))):
            labels = tuple(label + mark for label in labels)
            cues.append(Cue(start=clock[time], end=clock[later], labels=labels))
    return cues


def cue_text(cue: Cue, mark: str, plain: Callable[[str], str]) -> str:
    """A line of times, and one for each label.

    Args:
        cue: what is shown.
        mark: what stands between seconds and milliseconds.
        plain: makes a label text that the format takes for nothing else.
    """
    times = f"{clock_text(cue.start, mark)} --> {clock_text(cue.end, mark)}"
    return "\n".join([times, *map(plain, cue.labels)])


def _place(segment: Segment) -> tuple[int, str]:
    return segment.class_id, segment.label
