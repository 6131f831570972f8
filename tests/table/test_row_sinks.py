"""What every row sink promises: the same rows, whole after a clean exit, whatever the file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from helpers.stored_tables import class_rows, label_rows, random_scores, value_rows

import vidclf
from vidclf.core.frames import Prediction
from vidclf.errors import OutputError
from vidclf.files.output_kinds import suffixes_of
from vidclf.table import RowFormat, RowsWithCells
from vidclf.table.carried import CarriedCells
from vidclf.table.row_sinks import ROW_SINKS, open_row_sink

COLUMNS_IN: dict[str, Callable[[Path], list[str]]] = {
    "table": lambda path: list(pd.read_csv(path).columns),
    "parquet": lambda path: list(pd.read_parquet(path).columns),
}
"""Kind → the columns in a file of it, as another program finds them."""

CARRIED = CarriedCells(
    names=("true_label", "depth", "share"),
    kinds=("str", "int64", "float64"),
    texts=("naïve, 猫", "3", "0.50"),
)
ROWS: list[RowFormat] = [
    *(class_rows(), label_rows(), value_rows()),
    *(RowsWithCells(rows, CARRIED) for rows in (class_rows(), label_rows(), value_rows())),
]

each_kind = pytest.mark.parametrize("kind", list(ROW_SINKS))
each_format = pytest.mark.parametrize("rows", ROWS)


def predictions(count: int) -> list[Prediction]:
    return [
        Prediction(index=i, pts_seconds=i / 30, scores=s, raw=s[::-1].copy(), inferred=i % 2 == 0)
        for i, s in enumerate(random_scores(0, count))
    ]


def written(folder: Path, kind: str, rows: RowFormat, *, count: int = 40) -> Path:
    path = folder / f"a{ROW_SINKS[kind].suffixes[0]}"
    with open_row_sink(kind, path, rows=rows) as sink:
        for prediction in predictions(count):
            sink.write(prediction)
    return path


def test_every_sink_is_held_to_this_contract() -> None:
    assert COLUMNS_IN.keys() == ROW_SINKS.keys()


def test_no_two_kinds_are_written_to_one_file() -> None:
    endings = [entry.ending for entry in ROW_SINKS.values()]
    suffixes = suffixes_of(ROW_SINKS)
    assert (len(set(endings)), len(set(suffixes))) == (len(endings), len(suffixes))


@each_kind
@each_format
def test_columns_are_those_of_the_row_format(tmp_path: Path, kind: str, rows: RowFormat) -> None:
    assert COLUMNS_IN[kind](written(tmp_path, kind, rows)) == rows.header()


@each_kind
@each_format
def test_rows_read_back_as_the_csv_has_them(tmp_path: Path, kind: str, rows: RowFormat) -> None:
    table = vidclf.read_predictions(written(tmp_path, kind, rows))
    pd.testing.assert_frame_equal(table, vidclf.read_predictions(written(tmp_path, "table", rows)))
    assert table["frame"].tolist() == list(range(40))


@each_kind
def test_carried_cells_stand_in_each_row_as_they_were(tmp_path: Path, kind: str) -> None:
    cells = replace(
        CARRIED,
        names=(*CARRIED.names, "note"),
        kinds=(*CARRIED.kinds, "str"),
        texts=(*CARRIED.texts, ""),
    )
    path = written(tmp_path, kind, RowsWithCells(class_rows(), cells), count=2)
    if kind == "table":
        lines = path.read_text("utf-8").splitlines()[1:]
        assert [line.endswith(',"naïve, 猫",3,0.50,') for line in lines] == [True, True]
    table = vidclf.read_predictions(path)
    assert table["depth"].tolist() == [3, 3]
    assert (table["depth"].dtype.kind, table["share"].tolist()) == ("i", [0.5, 0.5])
    assert table["note"].isna().all()


@each_kind
def test_no_rows_make_a_file_with_its_columns(tmp_path: Path, kind: str) -> None:
    path = written(tmp_path, kind, class_rows(), count=0)
    assert COLUMNS_IN[kind](path) == class_rows().header()


@each_kind
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")
def test_a_full_disk_is_told(kind: str) -> None:
    with (
        pytest.raises(OutputError, match=r"cannot write the table /dev/full .*: free space or"),
        open_row_sink(kind, Path("/dev/full"), rows=class_rows()) as sink,
    ):
        sink.write(predictions(1)[0])
