"""A video that was written live, as an ordinary one: its packets copied, its index in front."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path

import av
from av.container import InputContainer, OutputContainer
from av.video.stream import VideoStream

from vidclf.core.ffmpeg import open_media
from vidclf.files.write_errors import explained
from vidclf.sinks.container_formats import container_of, muxer_options
from vidclf.sinks.packets import VideoPacket
from vidclf.sinks.signature import sign
from vidclf.sinks.verify import check_written


def remux(live: Path, path: Path, *, frame_count: int | None = None) -> int:
    """Copy the packets of a video that was written live, up to where its writing was cut short.

    Args:
        live: the file, as `VideoSink` wrote it with `is_live`.
        path: the file to write; the one `Staging.add` gave.
        frame_count: how many frames there must be; None for as many as can be read.

    Returns:
        How many frames there are; 0 where the file breaks off before the first, and then nothing is
        written.

    Raises:
        OutputError: it cannot be written, or does not hold the frames.
    """
    container = container_of(path)
    try:
        source = open_media(live)
    except (av.FFmpegError, OSError):
        if frame_count:
            raise
        return 0
    with closing(source), explained(path, errors=(av.FFmpegError, OSError)):
        copied = _copy(source, path)
    if copied or frame_count:
        check_written(
            path, frame_count=copied if frame_count is None else frame_count, container=container
        )
    return copied


def has_frames(live: Path) -> bool:
    """Whether a video that was written live has a frame that can be copied."""
    try:
        with open_media(live) as source:
            return next(_packets(source, source.streams.video[0]), None) is not None
    except (av.FFmpegError, OSError, IndexError):
        return False


def _copy(source: InputContainer, path: Path) -> int:
    container, copied = container_of(path), 0
    stream = source.streams.video[0]
    packets = _packets(source, stream)
    first = next(packets, None)
    if first is None:
        return 0
    with av.open(f"file:{path.absolute()}", "w", format=container.format) as output:
        target = _stream_like(output, stream)
        if stream.time_base is not None:
            target.time_base = stream.time_base
            options = muxer_options(container, time_base=stream.time_base)
            output.container_options.update(options)
        origin = first.pts or 0  # the first packet's picture is shown first: it is a key frame
        for packet in chain([first], packets):
            packet.pts = (packet.pts or 0) - origin
            packet.dts = (packet.dts or 0) - origin
            packet.stream = target
            output.mux(packet)
            copied += 1
    return copied


def _stream_like(output: OutputContainer, stream: VideoStream) -> VideoStream:
    target = output.add_stream_from_template(stream)
    sign(target)
    return target


def _packets(source: InputContainer, stream: VideoStream) -> Iterator[VideoPacket]:
    """The packets that are whole: where writing was cut short, the last one may not be."""
    try:
        for packet in source.demux(stream):
            if packet.size and not packet.is_corrupt:
                yield packet
    except av.FFmpegError:
        return
