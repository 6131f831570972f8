"""The files of an evaluation, which appear together or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from vidclf._version import __version__
from vidclf.errors import OutputExistsError
from vidclf.evaluation.case_rows import CaseRows
from vidclf.evaluation.figures import FIGURES, figure_names, write_figures
from vidclf.evaluation.page import write_page
from vidclf.evaluation.results import Evaluation
from vidclf.files.places import Place
from vidclf.files.staging import Staging
from vidclf.files.text_file import write_text
from vidclf.files.write_errors import explained
from vidclf.remote.listing import sizes_in
from vidclf.remote.path import RemotePath
from vidclf.remote.upload import check_writable
from vidclf.table.cells import csv_writer, open_csv

METRICS = "metrics.json"
CASES = "cases.csv"
MISTAKES = "mistakes.csv"
PAGE = "evaluation.html"
EVALUATION_FORMAT = 1
"""Changes where a reader of metrics.json or cases.csv has to."""


def check_free(folder: Place, *, overwrite: bool) -> None:
    """See that an evaluation may be written to a folder, before hours are spent on it.

    Raises:
        OutputExistsError: there is one already, and it may not be replaced.
        StorageError: nothing can be written there.
    """
    names = (METRICS, CASES, MISTAKES, PAGE, *FIGURES)
    if isinstance(folder, RemotePath):
        check_writable(folder)
        found = sizes_in(folder)
        there: list[Place] = [folder / name for name in names if name in found]
    else:
        there = [folder / name for name in names if (folder / name).exists()]
    if there and not overwrite:
        raise OutputExistsError(
            f"{there[0]} exists already: give --overwrite to replace the evaluation, or another "
            "folder with -o"
        )


def write_evaluation(
    evaluation: Evaluation,
    folder: Place,
    *,
    comparison: Mapping[str, Any] | None = None,
    overwrite: bool = False,
) -> list[Place]:
    """Write all files of an evaluation.

    Args:
        evaluation: what was found.
        folder: where they go; it is made.
        comparison: with another evaluation, as JSON has it.
        overwrite: whether files that are there already may be replaced.

    Returns:
        The files.

    Raises:
        OutputError: one cannot be written, or is there already.
    """
    writers = table_writers(evaluation, comparison)
    figures = figure_names(evaluation)
    paths = [folder / name for name in (*writers, *figures, PAGE)]
    with Staging(overwrite=overwrite, record=folder / METRICS) as staging:
        temporary = {path.name: staging.add(path) for path in paths}
        for name, write in writers.items():
            write(temporary[name])
        write_figures(evaluation, {name: temporary[name] for name in figures})
        write_page(evaluation, temporary[PAGE], folder=folder, comparison=comparison)
    return paths


def table_writers(
    evaluation: Evaluation, comparison: Mapping[str, Any] | None = None
) -> dict[str, Callable[[Path], None]]:
    """What is no picture: name of each file → what writes it."""
    rows = CaseRows(evaluation)

    def write_metrics(path: Path) -> None:
        document = metrics_document(evaluation, comparison)
        text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
        # half a surrogate pair, of a name that is not UTF-8, is written as JSON's own escape
        text = text.encode("utf-8", "backslashreplace").decode()
        write_text(path, text + "\n", kind="the metrics")

    return {
        METRICS: write_metrics,
        CASES: lambda path: _write_csv(path, rows.columns(), rows.cells()),
        MISTAKES: lambda path: _write_csv(path, rows.mistake_columns(), rows.mistake_cells()),
    }


def metrics_document(
    evaluation: Evaluation, comparison: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """What stands in `metrics.json`."""
    return {
        "evaluation_format": EVALUATION_FORMAT,
        "vidclf": __version__,
        "kind": evaluation.kind,
        "task": evaluation.task,
        "model": {"name": evaluation.model_name, "digest": evaluation.model_digest},
        "data": {"name": evaluation.data_name, "part": evaluation.part},
        "labels": list(evaluation.labels),
        **evaluation.metrics,
        **({"clips": _clips(evaluation)} if evaluation.kind == "tables" else {}),
        "mistakes": int(evaluation.is_wrong.sum()),
        "likely_wrong_labels": _label_issues(evaluation),
        "near_duplicate_pairs": len(evaluation.near_duplicates),
        "left_out": [{"path": str(path), "reason": reason} for path, reason in evaluation.left_out],
        "notes": list(evaluation.notes),
        **({} if comparison is None else {"comparison": dict(comparison)}),
    }


def _clips(evaluation: Evaluation) -> list[dict[str, Any]]:
    return [
        {"name": clip.name, "table": str(clip.table), "truth": str(clip.truth), **clip.metrics}
        for clip in evaluation.clips
    ]


def _label_issues(evaluation: Evaluation) -> list[dict[str, Any]]:
    return [
        {
            "path": str((case := evaluation.cases[issue.case]).path),
            "frame": case.frame,
            "given": evaluation.labels[issue.given],
            "suggested": evaluation.labels[issue.suggested],
            "margin": issue.margin,
        }
        for issue in evaluation.label_issues
    ]


def _write_csv(path: Path, columns: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    with explained(path, kind="the table"), open_csv(path) as file:
        writer = csv_writer(file)
        writer.writerow(columns)
        writer.writerows(rows)
