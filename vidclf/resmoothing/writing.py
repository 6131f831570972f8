"""The smoothed table and its manifest, which appear together."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from vidclf.errors import UsageError
from vidclf.naming import output_path
from vidclf.resmoothing.csv_file import write_predictions
from vidclf.resmoothing.origin import SMOOTHING
from vidclf.resmoothing.rules import SmoothingRules
from vidclf.sinks.manifest import write_manifest
from vidclf.sinks.staging import Staging
from vidclf.table.columns import TABLE_FORMAT
from vidclf.table.opened import Table, manifest_path


def smoothed_path(table: Table, output: str | os.PathLike[str] | None) -> Path:
    """Where the smoothed table goes: `<stem>_smoothed_predictions.csv` unless `output` says else.

    Raises:
        UsageError: it, or the manifest beside it, would replace what it is made from.
    """
    path = output_path(
        table.stem,
        output,
        ending="_smoothed_predictions.csv",
        kinds=[".csv"],
        inputs=[table.path],
    )
    mine, its = manifest_path(path), manifest_path(table.path)
    if os.path.realpath(mine) == os.path.realpath(its):
        raise UsageError(
            f"-o {path}: its manifest would replace {its}, which tells of {table.path}: name "
            "another output"
        )
    return path


def write_smoothed(
    table: Table,
    rows: pd.DataFrame,
    path: Path,
    *,
    rules: SmoothingRules,
    warnings: Sequence[str],
    overwrite: bool,
) -> None:
    """Write the rows, and beside them the run's manifest with what was done.

    Raises:
        OutputError: a file cannot be written, or is there already.
    """
    manifest = manifest_path(path)
    with Staging(overwrite=overwrite) as staging:
        write_predictions(staging.add(path), rows)
        done = _manifest(table, rules, warnings, {"table": path, "manifest": manifest})
        write_manifest(staging.add(manifest), done)


def _manifest(
    table: Table, rules: SmoothingRules, warnings: Sequence[str], outputs: dict[str, Path]
) -> dict[str, Any]:
    """The manifest of the run, or the little that is known without it."""
    run = dict(table.manifest) or {"table_format": TABLE_FORMAT, "video": table.video}
    step = {"table": str(table.path), **rules.given(), "warnings": list(warnings)}
    return {**run, "outputs": outputs, SMOOTHING: [*run.get(SMOOTHING, ()), step]}
