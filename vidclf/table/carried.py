"""Columns that a list of clips tells beside, carried into each row of their clips' tables."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from vidclf.table.schema import BEST_COLUMNS, FRAME_COLUMNS, LABELS, RAW, SCORE, VALUE

CarriedKind = Literal["str", "int64", "float64"]
"""What a column holds: text, or numbers in every cell that is not empty."""

_WHOLE = re.compile(r"-?(?:0|[1-9]\d{0,17})", re.ASCII)
_DECIMAL = re.compile(r"-?(?:0|[1-9]\d*)?(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
"""Numbers as programs write them: `007` and `+5` are text, whose form may matter."""
_OWN = {*FRAME_COLUMNS, *BEST_COLUMNS, LABELS}
_OWN_BEGINNINGS = (SCORE, VALUE, RAW)
_OWN_RANKS = re.compile(r"top\d+_(?:label|confidence)")


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedCells:
    """The cells of one clip, the same in each row of its table."""

    names: tuple[str, ...] = ()
    """The columns, in the order of the list."""
    kinds: tuple[CarriedKind, ...] = ()
    """What each of them holds, over the whole list."""
    texts: tuple[str, ...] = ()
    """The cell of each as the list has it; empty where there is nothing."""

    @property
    def types(self) -> Mapping[str, str]:
        """Column → the name of its dtype."""
        return dict(zip(self.names, self.kinds, strict=True))

    @property
    def values(self) -> list[str | int | float | None]:
        """The cell of each column as text or number; None where it is empty."""
        return [_value(text, kind) for text, kind in zip(self.texts, self.kinds, strict=True)]

    @property
    def by_name(self) -> dict[str, str | int | float | None]:
        """Column → cell, as a manifest holds them."""
        return dict(zip(self.names, self.values, strict=True))


def kind_of_cells(texts: Iterable[str]) -> CarriedKind:
    """What a column holds: numbers only where each cell is one, or empty, and not all are.

    >>> kind_of_cells(["1", "", "20"]), kind_of_cells(["1", "2.5"]), kind_of_cells(["007", "12"])
    ('int64', 'float64', 'str')
    """
    filled = [text for text in texts if text]
    if not filled:
        return "str"
    if all(map(_WHOLE.fullmatch, filled)):
        return "int64"
    return "float64" if all(map(_is_number, filled)) else "str"


def is_own_column(name: str) -> bool:
    """Whether a column of this name may be among a table's own, whatever the case of its letters.

    Databases pass over the case of letters in the names of columns.
    """
    name = name.casefold()
    is_known = name in _OWN or name.startswith(_OWN_BEGINNINGS)
    return is_known or bool(_OWN_RANKS.fullmatch(name))


def _is_number(text: str) -> bool:
    if not (_DECIMAL.fullmatch(text) and any(character.isdigit() for character in text)):
        return False
    return text[0] not in "eE" and math.isfinite(float(text))


def _value(text: str, kind: CarriedKind) -> str | int | float | None:
    if not text:
        return None
    return text if kind == "str" else int(text) if kind == "int64" else float(text)
