"""The straight line: source → frames → batches → predictions → smoothing → overlay → sinks.

One pass over the clip. Frames are decoded once, held back while their batch fills and while the
smoothing looks half a window ahead, then drawn, written and let go: memory does not grow with the
clip's length.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import chain
from typing import Any

from vidclf.errors import SourceError
from vidclf.frames import Frame, Prediction, RunSummary, VideoInfo
from vidclf.pictures import PictureFiles
from vidclf.plan import ClipJob
from vidclf.predicting import Engine, Predictor
from vidclf.settings import Settings
from vidclf.sinks.manifest import write_manifest
from vidclf.sinks.staging import Staging
from vidclf.sinks.table import TableSink
from vidclf.sources import Source, open_source
from vidclf.stopwatch import Stopwatch
from vidclf.summary import as_manifest, summarise
from vidclf.table import RowFormat

OnFrame = Callable[[VideoInfo, Frame], None]
Predictions = Iterator[tuple[Frame, Prediction]]


def annotate_clip(
    job: ClipJob,
    *,
    engine: Engine,
    settings: Settings,
    effects: Sequence[Any] = (),
    on_frame: OnFrame,
) -> RunSummary:
    """Predict one clip, draw on it, and write its outputs; they appear together or not at all.

    Raises:
        SourceError: it cannot be read, or has no frame between start and end.
        OutputError: an output cannot be written, or is there already.
    """
    watch = Stopwatch()
    labels = engine.model.info.labels
    rows = RowFormat(
        video=job.name, labels=labels, top_k=settings.top_k, all_scores=settings.scores
    )
    with (
        open_source(job.source, fps=Fraction(settings.fps)) as source,
        Staging(overwrite=settings.overwrite) as staging,
    ):
        paths = {kind: staging.add(path) for kind, path in job.outputs.items()}
        predictor = Predictor(source, engine=engine, settings=settings, watch=watch)
        first, predictions = peek(predictor.predictions(), source)
        with (
            TableSink(paths["table"], rows=rows) as table,
            PictureFiles(
                paths,
                info=source.info,
                settings=settings,
                first=first,
                watch=watch,
                effects=effects,
            ) as pictures,
        ):
            for frame, prediction in predictions:
                table.write(prediction)
                pictures.write(frame, prediction.moment(labels, top_k=settings.top_k))
                on_frame(source.info, frame)
        summary = summarise(
            job,
            source=source,
            engine=engine,
            predictor=predictor,
            frames_written=pictures.frames_written,
            settings=settings,
            watch=watch,
        )
        write_manifest(paths["manifest"], as_manifest(summary))
    return summary


def predict_clip(source: Source, *, engine: Engine, settings: Settings) -> Iterator[Prediction]:
    """The predictions of an open source, without any file."""
    predictor = Predictor(source, engine=engine, settings=settings, watch=Stopwatch())
    _, predictions = peek(predictor.predictions(), source)
    for _, prediction in predictions:
        yield prediction


def peek(predictions: Predictions, source: Source) -> tuple[Frame, Predictions]:
    """The first frame, and all predictions from it on.

    Raises:
        SourceError: there is none.
    """
    first = next(predictions, None)
    if first is None:
        raise SourceError(
            f"{source.info.path} has no frame between --start and --end: it holds "
            f"{source.report.frames_decoded} frames"
        )
    return first[0], chain([first], predictions)
