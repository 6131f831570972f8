"""The mark by which a video tells that vidclf encoded it."""

from __future__ import annotations

from pathlib import Path

import av

from vidclf.core.ffmpeg import open_media

_KEY, _ENCODER = "encoder", "vidclf"
"""A stream's tag: MP4 keeps it as the compressor's name, Matroska and WebM as ENCODER."""


def sign(stream: av.VideoStream) -> None:
    """Mark a stream that is going to be written."""
    stream.metadata[_KEY] = _ENCODER


def is_signed(video: Path) -> bool:
    """Whether vidclf encoded the pictures of a file; False where it cannot be read."""
    try:
        with open_media(video) as container:
            tags = [stream.metadata for stream in container.streams.video]
    except (av.FFmpegError, OSError):
        return False
    return any(tag.get(_KEY, tag.get(_KEY.upper())) == _ENCODER for tag in tags)
