"""A copy of a clip with one more subtitle track; everything else is copied packet by packet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
from av.container import Flags, InputContainer, OutputContainer
from av.stream import Discard, Disposition, Stream
from av.subtitles.stream import SubtitleStream

from vidclf.core.ffmpeg import open_media
from vidclf.core.run_warnings import get_logger
from vidclf.core.subtitle_text import plain_subrip, plain_timed_text, plain_webvtt
from vidclf.errors import OutputError, SourceError
from vidclf.files.temporary_names import shown_path
from vidclf.files.write_errors import explained
from vidclf.sinks.container_formats import MP4, muxer_options
from vidclf.sinks.cover import attach_cover, is_cover
from vidclf.sinks.dolby_vision import copy_dolby_vision
from vidclf.sinks.late_tracks import align_late_tracks
from vidclf.sinks.verify import end_of_data

logger = get_logger(__name__)

_MILLISECOND = Fraction(1, 1000)
_REMEDY = "free space, name another place with -o, or a .mkv, which holds nearly everything"
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
_PLAIN = {"mov_text": plain_timed_text, "subrip": plain_subrip, "webvtt": plain_webvtt}
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
    try:
        source = open_media(clip)
    except (av.FFmpegError, OSError) as exc:
        raise SourceError(f"{clip}: cannot be read as a video ({exc.strerror or exc})") from exc
    with source:
        source.flags |= cast(int, Flags.gen_pts.value)
        with explained(path, remedy=_REMEDY, errors=(av.FFmpegError, OSError)):
            last = _copy(source, path, cues, title=title)
            _check(path, last)
            _finish_index(source, clip, path)


def _finish_index(source: InputContainer, clip: Path, path: Path) -> None:
    """Write into an MP4 or MOV what FFmpeg's muxer does not."""
    kind = _KINDS[path.suffix.lower()]
    if kind.codec != "mov_text":
        return
    align_late_tracks(path)
    if kind.format == "mov" and "mov" in source.format.name.split(","):
        copy_dolby_vision(clip, path)


def _copy(
    source: InputContainer, path: Path, cues: Sequence[Cue], *, title: str
) -> dict[str, Fraction]:
    """Write the file; when the last packet of each kind of stream is shown."""
    kind = _KINDS[path.suffix.lower()]
    last: dict[str, Fraction] = {}
    with av.open(f"file:{path.absolute()}", "w", format=kind.format) as output:
        if kind.format in source.format.name.split(","):
            output.flags &= ~cast(int, Flags.auto_bsf.value)  # packets stay as they are
        targets = _add_streams(source, output, path, kind)
        subtitles = _add_subtitles(output, kind, title=title)
        output.metadata.update(source.metadata)
        output.set_chapters(source.chapters())
        output.container_options.update(_muxer_options(output, kind))
        output.start_encoding()
        for cue in cues:
            output.mux_one(_packet(cue, subtitles, kind))
        for packet in source.demux([s for s in source.streams if s.index in targets]):
            if packet.size:
                packet.stream = targets[packet.stream_index]
                _note(last, packet)
                output.mux_one(packet)
    return last


def _add_streams(
    source: InputContainer, output: OutputContainer, path: Path, kind: _Kind
) -> dict[int, Stream]:
    """The streams whose packets are copied: index in the clip → stream of the output."""
    targets: dict[int, Stream] = {}
    for stream in source.streams:
        try:
            target = _add_stream(stream, output, kind)
        except (ValueError, av.FFmpegError) as exc:
            if stream.type in ("video", "audio") and not is_cover(stream):
                other = "" if path.suffix.lower() == ".mkv" else "name a .mkv with -o, or "
                raise OutputError(
                    f"{shown_path(path).name} cannot hold the clip's {stream.type} ({exc}): "
                    f"{other}convert the clip first"
                ) from exc
            if not _is_made_anew(stream, kind):
                name = shown_path(path).name
                what = "cover picture" if is_cover(stream) else stream.type
                logger.warning("%s cannot hold stream %d (%s): left out", name, stream.index, what)
            continue
        if target.type != "attachment":  # the header holds all of such a file
            targets[stream.index] = target
    return targets


