"""Smooths a stored table, without the model, and writes the new one with its manifest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from vidclf.core.file_digest import file_digests
from vidclf.core.run_warnings import record_warnings
from vidclf.errors import UsageError
from vidclf.files.names import (
    SMOOTHED_PREDICTIONS,
    is_same_place,
    manifest_path,
    output_path,
)
from vidclf.files.places import Place
from vidclf.files.staging import Staging
from vidclf.smooth.class_tables import smooth_classes
from vidclf.smooth.label_changes import count_runs
from vidclf.smooth.label_tables import smooth_labels
from vidclf.smooth.rules import Method, SmoothingRules
from vidclf.smooth.value_tables import smooth_values
from vidclf.table.column_types import column_types
from vidclf.table.csv_reader import read_csv_texts
from vidclf.table.frame_writer import write_predictions
from vidclf.table.named_tables import PathLike
from vidclf.table.table import Table, open_table

_BY_KIND = {"classes": smooth_classes, "labels": smooth_labels, "values": smooth_values}


@dataclass(frozen=True, slots=True, kw_only=True)
class SmoothingSummary:
    """What became of one table."""

    video: str
    """The clip's name, as in the table."""
    frames: int
    """How many rows it has."""
    values: int
    """How many values a row has, in a table of values; 0 in one of labels."""
    segments_before: int | None
    """How many segments it had; None for values."""
    segments_after: int | None
    """How many it has now; None for values."""
    outputs: Mapping[str, str]
    """Kind → path of every file written: `table` and `manifest`."""


def smooth_predictions(
    table: PathLike,
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
    return smooth_table(open_table(table), rules)


def write_smoothed(
    table: PathLike,
    output: PathLike | None = None,
    *,
    method: Method,
    window: float | None = None,
    half_life: float | None = None,
    enter: float | None = None,
    leave: float | None = None,
    min_duration: float | None = None,
    overwrite: bool = False,
) -> SmoothingSummary:
    """Smooth a stored table and write it, and its manifest: the same as `vidclf smooth TABLE`.

    Args:
        table: a `…_predictions.csv` or `.parquet` of one clip.
        output: a folder or a `.csv` file; None for `<stem>_smoothed_predictions.csv` beside the
            table.
        method: as in `smooth_predictions`, as are the numbers that follow.
        window: seconds.
        half_life: seconds.
        enter: a score.
        leave: a score.
        min_duration: seconds.
        overwrite: whether files that are there already may be replaced.

    Returns:
        Counts before and after, and what was written.

    Raises:
        SourceError: the table cannot be read.
        UsageError: a number is missing or has no use, the table does not hold what the method
            takes, or the output would replace what it is made from.
        OutputError: a file cannot be written, or is there already.
    """
    rules = SmoothingRules(
        method=method,
        window=window,
        half_life=half_life,
        enter=enter,
        leave=leave,
        min_duration=min_duration,
    )
    opened = open_table(table)
    path = _path(opened, output)
    outputs = {"table": path, "manifest": manifest_path(path)}
    with Staging(overwrite=overwrite, record=outputs["manifest"]) as staging:
        files = {kind: staging.add(file) for kind, file in outputs.items()}
        with record_warnings() as warnings:
            rows = smooth_table(opened, rules)
        write_predictions(files["table"], _with_texts(rows, opened.path))
        step = {"table": str(opened.path), **rules.given(), "warnings": warnings.messages}
        manifest = opened.manifest.with_smoothing(
            step,
            video=opened.video,
            outputs=outputs,
            output_digests=file_digests({"table": files["table"]}),
        )
        manifest.write(files["manifest"])
    return _summary(opened, rows, outputs)


def smooth_table(table: Table, rules: SmoothingRules) -> pd.DataFrame:
    """The rows of a table with the new labels, scores or values; see `smooth_predictions`."""
    return _BY_KIND[table.kind](table, rules)


def _with_texts(rows: pd.DataFrame, path: Place) -> pd.DataFrame:
    """The rows with the columns of others' making as they stand in their CSV, letter by letter."""
    known = column_types(list(rows.columns))
    others = [column for column in rows.columns if column not in known]
    if not others or path.suffix.lower() == ".parquet":
        return rows
    texts = read_csv_texts(path, others)
    return rows.assign(**{column: texts[column].to_numpy() for column in others})


def _summary(table: Table, rows: pd.DataFrame, outputs: Mapping[str, Place]) -> SmoothingSummary:
    has_labels = table.kind != "values"
    return SmoothingSummary(
        video=table.video,
        frames=len(rows),
        values=len(table.values),
        segments_before=count_runs(table.rows) if has_labels else None,
        segments_after=count_runs(rows) if has_labels else None,
        outputs={kind: str(path) for kind, path in outputs.items()},
    )


def _path(table: Table, output: PathLike | None) -> Place:
    """Where the smoothed table goes, and not over what it is made from."""
    path = output_path(
        table.stem,
        output,
        ending=SMOOTHED_PREDICTIONS,
        kinds=[".csv"],
        inputs=[table.path],
    )
    mine, its = manifest_path(path), manifest_path(table.path)
    if is_same_place(mine, its):
        raise UsageError(
            f"-o {path}: its manifest would replace {its}, which tells of {table.path}: name "
            "another output"
        )
    return path
