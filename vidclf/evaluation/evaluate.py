"""`vidclf evaluate`: what a model or a table says, against what is true."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from vidclf.dataset.samples import DEFAULT_FPS
from vidclf.errors import UsageError
from vidclf.evaluation.comparison import compare_evaluations
from vidclf.evaluation.measure_model import DEFAULT_MAX_BAD, measure_model
from vidclf.evaluation.measure_tables import measure_tables
from vidclf.evaluation.output_files import check_free, metrics_document, write_evaluation
from vidclf.evaluation.predicting import OnProgress, ignore_progress
from vidclf.evaluation.results import Evaluation
from vidclf.evaluation.summary import EvaluationSummary
from vidclf.files.figure_file import check_matplotlib
from vidclf.files.places import output_place
from vidclf.settings import ModelOptions, Settings, settings_from, shows_options
from vidclf.table.named_tables import PathLike

if TYPE_CHECKING:
    import pandas as pd

    from vidclf.core.keras_model import KerasModel


@shows_options(ModelOptions)
def evaluate(
    model: str | Path | KerasModel,
    data: PathLike | Sequence[PathLike] | pd.DataFrame,
    *,
    output: PathLike | None = None,
    compare: PathLike | None = None,
    fps: float = DEFAULT_FPS,
    split: PathLike | None = None,
    max_bad: float = DEFAULT_MAX_BAD,
    threshold: float | None = None,
    runtime: str | None = None,
    batch_size: int | None = None,
    overwrite: bool = False,
    on_progress: OnProgress = ignore_progress,
    settings: Settings | None = None,
    **options: Unpack[ModelOptions],
) -> EvaluationSummary:
    """Measure a model on labelled pictures and clips: the same as `vidclf evaluate MODEL DATA`.

    Args:
        model: as for `vidclf.annotate`.
        data: a folder with a folder for each class; a CSV or Parquet table or a DataFrame with
            `path` and `label`; or `…_segments.csv` tables.
        output: the folder for metrics.json and all else; None for no files.
        compare: an earlier evaluation of the same cases: its `metrics.json`, or its folder.
        fps: frames a second that are taken of clips.
        split: the `split.csv` of a training: what it did not train on is evaluated.
        max_bad: the share of examples, 0 to 1, that may be left out because they cannot be read.
        threshold: the score from which each label of a multi-label model counts; None for the
            model's own.
        runtime: what computes, as for `vidclf.annotate`.
        batch_size: pictures a batch; None for what suits the runtime.
        overwrite: whether files that are there already may be replaced.
        on_progress: is told how many examples are done, and of how many.
        settings: how the model is described and computed; the command's defaults without it.
        options: what you say of the model, as for `vidclf.inspect`.

    Returns:
        The figures, under the names of docs/evaluate.md, and all cases.

    Raises:
        DataError: the data cannot be evaluated.
        ModelError: the model cannot be used.
        UsageError: an argument cannot be right, or scikit-learn or matplotlib is not installed.
        OutputError: a file cannot be written; none was then.
    """
    for name, value, most in (("fps", fps, float("inf")), ("max_bad", max_bad, 1.0)):
        if not 0 <= value <= most or (name == "fps" and value == 0):
            raise UsageError(f"--{name.replace('_', '-')} {value}: {_RULES[name]}")
    _check_output(output, overwrite=overwrite)
    said: dict[str, Any] = {
        **options,
        "model": model,
        "threshold": threshold,
        "runtime": runtime,
        "batch_size": batch_size,
    }
    evaluation = measure_model(
        data,
        settings=settings_from(said, base=settings),
        fps=fps,
        split=split,
        max_bad=max_bad,
        on_progress=on_progress,
    )
    return _finish(evaluation, output, compare=compare, overwrite=overwrite)


def evaluate_table(
    table: PathLike,
    truth: PathLike,
    *,
    output: PathLike | None = None,
    compare: PathLike | None = None,
    threshold: float | None = None,
    overwrite: bool = False,
) -> EvaluationSummary:
    """Measure per-frame tables against true segments: as `vidclf evaluate TABLE TRUTH`.

    Args:
        table: a `…_predictions.csv` or `.parquet`, or a folder of such tables.
        truth: true segments: a `…_segments.csv`, a CSV of `start,end,label`, an ELAN `.eaf`, or a
            folder of such files, which are matched to tables by name.
        output: the folder for metrics.json and all else; None for no files.
        compare: an earlier evaluation of the same frames: its `metrics.json`, or its folder.
        threshold: the score, 0 to 1, from which a label holds; None for what a table says.
        overwrite: whether files that are there already may be replaced.

    Returns:
        The figures, under the names of docs/evaluate.md, and all frames.

    Raises:
        DataError: the truth cannot be read or is not of the table's clip.
        SourceError: a table cannot be read.
        UsageError: an argument cannot be right, or scikit-learn or matplotlib is not installed.
        OutputError: a file cannot be written; none was then.
    """
    if threshold is not None and not 0 <= threshold <= 1:
        raise UsageError(f"--threshold {threshold}: a score is 0 to 1")
    _check_output(output, overwrite=overwrite)
    evaluation = measure_tables(table, truth, threshold=threshold)
    return _finish(evaluation, output, compare=compare, overwrite=overwrite)


_RULES = {"fps": "give frames a second, more than 0", "max_bad": "give a share, 0 to 1"}


def _check_output(output: PathLike | None, *, overwrite: bool) -> None:
    """See that the outputs may be written, before anything is computed."""
    if output is not None:
        check_matplotlib(extra="train")
        check_free(output_place(output), overwrite=overwrite)


def _finish(
    evaluation: Evaluation, output: PathLike | None, *, compare: PathLike | None, overwrite: bool
) -> EvaluationSummary:
    """Compare it, and write it, where that is wanted."""
    comparison = None if compare is None else compare_evaluations(evaluation, compare)
    paths = (
        []
        if output is None
        else write_evaluation(
            evaluation, output_place(output), comparison=comparison, overwrite=overwrite
        )
    )
    return EvaluationSummary(
        evaluation=evaluation, metrics=metrics_document(evaluation, comparison), paths=paths
    )
