"""Cells of a list of clips: which are numbers, which names are a table's own; later commands."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from helpers.stored_tables import LABELS, random_scores, stored
from hypothesis import given
from hypothesis import strategies as st

import vidclf
from vidclf.table import ClassRows, LabelRows, RowFormat, RowsWithCells, ValueRows
from vidclf.table.carried import CarriedCells, CarriedKind, is_own_column, kind_of_cells


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (["1", "-20", "0"], "int64"),
        (["1", "2.50", "-1e-3", ".5"], "float64"),
        (["1", "", "2"], "int64"),
        (["007", "12"], "str"),
        (["+5"], "str"),
        (["1,5"], "str"),
        (["nan"], "str"),
        (["1e999"], "str"),
        (["e5"], "str"),
        (["-"], "str"),
        (["1" * 19], "float64"),
        (["", ""], "str"),
        ([], "str"),
    ],
)
def test_a_column_is_of_numbers_where_each_cell_is_plainly_one(
    texts: list[str], kind: CarriedKind
) -> None:
    assert kind_of_cells(texts) == kind


@given(st.lists(st.integers(-(10**15), 10**15) | st.floats(allow_nan=False, allow_infinity=False)))
def test_numbers_as_python_writes_them_come_back_equal(numbers: list[float]) -> None:
    texts = tuple(map(str, numbers))
    kind = kind_of_cells(texts)
    cells = CarriedCells(names=texts, kinds=(kind,) * len(texts), texts=texts)
    assert (cells.values == numbers) is True


@pytest.mark.parametrize("rows", [
    ClassRows(video="v", labels=LABELS, top_k=3, all_scores=True),
    LabelRows(video="v", labels=LABELS, thresholds=[0.5] * len(LABELS), top_k=5),
    ValueRows(video="v", names=LABELS),
])  # fmt: skip
def test_every_column_of_a_table_is_its_own(rows: RowFormat) -> None:
    assert all(is_own_column(name) and is_own_column(name.upper()) for name in rows.header())


def carried(path: Path, **cells: str) -> Path:
    """A table of a clip with carried cells."""
    columns = CarriedCells(
        names=tuple(cells),
        kinds=tuple(kind_of_cells([text]) for text in cells.values()),
        texts=tuple(cells.values()),
    )
    rows = ClassRows(video=path.stem, labels=LABELS, top_k=2, all_scores=True)
    return stored(path, RowsWithCells(rows, columns), range(0, 400, 40), random_scores(1, 10)).path


def test_smoothing_leaves_carried_cells_letter_by_letter(tmp_path: Path) -> None:
    table = carried(tmp_path / "a_predictions.csv", site="007", depth="3.50", note="TRUE")
    vidclf.write_smoothed(table, tmp_path / "b.csv", method="mean", window=0.2)
    lines = (tmp_path / "b.csv").read_text("utf-8").splitlines()
    assert {line[-13:] for line in lines[1:]} == {",007,3.50,TRUE"[-13:]}
    assert lines[0].endswith(",site,depth,note")


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_clips_of_different_columns_are_joined(tmp_path: Path, suffix: str) -> None:
    one = carried(tmp_path / "a_predictions.csv", site="north", depth="3")
    other = carried(tmp_path / "b_predictions.csv", depth="2.5", true_label="cat")
    output = tmp_path / f"all{suffix}"
    joined = vidclf.join_tables([one, other], output)
    assert joined.columns[-3:] == ("site", "depth", "true_label")
    for table in (vidclf.read_predictions(output), vidclf.read_predictions([one, other])):
        first = table.groupby("video", observed=True)[["site", "depth", "true_label"]].first()
        expected = pd.DataFrame(
            {"site": ["north", None], "depth": [3, 2.5], "true_label": [None, "cat"]},
            index=["a_predictions", "b_predictions"],
        )
        assert (first.isna().to_numpy() == expected.isna().to_numpy()).all()
        assert np.array_equal(first.fillna("-").to_numpy(), expected.fillna("-").to_numpy())


def test_other_commands_pass_over_carried_columns(tmp_path: Path) -> None:
    table = carried(tmp_path / "a_predictions.csv", start="x", group="g", true_label="cat")
    plain = carried(tmp_path / "b_predictions.csv")
    assert len(vidclf.find_segments(table)) == len(vidclf.find_segments(plain))
    vidclf.write_segments(table, output=tmp_path / "a.csv")
    vidclf.write_report(table, output=tmp_path / "a.html")
    vidclf.plot_table(table, output=tmp_path / "a.png")
    assert vidclf.compare_tables(table, table).frames == 10
