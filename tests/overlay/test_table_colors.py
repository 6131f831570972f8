"""The colours of labels: far apart where they are seen together, and equal wherever they are."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.report_tables import class_rows, label_rows, value_rows, write_table

from vidclf.core.thresholds import DEFAULT_CERTAIN_THRESHOLD
from vidclf.overlay.colors import NEUTRAL, Rgb, palette_color
from vidclf.overlay.label_colors import LabelColors
from vidclf.overlay.overlay import Overlay
from vidclf.overlay.table_colors import table_colors, value_colors
from vidclf.table.column_annotations import annotation_rows
from vidclf.table.label_names import LabelNames
from vidclf.table.table import Table, open_table

RUNS = [("elk", 2, 0.2), ("cat", 3, 0.5), ("dog", 2, 0.8), ("elk", 1, 0.4), ("fox", 1, 0.1)]
SCORES = {
    "rain": [0.1, 0.6, 0.6, 0.1],
    "night": [0.2, 0.7, 0.1, 0.9],
    "wind": [0.6, 0.1, 0.9, 0.1],
    "snow": [0.1, 0.1, 0.1, 0.1],
}


def drawn_colors(table: Table, labels: list[str], threshold: float | None) -> dict[str, Rgb]:
    """The colours that labels have in a run that draws one row after the other, but the grey."""
    colors = LabelColors()
    overlay = Overlay(width=640, height=360, threshold=threshold, colors=colors)
    rows = annotation_rows(table)
    for row in range(len(rows)):
        overlay.add(rows.annotation(row))
    return {label: color for label in labels if (color := colors.color(label)) != NEUTRAL}


@pytest.mark.parametrize("threshold", [None, 0.05, 0.45, 1.0])
def test_a_table_has_the_colors_of_its_run(tmp_path: Path, threshold: float | None) -> None:
    for rows in (class_rows(RUNS), label_rows(SCORES)):
        table = open_table(write_table(tmp_path, rows, settings={"threshold": threshold}))
        colors = table_colors(table)
        drawn = drawn_colors(table, list(table.class_ids), threshold)
        assert drawn == {label: colors.color(label) for label in drawn}


def test_a_label_has_its_color_from_when_it_is_certain(tmp_path: Path) -> None:
    colors = table_colors(open_table(write_table(tmp_path, class_rows(RUNS))))
    assert DEFAULT_CERTAIN_THRESHOLD == 0.3
    assert [colors.place(label) for label in ("cat", "dog", "elk", "fox")] == [0, 1, 2, 3]


def test_labels_that_never_count_come_behind_those_with_most_rows_first(tmp_path: Path) -> None:
    runs = [("elk", 1, 0.2), ("fox", 3, 0.1), ("cat", 1, 0.9), ("owl", 2, 0.1)]
    colors = table_colors(open_table(write_table(tmp_path, class_rows(runs))))
    assert [colors.place(label) for label in ("cat", "fox", "owl", "elk")] == [0, 1, 2, 3]


def test_of_labels_that_count_at_once_the_best_comes_first(tmp_path: Path) -> None:
    rows = label_rows(SCORES).assign(labels=["wind", "night; rain", "wind; rain", "night"])
    colors = table_colors(open_table(write_table(tmp_path, rows)))
    assert [colors.place(label) for label in SCORES] == [2, 1, 0, -1]


def test_a_new_name_has_the_color_of_its_label(tmp_path: Path) -> None:
    table = open_table(write_table(tmp_path, class_rows(RUNS)))
    names = LabelNames(renamed={"dog": "pet", "cat": "pet"}, hidden=frozenset({"pet"}))
    colors = table_colors(table, names=names)
    assert [colors.color(label) for label in ("pet", "elk")] == [palette_color(0), palette_color(1)]


def test_tables_seen_together_share_colors(tmp_path: Path) -> None:
    paths = [
        write_table(tmp_path, class_rows([(label, 2, 0.9) for label in labels]), stem=labels)
        for labels in ("ab", "cba")
    ]
    colors = table_colors(*map(open_table, paths))
    assert [colors.place(label) for label in "abc"] == [0, 1, 2]


def test_values_have_the_colors_of_their_places_in_the_model(tmp_path: Path) -> None:
    rows = value_rows({"x": [1.0, 2.0], "y": [1.0, 2.0]})
    table = open_table(write_table(tmp_path, rows, model={"values": ["y", "x"]}))
    gauges = {value.name: value.color_id for value in annotation_rows(table).annotation(0).values}
    assert value_colors(table) == {name: palette_color(gauges[name] or 0) for name in "xy"}


def test_values_have_no_labels(tmp_path: Path) -> None:
    colors = table_colors(open_table(write_table(tmp_path, value_rows({"x": [1.0, 2.0]}))))
    assert colors.color("x") == NEUTRAL
