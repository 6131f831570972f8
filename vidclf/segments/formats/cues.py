"""Segments as cues: stretches in which the same labels hold, one after the other."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

from vidclf.segments.export import SegmentExport, one_line
from vidclf.segments.finder import Segment
from vidclf.segments.formats.player_time import rising_milliseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """What is shown for a while."""

    start: int
    """When it begins, in milliseconds on the player's clock."""
    end: int
    """When it ends; at least one later."""
    labels: tuple[str, ...]
    """The labels that hold, each one line of text, in the order of their class."""


def cues_of(found: SegmentExport) -> list[Cue]:
    """Cues that never overlap, in order of time; those without any text are left out.

    Where segments overlap they are cut: players that show one cue at a time lose nothing.
    """
    starting, ending = defaultdict(list), defaultdict(list)
    for segment in found.segments:
        starting[segment.start_seconds].append(segment)
        ending[segment.end_seconds].append(segment)
    clock = rising_milliseconds([*starting, *ending], found.zero_seconds)
    cues: list[Cue] = []
    holding: list[Segment] = []
    for time, later in pairwise(clock):
        holding = [segment for segment in holding if segment not in ending[time]]
        holding = sorted(holding + starting[time], key=_place)
        if labels := tuple(filter(None, (one_line(segment.label) for segment in holding))):
            cues.append(Cue(start=clock[time], end=clock[later], labels=labels))
    return cues


def _place(segment: Segment) -> tuple[int, str]:
    return segment.class_id, segment.label
