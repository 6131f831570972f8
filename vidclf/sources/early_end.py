"""Whether reading ended long before the end that a file's header claims."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from av.container import InputContainer
from av.video.stream import VideoStream

from vidclf.core.frames import VideoInfo
from vidclf.sources.clip_file import ClipFile

_FEW_FRAMES = 2.5
"""By so many the headers of whole files are off."""
_SHARE = 0.1
_MOST_SECONDS = 30
_STREAM_LENGTHS = frozenset({"mp4", "avi"})
"""Containers that tell the length of each stream."""
_ASF_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
"""The GUID of ASF's File Properties Object (section 3.2 of its specification, revision 1.20)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """How long a clip is by its header."""

    seconds: float
    """From the clip's start, or from 0 where that is later, as Matroska and FLV count."""
    is_of_stream: bool
    """Whether the stream of pictures is so long, and not just any stream."""


def claimed_length(
    info: VideoInfo, file: ClipFile, container: InputContainer, stream: VideoStream
) -> Claim | None:
    """What the header claims, in time or in frames; None where it does not say.

    An MP4 counts frames that its edit list hides, too, so only its time is a claim.
    """
    formats = container.format.name.split(",")
    claims = [info.duration_seconds]
    if "mp4" not in formats and stream.average_rate:
        claims.append(float(stream.frames / stream.average_rate))
    if "asf" in formats:
        claims.append(_asf_seconds(file.start(2**16)))
    seconds = max((claim for claim in claims if claim and claim > 0), default=None)
    if seconds is None:
        return None
    has_own = stream.duration is not None and not _STREAM_LENGTHS.isdisjoint(formats)
    return Claim(seconds=seconds, is_of_stream=has_own)


def early_end(
    info: VideoInfo, *, claim: Claim | None, end_seconds: float, error: str | None
) -> str | None:
    """A sentence where far less was read than the header claims; None at a usual end.

    Args:
        info: the clip.
        claim: how long it is by its header.
        end_seconds: when the last of what was read ends, on the clip's own clock.
        error: why the file could not be read on, if that is why reading ended.
    """
    reason = f" ({error})" if error else ""
    if claim is None:
        return f"reading ended at {end_seconds:.2f} s{reason}" if error else None
    claimed_end = claim.seconds + min(info.start_seconds, 0.0)
    missing = claimed_end - end_seconds
    usual = 0.0 if error else min(_SHARE * claim.seconds, _MOST_SECONDS)
    if missing <= max(_FEW_FRAMES / float(info.frame_rate), usual):
        return None
    return (
        f"reading ended at {end_seconds:.2f} s{reason}, and by its header it goes on to "
        f"{claimed_end:.2f} s"
    )


def _asf_seconds(start: bytes) -> float | None:
    """The length in a WMV's own header; of a cut one FFmpeg passes it over."""
    place = start.find(_ASF_PROPERTIES)
    if place < 0 or len(start) < place + 92:
        return None
    ticks, _, preroll_ms, flags = struct.unpack_from("<QQQI", start, place + 64)
    is_broadcast = flags & 1
    return None if is_broadcast else ticks / 1e7 - preroll_ms / 1e3
