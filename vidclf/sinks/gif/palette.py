"""One GIF out of pictures that can be read twice: a palette for all of them, then the pictures."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
from av.filter import Graph
from av.filter.context import FilterContext

from vidclf.sinks.gif.color_table import ColorTable
from vidclf.sinks.gif.plain_pictures import PlainPictures
from vidclf.sinks.gif.timing import MOST_DELAY_CS

_CENTISECOND = Fraction(1, 100)
_UPPER_BITS, _LOWER_BITS = np.uint32(0xFCFCFCFC), np.uint32(0x03030303)
"""Of each of the four bytes of a `bgra` pixel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GifLook:
    """What the size of a GIF in bytes hangs on."""

    width: int
    """Pixels across."""
    height: int
    """Pixels down."""
    fps: Fraction
    """The most frames per second."""
    colors: int = 256
    """Colours in the palette, one of them transparent."""


def encode_gif(
    path: Path,
    pictures: Callable[[int, int], Iterable[av.VideoFrame]],
    *,
    delays_cs: Sequence[int],
    look: GifLook,
) -> int:
    """Write a GIF that loops for ever and return its size in bytes.

    Memory holds a few pictures at a time, however many there are.

    Args:
        path: The file to write.
        pictures: Gives the `bgra` pictures at a width and height; it is called twice.
        delays_cs: How long each stands, in hundredths of a second.
        look: Size and colours.
    """
    palette = _palette(pictures, look)
    options = {"loop": "0", "final_delay": str(_parts(delays_cs[-1])[-1])}
    with av.open(f"file:{path.absolute()}", "w", format="gif", container_options=options) as output:
        stream = output.add_stream("gif", rate=100)
        stream.width, stream.height, stream.pix_fmt = look.width, look.height, "pal8"
        stream.codec_context.time_base = _CENTISECOND
        for picture in _indexed(_timed(pictures(look.width, look.height), delays_cs), palette):
            output.mux(stream.encode(picture))
        output.mux(stream.encode(None))
    return path.stat().st_size


def _parts(delay_cs: int) -> list[int]:
    """A delay as parts that a GIF can hold: 70000 → 65535, 4465."""
    whole, rest = divmod(delay_cs, MOST_DELAY_CS)
    return [MOST_DELAY_CS] * whole + ([rest] if rest else [])


def _timed(pictures: Iterable[av.VideoFrame], delays_cs: Sequence[int]) -> Iterator[av.VideoFrame]:
    """The pictures with the time each begins at."""
    mark = 0
    for picture, delay in zip(pictures, delays_cs, strict=True):
        for part in _parts(delay):
            picture.pts, picture.time_base = mark, _CENTISECOND
            yield picture
            mark += part


def _palette(
    pictures: Callable[[int, int], Iterable[av.VideoFrame]], look: GifLook
) -> av.VideoFrame:
    """The best colours for all pictures together, as a 16x16 picture.

    They are counted at half the size: as good (mean squared error 8.9 against 9.0 on a clip of
    animation) in 60 % of the time.
    """
    width, height = max(1, look.width // 2), max(1, look.height // 2)
    graph = Graph()
    source, sink = _source(graph, width, height), graph.add("buffersink")
    generator = graph.add("palettegen", f"max_colors={look.colors}:stats_mode=full")
    graph.link_nodes(source, generator, sink)
    graph.configure()
    for mark, picture in enumerate(pictures(width, height)):
        picture.pts, picture.time_base = mark, _CENTISECOND
        source.push(_with_fewer_colors(picture))
        deque(_pulled(sink), maxlen=0)  # a graph that nobody pulls at keeps all that was pushed
    source.push(None)
    return cast(av.VideoFrame, sink.pull())


def _with_fewer_colors(picture: av.VideoFrame) -> av.VideoFrame:
    """A `bgra` picture in 64 steps of each colour from 0 to 255, in place.

    The generator keeps every colour that it ever saw; of 16 million, that grew with the clip.
    """
    picture.make_writable()
    samples = np.frombuffer(memoryview(picture.planes[0]), np.uint32)
    np.bitwise_or(samples & _UPPER_BITS, samples >> 6 & _LOWER_BITS, out=samples)
    return picture


def _indexed(pictures: Iterable[av.VideoFrame], palette: av.VideoFrame) -> Iterator[av.VideoFrame]:
    """The pictures in the palette's colours, as `pal8`."""
    colors = ColorTable(palette)
    plain = PlainPictures(colors)
    for picture in pictures:
        indexes = plain.indexes(np.ascontiguousarray(picture.to_ndarray()[..., :3]))
        paletted: Any = (indexes, colors.argb)  # PyAV's own types forget that it takes both
        frame = av.VideoFrame.from_ndarray(paletted, format="pal8")
        frame.pts, frame.time_base = picture.pts, picture.time_base
        yield frame


def _source(graph: Graph, width: int, height: int) -> FilterContext:
    return graph.add(
        "buffer",
        video_size=f"{width}x{height}",
        pix_fmt="bgra",
        time_base=str(_CENTISECOND),
        pixel_aspect="1/1",
    )


def _pulled(sink: FilterContext) -> Iterator[av.VideoFrame]:
    with suppress(av.BlockingIOError, av.EOFError):
        while True:
            yield cast(av.VideoFrame, sink.pull())
