"""Frames of one size and format, should a clip change on the way."""

from __future__ import annotations

from av.video.frame import VideoFrame

from vidclf.core.frames import VideoInfo
from vidclf.sources.decoded_color import convert
from vidclf.sources.orientation import Orientation
from vidclf.sources.read_report import SourceReport


def conformed(
    native: VideoFrame, *, info: VideoInfo, orientation: Orientation, report: SourceReport
) -> VideoFrame:
    """A decoded frame in the first frame's size and format; what is converted is noted.

    Args:
        native: the frame, as the decoder gave it.
        info: the clip; its size is upright, its format the first frame's.
        orientation: what makes decoded frames upright.
        report: gets the note.
    """
    width, height = info.width, info.height
    if orientation.swaps_sides:
        width, height = height, width
    found = (native.width, native.height, native.format.name)
    if found == (width, height, info.pixel_format):
        return native
    report.note(
        f"some frames are {native.width}x{native.height} {native.format.name}; "
        f"they are converted to {width}x{height} {info.pixel_format}"
    )
    return convert(native, width=width, height=height, pixel_format=info.pixel_format)
