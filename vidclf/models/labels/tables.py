"""Labels in a table: which column holds them, and which one their order."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from vidclf.errors import ModelError
from vidclf.models.labels.numbering import in_order

_DELIMITERS = ("\t", ";", ",")
"""The rarer in names, the earlier."""
_INTEGER = re.compile(r"[+-]?\d{1,9}(\.0+)?")
"""pandas writes `3.0` where the column has gaps."""
_HEADERS = ("label", "labels", "name", "names", "classname", "classes", "class", "category")
_LABELS = (*_HEADERS, "labelname", "categoryname", "displayname", "signname", "title", "species")
_IDS = (
    "classid", "labelid", "categoryid", "classindex", "labelindex", "classidx", "labelidx", "id",
    "index", "idx",
)  # fmt: skip
_NUMBERS = (*_IDS, "output", "number", "no", "nr", "class", "label", "category", "")
"""Headers of numbers, surest first; "" is the index that pandas writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """One column of a table."""

    place: int
    """0-based, from the left."""
    header: str | None
    """Its name in the file; None where the table has no header."""
    cells: tuple[str, ...]
    """What stands in it, below the header."""

    @property
    def word(self) -> str | None:
        """Its header as `_LABELS` and `_NUMBERS` have it: `Class_ID` → `classid`."""
        return None if self.header is None else _word(self.header)

    @property
    def whole(self) -> int:
        """How many of its cells are whole numbers."""
        return sum(map(_is_whole, self.cells))

    @property
    def numbers(self) -> list[int] | None:
        """Its whole numbers; None where a cell is none."""
        return None if self.whole < len(self.cells) else [int(float(cell)) for cell in self.cells]

    @property
    def counts(self) -> bool:
        """Whether it counts outputs: 0 to N - 1, each once."""
        return sorted(self.numbers or ()) == list(range(len(self.cells)))

    def __str__(self) -> str:
        return f"column {self.header!r}" if self.header else f"column {self.place + 1}"


def read_table(text: str, *, source: str) -> tuple[str, ...]:
    """The labels of a CSV text, in the order of the column that numbers them, else of the rows.

    One line alone holds a label in each cell.

    Args:
        text: rows with commas, semicolons or tabs between their cells.
        source: the file, for messages.

    Raises:
        ModelError: rows of different lengths, or columns of which none can be told to be it.
    """
    rows = _without_empty_columns(_rows(text, source), source)
    if len(rows) == 1 and not _is_numbered_pair(rows[0]):
        return tuple(rows[0])
    columns = _columns(rows)
    if len(columns) < 2:
        return columns[0].cells if columns else ()
    number = _number_column(columns, source)
    label = _label_column([column for column in columns if column is not number])
    if number is None:
        _check_all_numbered([column for column in columns if column is not label], source)
        return label.cells
    numbered = list(zip(number.numbers or (), label.cells, strict=True))
    return in_order(numbered, source=f"{source}, {number}")


def _rows(text: str, source: str) -> list[list[str]]:
    """Cells without blanks round them, by the delimiter that makes the best table."""
    try:
        tables = [_split(text, delimiter) for delimiter in _DELIMITERS]
    except csv.Error as exc:
        raise ModelError(f"cannot read {source} as CSV: {exc}") from exc
    even = [rows for rows in tables if _is_even(rows) and len(rows[0]) > 1]
    counted = [rows for rows in even if any(map(_is_whole, rows[-1]))]
    return next(iter(counted or even), tables[-1])


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
    return len(cells) == 2 and sum(map(_is_whole, cells)) == 1


def _columns(rows: list[list[str]]) -> list[_Column]:
    header = rows[0] if rows and _has_header(rows) else None
    below = rows[header is not None :]
    return [
        _Column(
            place=place,
            header=header[place] if header else None,
            cells=tuple(row[place] for row in below),
        )
        for place in range(len(rows[0]) if rows else 0)
    ]


def _has_header(rows: list[list[str]]) -> bool:
    """Whether the first row names the columns: by known words, or as text above numbers."""
    words = [_word(cell) for cell in rows[0]]
    if len(words) == 1:
        return words[0] in _HEADERS
    columns = list(zip(*rows, strict=True))
    if any(all(map(_is_whole, column)) for column in columns):
        return False
    above_numbers = any(all(map(_is_whole, column[1:])) for column in columns)
    return above_numbers or not {*_LABELS, *_IDS}.isdisjoint(words)


def _number_column(columns: Sequence[_Column], source: str) -> _Column | None:
    """The column that numbers the labels, by its header or as the only one of whole numbers."""
    whole = [column for column in columns if column.numbers is not None]
    named = [column for word in _NUMBERS for column in whole if column.word == word]
    if named:
        return named[0]
    counting = [column for column in whole if column.counts]
    if len(whole) > 1 and len(counting) != 1:
        raise ModelError(
            f"{source} has several columns of numbers ({', '.join(map(str, whole))}): name the one "
            "that counts the outputs 'id', or leave them out if the rows are in the outputs' order"
        )
    return next(iter(counting or whole), None)


def _label_column(columns: Sequence[_Column]) -> _Column:
    """The column of names: by its header, else the first that is text."""
    texts = [column for column in columns if column.numbers is None] or columns
    named = [column for word in _LABELS for column in texts if column.word == word]
    plain = [column for column in texts if not column.whole and column.word not in _NUMBERS]
    return [*named, *plain, *texts][0]


def _check_all_numbered(columns: Sequence[_Column], source: str) -> None:
    """Refuse a column that numbers some of the rows only."""
    for column in columns:
        if column.whole and column.word in (None, *_NUMBERS):
            wrong = next(cell for cell in column.cells if not _is_whole(cell))
            raise ModelError(
                f"{source}, {column}, has {wrong!r} among its numbers: give each label the number "
                "of its output, or none"
            )


def _is_whole(cell: str) -> bool:
    return _INTEGER.fullmatch(cell) is not None


def _word(header: str) -> str:
    return re.sub(r"[\s_-]", "", header.lower())
