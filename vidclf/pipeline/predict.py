"""One clip's table, without a file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Unpack

from vidclf.inference.engine import open_engine
from vidclf.pipeline.annotate import predict_clip, row_format
from vidclf.settings import Options, Settings, settings_from, shows_options
from vidclf.sources import ClipLocation, open_source
from vidclf.sources.named import one_clip

if TYPE_CHECKING:
    import pandas as pd

PathLike = str | os.PathLike[str]


@shows_options(Options)
def predict(
    clip: PathLike, *, settings: Settings | None = None, **options: Unpack[Options]
) -> pd.DataFrame:
    """Predict one clip, without writing a file.

    Args:
        clip: as for `annotate`.
        settings: how; the command's defaults without it.
        options: as for `annotate`; those of pictures and files change nothing.

    Returns:
        One row for each decoded frame, the columns of docs/tables.md.

    Raises:
        VidclfError: what went wrong, in a sentence.
    """
    import pandas as pd

    settings = settings_from(options, base=settings)
    location = ClipLocation.of(one_clip(clip, "predict"))
    engine = open_engine(settings)
    rows = row_format(location.name, engine=engine, settings=settings)
    with open_source(location, fps=settings.picture_rate) as source:
        predictions = predict_clip(source, engine=engine, settings=settings)
        values = [rows.values(prediction) for prediction in predictions]
    return pd.DataFrame(values, columns=rows.header())
