"""Chapters for a video's description on YouTube.

YouTube's rules ("Video Chapters" in its help): the first begins at 0:00, there are at least three,
in order, each at least 10 seconds long; or none of them is shown. A description must not hold angle
brackets.
"""

from __future__ import annotations

from vidclf.core.run_warnings import get_logger
from vidclf.segments.export import SegmentExport
from vidclf.segments.formats.cues import Cue, cues_of

logger = get_logger(__name__)

_LEAST_MILLISECONDS = 10_000
_LEAST_SECONDS = _LEAST_MILLISECONDS // 1000
_LEAST_CHAPTERS = 3
_BEGINNING = "Beginning"
_NO_BRACKETS = str.maketrans("<>", "‹›")


def chapters_text(export: SegmentExport) -> str:
    """One line for each chapter: `0:00 dog`.

    What lasts less than 10 seconds is left out: the chapter before goes on. What begins in the
    first 10 seconds begins at 0:00; otherwise a chapter "Beginning" does.
    """
    cues = cues_of(export)
    kept = [cue for cue in cues if cue.end - cue.start >= _LEAST_MILLISECONDS]
    chapters = _chapters(kept)
    if short := len(cues) - len(kept):
        logger.warning(
            "%s: %d of %d stretches last less than 10 s and are no chapters of their own",
            *(export.video, short, len(cues)),
        )
    if len(chapters) < _LEAST_CHAPTERS:
        logger.warning(
            "%s: there are %d chapters, and YouTube shows none below three; --merge-gap joins "
            "short segments",
            *(export.video, len(chapters)),
        )
    return "".join(f"{_time_text(start)} {title}\n" for start, title in chapters)


def _chapters(cues: list[Cue]) -> list[tuple[int, str]]:
    """(whole seconds, title), of which no two titles in a row are the same."""
    chapters: list[tuple[int, str]] = []
    for cue in cues:
        start, title = cue.start // 1000, ", ".join(cue.labels).translate(_NO_BRACKETS)
        if not chapters:
            chapters.append((0, title if start < _LEAST_SECONDS else _BEGINNING))
        if chapters[-1][1] != title:
            chapters.append((start, title))
    return chapters


def _time_text(seconds: int) -> str:
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
