"""The smoothed table and its manifest, which appear together."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from vidclf.core.run_warnings import record_warnings
from vidclf.errors import UsageError
from vidclf.files.manifest import write_manifest
from vidclf.files.names import SMOOTHED_PREDICTIONS, manifest_path, output_path
from vidclf.files.staging import Staging
from vidclf.files.table_manifest import TABLE_FORMAT
from vidclf.smooth.history import SMOOTHING, earlier_steps
from vidclf.smooth.rules import SmoothingRules
from vidclf.smooth.smooth import smoothed
from vidclf.table.frame_writer import write_predictions
from vidclf.table.table import Table


def smoothed_path(table: Table, output: str | os.PathLike[str] | None) -> Path:
    """Where the smoothed table goes: `<stem>_smoothed_predictions.csv` unless `output` says else.

    Raises:
        UsageError: it, or the manifest beside it, would replace what it is made from.
    """
    path = output_path(
        table.stem,
        output,
        ending=SMOOTHED_PREDICTIONS,
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
    table: Table, path: Path, *, rules: SmoothingRules, overwrite: bool
) -> pd.DataFrame:
    """Smooth a table and write it, and beside it the run's manifest with what was done.

    Returns:
        The smoothed rows.

    Raises:
        OutputError: a file cannot be written, or is there already.
        UsageError: the table does not hold what the method takes.
    """
    manifest = manifest_path(path)
    with Staging(overwrite=overwrite) as staging:
        files = staging.add(path), staging.add(manifest)
        with record_warnings() as warnings:
            rows = smoothed(table, rules)
        write_predictions(files[0], rows)
        done = _manifest(table, rules, warnings.messages, {"table": path, "manifest": manifest})
        write_manifest(files[1], done)
    return rows


def _manifest(
    table: Table, rules: SmoothingRules, warnings: Sequence[str], outputs: dict[str, Path]
) -> dict[str, Any]:
    """The manifest of the run, or the little that is known without it."""
    run = dict(table.manifest) or {"table_format": TABLE_FORMAT, "video": table.video}
    step = {"table": str(table.path), **rules.given(), "warnings": list(warnings)}
    return {**run, "outputs": outputs, SMOOTHING: [*earlier_steps(table), step]}
