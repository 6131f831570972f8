"""When the one label of a frame is drawn as uncertain."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.stored_tables import class_rows, flicker, label_rows, random_scores, stored
from hypothesis import given
from hypothesis import strategies as st

from vidclf.core.thresholds import is_certain
from vidclf.table.certainty import uncertain_spans, within
from vidclf.table.column_annotations import annotation_rows

EDGES = st.lists(st.integers(1, 9), max_size=12).map(
    lambda steps: np.cumsum(steps[: len(steps) // 2 * 2], dtype=float).reshape(-1, 2)
)
"""Spans in order and apart."""


@pytest.mark.parametrize(
    ("settings", "threshold", "spans"),
    [
        ({}, None, [[0.1, 0.3]]),
        ({"threshold": 0.2}, None, []),
        ({"threshold": 0.2}, 0.9, [[0.0, 0.4]]),
    ],
)
def test_it_follows_what_was_asked_then_the_run_then_the_default(
    tmp_path: Path, settings: dict[str, Any], threshold: float | None, spans: list[list[float]]
) -> None:
    times, scores = flicker("aaab")
    scores[1:3] = (0.28, 0.22, 0.2)
    manifest = {"settings": settings, "end_seconds": 0.4}
    table = stored(tmp_path / "a_predictions.csv", class_rows(3), times, scores, manifest=manifest)
    assert uncertain_spans(table, threshold).tolist() == spans


def test_it_is_what_the_video_greys(tmp_path: Path) -> None:
    table = stored(
        tmp_path / "a_predictions.csv", class_rows(), range(0, 2000, 40), random_scores(1, 50)
    )
    rows = annotation_rows(table)
    spans = uncertain_spans(table, 0.55)
    for row, seconds in enumerate(table.rows["timestamp"]):
        is_grey = bool(((spans[:, 0] <= seconds) & (seconds < spans[:, 1])).any())
        assert is_grey != is_certain(rows.annotation(row), 0.55)


def test_labels_that_count_are_certain(tmp_path: Path) -> None:
    table = stored(tmp_path / "a_predictions.csv", label_rows(), [0, 40], random_scores(1, 2))
    assert uncertain_spans(table, 1.0).size == 0


@given(EDGES, EDGES)
def test_what_lies_within_lies_in_both(spans: np.ndarray, parts: np.ndarray) -> None:
    found = within(spans, parts)
    moments = np.arange(0, 120) + 0.5

    def holds(edges: np.ndarray) -> np.ndarray:
        return ((edges[:, :1] <= moments) & (moments < edges[:, 1:])).any(axis=0)

    assert (holds(found) == (holds(spans) & holds(parts))).all()
    assert (found[:, 0] < found[:, 1]).all()
