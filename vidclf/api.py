"""What a program calls: a function for each command, their results, and the errors.

    command     function
    annotate    annotate, annotate_all
    predict     predict (no files), annotate_all (with video=False)
    inspect     inspect
    segments    find_segments (no files), write_segments, write_all_segments
    smooth      smooth_predictions (no files), write_smoothed
    render      render_table
    report      write_report
    compare     compare_tables (no files), write_comparison
    plot        plot_table
    join        join_tables
    recover     recover
    train       train
    evaluate    evaluate, evaluate_table
    serve       serve
    cache       list_cache, clear_cache
    (all)       use_storage (how buckets are accessed)

`import vidclf` imports this module, so nothing heavy is imported up here: what is made elsewhere is
fetched when it is asked for.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Unpack

from vidclf.errors import (
    BrokenRowsError,
    ClusterError,
    DataError,
    DiskFullError,
    ModelError,
    ModelQuestionError,
    NoFramesError,
    OutputBusyError,
    OutputError,
    OutputExistsError,
    PrecisionError,
    RuntimeUnavailableError,
    SourceError,
    StorageError,
    UnexpectedError,
    UnreadableTablesError,
    UsageError,
    VidclfError,
    WorkerError,
)
from vidclf.settings import (
    DrawingOptions,
    ModelOptions,
    Options,
    Position,
    Settings,
    settings_from,
    shows_options,
)

if TYPE_CHECKING:
    import pandas as pd

    from vidclf.batch.course import BatchSummary
    from vidclf.batch.watcher import Watcher
    from vidclf.compare import Comparison, compare_tables
    from vidclf.core.cache_listing import CacheEntry, CacheListing, clear_cache, list_cache
    from vidclf.core.keras_model import KerasModel
    from vidclf.evaluation.evaluate import evaluate, evaluate_table
    from vidclf.evaluation.summary import EvaluationSummary
    from vidclf.inspection import ClipInfo
    from vidclf.join import JoinSummary, join_tables
    from vidclf.models.info import ModelInfo
    from vidclf.overlay.moviepy_effect import Annotate
    from vidclf.pipeline.predict import predict
    from vidclf.pipeline.summary import RunSummary
    from vidclf.plot import plot_table
    from vidclf.recovery import RecoveredPart, RecoverSummary, recover
    from vidclf.remote.access import use_storage
    from vidclf.render import RenderSummary, render_table
    from vidclf.report.comparison import ComparisonPage, write_comparison
    from vidclf.report.report import write_report
    from vidclf.segments.many_tables import SegmentBatch, write_all_segments
    from vidclf.segments.segments import SegmentFiles, find_segments, write_segments
    from vidclf.serving.running import RunningServer, ServeSummary
    from vidclf.serving.serve import serve
    from vidclf.smooth import smooth_predictions
    from vidclf.smooth.smooth import SmoothingSummary, write_smoothed
    from vidclf.table.read import read_predictions
    from vidclf.training.result import TrainingResult
    from vidclf.training.train import train

__all__ = [
    "Annotate",
    "BatchSummary",
    "BrokenRowsError",
    "CacheEntry",
    "CacheListing",
    "ClipInfo",
    "ClusterError",
    "Comparison",
    "ComparisonPage",
    "DataError",
    "DiskFullError",
    "DrawingOptions",
    "EvaluationSummary",
    "JoinSummary",
    "ModelError",
    "ModelInfo",
    "ModelOptions",
    "ModelQuestionError",
    "NoFramesError",
    "Options",
    "OutputBusyError",
    "OutputError",
    "OutputExistsError",
    "Position",
    "PrecisionError",
    "RecoverSummary",
    "RecoveredPart",
    "RenderSummary",
    "RunSummary",
    "RunningServer",
    "RuntimeUnavailableError",
    "SegmentBatch",
    "SegmentFiles",
    "ServeSummary",
    "Settings",
    "SmoothingSummary",
    "SourceError",
    "StorageError",
    "TrainingResult",
    "UnexpectedError",
    "UnreadableTablesError",
    "UsageError",
    "VidclfError",
    "Watcher",
    "WorkerError",
    "annotate",
    "annotate_all",
    "clear_cache",
    "compare_tables",
    "evaluate",
    "evaluate_table",
    "find_segments",
    "inspect",
    "join_tables",
    "list_cache",
    "plot_table",
    "predict",
    "read_predictions",
    "recover",
    "render_table",
    "serve",
    "smooth_predictions",
    "train",
    "use_storage",
    "write_all_segments",
    "write_comparison",
    "write_report",
    "write_segments",
    "write_smoothed",
]

_HOMES = {
    "Annotate": "vidclf.overlay.moviepy_effect",
    "BatchSummary": "vidclf.batch.course",
    "CacheEntry": "vidclf.core.cache_listing",
    "CacheListing": "vidclf.core.cache_listing",
    "ClipInfo": "vidclf.inspection",
    "Comparison": "vidclf.compare",
    "ComparisonPage": "vidclf.report.comparison",
    "EvaluationSummary": "vidclf.evaluation.summary",
    "JoinSummary": "vidclf.join",
    "ModelInfo": "vidclf.models.info",
    "RecoverSummary": "vidclf.recovery",
    "RecoveredPart": "vidclf.recovery",
    "RenderSummary": "vidclf.render",
    "RunSummary": "vidclf.pipeline.summary",
    "RunningServer": "vidclf.serving.running",
    "SegmentBatch": "vidclf.segments.many_tables",
    "SegmentFiles": "vidclf.segments.segments",
    "ServeSummary": "vidclf.serving.running",
    "SmoothingSummary": "vidclf.smooth.smooth",
    "TrainingResult": "vidclf.training.result",
    "Watcher": "vidclf.batch.watcher",
    "clear_cache": "vidclf.core.cache_listing",
    "compare_tables": "vidclf.compare",
    "evaluate": "vidclf.evaluation.evaluate",
    "evaluate_table": "vidclf.evaluation.evaluate",
    "find_segments": "vidclf.segments.segments",
    "join_tables": "vidclf.join",
    "list_cache": "vidclf.core.cache_listing",
    "plot_table": "vidclf.plot",
    "predict": "vidclf.pipeline.predict",
    "read_predictions": "vidclf.table.read",
    "recover": "vidclf.recovery",
    "render_table": "vidclf.render",
    "serve": "vidclf.serving.serve",
    "smooth_predictions": "vidclf.smooth",
    "train": "vidclf.training.train",
    "use_storage": "vidclf.remote.access",
    "write_all_segments": "vidclf.segments.many_tables",
    "write_comparison": "vidclf.report.comparison",
    "write_report": "vidclf.report.report",
    "write_segments": "vidclf.segments.segments",
    "write_smoothed": "vidclf.smooth.smooth",
}
"""Name → the module that has it, of those that are not defined here."""

PathLike = str | os.PathLike[str]


if not TYPE_CHECKING:  # checkers must tell a name that is not there

    def __getattr__(name: str) -> Any:
        if name not in _HOMES:
            raise AttributeError(f"module 'vidclf.api' has no attribute {name!r}")
        return getattr(import_module(_HOMES[name]), name)


@shows_options(Options)
def annotate(
    clip: PathLike,
    *,
    output: PathLike | None = None,
    effects: Sequence[Any] = (),
    settings: Settings | None = None,
    **options: Unpack[Options],
) -> RunSummary:
    """Annotate one clip: the same as `vidclf annotate CLIP`.

    Args:
        clip: a video, GIF, still, numbered pattern, or a folder of pictures.
        output: a folder for the outputs (default `outputs/`), or a file that sets the video's
            name and kind.
        effects: MoviePy effects put after the overlay; they may change size and pixels, not time.
        settings: how; the command's defaults without it.
        options: any field of `Settings`, such as `model`, `gif=True`, `smooth=0`, `start="1:20"`;
            `labels` may be a list of names. They go before `settings`.

    Returns:
        Counts, times, outputs and warnings; what an earlier call made of the same clip, in the same
        way, is not made again (`done_earlier`).

    Raises:
        VidclfError: what went wrong, in a sentence; nothing was written then.
    """
    from vidclf.batch.single import annotate_one
    from vidclf.sources.named import one_clip

    return annotate_one(
        one_clip(clip, "annotate"),
        output=output,
        effects=effects,
        settings=settings_from(options, base=settings),
    )


@shows_options(Options)
def annotate_all(
    inputs: PathLike | Iterable[PathLike] | None = None,
    *,
    manifest: PathLike | pd.DataFrame | None = None,
    output: PathLike | None = None,
    recursive: bool = False,
    executor: str = "in_process",
    jobs: int | None = None,
    address: str | None = None,
    stall_seconds: float = 600,
    skip_failed: bool = False,
    shard: str | None = None,
    watcher: Watcher | None = None,
    settings: Settings | None = None,
    **options: Unpack[Options],
) -> BatchSummary:
    """Annotate many clips: the same as `vidclf annotate INPUT...`.

    One that fails does not stop the others, and what an earlier call made is not made again.

    Args:
        inputs: clips and folders of clips, or one of them.
        manifest: a list of clips in place of them: a CSV or Parquet file, or a DataFrame, with
            `path`, and, if wanted, `start`, `end`, `name`, `label` and others (docs/lists.md).
        output: a folder for all outputs, or, for a single clip, a file.
        recursive: whether folders are searched to the bottom.
        executor: where clips are made: `in_process`, one after the other; `processes`, several at
            once, and a crash costs one clip; `ray`, on a cluster. A script whose clips are made in
            processes has its own code under `if __name__ == "__main__":`, as they import it, too.
        jobs: how many processes; None for what cores and memory allow.
        address: which Ray cluster: `auto`, or `host:port`; None for one on this machine alone.
        stall_seconds: how long a clip may go without a new frame before its process is ended.
        skip_failed: whether clips that failed in an earlier run into the folder are passed over.
        shard: `3/10` for the third of ten parts of the clips.
        watcher: is told how it goes.
        settings: how; the command's defaults without it.
        options: as for `annotate`.

    Returns:
        What was done, now and earlier, and what failed and why.

    Raises:
        UsageError: inputs or output cannot be right.
        DataError: rows of the list are broken; nothing was made (`BrokenRowsError`: several).
        ModelError, RuntimeUnavailableError: the model cannot be used for any clip.
    """
    from vidclf.batch import run
    from vidclf.batch.options import RunOptions
    from vidclf.batch.shard import Shard
    from vidclf.sources.named import several_clips

    if (inputs is None) == (manifest is None):
        raise UsageError(
            "annotate_all takes clips by their paths, or a list of clips as manifest: give one"
        )
    return run.annotate_all(
        [] if inputs is None else several_clips(inputs, "annotate_all"),
        manifest=manifest,
        output=output,
        recursive=recursive,
        settings=settings_from(options, base=settings),
        options=RunOptions(
            executor=executor,
            jobs=jobs,
            address=address,
            stall_seconds=stall_seconds,
            skip_failed=skip_failed,
            shard=None if shard is None else Shard.parse(shard),
        ),
        watcher=watcher,
    )


@shows_options(ModelOptions)
def inspect(
    target: PathLike | KerasModel,
    *,
    settings: Settings | None = None,
    **options: Unpack[ModelOptions],
) -> ModelInfo | ClipInfo:
    """Say what is known of a model or a clip, without decoding a frame: as `vidclf inspect`.

    Args:
        target: the built-in name, a model file or folder, a network of `keras.applications`, a
            Keras model in memory; else a clip.
        settings: how the model is described; the command's defaults without it.
        options: what you say of the model: the fields of `Settings` that describe it, such as
            `labels` and `preprocess`.

    Returns:
        The model's description, with the evidence for each part of it; or the clip's streams,
        sizes, rates and colours.

    Raises:
        ModelError: a model that cannot be used.
        SourceError: a clip that cannot be read.
    """
    from vidclf import inspection

    return inspection.inspect(target, settings_from(options, base=settings).for_model)
