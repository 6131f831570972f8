"""Stretches in which the same labels hold, of which subtitles are made."""

from __future__ import annotations

from itertools import pairwise

from helpers.segment_exports import SPANS, export, in_a_row, of_spans
from hypothesis import given
from hypothesis import strategies as st

from vidclf.segments.formats.cues import cues_of
from vidclf.segments.formats.player_time import rising_milliseconds


@given(SPANS, st.sampled_from([1.0, 0.04, 1e-4]))
def test_cues_never_overlap_and_lose_no_label(
    given_spans: list[tuple[int, int, int]], unit: float
) -> None:
    segments = of_spans(given_spans, unit)
    cues = cues_of(export(*segments))
    assert all(cue.start < cue.end for cue in cues)
    assert all(before.end <= after.start for before, after in pairwise(cues))
    clock = rising_milliseconds([t for s in segments for t in (s.start_seconds, s.end_seconds)], 0)
    for s in segments:
        inside = [
            cue
            for cue in cues
            if clock[s.start_seconds] <= cue.start and cue.end <= clock[s.end_seconds]
        ]
        assert all(s.label in cue.labels for cue in inside)
        length = sum(cue.end - cue.start for cue in inside)
        assert length == clock[s.end_seconds] - clock[s.start_seconds]


def test_no_cue_is_empty() -> None:
    what = export(*in_a_row(["cat", "\n", "dog"]))
    assert [cue.labels for cue in cues_of(what)] == [("cat",), ("dog",)]


def test_cues_are_cut_and_marked_where_labels_become_uncertain() -> None:
    what = export(*in_a_row(["cat", "dog"]), uncertain=[(-1.0, 0.5), (1.5, 9.0)])
    cues = [(cue.start, cue.end, *cue.labels) for cue in cues_of(what, is_marked=True)]
    assert cues == [
        (0, 500, "cat ?"),
        (500, 1000, "cat"),
        (1000, 1500, "dog"),
        (1500, 2000, "dog ?"),
    ]
    assert [cue.labels for cue in cues_of(what)] == [("cat",), ("dog",)]
