"""The clip as it is, with its labels as subtitles."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from pathlib import Path

from vidclf.core.run_warnings import get_logger
from vidclf.errors import UsageError
from vidclf.files.names import SUBTITLED, output_path
from vidclf.files.places import Place
from vidclf.files.staging import Staging
from vidclf.render.match_clip import MatchedFrames
from vidclf.segments.export import SegmentExport
from vidclf.segments.finder import Segment
from vidclf.segments.formats.cues import cues_of
from vidclf.sinks.subtitle_copy import SUBTITLED_KINDS, Cue, subtitled_suffix, write_subtitled
from vidclf.sources import ClipLocation, open_source
from vidclf.sources.clip_file import whole_file
from vidclf.sources.suffixes import is_image_name
from vidclf.table.certainty import Spans, uncertain_spans
from vidclf.table.table import Table

logger = get_logger(__name__)

_TITLE = "Labels"
_ROUNDING_DOWN_SECONDS = 0.0004999
"""Taken off each time, so that a cue is there when its first frame is shown and not just after."""


def subtitled_copy(
    table: Table,
    clip: ClipLocation,
    *,
    segments: Sequence[Segment],
    hidden: Collection[str],
    threshold: float | None,
    output: str | os.PathLike[str] | None,
    staging: Staging,
) -> Place:
    """Write `<stem>_subtitled` in the clip's own kind of container; its path.

    Where the manifest does not tell that this is the clip, its frames are decoded once, to be
    compared with the table.

    Raises:
        UsageError: the clip is no video file, or the output is of another kind.
        SourceError: the clip is another one, or cannot be read.
        OutputError: the file cannot be written.
    """
    path = output_path(
        table.stem,
        output,
        ending=SUBTITLED + subtitled_suffix(Path(clip.name)),
        kinds=SUBTITLED_KINDS,
        inputs=(table.path, *clip.files),
    )
    temporary = staging.add(path)
    is_file = clip.kind == "url" or clip.path.is_file()
    if not is_file or is_image_name(clip.name):
        raise UsageError(f"{clip} is no video file, and only such a file can carry subtitles")
    known = table.manifest.clip_digest
    if known is None or known != clip.digest():
        _check_fits(table, clip)
    shown = [segment for segment in segments if segment.label not in hidden]
    if not shown:
        logger.warning("no label of %s is left to show: the subtitles are empty", table.path)
    cues = _cues(table, shown, uncertain_spans(table, threshold))
    with whole_file(clip) as file:
        write_subtitled(temporary, file, cues, title=_TITLE)
    return path


def _cues(table: Table, segments: Sequence[Segment], uncertain: Spans) -> list[Cue]:
    """The segments' cues on the clip's own clock."""
    export = SegmentExport(
        video=table.video,
        segments=segments,
        uncertain=uncertain.tolist(),
        zero_seconds=_ROUNDING_DOWN_SECONDS,
    )
    return [
        Cue(start=cue.start, end=cue.end, text="\n".join(cue.labels))
        for cue in cues_of(export, is_marked=True)
    ]


def _check_fits(table: Table, clip: ClipLocation) -> None:
    with open_source(clip) as source:
        matched = MatchedFrames(source, table)
        for _ in matched:
            pass
        matched.warn()
