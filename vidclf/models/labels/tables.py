"""Read labels from a CSV table: find the column that holds them, and the one with their order."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from vidclf.errors import ModelError
from vidclf.models.labels.numbering import order_by_number

_DELIMITERS = ("\t", ";", ",")
"""Those that are rare in names come first."""
_INTEGER = re.compile(r"[+-]?\d{1,9}(\.0+)?")
"""pandas writes `3.0` where the column has gaps."""
_SURE_LABEL_HEADERS = (
    "label", "labels", "name", "names", "classname", "classes", "class", "category",
)  # fmt: skip
"""Headers of labels that are known as such even without a second column."""
_LABEL_HEADERS = (
    *_SURE_LABEL_HEADERS, "labelname", "categoryname", "displayname", "signname", "title",
    "species",
)  # fmt: skip
_ID_HEADERS = (
    "classid", "labelid", "categoryid", "classindex", "labelindex", "classidx", "labelidx", "id",
    "index", "idx",
)  # fmt: skip
_NUMBER_HEADERS = (*_ID_HEADERS, "output", "number", "no", "nr", "class", "label", "category", "")
"""Headers of output numbers, surest first; "" is the index that pandas writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """Holds one column of a table."""

    place: int
    """0-based, from the left."""
    header: str | None
    """Its name in the file; None where the table has no headers."""
    cells: tuple[str, ...]
    """Its cells below the header."""

    @property
    def plain_header(self) -> str | None:
        """Return its header as the lists of headers have it: `Class_ID` → `classid`."""
        return None if self.header is None else _plain(self.header)

    @property
    def integer_count(self) -> int:
        """Count its cells that are whole numbers."""
        return sum(map(_is_integer, self.cells))

    @property
    def numbers(self) -> list[int] | None:
        """Return its whole numbers; None where one of its cells is none."""
        if self.integer_count < len(self.cells):
            return None
        return [int(float(cell)) for cell in self.cells]

    @property
    def numbers_outputs(self) -> bool:
        """Return whether it numbers the outputs: 0 to N - 1, each once."""
        return sorted(self.numbers or ()) == list(range(len(self.cells)))

    def __str__(self) -> str:
        return f"column {self.header!r}" if self.header else f"column {self.place + 1}"


def read_table(text: str, *, source: str) -> tuple[str, ...]:
    """Read the labels of a CSV text, in the order of the column that numbers them, else of rows.

    One line alone holds a label in each cell.

    Args:
        text: rows with commas, semicolons or tabs between their cells.
        source: the file, for messages.

    Raises:
        ModelError: rows differ in length, or several columns could number the labels.
    """
    rows = _without_empty_columns(_rows(text, source), source)
    if len(rows) == 1 and not _is_numbered_pair(rows[0]):
        return tuple(rows[0])
    has_header = bool(rows) and _has_header(rows)
    header = rows[0] if has_header else None
    return labels_of_rows(rows[has_header:], header=header, source=source)


def labels_of_rows(
    rows: list[list[str]], *, header: list[str] | None, source: str
) -> tuple[str, ...]:
    """Read the labels of a table's rows.

    Args:
        rows: stripped cells, as many in each.
        header: the names of the columns, if they have any.
        source: the file, for messages.

    Raises:
        ModelError: several columns could number the labels, or one numbers some of them only.
    """
    columns = _columns(rows, header)
    if len(columns) < 2:
        return columns[0].cells if columns else ()
    number = _number_column(columns, source)
    label = _label_column([column for column in columns if column is not number])
    if number is None:
        _check_all_numbered([column for column in columns if column is not label], source)
        return label.cells
    numbered = list(zip(number.numbers or (), label.cells, strict=True))
    return order_by_number(numbered, source=f"{source}, {number}")


def _rows(text: str, source: str) -> list[list[str]]:
    """Split a text into stripped cells, by the delimiter that makes the best table."""
    try:
        tables = [_split(text, delimiter) for delimiter in _DELIMITERS]
    except csv.Error as exc:
        raise ModelError(f"cannot read {source} as CSV: {exc}") from exc
    even = [rows for rows in tables if _is_even(rows) and len(rows[0]) > 1]
    with_numbers = [rows for rows in even if any(map(_is_integer, rows[-1]))]
    return next(iter(with_numbers or even), tables[-1])


