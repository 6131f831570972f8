"""Small pictures of cases: of stills and of frames of clips, within limits."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from vidclf.core.run_warnings import get_logger
from vidclf.errors import VidclfError
from vidclf.evaluation.results import Case
from vidclf.files.places import Place
from vidclf.sources.thumbnails import still_thumbnail, stills

logger = get_logger(__name__)

MOST_PICTURES = 200
_MOST_BYTES = 1_600_000
_MOST_SECONDS = 20.0


def pictures_of(cases: Sequence[Case], wanted: Sequence[int]) -> dict[int, str]:
    """WebP pictures, base64, of at most 160x120 pixels: case → picture.

    Cases whose file is not there, or whose time is up, are left out.

    Args:
        cases: all of them.
        wanted: places of those to be shown, the most important first.
    """
    chosen = list(wanted[:MOST_PICTURES])
    deadline = time.monotonic() + _MOST_SECONDS
    by_clip: dict[Place, list[int]] = defaultdict(list)
    for place in chosen:
        by_clip[cases[place].path].append(place)
    pictures: dict[int, str] = {}
    room = _MOST_BYTES
    for path, places in by_clip.items():
        left = deadline - time.monotonic()
        if left <= 0 or room <= 0:
            break
        if not isinstance(path, Path) or not path.is_file():
            continue
        made = _of_file(path, cases, places, most_bytes=room, most_seconds=left)
        room -= sum(map(len, made.values()))
        pictures |= made
    return pictures


def _of_file(
    path: Path,
    cases: Sequence[Case],
    places: Sequence[int],
    *,
    most_bytes: int,
    most_seconds: float,
) -> dict[int, str]:
    if cases[places[0]].timestamp is not None:
        seconds = [cases[place].timestamp or 0.0 for place in places]
        made = stills(path, seconds, most_bytes=most_bytes, most_seconds=most_seconds)
        return {places[number]: picture for number, picture in made.items()}
    try:
        picture = still_thumbnail(path)
    except VidclfError as exc:
        logger.warning("%s: no thumbnail could be made (%s)", path, exc)
        return {}
    return dict.fromkeys(places, picture)
