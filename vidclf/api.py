"""What a program calls: one clip, many clips, or a table without files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from vidclf.batch.plan import OutputKinds, plan
from vidclf.batch.run import BatchSummary, SilentWatcher, annotate_all
from vidclf.errors import UsageError
from vidclf.inference.engine import open_engine
from vidclf.pipeline.annotate import annotate_clip, predict_clip, row_format
from vidclf.pipeline.summary import RunSummary
from vidclf.settings import settings_from
from vidclf.sources import ClipLocation, open_source

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["BatchSummary", "annotate", "annotate_all", "predict"]

PathLike = str | os.PathLike[str]


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
    settings = settings_from(options)
    kinds = OutputKinds(video=settings.video, gif=settings.gif, parquet=settings.parquet)
    jobs = plan([clip], output=output, kinds=kinds)
    if len(jobs) != 1:
        raise UsageError(f"{clip} stands for {len(jobs)} clips: vidclf.annotate_all takes folders")
    engine = open_engine(settings)
    return annotate_clip(
        jobs[0], engine=engine, settings=settings, effects=effects, on_frame=SilentWatcher().frame
    )


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

    settings = settings_from(options)
    location = ClipLocation.of(clip)
    engine = open_engine(settings)
    rows = row_format(location.name, engine=engine, settings=settings)
    with open_source(location, fps=settings.picture_rate) as source:
        predictions = predict_clip(source, engine=engine, settings=settings)
        values = [rows.values(prediction) for prediction in predictions]
    return pd.DataFrame(values, columns=rows.header())
