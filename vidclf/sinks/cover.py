"""Cover pictures, which FFmpeg reads as tracks of pictures and Matroska holds as attached files."""

from __future__ import annotations

from typing import TypeGuard

from av.container import OutputContainer
from av.stream import AttachmentStream, Disposition, Stream
from av.video.stream import VideoStream

from vidclf.core.ffmpeg import open_media

_FILES = {
    "mjpeg": {"filename": "cover.jpg", "mimetype": "image/jpeg"},
    "png": {"filename": "cover.png", "mimetype": "image/png"},
}
"""What a cover out of another container is called: Matroska's players look for these names."""


def is_cover(stream: Stream) -> TypeGuard[VideoStream]:
    """Whether it is a picture that goes with the clip, and no video."""
    return isinstance(stream, VideoStream) and bool(stream.disposition & Disposition.attached_pic)


def attach_cover(stream: VideoStream, output: OutputContainer) -> AttachmentStream:
    """Write a cover into a Matroska file as the attachment that it was, or would be there.

    Raises:
        ValueError: It is empty, or of a kind that has no name there.
    """
    described = {**_FILES.get(stream.codec_context.name, {}), **stream.metadata}
    picture = _read(stream)
    if not picture or not {"filename", "mimetype"} <= described.keys():
        raise ValueError("it is empty, or no JPEG or PNG")
    target = output.add_attachment(described["filename"], described["mimetype"], picture)
    target.metadata.update(described)
    return target


def _read(stream: VideoStream) -> bytes:
    """The picture's file, of the clip opened once more: its own packets are still to be copied."""
    with open_media(stream.container.name.removeprefix("file:")) as file:
        packets = file.demux(file.streams[stream.index])
        return next((bytes(packet) for packet in packets if packet.size), b"")
