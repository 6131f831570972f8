"""Decoded pictures as 8-bit 4:2:0 planes, upright and free to be drawn on."""

from __future__ import annotations

import re

import av
from av.video.reformatter import ColorRange, Interpolation

from vidclf.core.ffmpeg import plane_samples, swscale_matrix
from vidclf.core.frames import Pixels
from vidclf.sources.decoded_color import is_full_range, known_matrix
from vidclf.sources.orientation import Orientation

_YUV = re.compile(r"yuv[ja]?4\d\dp|nv\d\d|p[024]1[0-6]")
_SCALING = Interpolation.AREA | Interpolation.ACCURATE_RND


def yuv420_frame(native: av.VideoFrame, orientation: Orientation) -> av.VideoFrame | None:
    """A new upright 4:2:0 frame of even size, in the matrix and range of the decoded one.

    Samples that are 8-bit 4:2:0 already are not changed. An odd width or height gets one more
    column or row, a repeat of the edge.

    Returns:
        A frame without timestamp, tags or side data; None where the picture is not YUV, or has an
        odd size and is to be turned (its chroma would fall between samples).
    """
    is_odd = bool(native.width % 2 or native.height % 2)
    if not _YUV.match(native.format.name) or (is_odd and orientation != Orientation()):
        return None
    source = [plane_samples(plane) for plane in _as_420(native).planes[:3]]
    upright = [orientation.turn(plane) for plane in source]
    height, width = upright[0].shape
    made = av.VideoFrame(width + width % 2, height + height % 2, "yuv420p")
    for plane, samples in zip(made.planes, upright, strict=True):
        _fill(plane_samples(plane), samples)
    return made


def own_yuv420_frame(native: av.VideoFrame, orientation: Orientation) -> av.VideoFrame | None:
    """The same, in the memory of the decoded frame where nothing has to be converted or turned.

    What is drawn on it is then seen in the decoded frame, too. A picture that the decoder still
    refers to is copied first. At 4K that spares writing 12 MB a frame.
    """
    is_even = native.width % 2 == native.height % 2 == 0
    if not is_even or native.format.name != "yuv420p" or orientation != Orientation():
        return yuv420_frame(native, orientation)
    native.make_writable()
    planes = tuple(plane_samples(plane) for plane in native.planes)
    return av.VideoFrame.from_dlpack(planes, format="yuv420p")  # another frame: it has no tags


def _as_420(native: av.VideoFrame) -> av.VideoFrame:
    name = "yuvj420p" if native.format.name.startswith("yuvj") else "yuv420p"
    if native.format.name == name:
        return native
    matrix = swscale_matrix(
        known_matrix(int(native.colorspace), width=native.width, height=native.height)
    )
    value_range = ColorRange.JPEG if is_full_range(native) else ColorRange.MPEG
    return native.reformat(
        format=name,
        src_colorspace=matrix,
        dst_colorspace=matrix,
        src_color_range=value_range,
        dst_color_range=value_range,
        interpolation=_SCALING,
        threads=1,
    )


def _fill(target: Pixels, samples: Pixels) -> None:
    """Copy, repeating the last row and column where the target is larger."""
    height, width = samples.shape
    target[:height, :width] = samples
    target[height:, :width] = target[height - 1, :width]
    target[:, width:] = target[:, width - 1 : width]
