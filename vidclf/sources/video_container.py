"""Opening a video file safely, and choosing the stream to read."""

from __future__ import annotations

import re
from collections.abc import Callable

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from vidclf.errors import SourceError
from vidclf.sources.clip_file import ClipFile
from vidclf.sources.picture_size import check_moving_size
from vidclf.sources.read_report import SourceReport

_PLAYLIST_STARTS = (b"#extm3u", b"ffconcat", b"<?xml", b"<mpd", b"[playlist]", b"v=0", b"<smil")
_PAGE_STARTS = (b"<!doctype html", b"<html")

_NOT_SHOWN = Disposition.attached_pic | Disposition.timed_thumbnails
"""Covers and thumbnails: video streams to FFmpeg, but not the clip."""


def open_container(file: ClipFile, report: SourceReport) -> InputContainer:
    """Open a video file, without following what it may name.

    Raises:
        SourceError: it is missing, not a file, empty, unreadable, or not a video.
    """
    try:
        return file.open()
    except (av.FFmpegError, OSError) as exc:
        file.check(report)
        raise SourceError(_why_not(file)) from exc


def choose_stream(container: InputContainer, file: ClipFile, report: SourceReport) -> VideoStream:
    """The video stream to read: FFmpeg's own choice (`av_find_best_stream`).

    Marked default before others, then the one with more frames at its beginning (up to five), then
    the higher bit rate.

    Raises:
        SourceError: there is none, or none that this FFmpeg can decode.
    """
    return choose_video(container, file.name, report, undecodable=lambda: _why_undecodable(file))


def choose_video(
    container: InputContainer,
    name: str,
    report: SourceReport,
    *,
    undecodable: Callable[[], str],
) -> VideoStream:
    """The video stream to read; see `choose_stream`.

    Args:
        container: what is read, open.
        name: what it is called in messages.
        report: gets a note where there are several.
        undecodable: says why none can be decoded.

    Raises:
        SourceError: there is none, or none that this FFmpeg can decode.
    """
    streams = [s for s in container.streams.video if not s.disposition & _NOT_SHOWN]
    if not streams:
        raise SourceError(f"{name}: has no video stream ({_kinds(container)}); give a video file")
    usable = [s for s in streams if s.codec_context is not None]
    if not usable:
        raise SourceError(undecodable())
    best = container.streams.best("video")
    chosen = next((s for s in usable if s is best), max(usable, key=_rank))
    if len(streams) > 1:
        size = f"{chosen.codec_context.width}x{chosen.codec_context.height}"
        report.note(f"{len(streams)} video streams; stream {chosen.index} ({size}) is read")
    return chosen


def missing_packets(stream: VideoStream, *, file_size: int, packets_read: int) -> int:
    """How many packets the container's index places beyond the end of the file.

    Zero for a whole file, however its header counts: an entry counts only if its bytes are not
    there. A packet that is partly there is read, and is lost only if it does not decode.
    """
    entries = stream.index_entries
    absent = sum(1 for entry in entries if entry.pos >= file_size)
    return min(absent, max(0, len(entries) - packets_read))


def _rank(stream: VideoStream) -> tuple[bool, int, int]:
    """FFmpeg's order as far as it can be told here, for where its own choice is a cover."""
    is_default = bool(stream.disposition & Disposition.default)
    return is_default, min(5, stream.frames), -stream.index


def _why_not(file: ClipFile) -> str:
    start = file.start(64).lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith(_PAGE_STARTS):
        return (
            f"{file.name}: is a web page, not a clip: give the address of the video file itself, "
            "or download it with the site's own tools (yt-dlp knows many) and name the file"
        )
    if start.startswith(_PLAYLIST_STARTS):
        return (
            f"{file.name}: is a playlist, and these are refused because they make the reader open "
            f"other files; give the video file itself"
        )
    return (
        f"{file.name}: is not a video that FFmpeg knows, or its beginning is damaged; try to play "
        "it"
    )


def _kinds(container: InputContainer) -> str:
    kinds = sorted({s.type for s in container.streams if s.type != "video"})
    cover = ["a cover picture"] if container.streams.video else []
    return "only " + " and ".join(kinds + cover) if kinds or cover else "no stream at all"


def _why_undecodable(file: ClipFile) -> str:
    codec = _codec_from_log(file)
    if codec is None:
        return (
            f"{file.name}: its header does not tell the codec of its video; it is damaged, copy it "
            "again"
        )
    return (
        f"{file.name}: its video is in codec {codec}, which this FFmpeg cannot decode; convert the "
        "clip to H.264 first"
    )


def check_claimed_size(file: ClipFile, width: int, height: int) -> None:
    """Refuse a clip of which no frame came out, if that is because of its pictures' size.

    Args:
        file: the clip's.
        width: of its pictures by its header; 0 where FFmpeg passed over it, as it was too large.
        height: likewise.

    Raises:
        SourceError: it claims pictures that are too large.
    """
    check_moving_size(file.name, width, height)
    found = re.search(r"Picture size (\d+)x(\d+) exceeds", _log_of_opening(file, av.logging.ERROR))
    if found:
        check_moving_size(file.name, int(found[1]), int(found[2]))


def _codec_from_log(file: ClipFile) -> str | None:
    """The codec's name as FFmpeg's warning gives it; PyAV keeps none for an unknown codec."""
    text = _log_of_opening(file, av.logging.WARNING)
    found = re.search(r"Video: (\w+)(?: \((\w+)[^)]*\))?", text)
    if not found:
        return None
    return found[2] if found[1] == "none" else found[1]


def _log_of_opening(file: ClipFile, most: int) -> str:
    """What FFmpeg says, at this level and above, while a file is opened that opened before."""
    level, skips = av.logging.get_level(), av.logging.get_skip_repeated()
    av.logging.set_level(most)
    av.logging.set_skip_repeated(False)  # it would keep back what another clip made it say
    try:
        with av.logging.Capture() as lines, file.open_again():
            return " ".join(line for _, _, line in lines)
    finally:
        av.logging.set_level(level)
        av.logging.set_skip_repeated(skips)
