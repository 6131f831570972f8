"""A picture that comes back with its answer drawn on it."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import TYPE_CHECKING

from PIL import Image

from vidclf.core.frames import Frame, VideoInfo
from vidclf.core.run_warnings import record_warnings
from vidclf.pipeline.pictures import composed_still
from vidclf.serving.problems import ProblemError
from vidclf.serving.sent_frame import CLOCK
from vidclf.sinks.still import StillKind, encoded_still
from vidclf.sources.encoded_picture import decode_picture

if TYPE_CHECKING:
    from vidclf.core.annotation import Annotation
    from vidclf.settings import Settings


def drawn_picture(
    data: bytes, annotation: Annotation, *, settings: Settings, kind: StillKind
) -> bytes:
    """Draw on a picture, as `annotate` does on a still.

    It is decoded once more, so that no picture is held in full while it waits for the model.

    Args:
        data: the encoded picture, which could be decoded before.
        annotation: what is shown on it.
        settings: how it is drawn.
        kind: of file.

    Returns:
        The file.

    Raises:
        ProblemError: it is too small.
    """
    picture = decode_picture(data, name="the picture")
    height, width = picture.pixels.shape[:2]
    info = VideoInfo(
        path="the picture", width=width, height=height, time_base=CLOCK, frame_rate=Fraction(25)
    )
    frame = Frame(index=0, pts=0, time_base=CLOCK, picture=picture)
    with record_warnings(logged=False):  # a client's picture is no matter for the server's log
        drawn = composed_still(frame, annotation, info=info, settings=settings)
    if drawn is None:
        raise ProblemError(
            "unreadable-picture",
            f"a picture of {width}x{height} is too small for a readable label: scale it up, or ask "
            "for JSON",
        )
    return encoded_still(Image.fromarray(drawn), kind, original=io.BytesIO(data))