def _split(text: str, delimiter: str) -> list[list[str]]:
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    rows = ([cell.strip() for cell in row] for row in lines)
    return [row for row in rows if any(row)]


def _is_even(rows: list[list[str]]) -> bool:
    return len({len(row) for row in rows}) == 1


def _without_empty_columns(rows: list[list[str]], source: str) -> list[list[str]]:
    lengths = {len(row) for row in rows}
    if len(lengths) > 1:
        raise ModelError(
            f"{source} has rows of different lengths, {min(lengths)} to {max(lengths)} cells: put "
            'names with commas in quotes, as "cat, big", or save one label a line as .txt'
        )
    kept = [place for place in range(max(lengths, default=0)) if any(row[place] for row in rows)]
    return [[row[place] for place in kept] for row in rows]


def _is_numbered_pair(cells: list[str]) -> bool:
    return len(cells) == 2 and sum(map(_is_integer, cells)) == 1


def _columns(rows: list[list[str]], header: list[str] | None) -> list[_Column]:
    return [
        _Column(
            place=place,
            header=header[place] if header else None,
            cells=tuple(row[place] for row in rows),
        )
        for place in range(len(header or (rows[0] if rows else ())))
    ]


def _has_header(rows: list[list[str]]) -> bool:
    """Return whether the first row names the columns: by known words, or as text above numbers."""
    words = [_plain(cell) for cell in rows[0]]
    if len(words) == 1:
        return words[0] in _SURE_LABEL_HEADERS
    columns = list(zip(*rows, strict=True))
    if any(all(map(_is_integer, column)) for column in columns):
        return False
    above_numbers = any(all(map(_is_integer, column[1:])) for column in columns)
    return above_numbers or not {*_LABEL_HEADERS, *_ID_HEADERS}.isdisjoint(words)


def _number_column(columns: Sequence[_Column], source: str) -> _Column | None:
    """Find the column that numbers the labels, by its header or as the only one of integers."""
    integer = [column for column in columns if column.numbers is not None]
    by_header = _with_header(integer, _NUMBER_HEADERS)
    if by_header:
        return by_header[0]
    counting = [column for column in integer if column.numbers_outputs]
    if len(integer) > 1 and len(counting) != 1:
        listed = ", ".join(map(str, integer))
        raise ModelError(
            f"{source} has several columns of numbers ({listed}): name the one "
            "that counts the outputs 'id', or leave them out if the rows are in the outputs' order"
        )
    return next(iter(counting or integer), None)


def _label_column(columns: Sequence[_Column]) -> _Column:
    """Find the column of names, by its header, else as the first that is text."""
    texts = [column for column in columns if column.numbers is None] or columns
    by_header = _with_header(texts, _LABEL_HEADERS)
    text_alone = [
        column
        for column in texts
        if not column.integer_count and column.plain_header not in _NUMBER_HEADERS
    ]
    return [*by_header, *text_alone, *texts][0]


def _with_header(columns: Sequence[_Column], headers: Sequence[str]) -> list[_Column]:
    """Return the columns that have one of the headers, in the headers' order."""
    return [column for header in headers for column in columns if column.plain_header == header]


def _check_all_numbered(columns: Sequence[_Column], source: str) -> None:
    """Refuse a column that numbers some of the rows only."""
    for column in columns:
        if column.integer_count and column.plain_header in (None, *_NUMBER_HEADERS):
            wrong = next(cell for cell in column.cells if not _is_integer(cell))
            raise ModelError(
                f"{source}, {column}, has {wrong!r} among its numbers: give each label the number "
                "of its output, or none"
            )


def _is_integer(cell: str) -> bool:
    return _INTEGER.fullmatch(cell) is not None


def _plain(header: str) -> str:
    return re.sub(r"[\s_-]", "", header.lower())
