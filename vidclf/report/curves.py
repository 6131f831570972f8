"""The curves of a table, with as many points as a screen can show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vidclf.pages.compact_numbers import SCORE_STEPS, scaled, steps, ticks
from vidclf.table.schema import SCORE, VALUE
from vidclf.table.table import Table

MOST_POINTS = 12_000
FEWEST_POINTS = 240
MOST_CURVES = 24
_VALUE_STEPS = 4000
_NUMBERS_A_POINT = 3

Floats = NDArray[np.float64]


def curves(table: Table, labels: Sequence[str], *, most_numbers: int) -> dict[str, Any]:
    """The curves of a table.

    Args:
        table: any table.
        labels: the labels whose scores matter most, the first ones first; of these as many are
            drawn as the table has scores of and `MOST_CURVES` allows.
        most_numbers: how many numbers all curves may have together; beyond that rows are put
            together to equal numbers of rows, as their mean, least and greatest.

    Returns:
        `times`, the distances of the points in ticks, and `curves`, in the order to be drawn.
    """
    columns = _columns(table, labels)
    values = [table.numbers(column) for column in columns]
    seconds = table.numbers("timestamp")
    is_score = table.kind != "values"
    drawn = draw(values, seconds, is_score=is_score, most_numbers=most_numbers)
    for about, curve in zip(columns.values(), drawn["curves"], strict=True):
        curve.update(about)
    return drawn


def draw(
    columns: Sequence[NDArray[Any]], seconds: Floats, *, is_score: bool, most_numbers: int
) -> dict[str, Any]:
    """Columns of numbers as curves.

    Args:
        columns: (N,) each.
        seconds: (N,) when they hold.
        is_score: whether they go from 0 to 1, or each from its least to its greatest.
        most_numbers: see `curves`.
    """
    if not columns:
        return {"times": [], "curves": []}
    allowed = most_numbers // (_NUMBERS_A_POINT * len(columns))
    count = min(len(seconds), max(FEWEST_POINTS, min(MOST_POINTS, allowed)))
    starts = np.arange(count) * len(seconds) // count
    return {
        "times": steps(ticks(seconds[starts])),
        "curves": [_curve(column, starts, is_score=is_score) for column in columns],
    }


def _columns(table: Table, labels: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Column → what is said of its curve."""
    held = set(table.columns.names)
    if table.kind == "values":
        return _value_columns(table)
    scored = {
        SCORE + name: {"name": name, "label": name} for name in labels if SCORE + name in held
    }
    chosen = dict(list(scored.items())[:MOST_CURVES])
    if table.kind == "labels":
        return chosen
    shown: dict[str, dict[str, Any]] = {"confidence": {"name": "shown label"}}
    if "top2_confidence" in held and not chosen:
        shown["top2_confidence"] = {"name": "runner-up"}
    return shown | dict(list(chosen.items())[:6])


def _value_columns(table: Table) -> dict[str, dict[str, Any]]:
    names = table.values[:MOST_CURVES]
    return {VALUE + name: {"name": name, "unit": table.units.get(name, "")} for name in names}


def _curve(column: NDArray[Any], starts: NDArray[np.int64], *, is_score: bool) -> dict[str, Any]:
    values = np.nan_to_num(column.astype(np.float64))
    low, high = (0.0, 1.0) if is_score else (float(values.min()), float(values.max()))
    count = SCORE_STEPS if is_score else _VALUE_STEPS
    kept = {"mean": values} if len(starts) == len(values) else _put_together(values, starts)
    numbers = {name: scaled(part, low=low, high=high, count=count) for name, part in kept.items()}
    return {"low": low, "high": high, "steps": count, **numbers}


def _put_together(values: Floats, starts: NDArray[np.int64]) -> dict[str, Floats]:
    rows = np.diff(np.append(starts, len(values)))
    return {
        "mean": np.add.reduceat(values, starts) / rows,
        "least": np.minimum.reduceat(values, starts),
        "most": np.maximum.reduceat(values, starts),
    }
