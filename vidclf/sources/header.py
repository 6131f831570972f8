"""What a video file's header and first frame tell of the clip."""

from __future__ import annotations

from fractions import Fraction

from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from vidclf.core.frames import VideoInfo
from vidclf.core.run_warnings import get_logger
from vidclf.sources.decoded_color import HDR_TRANSFERS, read_color
from vidclf.sources.orientation import read_orientation
from vidclf.sources.read_report import SourceReport
from vidclf.sources.timestamps import LATEST_SECONDS

logger = get_logger(__name__)

DEFAULT_RATE = Fraction(25)
"""Frames per second where a file gives no hint at all, as FFmpeg takes it too."""
_HIGHEST_RATE = 1000
_POSSIBLE_RATES = (Fraction(1, 86_400), Fraction(1_000_000))
"""One frame a day, and what the fastest cameras do."""
_WIDEST_ASPECT = 10
_MPEG_TICK = Fraction(1, 90_000)
_MICROSECOND = Fraction(1, 1_000_000)


def describe(
    path: str, container: InputContainer, stream: VideoStream, first: VideoFrame
) -> VideoInfo:
    """The clip's description: the picture from its first frame, times from the header.

    What a header claims and cannot be is taken for unknown, with a warning.
    """
    orientation = read_orientation(first)
    width, height, aspect = first.width, first.height, _pixel_aspect(path, stream)
    has_clock = tells_time(stream)
    if not has_clock:
        logger.warning(
            "%s: its header claims %.6g frames/s, which cannot be; its frames are timed at %d",
            path,
            stream.average_rate,
            DEFAULT_RATE,
        )
    if orientation.swaps_sides:
        width, height, aspect = height, width, 1 / aspect
    return VideoInfo(
        path=path,
        width=width,
        height=height,
        pixel_aspect=aspect,
        time_base=_time_base(stream) if has_clock else _MPEG_TICK,
        frame_rate=frame_rate(container, stream) if has_clock else DEFAULT_RATE,
        start_seconds=_start_seconds(container, stream) if has_clock else 0.0,
        duration_seconds=_duration_seconds(container, stream) if has_clock else None,
        frame_count=stream.frames or None,
        has_audio=bool(container.streams.audio),
        rotation=orientation.rotation,
        mirrored=orientation.mirrored,
        color=read_color(first),
        codec=stream.codec_context.codec.canonical_name,
        pixel_format=first.format.name,
        stream_index=stream.index,
    )


def note_oddities(report: SourceReport, container: InputContainer, info: VideoInfo) -> None:
    """Note what a reader of the manifest may wonder about."""
    texts = [container.metadata, *(s.metadata for s in container.streams)]
    if any("\ufffd" in text for tags in texts for pair in tags.items() for text in pair):
        report.note("metadata is not UTF-8; the unreadable characters are replaced")
    if info.color.transfer in HDR_TRANSFERS:
        name = HDR_TRANSFERS[info.color.transfer]
        report.note(f"high dynamic range ({name}); its colours are taken without tone mapping")


def frame_rate(container: InputContainer, stream: VideoStream) -> Fraction:
    """The average rate the container gives; for a bare stream, the rate its codec tells.

    A bare stream (raw H.264, say) has no clock, and FFmpeg then reports 25 as an average; the
    guessed rate comes from the codec's own header.
    """
    bare = container.duration is None and stream.start_time is None
    rates = [stream.average_rate, stream.guessed_rate, stream.base_rate]
    for rate in rates[1:] if bare else rates:
        if rate is not None and 0 < rate <= _HIGHEST_RATE:
            return rate
    return DEFAULT_RATE


def tells_time(stream: VideoStream) -> bool:
    """Whether a stream's own timestamps can be right: not if they make an impossible rate."""
    rate = stream.average_rate
    lowest, highest = _POSSIBLE_RATES
    return not rate or lowest <= rate <= highest


def _time_base(stream: VideoStream) -> Fraction:
    return stream.time_base or _MPEG_TICK


def _pixel_aspect(path: str, stream: VideoStream) -> Fraction:
    aspect = stream.sample_aspect_ratio
    if aspect is None or aspect <= 0:
        return Fraction(1)
    if not 1 / _WIDEST_ASPECT <= aspect <= _WIDEST_ASPECT:
        logger.warning(
            "%s: its header claims a pixel aspect of %d:%d, which cannot be; it is taken for 1:1",
            path,
            aspect.numerator,
            aspect.denominator,
        )
        return Fraction(1)
    return aspect


def _start_seconds(container: InputContainer, stream: VideoStream) -> float:
    if stream.start_time is not None:
        seconds = stream.start_time * _time_base(stream)
    else:
        seconds = (container.start_time or 0) * _MICROSECOND
    return float(seconds) if abs(seconds) <= LATEST_SECONDS else 0.0


def _duration_seconds(container: InputContainer, stream: VideoStream) -> float | None:
    if stream.duration is not None and stream.duration > 0:
        return float(stream.duration * _time_base(stream))
    if container.duration is not None and container.duration > 0:
        return float(container.duration * _MICROSECOND)
    return None
