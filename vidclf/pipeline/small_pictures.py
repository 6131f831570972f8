"""The pictures of a file that has them smaller than the clip: scaled first, then drawn on."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import av
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter

from vidclf.core.annotation import Annotation, AnyPatch
from vidclf.core.ffmpeg import swscale_matrix
from vidclf.core.frames import Frame, Picture, Pixels
from vidclf.overlay.blend import blend
from vidclf.overlay.overlay import Overlay
from vidclf.sinks.encoded_color import OutputColor, range_number

_SCALING = Interpolation.AREA | Interpolation.ACCURATE_RND


class SmallPictures:
    """Draws on scaled pictures, so that text is as large as their own size asks for.

    Scaled with the picture, text of 720 lines has 7 of 270: too few to be read.

    Args:
        size: (width, height) of the pictures, in square pixels.
        overlay: What is drawn on them, made for this size.
        color: The matrix and range of the clip's planes; None to go by its RGB.
    """

    def __init__(
        self, size: tuple[int, int], overlay: Overlay, *, color: OutputColor | None
    ) -> None:
        self._width, self._height = size
        self._overlay = overlay
        self._color = color
        self._scaler = VideoReformatter()

    def later(self, frame: Frame, annotation: Annotation) -> Callable[[], Pixels]:
        """What makes the drawn picture of a frame, (height, width, 3) uint8 RGB, if it is wanted.

        Most files of small pictures leave frames out. Nothing of those is scaled.
        """
        self._overlay.add(annotation)
        return partial(self._drawn, frame.picture, self._overlay.patches(annotation))

    def _drawn(self, picture: Picture, patches: tuple[AnyPatch, ...]) -> Pixels:
        pixels = self._scaled(picture)
        blend(pixels, patches)
        return pixels

    def _scaled(self, picture: Picture) -> Pixels:
        planes = picture.yuv420() if self._color else None
        from_yuv = {}
        if planes is None:
            planes = av.VideoFrame.from_numpy_buffer(picture.rgb(), format="rgb24")
        elif self._color:
            from_yuv = {
                "src_colorspace": swscale_matrix(self._color.matrix),
                "src_color_range": range_number(full_range=self._color.full_range),
            }
        scaled = self._scaler.reformat(
            planes,
            width=self._width,
            height=self._height,
            format="rgb24",
            interpolation=_SCALING,
            **from_yuv,
        )
        return np.asarray(scaled.to_ndarray(), np.uint8)
