"""Writing made frames into a sink, and reading files back to see what is really in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageSequence

from helpers.clips import numbered_picture, read_number
from vidclf.core.frames import Frame, RgbPicture, VideoInfo

Pixels = NDArray[np.uint8]


def clip_info(**changes: Any) -> VideoInfo:
    """The description of a small clip of 24 frames/s."""
    known: dict[str, Any] = {
        "path": "clip.mp4",
        "width": 192,
        "height": 144,
        "time_base": Fraction(1, 24),
        "frame_rate": Fraction(24),
    }
    return VideoInfo(**(known | changes))


def write_numbered(
    sink: Any,
    *,
    info: VideoInfo,
    pts: Sequence[int] = range(24),
    last_duration: int = 0,
    pictures: Sequence[Pixels] | None = None,
) -> None:
    """Write one numbered picture (or the given ones) at each of `pts`; the sink is open already."""
    gaps = [after - before for before, after in pairwise(pts)]
    for index, (ticks, duration) in enumerate(zip(pts, [*gaps, last_duration], strict=True)):
        pixels = (
            numbered_picture(index, width=info.width, height=info.height)
            if pictures is None
            else pictures[index]
        )
        frame = Frame(
            index=index,
            pts=ticks,
            time_base=info.time_base,
            picture=RgbPicture(pixels),
            duration=duration,
        )
        sink.write(frame, pixels)


@dataclass(frozen=True, kw_only=True)
class ReadVideo:
    numbers: list[int]
    seconds: list[Fraction]
    duration_seconds: float
    size: tuple[int, int]
    average_rate: Fraction | None
    """Frames per second, as FFmpeg computes it from the durations of an MP4's samples."""


def read_video(path: Path) -> ReadVideo:
    """The number and the time of each frame, and the file's length from first start to last end."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        frames = list(container.decode(stream))
        start_us = max(container.start_time or 0, 0)
        duration_us = container.duration - (start_us if container.format.name != "mov" else 0)
        if stream.duration:
            duration_us = stream.duration * stream.time_base * 1_000_000
        return ReadVideo(
            numbers=[read_number(frame.to_ndarray(format="rgb24")) for frame in frames],
            seconds=[frame.pts * frame.time_base for frame in frames],
            duration_seconds=float(duration_us) / 1e6,
            size=(stream.width, stream.height),
            average_rate=stream.average_rate,
        )


@dataclass(frozen=True, kw_only=True)
class ReadTrack:
    codec: str
    seconds: list[Fraction]
    packets: list[bytes]
    language: str | None
    is_default: bool
    channels: int


def read_audio(path: Path) -> list[ReadTrack]:
    """Each audio track's packets with their times."""
    with av.open(str(path)) as container:
        streams = container.streams.audio
        packets: dict[int, list[av.Packet]] = {stream.index: [] for stream in streams}
        for packet in container.demux(*streams) if streams else ():
            if packet.size:
                packets[packet.stream_index].append(packet)
        return [
            ReadTrack(
                codec=stream.codec_context.codec.canonical_name,
                seconds=[packet.pts * packet.time_base for packet in packets[stream.index]],
                packets=[bytes(packet) for packet in packets[stream.index]],
                language=stream.language,
                is_default=bool(stream.disposition & 1),
                channels=stream.codec_context.channels,
            )
            for stream in streams
        ]


def decoded_audio(path: Path, track: int = 0) -> tuple[NDArray[np.float32], float]:
    """The first channel's samples of a track, and the time of the first one in seconds."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[track]
        resampler = av.AudioResampler(format="fltp", layout="mono", rate=48000)
        frames = [out for frame in container.decode(stream) for out in resampler.resample(frame)]
        first_seconds = float(frames[0].pts * frames[0].time_base)
        return np.concatenate([frame.to_ndarray()[0] for frame in frames]), first_seconds


@dataclass(frozen=True, kw_only=True)
class ReadGif:
    size: tuple[int, int]
    delays_cs: list[int]
    numbers: list[int]
    loop: int | None


def read_gif(path: Path) -> ReadGif:
    """What another program than ours, Pillow, finds in a GIF."""
    with Image.open(path) as image:
        delays, numbers = [], []
        for frame in ImageSequence.Iterator(image):
            delays.append(round(frame.info["duration"] / 10))
            numbers.append(read_number(np.asarray(frame.convert("RGB"))))
        return ReadGif(
            size=image.size, delays_cs=delays, numbers=numbers, loop=image.info.get("loop")
        )
