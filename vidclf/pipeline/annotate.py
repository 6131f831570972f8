"""The straight line: source → frames → batches → predictions → smoothing → overlay → sinks.

One pass over the clip. Frames are decoded once, held back while their batch fills and while the
smoothing looks half a window ahead, then drawn, written and let go: memory does not grow with the
clip's length. Decoding and scaling run in one thread, the model and the smoothing in another, each
a few frames ahead of what comes after it; drawing and encoding stay in the thread of the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from itertools import chain
from typing import Any

from vidclf.core.file_digest import file_digests
from vidclf.core.frames import Frame, Prediction, VideoInfo
from vidclf.core.prefetch import prefetch
from vidclf.core.run_warnings import record_warnings
from vidclf.core.stopwatch import Stopwatch
from vidclf.core.thresholds import label_thresholds
from vidclf.errors import SourceError
from vidclf.files.staging import Staging
from vidclf.inference.engine import Engine
from vidclf.inference.predictor import MOST_WAITING_BYTES, Predictor
from vidclf.pipeline.clip_answer import ClipAnswer
from vidclf.pipeline.empty_range import why_empty
from vidclf.pipeline.job import ClipJob
from vidclf.pipeline.pictures import PictureFiles
from vidclf.pipeline.summary import (
    RunSummary,
    as_manifest,
    summarise,
    warn_of_change,
    warn_of_damage,
)
from vidclf.segments.streaming import RunSegments
from vidclf.settings import Settings
from vidclf.sources import Source, open_source
from vidclf.sources.stamp import clip_stamp
from vidclf.table import RowFormat, RowsWithCells, choose_row_format
from vidclf.table.carried import CarriedCells
from vidclf.table.row_sinks import TableFiles

OnFrame = Callable[[VideoInfo, Frame], None]
Predictions = Iterator[tuple[Frame, Prediction]]


def annotate_clip(
    job: ClipJob,
    *,
    engine: Engine,
    settings: Settings,
    effects: Sequence[Any] = (),
    on_frame: OnFrame,
    overwrite: Callable[[], bool] | None = None,
) -> RunSummary:
    """Predict one clip, draw on it, and write its outputs; they appear together or not at all.

    Args:
        job: the clip and its outputs.
        engine: what predicts.
        settings: how.
        effects: effects of MoviePy, drawn after the label.
        on_frame: is called after each frame.
        overwrite: is asked whether outputs that are there may be replaced once no other run writes
            them; None for what the settings say.

    Raises:
        SourceError: it cannot be read, or has no frame between start and end.
        OutputExistsError: an output is there already.
        OutputBusyError: another run is writing the outputs.
        OutputError: an output cannot be written.
    """
    watch = Stopwatch()
    settings = job.settings(settings)
    rows = row_format(job.name, engine=engine, settings=settings, carried=job.columns)
    with (
        record_warnings() as warnings,
        open_source(job.source, fps=settings.picture_rate) as source,
        Staging(
            overwrite=settings.overwrite if overwrite is None else overwrite,
            record=job.outputs["manifest"],
        ) as staging,
        ExitStack() as stages,
    ):
        stamp, digest = clip_stamp(job.source), source.digest()
        outputs = dict(job.outputs)
        if not rows.has_segments:
            del outputs["segments"]
        paths = {kind: staging.add(path) for kind, path in outputs.items()}
        predictor = Predictor(source, engine=engine, settings=settings.for_inference, watch=watch)
        made = prefetch(predictor.predictions, size_of=held_bytes, most_bytes=MOST_WAITING_BYTES)
        segments = RunSegments(frame_rate=source.info.frame_rate, exclusive=rows.is_exclusive)
        answer = ClipAnswer(settings.threshold)
        first, predictions = peek(stages.enter_context(closing(made)), source, settings)
        with (
            TableFiles(paths, rows=rows) as table,
            PictureFiles(
                paths,
                source=source,
                settings=settings,
                first=first,
                watch=watch,
                effects=effects,
            ) as pictures,
        ):
            for frame, prediction in predictions:
                annotation = rows.annotation(prediction)
                table.write(prediction)
                pictures.write(frame, annotation)
                segments.add(frame, annotation)
                answer.add(annotation)
                on_frame(source.info, frame)
            if predictor.clip_goes_on:
                pictures.end_sound()
        if "segments" in paths:
            segments.write(paths["segments"], video=job.name)
        written = {kind: path for kind, path in paths.items() if kind != "manifest"}
        source.check()
        warn_of_damage(source)
        warn_of_change(job, digest)
        summary = summarise(
            job,
            source=source,
            clip_stamp=stamp,
            clip_digest=digest,
            engine=engine,
            predictor=predictor,
            frames_written=pictures.frames_written,
            answer=answer.text(segments.end_seconds),
            end_seconds=segments.end_seconds,
            settings=settings,
            watch=watch,
            warnings=[*engine.warnings, *warnings.messages],
            outputs=outputs,
            output_digests=file_digests(written),
            concessions=pictures.concessions,
            effects=[type(effect).__name__ for effect in effects],
        )
        as_manifest(summary).write(paths["manifest"])
    return summary


def predict_clip(source: Source, *, engine: Engine, settings: Settings) -> Iterator[Prediction]:
    """The predictions of an open source, without any file."""
    predictor = Predictor(source, engine=engine, settings=settings.for_inference, watch=Stopwatch())
    _, predictions = peek(predictor.predictions(), source, settings)
    for _, prediction in predictions:
        yield prediction
    warn_of_damage(source)


def held_bytes(pair: tuple[Frame, Prediction]) -> int:
    """What a frame that waits to be drawn holds in memory."""
    return pair[0].picture.held_bytes


def row_format(
    name: str, *, engine: Engine, settings: Settings, carried: CarriedCells | None = None
) -> RowFormat:
    """How the predictions of the clip called `name` become rows, with carried cells behind them."""
    info = engine.model.info
    thresholds = label_thresholds(len(info.labels), asked=settings.threshold, own=info.thresholds)
    rows = choose_row_format(
        info.head,
        video=name,
        labels=info.labels,
        thresholds=thresholds,
        units=info.units,
        bounds=info.ranges,
        top_k=settings.top_k,
        all_scores=settings.scores,
    )
    return RowsWithCells(rows, carried) if carried and carried.names else rows


def peek(predictions: Predictions, source: Source, settings: Settings) -> tuple[Frame, Predictions]:
    """The first frame, and all predictions from it on.

    Raises:
        SourceError: there is none.
    """
    first = next(predictions, None)
    if first is None:
        raise SourceError(why_empty(source, settings))
    return first[0], chain([first], predictions)
