"""A table → the same table with other labels, scores or values."""

from __future__ import annotations

import os

import pandas as pd

from vidclf.smooth.class_tables import smooth_classes
from vidclf.smooth.label_tables import smooth_labels
from vidclf.smooth.rules import Method, SmoothingRules
from vidclf.smooth.value_tables import smooth_values
from vidclf.table.table import Table, open_table

_BY_KIND = {"classes": smooth_classes, "labels": smooth_labels, "values": smooth_values}


def smooth_predictions(
    table: str | os.PathLike[str],
    *,
    method: Method,
    window: float | None = None,
    half_life: float | None = None,
    enter: float | None = None,
    leave: float | None = None,
    min_duration: float | None = None,
) -> pd.DataFrame:
    """Smooth a stored table in another way, without the model, and without writing a file.

    Args:
        table: a `…_predictions.csv` or `.parquet` of one clip; its manifest is read where it lies
            beside it.
        method: `mean`, `exponential`, `majority`, `hysteresis` or `min-duration`;
            docs/smooth.md has their formulas and what they need.
        window: of `mean` and `majority`, the whole width of the centred window in seconds.
        half_life: of `exponential`, in seconds.
        enter: of `hysteresis`, the score from which a label takes over, 0 to 1.
        leave: of `hysteresis`, the score below which it gives way, at most `enter`.
        min_duration: no label is shown for fewer seconds; alone, or after another method.

    Returns:
        The table as `read_predictions` gives it, with the new labels, scores or values; `raw_…`
        stay the model's own.

    Raises:
        SourceError: the table cannot be read.
        UsageError: a number is missing, has no use, or the table does not hold what it takes.
    """
    rules = SmoothingRules(
        method=method,
        window=window,
        half_life=half_life,
        enter=enter,
        leave=leave,
        min_duration=min_duration,
    )
    return smoothed(open_table(table), rules)


def smoothed(table: Table, rules: SmoothingRules) -> pd.DataFrame:
    """The rows of a table with the new labels, scores or values; see `smooth_predictions`."""
    return _BY_KIND[table.kind](table, rules)
