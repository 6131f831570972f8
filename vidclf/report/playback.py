"""Which clip a page plays, how its clock runs, and whether browsers can play it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from vidclf.core.run_warnings import get_logger
from vidclf.errors import UsageError, VidclfError
from vidclf.files.places import Place
from vidclf.sources import ClipLocation
from vidclf.sources.clip_file import clip_file
from vidclf.sources.read_report import SourceReport
from vidclf.sources.suffixes import is_video_name
from vidclf.sources.video_container import choose_stream, open_container
from vidclf.table.table import Table

logger = get_logger(__name__)

Origin = Literal["source", "annotated", "other"]

_ANNOTATE = "make an MP4 that every browser plays with: vidclf annotate"
_WIDELY_PLAYED = {("h264", "yuv420p"), ("h264", "yuvj420p"), ("vp8", "yuv420p"),
                  ("vp9", "yuv420p"), ("av1", "yuv420p")}  # fmt: skip
_PARTLY_PLAYED = {"hevc", "vp9", "av1"}
_CONTAINERS = {"mov": "video/mp4", "matroska": "video/webm"}
_PLAYED_SUFFIXES = (".mp4", ".m4v", ".mov", ".webm")
_LEAST_TOLERANCE = 0.5
_TOLERANCE = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A clip to be played beside a table."""

    path: Place
    """Its file."""
    origin: Origin
    """What it is to the table: what was read, what was drawn from that, or neither for sure."""
    start_seconds: float
    """When it begins, on its own clock."""
    length_seconds: float | None
    """How long it lasts; None where its header does not tell."""
    first_frame_seconds: float
    """When its first frame is shown, on its own clock."""
    kind: str
    """Its MIME type."""
    codec: str
    """Its codec and container in words."""
    played_by: Literal["all", "some", "none"]
    """How many browsers play it."""
    shift_seconds: float = 0.0
    """What is to be added to its clock to get the table's."""


def media_of(table: Table, clip: Place | None) -> Media | None:
    """The clip to play: the one that is named, else the annotated video, else the source.

    Raises:
        SourceError: the named clip cannot be read.
        UsageError: the named clip does not fit the table.
    """
    if clip is not None:
        return _fitting(table, _look_at(clip, _origin(table, clip)))
    for path, origin in _remembered(table):
        try:
            return _fitting(table, _look_at(path, origin))
        except VidclfError as exc:
            logger.warning("%s is not shown: %s", path, exc)
    return None


def source_of(table: Table) -> Path | None:
    """The clip that the table was made from, if it is still the same."""
    path = table.clip
    return path if path and is_video_name(path) and _is_source(table, path) else None


def played_source_of(table: Table) -> Path | None:
    """The clip that the table was made from, if it is still the same and browsers play it."""
    path = source_of(table)
    try:
        is_played = path is not None and _look_at(path, "source").played_by == "all"
    except VidclfError:
        return None
    return path if is_played else None


def warn_if_unplayable(media: Media) -> None:
    """Tell who makes the page what its readers would meet with."""
    if media.played_by != "all":
        many = "browsers do not" if media.played_by == "none" else "only some browsers"
        logger.warning(
            "%s is %s, which %s play; %s %s",
            *(media.path, media.codec, many, _ANNOTATE, shlex.quote(str(media.path))),
        )


def _remembered(table: Table) -> Iterator[tuple[Path, Origin]]:
    """The clips that the manifest names and that are still there, the annotated one first."""
    if video := _annotated(table):
        yield video, "annotated"
    clip = table.clip
    if clip and is_video_name(clip):
        yield clip, "source" if _is_source(table, clip) else "other"


def _annotated(table: Table) -> Path | None:
    video = table.found(table.manifest.annotated_video)
    return video if video and video.is_file() else None


def _origin(table: Table, clip: Place) -> Origin:
    if _is_source(table, clip):
        return "source"
    video = _annotated(table)
    is_annotated = (
        video is not None and isinstance(clip, Path) and clip.exists() and video.samefile(clip)
    )
    if not is_annotated and clip.name == table.video and table.manifest.clip_digest:
        logger.warning(
            "%s is not the file that %s was made from: it has another digest", clip, table.path
        )
    return "annotated" if is_annotated else "other"


def _is_source(table: Table, path: Place) -> bool:
    digest = table.manifest.clip_digest
    return digest is not None and digest == ClipLocation.of(path).digest()


def _look_at(path: Place, origin: Origin) -> Media:
    report = SourceReport()
    with (
        clip_file(ClipLocation.of(path)) as file,
        open_container(file, report) as container,
    ):
        stream = choose_stream(container, file, report)
        first = next(container.decode(stream), None)
        start = (container.start_time or 0) / 1e6
        end_or_length = None if container.duration is None else container.duration / 1e6
        is_matroska = "matroska" in container.format.name
        format_name = container.format.name.split(",")[0]
        codec, pixels = stream.codec_context.codec.canonical_name, stream.codec_context.pix_fmt
    if end_or_length is not None and is_matroska:  # its header holds the end
        end_or_length -= start
    return Media(
        path=path,
        origin=origin,
        start_seconds=start,
        length_seconds=end_or_length,
        first_frame_seconds=float(first.time or start) if first is not None else start,
        kind=_CONTAINERS.get(format_name, "video/" + path.suffix.lower().lstrip(".")),
        codec=f"{codec} ({pixels}) in {path.suffix.lower() or format_name}",
        played_by=_players(path, codec, pixels or ""),
    )


def _players(path: Place, codec: str, pixels: str) -> Literal["all", "some", "none"]:
    if path.suffix.lower() in _PLAYED_SUFFIXES:
        if (codec, pixels) in _WIDELY_PLAYED:
            return "all"
        if codec in _PARTLY_PLAYED:
            return "some"
    return "some" if path.suffix.lower() == ".mkv" and codec in ("h264", "vp9", "av1") else "none"


def _warn_if_longer(table: Table, media: Media, is_longer: bool) -> None:
    if is_longer:
        logger.warning(
            "%s lasts %.2f s and the table %s ends at %.2f s: is it the right clip?",
            media.path,
            media.length_seconds,
            table.path,
            table.end_seconds,
        )


def _fitting(table: Table, media: Media) -> Media:
    """The clip with the shift that brings it to the table's clock.

    A source runs by that clock itself. So does what was drawn from it, unless a part was cut out
    (`--start`): then its first frame is that of the table.
    """
    begin, end = float(table.numbers("timestamp")[0]), table.end_seconds
    if media.origin == "source" or media.length_seconds is None:
        return media
    tolerance = max(_LEAST_TOLERANCE, _TOLERANCE * (end - begin))
    last = media.start_seconds + media.length_seconds
    covers = media.first_frame_seconds <= begin + tolerance and last >= end - tolerance
    if covers and media.origin == "other":
        _warn_if_longer(table, media, last - end > tolerance)
        return media
    moved = replace(media, shift_seconds=begin - media.first_frame_seconds)
    if last + moved.shift_seconds >= end - tolerance:
        return moved
    raise UsageError(
        f"the clip {media.path} lasts {media.length_seconds:.2f} s and the table {table.path} "
        f"{end - begin:.2f} s: name the clip that the table was made from"
    )
