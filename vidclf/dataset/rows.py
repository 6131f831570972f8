"""Rows of `path,label` and more, as CSV, Parquet or a DataFrame has them, become examples."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import normalize

from vidclf.dataset.class_folders import PART_NAMES
from vidclf.dataset.examples import Example, Part
from vidclf.dataset.table_rows import Cells, place_in, text_of
from vidclf.errors import DataError
from vidclf.files.places import Place
from vidclf.segments.truth import seconds_of
from vidclf.sources.suffixes import ANIMATED_SUFFIXES, is_image_name

_VALUE_PREFIX = "label_"
"""Begins the names of columns with one value each, of a regression of several."""

_COLUMNS = ("path", "label", "start", "end", "group", "split", "weight")


@dataclass(frozen=True, slots=True, kw_only=True)
class RowReader:
    """Reads the rows of one table.

    Its checks raise a `DataError` that says the row.
    """

    name: str
    """The table, for messages."""
    folder: Place
    """Where paths that are not absolute count from."""
    columns: Sequence[str]
    """Its columns, in lower case."""
    is_regression: bool
    """Whether labels are numbers."""
    has_commas: bool = False
    """Whether decimals may have commas, as these separate no cells."""

    def __post_init__(self) -> None:
        needed = ["path", *([] if self.value_columns else ["label"])]
        if missing := [name for name in needed if name not in self.columns]:
            raise DataError(
                f"{self.name} has no column {' and no column '.join(map(repr, missing))}; it has "
                f"{', '.join(map(repr, self.columns))}. Give it a first line with path and label, "
                f"and, if wanted, {', '.join(_COLUMNS[2:])}"
            )

    @property
    def value_columns(self) -> list[str]:
        """The columns of a regression of several values."""
        columns = [name for name in self.columns if name.startswith(_VALUE_PREFIX)]
        return columns if self.is_regression and "label" not in self.columns else []

    @property
    def value_names(self) -> tuple[str, ...]:
        """What the values of a regression are called; none where labels are names."""
        if not self.is_regression:
            return ()
        return tuple(name.removeprefix(_VALUE_PREFIX) for name in self.value_columns) or ("value",)

    def example(self, cells: Cells, origin: str) -> Example:
        """The example of a row; several labels in one cell are not taken apart."""
        path = self._path(_text(cells.get("path")), origin)
        start, end = (self._seconds(cells, name, origin) for name in ("start", "end"))
        if start is not None and end is not None and start >= end:
            raise DataError(
                f"{origin}: start {start:g} s is not before end {end:g} s; a part ends after it "
                "begins"
            )
        if (start, end) != (None, None) and is_still(path):
            raise DataError(f"{origin}: {path.name} is a picture, and has no start or end")
        label = normalize("NFC", _text(cells.get("label")))
        return Example(
            path=path,
            labels=() if self.is_regression or not label else (label,),
            values=self._values(cells, origin) if self.is_regression else (),
            start_seconds=start,
            end_seconds=end,
            group=_text(cells.get("group")) or None,
            part=self._part(cells, origin),
            weight=self._weight(cells, origin),
            origin=origin,
        )

    def _path(self, cell: str, origin: str) -> Place:
        if not cell:
            raise DataError(f"{origin}: the path is empty; name the picture or clip")
        return place_in(self.folder, cell, origin)

    def _seconds(self, cells: Cells, column: str, origin: str) -> float | None:
        text = self._decimal(_text(cells.get(column)))
        if not text:
            return None
        seconds = seconds_of(text)
        if seconds is None and text[:-1].isdecimal() and text.endswith("f"):
            raise DataError(
                f"{origin}: {column} is {text!r}, and parts of labelled data are told by times; "
                "write seconds (12.5) or mm:ss"
            )
        if seconds is None:
            raise DataError(
                f"{origin}: {column} is {text!r}, no time such as 12.5 (seconds) or 1:02.5"
            )
        return seconds

    def _values(self, cells: Cells, origin: str) -> tuple[float, ...]:
        return tuple(
            self._number(cells, column, origin) for column in self.value_columns or ["label"]
        )

    def _number(self, cells: Cells, column: str, origin: str) -> float:
        text = self._decimal(_text(cells.get(column)))
        number = as_number(text)
        if number is None:
            raise DataError(
                f"{origin}: {column} is {text!r}, and a regression learns numbers; correct it, or "
                "leave --regression out if these are labels"
            )
        return number

    def _part(self, cells: Cells, origin: str) -> Part | None:
        name = _text(cells.get("split")).lower()
        if name and name not in PART_NAMES:
            raise DataError(f"{origin}: split {name!r} is none of train, val, test; correct it")
        return PART_NAMES[name] if name else None

    def _weight(self, cells: Cells, origin: str) -> float:
        text = self._decimal(_text(cells.get("weight")))
        weight = as_number(text) if text else 1.0
        if weight is None or weight <= 0:
            raise DataError(
                f"{origin}: weight {text!r} must be a number more than 0; to leave an example out, "
                "take out its row"
            )
        return weight

    def _decimal(self, text: str) -> str:
        return text.replace(",", ".") if self.has_commas else text


def as_number(text: str) -> float | None:
    """The finite number that a text is, if it is one."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and "_" not in text else None


def _text(cell: object) -> str:
    """A cell as text without blanks around it; empty where there is nothing."""
    return text_of(cell).strip()


def is_still(path: Place) -> bool:
    """Whether a file is a single picture, by its name."""
    return is_image_name(path.name) and path.suffix.lower() not in ANIMATED_SUFFIXES
