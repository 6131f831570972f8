"""What each container file can hold: which video codecs, which audio as it is, which time base."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from vidclf.errors import UsageError

MP4_EXACT_TICKS_PER_SECOND = 10_000_000
"""MP4 stores a sample's duration in 32 bits, signed in practice: at this rate frames may stand
214 s. A nanosecond clock would break at 2.1 s, which real clips with gaps reach."""

MP4_LEAST_TICKS_PER_SECOND = 10_000
"""FFmpeg's muxer doubles a track's timescale until it is at least this (movenc.c, `mov_init`)."""

INT32_MAX = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A kind of output file."""

    format: str
    """FFmpeg's name of the muxer."""
    codecs: tuple[str, ...]
    """Video codecs it may hold here, the default first."""
    copied_audio: frozenset[str]
    """Audio codecs whose packets it takes as they are."""
    audio_encoder: str
    """FFmpeg's name of the encoder for all other audio."""
    audio_bits_per_channel: int
    """Bits per second for one channel of encoded audio."""
    has_frame_count: bool
    """Whether the header says how many frames there are."""


MP4 = Container(
    format="mp4",
    codecs=("h264", "hevc", "vp9"),
    copied_audio=frozenset({"aac", "mp3", "ac3", "eac3", "opus", "flac", "alac"}),
    audio_encoder="aac",
    audio_bits_per_channel=80_000,
    has_frame_count=True,
)

WEBM = Container(
    format="webm",
    codecs=("vp9",),
    copied_audio=frozenset({"opus", "vorbis"}),
    audio_encoder="libopus",
    audio_bits_per_channel=64_000,
    has_frame_count=False,
)

_BY_SUFFIX = {".mp4": MP4, ".m4v": MP4, ".webm": WEBM}


def container_of(path: Path) -> Container:
    """The kind of file that the suffix of `path` names.

    Raises:
        UsageError: No container of that suffix is written.
    """
    try:
        return _BY_SUFFIX[path.suffix.lower()]
    except KeyError:
        raise UsageError(
            f"cannot write a video called {path.name}: its name must end in {', '.join(_BY_SUFFIX)}"
        ) from None


def video_time_base(time_base: Fraction, container: Container) -> Fraction:
    """The clock the video is written with: the clip's own wherever the container can hold it.

    MP4 counts in whole parts of a second, so k/n is exact as 1/n (1001/24000 as 1/24000); finer
    clocks than 10 MHz are rounded to it, wrong by at most 0.05 µs. WebM counts in milliseconds.
    """
    if container is WEBM:
        return Fraction(1, 1000)
    return max(Fraction(1, time_base.denominator), Fraction(1, MP4_EXACT_TICKS_PER_SECOND))


LIVE_OPTIONS = {
    "mp4": {
        "movflags": "+empty_moov+default_base_moof",
        "frag_duration": "1000000",
        "flush_packets": "1",
    },
    "webm": {"cluster_time_limit": "1000", "flush_packets": "1"},
}
"""Format → options of a file of which each second is whole as soon as it is written: fragments, in
microseconds, and clusters, in milliseconds."""


def muxer_options(
    container: Container, *, time_base: Fraction, sample_rates: Sequence[int] = ()
) -> dict[str, str]:
    """The muxer's options for a video of `time_base` beside audio of `sample_rates`.

    MP4 writes each track's start in ticks of the whole movie, by default milliseconds; a common
    multiple of all tracks' clocks keeps every start exact.
    """
    if container is WEBM:
        return {}
    ticks = time_base.denominator
    while ticks < MP4_LEAST_TICKS_PER_SECOND:
        ticks *= 2
    common = math.lcm(ticks, *sample_rates)
    movie_timescale = common if common <= INT32_MAX else ticks
    return {"movflags": "+faststart", "movie_timescale": str(movie_timescale)}