def _add_stream(stream: Stream, output: OutputContainer, kind: _Kind) -> Stream:
    """A stream like another one.

    Raises:
        ValueError: The container does not hold it, or not all of it.
    """
    if not _is_copied_whole(stream, kind):
        raise ValueError(f"a {kind.format} file does not hold all of such {stream.type}")
    if is_cover(stream) and kind.format == "matroska":
        return attach_cover(stream, output)
    target = output.add_stream_from_template(stream, opaque=True)
    if (
        isinstance(stream, av.VideoStream)
        and stream.codec_context.name == "hevc"
        and kind.codec == "mov_text"
    ):
        target.codec_context.codec_tag = _hevc_tag(stream)
    target.metadata.update(stream.metadata)
    target.disposition = stream.disposition
    if stream.type == "subtitle":
        target.disposition &= ~Disposition.default
    return target


def _is_copied_whole(stream: Stream, kind: _Kind) -> bool:
    """Whether FFmpeg's muxer writes what a track of data, a file within the file, or a cover is.

    Of data it describes nothing but a GoPro's (`bin_data`); other tracks would be empty shells that
    GStreamer takes for damage.
    """
    if stream.type == "data":
        is_binary = getattr(stream, "name", None) == "bin_data"
        return kind.format == "mp4" and is_binary and not _is_chapter_track(stream)
    if stream.type == "attachment":
        is_described = {"filename", "mimetype"} <= stream.metadata.keys()
        return kind.format == "matroska" and is_described
    return not is_cover(stream) or kind.format in ("mp4", "matroska")


def _is_made_anew(stream: Stream, kind: _Kind) -> bool:
    """Whether FFmpeg makes such a track anew, from the clip's metadata or from its chapters."""
    is_timecode = kind.codec == "mov_text" and "timecode" in stream.metadata
    return is_timecode or _is_chapter_track(stream)


def _is_chapter_track(stream: Stream) -> bool:
    """Whether it is an MP4's or MOV's text track that FFmpeg has read as the clip's chapters.

    FFmpeg calls it data (`bin_data`, as a GoPro's) and alone of all tracks gives no packets of it.
    """
    return stream.type == "data" and stream.discard == Discard.all


def _hevc_tag(stream: av.VideoStream) -> str:
    """The clip's own tag, or else the one that QuickTime and Safari play.

    With `hev1` parameter sets may stand between pictures, so that such a clip keeps it.
    """
    tag = stream.codec_context.codec_tag
    return tag if tag in ("hvc1", "hev1", "dvh1") else "hvc1"


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
    """A cue's text as its codec stores it.

    MP4's is plain text behind its length in bytes (ETSI TS 126 245, 5.17).
    """
    stored = _PLAIN[codec](text).encode()
    if codec != "mov_text":
        return stored
    whole = stored[:65_535].decode(errors="ignore").encode()
    return len(whole).to_bytes(2, "big") + whole


def _muxer_options(output: OutputContainer, kind: _Kind) -> dict[str, str]:
    if kind.codec != "mov_text" or not output.streams.video:
        return {}
    rates = [stream.codec_context.sample_rate for stream in output.streams.audio]
    time_base = output.streams.video[0].time_base or _MILLISECOND
    exact = muxer_options(MP4, time_base=time_base, sample_rates=[1000, *filter(None, rates)])
    return {**exact, "strict": "unofficial"}


def _note(last: dict[str, Fraction], packet: av.Packet[Any]) -> None:
    """Remember the latest packet of each kind; attachments change the numbers of streams."""
    shown = (packet.pts or 0) * packet.time_base
    last[packet.stream.type] = max(shown, last.get(packet.stream.type, shown))


def _check(path: Path, last: Mapping[str, Fraction]) -> None:
    """Read the file back: FFmpeg reports some errors only when it closes, where PyAV is blind."""
    found: dict[str, Fraction] = {}
    with open_media(path) as file:
        for packet in file.demux():
            _note(found, packet)
        is_cut_short = end_of_data(file) > path.stat().st_size
    lacks = any(kind not in found or found[kind] < last[kind] - _MILLISECOND for kind in last)
    if lacks or is_cut_short:
        raise OutputError(f"{shown_path(path)} lacks packets of the clip: is the disk full?")
