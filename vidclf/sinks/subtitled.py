"""A copy of a clip with one more subtitle track; everything else is copied packet by packet."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
from av.container import Flags, InputContainer, OutputContainer
from av.stream import Disposition
from av.subtitles.stream import SubtitleStream

from vidclf.errors import OutputError, SourceError
from vidclf.media import open_media
from vidclf.sinks.containers import MP4, muxer_options
from vidclf.sinks.staging import shown_path

logger = logging.getLogger(__name__)

_MILLISECOND = Fraction(1, 1000)
_LOOKS_LIKE_A_TAG = re.compile(r"<(?=[A-Za-z/])|\{(?=\\)")
_WORD_JOINER = "\u2060"
"""Takes no room: behind a mark it keeps players of SubRip from reading it as a tag."""
_STYLE = b"""\
[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, \
Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, \
Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Arial,16,&Hffffff,&Hffffff,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""
"""What FFmpeg's encoders want to know of the text's looks; MP4 stores it, the others do not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """A text that is shown for a while."""

    start: int
    """When it appears, in milliseconds on the clip's own clock."""
    end: int
    """When it goes."""
    text: str
    """Its lines, joined by line feeds; plain text without markup."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """How a container holds subtitles."""

    format: str
    """FFmpeg's name of the muxer."""
    codec: str
    """FFmpeg's name of the subtitles' codec."""


_KINDS = {
    ".mp4": _Kind(format="mp4", codec="mov_text"),
    ".m4v": _Kind(format="mp4", codec="mov_text"),
    ".mov": _Kind(format="mov", codec="mov_text"),
    ".mkv": _Kind(format="matroska", codec="subrip"),
    ".webm": _Kind(format="webm", codec="webvtt"),
}
SUBTITLED_KINDS = tuple(_KINDS)


def subtitled_suffix(clip: Path) -> str:
    """The ending of a clip's subtitled copy: its own where it can hold subtitles, else `.mkv`."""
    return clip.suffix.lower() if clip.suffix.lower() in _KINDS else ".mkv"


def write_subtitled(path: Path, clip: Path, cues: Sequence[Cue], *, title: str) -> None:
    """Copy a clip and add cues to it as a track that players show by themselves.

    Nothing is decoded or encoded. Tracks that the container cannot hold are left out with a
    warning, unless they are pictures or sound.

    Args:
        path: The file to write, the one `Staging.add` gave; its suffix names the container.
        clip: The clip.
        cues: In order of time, none over another.
        title: The track's name.

    Raises:
        SourceError: The clip cannot be read.
        OutputError: It cannot be written, or the container does not hold its pictures or sound.
    """
    kind = _KINDS[path.suffix.lower()]
    try:
        source = open_media(clip)
    except (av.FFmpegError, OSError) as exc:
        raise SourceError(f"{clip}: cannot be read as a video ({exc.strerror or exc})") from exc
    with source:
        source.flags |= cast(int, Flags.gen_pts.value)
        with _explained(path, clip):
            copied = _copy(source, path, cues, kind=kind, title=title)
    _check(path, copied)


def _copy(
    source: InputContainer, path: Path, cues: Sequence[Cue], *, kind: _Kind, title: str
) -> Counter[int]:
    """Write the file; how many packets each of its streams has."""
    written: Counter[int] = Counter()
    with av.open(f"file:{path.absolute()}", "w", format=kind.format) as output:
        targets = _add_streams(source, output, path)
        subtitles = _add_subtitles(output, kind, title=title)
        output.metadata.update(source.metadata)
        output.set_chapters(source.chapters())
        output.container_options.update(_muxer_options(output, kind))
        output.start_encoding()
        for cue in cues:
            output.mux_one(_packet(cue, subtitles, kind))
        for packet in source.demux([source.streams[index] for index in targets]):
            if packet.size:
                packet.stream = targets[packet.stream_index]
                written[packet.stream.index] += 1
                output.mux_one(packet)
    return written


def _add_streams(
    source: InputContainer, output: OutputContainer, path: Path
) -> dict[int, av.stream.Stream]:
    """The streams that are copied: index in the clip → stream of the output."""
    targets: dict[int, av.stream.Stream] = {}
    for stream in source.streams:
        try:
            target = output.add_stream_from_template(stream)
        except (ValueError, av.FFmpegError) as exc:
            if stream.type in ("video", "audio"):
                raise OutputError(
                    f"{shown_path(path)} cannot hold stream {stream.index} of the clip ({exc}): "
                    "name a .mkv with -o"
                ) from exc
            logger.warning(
                "stream %d (%s) is left out: the file cannot hold it", stream.index, stream.type
            )
            continue
        target.metadata.update(stream.metadata)
        target.disposition = stream.disposition
        if stream.type == "subtitle":
            target.disposition &= ~Disposition.default
        targets[stream.index] = target
    return targets


def _add_subtitles(output: OutputContainer, kind: _Kind, *, title: str) -> SubtitleStream:
    stream = cast(SubtitleStream, output.add_stream(kind.codec))
    stream.codec_context.subtitle_header = _STYLE
    stream.time_base = stream.codec_context.time_base = _MILLISECOND
    stream.disposition = Disposition.default
    stream.metadata.update({"language": "und", "title": title, "handler_name": title})
    return stream


def _packet(cue: Cue, stream: SubtitleStream, kind: _Kind) -> av.Packet[Any]:
    packet: av.Packet[Any] = av.Packet(_encoded(cue.text, kind.codec))
    packet.stream, packet.time_base = stream, _MILLISECOND
    packet.pts = packet.dts = cue.start
    packet.duration = cue.end - cue.start
    return packet


def _encoded(text: str, codec: str) -> bytes:
    r"""A cue's text as its codec stores it, with nothing in it that a player takes for markup.

    MP4's is plain text behind its length in bytes (ETSI TS 126 245, 5.17).
    """
    if codec == "mov_text":
        plain = text.encode()[:65_535].decode(errors="ignore").encode()
        return len(plain).to_bytes(2, "big") + plain
    if codec == "webvtt":
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").encode()
    return _LOOKS_LIKE_A_TAG.sub(rf"\g<0>{_WORD_JOINER}", text).encode()


def _muxer_options(output: OutputContainer, kind: _Kind) -> dict[str, str]:
    if kind.codec != "mov_text" or not output.streams.video:
        return {}
    rates = [stream.codec_context.sample_rate for stream in output.streams.audio]
    time_base = output.streams.video[0].time_base or _MILLISECOND
    return muxer_options(MP4, time_base=time_base, sample_rates=[1000, *filter(None, rates)])


def _check(path: Path, copied: Counter[int]) -> None:
    """Read the file back: FFmpeg reports some errors only when it closes, where PyAV is blind."""
    found: Counter[int] = Counter()
    with open_media(path) as file:
        for packet in file.demux():
            found[packet.stream_index] += bool(packet.size)
    if any(found[index] != count for index, count in copied.items()):
        raise OutputError(f"{shown_path(path)} lacks packets of the clip: is the disk full?")


@contextmanager
def _explained(path: Path, clip: Path) -> Iterator[None]:
    try:
        yield
    except (av.FFmpegError, OSError) as exc:
        raise OutputError(
            f"cannot copy {clip} to {shown_path(path)} ({exc.strerror or exc}): free space, name "
            "another place with -o, or a .mkv, which holds nearly everything"
        ) from exc
