"""Frames of one size, format and order of rows, should a clip change on the way."""

from __future__ import annotations

from fractions import Fraction

from av.filter import Graph
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
    native = _top_row_first(native)
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


def _top_row_first(native: VideoFrame) -> VideoFrame:
    """The frame, copied if its rows lie from the last to the first, as the AMV decoder leaves them.

    PyAV's planes begin at the top row, and would reach beyond the end of such memory.
    """
    if native.planes[0].line_size >= 0:
        return native
    graph = Graph()
    source = graph.add_buffer(
        width=native.width,
        height=native.height,
        format=native.format,
        time_base=Fraction(1, 1000),
    )
    graph.link_nodes(source, graph.add("copy"), graph.add("buffersink")).configure()
    graph.push(native)
    copied = graph.pull()
    assert isinstance(copied, VideoFrame)
    return copied
