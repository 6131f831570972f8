"""Figures of segments: the paper's cases by hand, and the frame-by-frame definition."""

from __future__ import annotations

from itertools import groupby

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from vidclf.metrics.segmental import (
    ClipRuns,
    edit_distance,
    matches,
    runs_of_classes,
    runs_of_labels,
    segmental_figures,
)

BACKGROUND = 3
frames = st.lists(st.integers(0, BACKGROUND), min_size=1, max_size=40).map(np.array)


def clip(true: NDArray[np.int64], answered: NDArray[np.int64], step: float = 1.0) -> ClipRuns:
    edges = np.arange(len(true) + 1) * step
    return ClipRuns(
        true=runs_of_classes(true, edges, background=BACKGROUND),
        answered=runs_of_classes(answered, edges, background=BACKGROUND),
        start_seconds=float(edges[0]),
        end_seconds=float(edges[-1]),
    )


def of_text(true: str, answered: str, step: float = 1.0) -> ClipRuns:
    return clip(as_classes(true), as_classes(answered), step)


def as_classes(text: str) -> NDArray[np.int64]:
    return np.array(["abc.".index(letter) for letter in text])


def test_what_is_right_is_perfect() -> None:
    figures = segmental_figures([of_text("..aabbc.", "..aabbc.", step=0.5)])
    assert figures == {
        "edit_score": 1,
        "f1_at_10": 1,
        "f1_at_25": 1,
        "f1_at_50": 1,
        "boundary_error": {
            "median_seconds": 0,
            "mean_seconds": 0,
            "matched": 6,
            "boundaries": 6,
        },
    }


def test_a_segment_in_pieces_costs_order_and_overlap() -> None:
    figures = segmental_figures([of_text("aaaaaaaabbbb", "aaaabaaabbbb")])
    assert figures["edit_score"] == 1 - 2 / 4  # a b | a b a b
    # of a, b, a, b: the first a and the last b match; the others find theirs taken, or none
    assert figures["f1_at_10"] == pytest.approx(2 * 2 / (4 + 2))


def test_overlap_decides_which_match() -> None:
    runs = of_text("aaaaaaaaaa", "aaa.......")
    figures = segmental_figures([runs])
    assert (figures["f1_at_10"], figures["f1_at_25"], figures["f1_at_50"]) == (1, 1, 0)


def test_boundaries_are_measured_in_seconds_and_not_at_the_ends_of_a_clip() -> None:
    figures = segmental_figures([of_text("aaaabbbb..", "aaabbbbbb.", step=0.5)])
    # a ends 0.5 s early, b begins as early, and ends 0.5 s late; a's begin is the clip's
    assert figures["boundary_error"] == {
        "median_seconds": 0.5,
        "mean_seconds": 0.5,
        "matched": 3,
        "boundaries": 3,
    }


def test_nothing_true_and_nothing_answered_tells_nothing() -> None:
    figures = segmental_figures([of_text("....", "....")])
    boundary_error = figures.pop("boundary_error")
    assert set(figures.values()) == {None}
    assert boundary_error["median_seconds"] is None


def test_something_answered_where_nothing_is_true_is_wrong() -> None:
    figures = segmental_figures([of_text("....", ".aa.")])
    assert (figures["edit_score"], figures["f1_at_10"]) == (0, 0)


def test_clips_count_by_their_segments_for_f1_and_alike_for_order() -> None:
    good, bad = of_text("ababab", "ababab"), of_text("aaa", "bbb")
    figures = segmental_figures([good, bad])
    assert figures["edit_score"] == (1 + 0) / 2
    assert figures["f1_at_50"] == 2 * 6 / (7 + 7)


def test_labels_that_do_not_exclude_each_other_have_runs_of_their_own() -> None:
    held = np.array([[1, 0], [1, 1], [0, 1], [1, 1]], bool)
    runs = runs_of_labels(held, np.arange(5.0))
    assert list(zip(runs.classes, runs.starts, runs.ends, strict=True)) == [
        (0, 0, 2),
        (1, 1, 4),
        (0, 3, 4),
    ]


@given(frames, st.data())
def test_f1_is_what_the_definition_says_frame_by_frame(
    true: NDArray[np.int64], data: st.DataObject
) -> None:
    answered = np.array(
        data.draw(st.lists(st.integers(0, BACKGROUND), min_size=len(true), max_size=len(true)))
    )
    runs, overlap = clip(true, answered), data.draw(st.sampled_from([0.1, 0.25, 0.5]))
    found = int((matches(runs.answered, runs.true, overlap) >= 0).sum())
    assert found == matched_frame_by_frame(true, answered, overlap)


def matched_frame_by_frame(
    true: NDArray[np.int64], answered: NDArray[np.int64], overlap: float
) -> int:
    """Each answered segment, as a set of frames, against the best one of its class."""
    unused, found = pieces(true), 0
    everything = pieces(true)
    for kind, piece in pieces(answered):
        shares = [
            len(piece & other) / len(piece | other) if kind == name else 0
            for name, other in everything
        ]
        best = everything[shares.index(max(shares))] if shares else None
        if best is not None and max(shares) >= overlap and best in unused:
            unused.remove(best)
            found += 1
    return found


def pieces(classes: NDArray[np.int64]) -> list[tuple[int, frozenset[int]]]:
    runs = [
        (int(kind), frozenset(place for place, _ in run))
        for kind, run in groupby(enumerate(classes), key=lambda item: item[1])
    ]
    return [run for run in runs if run[0] != BACKGROUND]


@given(frames, frames)
def test_edit_distance_is_levenshteins(a: NDArray[np.int64], b: NDArray[np.int64]) -> None:
    table = np.zeros((len(a) + 1, len(b) + 1), int)
    table[:, 0], table[0] = range(len(a) + 1), range(len(b) + 1)
    for i in range(len(a)):
        for j in range(len(b)):
            table[i + 1, j + 1] = min(
                table[i, j + 1] + 1, table[i + 1, j] + 1, table[i, j] + (a[i] != b[j])
            )
    assert edit_distance(a, b) == table[-1, -1]
