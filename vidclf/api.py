"""What a program calls: one clip, many clips, or a table without files."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from vidclf.batch.plan import Wanted, plan
from vidclf.core.frames import Frame, RunSummary, VideoInfo
from vidclf.core.preprocessing import parse_size
from vidclf.errors import ModelError, RuntimeUnavailableError, UsageError, VidclfError
from vidclf.inference.predictor import Engine
from vidclf.models import open_model
from vidclf.pipeline.annotate import annotate_clip, predict_clip, row_format
from vidclf.settings import Position, Settings
from vidclf.sources import open_source

if TYPE_CHECKING:
    import pandas as pd

logger = logging.getLogger(__name__)

PathLike = str | os.PathLike[str]


class Watcher(Protocol):
    """Is told how a run goes."""

    def started(self, name: str, place: int, count: int) -> None:
        """Clip `place` of `count` (from 1) is begun."""

    def frame(self, info: VideoInfo, frame: Frame) -> None:
        """A frame is done."""

    def done(self, summary: RunSummary) -> None:
        """A clip is done."""

    def failed(self, name: str, error: Exception) -> None:
        """A clip could not be done."""


class Unwatched:
    """A watcher that says nothing."""

    def started(self, name: str, place: int, count: int) -> None:
        """Say nothing."""

    def frame(self, info: VideoInfo, frame: Frame) -> None:
        """Say nothing."""

    def done(self, summary: RunSummary) -> None:
        """Say nothing."""

    def failed(self, name: str, error: Exception) -> None:
        """Say nothing."""


@dataclass(slots=True, kw_only=True)
class Batch:
    """What became of many clips."""

    done: list[RunSummary] = field(default_factory=list)
    """A summary for each clip that was done."""
    failed: list[tuple[str, Exception]] = field(default_factory=list)
    """Name and error of each clip that was not."""


def annotate(
    clip: PathLike,
    *,
    output: PathLike | None = None,
    effects: Sequence[Any] = (),
    **options: Any,
) -> RunSummary:
    """Annotate one clip: the same as `vidclf annotate CLIP`.

    Args:
        clip: a video, GIF, still, numbered pattern, or a folder of pictures.
        output: a folder for the outputs (default `outputs/`), or a file that sets the video's
            name and kind.
        effects: MoviePy effects put after the overlay; they may change size and pixels, not time.
        options: any field of `Settings`, such as `model`, `gif=True`, `smooth=0`, `start="1:20"`;
            `labels` may be a list of names.

    Returns:
        Counts, times, outputs and warnings.

    Raises:
        VidclfError: what went wrong, in a sentence; nothing was written then.
    """
    settings = make_settings(options)
    wanted = Wanted(video=settings.video, gif=settings.gif, parquet=settings.parquet)
    jobs = plan([clip], output=output, wanted=wanted)
    if len(jobs) != 1:
        raise UsageError(f"{clip} stands for {len(jobs)} clips: vidclf.annotate_all takes folders")
    engine = make_engine(settings)
    return annotate_clip(
        jobs[0], engine=engine, settings=settings, effects=effects, on_frame=Unwatched().frame
    )


def annotate_all(
    inputs: PathLike | Sequence[PathLike],
    *,
    output: PathLike | None = None,
    recursive: bool = False,
    settings: Settings | None = None,
    watcher: Watcher | None = None,
) -> Batch:
    """Annotate many clips, one after the other; one that fails does not stop the others.

    Args:
        inputs: clips and folders of clips, or one of them.
        output: a folder for all outputs, or, for a single clip, a file.
        recursive: whether folders are searched to the bottom.
        settings: how; the command's defaults without it.
        watcher: is told how it goes.

    Raises:
        UsageError: inputs or output cannot be right.
        ModelError, RuntimeUnavailableError: the model cannot be used for any clip.
    """
    settings, watcher = settings or Settings(), watcher or Unwatched()
    wanted = Wanted(video=settings.video, gif=settings.gif, parquet=settings.parquet)
    if isinstance(inputs, (str, os.PathLike)):
        inputs = [inputs]
    jobs = plan(inputs, output=output, wanted=wanted, recursive=recursive)
    engine = make_engine(settings)
    batch = Batch()
    for place, job in enumerate(jobs, start=1):
        watcher.started(job.name, place, len(jobs))
        try:
            summary = annotate_clip(job, engine=engine, settings=settings, on_frame=watcher.frame)
        except (ModelError, RuntimeUnavailableError, UsageError):
            raise
        except VidclfError as exc:
            batch.failed.append((job.name, exc))
            watcher.failed(job.name, exc)
        except Exception as exc:  # one clip that meets a bug must not cost the others
            logger.info("where it happened", exc_info=exc)
            batch.failed.append((job.name, exc))
            watcher.failed(job.name, exc)
        else:
            batch.done.append(summary)
            watcher.done(summary)
    return batch


def predict(clip: PathLike, **options: Any) -> pd.DataFrame:
    """Predict one clip, without writing a file.

    Args:
        clip: as for `annotate`.
        options: any field of `Settings` that has to do with predictions.

    Returns:
        One row for each decoded frame, the columns of docs/tables.md.

    Raises:
        VidclfError: what went wrong, in a sentence.
    """
    import pandas as pd

    settings = make_settings(options)
    engine = make_engine(settings)
    rows = row_format(Path(clip).name, engine=engine, settings=settings)
    with open_source(clip, fps=settings.picture_rate) as source:
        predictions = predict_clip(source, engine=engine, settings=settings)
        values = [rows.values(prediction) for prediction in predictions]
    return pd.DataFrame(values, columns=rows.header())


def make_settings(options: dict[str, Any]) -> Settings:
    """Settings from keyword arguments; paths may be text, places in a clip numbers or text.

    Raises:
        UsageError: a name or value that cannot be right.
    """
    known = {field.name for field in fields(Settings)}
    if unknown := sorted(options.keys() - known):
        raise UsageError(f"no setting {unknown[0]!r}: there are {', '.join(sorted(known))}")
    given = {name: value for name, value in options.items() if value is not None}
    readers: dict[str, Callable[[Any], Any]] = {
        "start": _position, "end": _position, "font": Path, "labels": _labels, "input_size": _size,
    }  # fmt: skip
    given.update({name: read(given[name]) for name, read in readers.items() if name in given})
    return Settings(**given)


def _labels(labels: Any) -> Any:
    """A list of names as they are, anything else as a path."""
    return tuple(map(str, labels)) if isinstance(labels, list | tuple) else Path(labels)


def _size(size: Any) -> Any:
    """`(height, width)` as it is, `"96x64"` (width first) and `64` read."""
    return parse_size(size) if isinstance(size, str | int) else tuple(size)


def _position(place: Any) -> Position:
    return place if isinstance(place, Position) else Position.parse(place)


def make_engine(settings: Settings) -> Engine:
    """The model of the settings, ready to be run."""
    model = open_model(settings.model, settings=settings)
    return Engine(model, settings)
