"""From RGB to the YUV of an encoded file, in the clip's own matrix and range."""

from __future__ import annotations

from dataclasses import dataclass

import av
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter

from vidclf.core.ffmpeg import is_known_matrix, swscale_matrix, usual_matrix
from vidclf.core.frames import UNSPECIFIED, ColorInfo, Pixels, VideoInfo

BT709 = 1
"""As ITU-T H.273 numbers it, for matrix, primaries and transfer alike."""

_LIMITED, _FULL = 1, 2
"""Ranges as FFmpeg numbers them (pixfmt.h, AVColorRange); 0 is unspecified."""

_RGB_TO_YUV = Interpolation.AREA | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INP
"""Chroma is the mean of its 2x2 pixels. Within 1.1 levels of the formulas of H.273, and faster
than the default: 2.5 ms against 2.8 ms of one core for 1920x1080."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputColor:
    """How an output's numbers stand for colours, and what its tags say of that."""

    matrix: int
    """The matrix really used, an H.273 number."""
    full_range: bool
    """Whether it is really 0 to 255."""
    tags: ColorInfo
    """What the file says, "unspecified" where the clip said nothing either."""

    @property
    def range_tag(self) -> int:
        """The tagged range as FFmpeg numbers it."""
        return {None: 0, False: _LIMITED, True: _FULL}[self.tags.full_range]


def output_color(info: VideoInfo) -> OutputColor:
    """The clip's own colours where YUV can carry them on, else tagged BT.709 of limited range."""
    color = info.color
    if is_known_matrix(color.matrix):
        matrix, tags = color.matrix, color
    elif color.matrix == UNSPECIFIED and not _is_rgb(info.pixel_format):
        matrix, tags = _assumed_matrix(info), color
    else:
        matrix, tags = BT709, _tagged_bt709(color)
    return OutputColor(matrix=matrix, full_range=bool(tags.full_range), tags=tags)


def _is_rgb(pixel_format: str) -> bool:
    return pixel_format == "pal8" or any(name in pixel_format for name in ("rgb", "bgr", "gbr"))


def _assumed_matrix(info: VideoInfo) -> int:
    width, height = info.width, info.height
    if info.rotation in (90, 270):
        width, height = height, width
    return usual_matrix(width=width, height=height)


def _tagged_bt709(color: ColorInfo) -> ColorInfo:
    return ColorInfo(
        matrix=BT709,
        primaries=BT709 if color.primaries == UNSPECIFIED else color.primaries,
        transfer=BT709 if color.transfer == UNSPECIFIED else color.transfer,
        full_range=False,
    )


def range_number(*, full_range: bool) -> int:
    """A range as FFmpeg numbers it."""
    return _FULL if full_range else _LIMITED


class YuvConverter:
    """Makes `yuv420p` frames of even size from RGB pixels; odd sizes repeat their last edge.

    Args:
        color: The matrix, range and tags of the frames.
    """

    def __init__(self, color: OutputColor) -> None:
        self._color = color
        self._reformatter = VideoReformatter()

    def convert(self, picture: Pixels | av.VideoFrame) -> av.VideoFrame:
        """(height, width, 3) uint8 RGB pixels as an 8-bit 4:2:0 frame; a frame as it is; tagged."""
        if isinstance(picture, av.VideoFrame):
            tag(picture, self._color)
            return picture
        frame = self._reformatter.reformat(
            av.VideoFrame.from_numpy_buffer(_even(picture), format="rgb24"),
            format="yuv420p",
            dst_colorspace=swscale_matrix(self._color.matrix),
            dst_color_range=range_number(full_range=self._color.full_range),
            interpolation=_RGB_TO_YUV,
        )
        tag(frame, self._color)
        return frame


def tag(target: av.VideoFrame | av.VideoCodecContext, color: OutputColor) -> None:
    """Write the tags of `color` to a frame or to an encoder."""
    target.colorspace = color.tags.matrix
    target.color_primaries = color.tags.primaries
    target.color_trc = color.tags.transfer
    target.color_range = color.range_tag


def check_size(picture: Pixels | av.VideoFrame, info: VideoInfo) -> None:
    """Refuse pictures of another size than the clip's, which an encoder would take silently.

    Raises:
        ValueError: They are.
    """
    found, wanted = _size(picture), (info.height, info.width)
    if isinstance(picture, av.VideoFrame):
        wanted = (info.height + info.height % 2, info.width + info.width % 2)
    if found != wanted:
        raise ValueError(f"a picture of {found} pixels does not fit a sink of {wanted}")


def _size(picture: Pixels | av.VideoFrame) -> tuple[int, ...]:
    if isinstance(picture, av.VideoFrame):
        return picture.height, picture.width
    return picture.shape[:2]


def _even(pixels: Pixels) -> Pixels:
    """The pixels in one block of memory, with a last row or column more where they are odd."""
    height, width = pixels.shape[:2]
    if height % 2 or width % 2:
        pixels = np.pad(pixels, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    return np.ascontiguousarray(pixels)
