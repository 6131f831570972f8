"""Smoothing of tables with the values of a regression."""

from __future__ import annotations

import pandas as pd

from vidclf.core.run_warnings import get_logger
from vidclf.errors import UsageError
from vidclf.smooth.averages import average
from vidclf.smooth.intervals import AnswerIntervals
from vidclf.smooth.rules import SmoothingRules
from vidclf.table.schema import RAW, VALUE
from vidclf.table.table import Table

logger = get_logger(__name__)


def smooth_values(table: Table, rules: SmoothingRules) -> pd.DataFrame:
    """The rows with other values, from the model's own.

    Raises:
        UsageError: the method is for labels.
    """
    if rules.method not in ("mean", "exponential") or rules.min_duration is not None:
        flag = "--min-duration" if rules.min_duration is not None else f"--method {rules.method}"
        raise UsageError(
            f"{flag} is for labels, and the table {table.path} holds values "
            f"({', '.join(table.values)}): use --method mean or exponential alone"
        )
    intervals = AnswerIntervals.of(table)
    origin = RAW if all(RAW + name in table.rows for name in table.values) else VALUE
    if origin == VALUE:
        logger.warning(
            "%s has no columns raw_…: its value_… are smoothed, smoothed or not", table.path
        )
    values = table.rows[[origin + name for name in table.values]].to_numpy()[intervals.rows]
    rows = table.rows.copy(deep=False)
    rows[[VALUE + name for name in table.values]] = average(values, intervals, rules)[
        intervals.carried
    ]
    return rows
