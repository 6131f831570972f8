"""The rows of a table that people write, each with what is said of it where it is wrong.

Lists of clips, labelled data and DataFrames are read here alike.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from vidclf.core.addresses import address_kind, shown_address
from vidclf.errors import DataError, SourceError
from vidclf.files.local_files import local_file
from vidclf.files.places import Place
from vidclf.remote.path import RemotePath
from vidclf.table.file_formats import reason, separated_rows

if TYPE_CHECKING:
    import pandas as pd

CSV_SUFFIXES = (".csv", ".tsv", ".txt")
PARQUET_SUFFIXES = (".parquet", ".pq")

Cells = Mapping[str, object]
"""Column, in lower case → cell: text, a number, or None where there is nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """One row."""

    origin: str
    """Where it stands, for messages: `clips.csv, line 12`."""
    cells: Sequence[object]
    """In the order of the columns; fewer or more than these where it was so written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRows:
    """The rows of a table."""

    name: str
    """What it is called in messages."""
    folder: Place
    """Where paths in it that are not absolute count from."""
    columns: tuple[str, ...]
    """As they are written, without blanks around them."""
    rows: Sequence[TableRow]
    """In order."""
    has_commas: bool = False
    """Whether decimals may have commas, as these separate no cells."""

    @property
    def known_columns(self) -> list[str]:
        """The columns in lower case, as `cells` has them."""
        return [column.lower() for column in self.columns]

    def cells(self, row: TableRow) -> Cells:
        """The cells of a row by their columns.

        Raises:
            DataError: it has more cells than there are columns.
        """
        if any(row.cells[len(self.columns) :]):
            raise DataError(
                f"{row.origin}: {len(row.cells)} cells under {len(self.columns)} columns; put a "
                "cell that holds a comma into quotes"
            )
        return dict(zip(self.known_columns, row.cells, strict=False))


def table_rows(path: Place) -> TableRows:
    """The rows of a CSV with a header (commas, semicolons or tabs between cells), or of a Parquet.

    Raises:
        DataError: it cannot be read, is empty, or is of another kind.
        UsageError: it is Parquet, and pyarrow is not installed.
    """
    suffix = path.suffix.lower()
    if suffix in PARQUET_SUFFIXES:
        return _of_frame(_parquet(path), name=str(path), folder=path.parent)
    if suffix not in CSV_SUFFIXES:
        kinds = ", ".join(CSV_SUFFIXES + PARQUET_SUFFIXES)
        raise DataError(f"{path} is no table: name one of {kinds}")
    with _explained(path):
        separator, lines = separated_rows(path)
    if not lines:
        raise DataError(f"{path} is empty; write a first line of path,label and a row for each")
    return TableRows(
        name=str(path),
        folder=path.parent,
        columns=tuple(name.strip() for name in lines[0][1]),
        rows=[TableRow(origin=f"{path}, line {line}", cells=cells) for line, cells in lines[1:]],
        has_commas=separator != ",",
    )


def frame_rows(frame: pd.DataFrame) -> TableRows:
    """The rows of a DataFrame, whose paths count from the current folder."""
    return _of_frame(frame, name="the DataFrame", folder=Path())


def place_in(folder: Place, written: str, origin: str) -> Place:
    """What a path or URL in a table stands for.

    Args:
        folder: where paths that are not absolute count from.
        written: as the table has it.
        origin: the row, for messages.

    Raises:
        DataError: it is a live input, or an absolute path in a table that lies elsewhere.
    """
    kind = address_kind(written)
    if kind == "url":
        return RemotePath(written)
    if kind:
        raise DataError(
            f"{origin}: {shown_address(written)} is a live input, and rows are of what can be read "
            "again; record it to a file first"
        )
    if isinstance(folder, Path):
        return folder / written
    if PurePosixPath(written).is_absolute():
        raise DataError(
            f"{origin}: {written} is a path of one machine, in a table that lies elsewhere; write "
            "its URL, or a path that counts from the table's folder"
        )
    for part in PurePosixPath(written).parts:
        folder = folder.parent if part == ".." else folder / part
    return folder


def text_of(cell: object) -> str:
    """A cell as text; empty where there is nothing."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))  # pandas makes 1.0 of 1 where another cell is empty
    return str(cell)


def _of_frame(frame: pd.DataFrame, *, name: str, folder: Place) -> TableRows:
    cells_or_none = frame.astype(object).where(frame.notna(), None)
    return TableRows(
        name=name,
        folder=folder,
        columns=tuple(str(column).strip() for column in frame.columns),
        rows=[
            TableRow(origin=f"{name}, row {place} from 0", cells=cells)
            for place, cells in enumerate(cells_or_none.itertuples(index=False, name=None))
        ],
    )


def _parquet(path: Place) -> pd.DataFrame:
    import pandas as pd

    from vidclf.table.parquet_reader import explained_parquet

    with _explained(path), explained_parquet(path):
        return pd.read_parquet(local_file(path).absolute())


@contextmanager
def _explained(path: Place) -> Iterator[None]:
    """A context in which what fails while a table is read becomes a `DataError`."""
    try:
        yield
    except (OSError, csv.Error) as exc:
        raise DataError(f"cannot read the table {path} ({reason(exc)}); check it") from exc
    except UnicodeDecodeError as exc:
        raise DataError(f"cannot read the table {path}: save it as CSV in UTF-8") from exc
    except SourceError as exc:
        raise DataError(str(exc)) from exc
