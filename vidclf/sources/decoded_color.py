"""From decoded numbers to RGB, with the right matrix and range."""

from __future__ import annotations

import re
import threading

import av
import cv2
import numpy as np
from av.video.reformatter import ColorRange, Interpolation, VideoReformatter

from vidclf.core.ffmpeg import is_known_matrix, plane_samples, swscale_matrix, usual_matrix
from vidclf.core.frames import ColorInfo, Pixels

_EXACT = Interpolation.BILINEAR | Interpolation.ACCURATE_RND
"""With planar RGB (gbrp) as its target, swscale is then within 1 of 255 of the standards' formulas.

Straight to rgb24 it is off by up to 3, or takes five times as long (FULL_CHR_H_INT).
"""

_FEW_BITS = re.compile(r"(rgb|bgr)(?P<bits>444|555|565)(le|be)")
"""RGB of fewer than 8 bits, whose lower bits swscale leaves 0, so that white would be grey.

Big-endian, it takes them for other colours on its way to rgb24 (PyAV 18.1, swscale 9.5).
"""

HDR_TRANSFERS = {16: "PQ", 18: "HLG"}
"""H.273 transfer codes of high dynamic range."""


class _Converters(threading.local):
    """One converter a thread, as two cannot use the same at once.

    Kept from frame to frame: `to_ndarray(format=…)` makes a new one, with threads of its own, for
    each frame, and takes 0.9 ms of CPU at 720p instead of 0.3.
    """

    def __init__(self) -> None:
        self.plain = VideoReformatter()


_converters = _Converters()


def read_color(frame: av.VideoFrame) -> ColorInfo:
    """The colour tags a frame carries, as they are."""
    return ColorInfo(
        matrix=int(frame.colorspace),
        primaries=int(frame.color_primaries),
        transfer=int(frame.color_trc),
        full_range=is_full_range(frame),
    )


def known_matrix(matrix: int, *, width: int, height: int) -> int:
    """The H.273 matrix to decode with: the tag's, or the usual guess for the decoded size."""
    return matrix if is_known_matrix(matrix) else usual_matrix(width=width, height=height)


def rgb_pixels(frame: av.VideoFrame) -> Pixels:
    """The frame as (H, W, 3) uint8 RGB: newly made, contiguous, not yet turned upright.

    Limited range is taken for granted where YUV does not say. Alpha is dropped (opaque).
    PQ and HLG are taken as they are, without tone mapping. The matrix is always given to
    swscale: left to itself it refuses frames whose tag is a reserved or rare one.
    """
    matrix = known_matrix(int(frame.colorspace), width=frame.width, height=frame.height)
    planar = frame.reformat(
        format="gbrp",
        src_colorspace=swscale_matrix(matrix),
        src_color_range=ColorRange.JPEG if is_full_range(frame) else ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
        interpolation=_EXACT,
        threads=1,
    )
    green, blue, red = (plane_samples(plane) for plane in planar.planes)
    pixels = np.asarray(cv2.merge([red, green, blue]), np.uint8)
    if few := _FEW_BITS.fullmatch(frame.format.name):
        pixels |= pixels >> np.array([int(bits) for bits in few["bits"]], np.uint8)
    return pixels


def plain_rgb_pixels(frame: av.VideoFrame) -> Pixels:
    """The frame as PyAV makes it (H, W, 3) uint8 RGB when it is told nothing; rows may be padded.

    Tags of matrix and range are respected; an untagged matrix is BT.601 whatever the size, as in
    FFmpeg and OpenCV. Frames that PyAV refuses (reserved tags), or whose colours it mistakes
    (16-bit RGB, big-endian, as QuickTime's), are converted as by `rgb_pixels`.
    """
    if _FEW_BITS.fullmatch(frame.format.name) and frame.format.name.endswith("be"):
        return rgb_pixels(frame)
    try:
        converted = _converters.plain.reformat(frame, format="rgb24", threads=1)
        return np.asarray(converted.to_ndarray(), np.uint8)
    except (av.FFmpegError, ValueError):
        return rgb_pixels(frame)


def convert(frame: av.VideoFrame, *, width: int, height: int, pixel_format: str) -> av.VideoFrame:
    """The frame in another size and pixel format, with its own matrix and range."""
    matrix = known_matrix(int(frame.colorspace), width=frame.width, height=frame.height)
    return frame.reformat(
        width=width,
        height=height,
        format=pixel_format,
        src_colorspace=swscale_matrix(matrix),
        dst_colorspace=swscale_matrix(matrix),
        threads=1,
    )


def is_full_range(frame: av.VideoFrame) -> bool | None:
    """Whether the frame counts from 0 to 255; None when it does not say."""
    if frame.format.name.startswith("yuvj"):
        return True
    return {ColorRange.MPEG: False, ColorRange.JPEG: True}.get(ColorRange(frame.color_range))
