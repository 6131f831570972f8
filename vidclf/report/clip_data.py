"""Each clip of a page: what its table says, how it is played, and small pictures of it."""

from __future__ import annotations

import base64
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vidclf.errors import SourceError, UsageError
from vidclf.files.places import Place
from vidclf.overlay.label_colors import LabelColors
from vidclf.pages.compact_numbers import TICKS_PER_SECOND
from vidclf.pages.links import relative_link
from vidclf.report.playback import Media, media_of, source_of, warn_if_unplayable
from vidclf.report.table_data import table_data
from vidclf.segments.finder import Segment, SegmentRules
from vidclf.segments.from_table import segments_of
from vidclf.sources.clip_file import whole_file
from vidclf.sources.location import ClipLocation
from vidclf.sources.thumbnails import stills
from vidclf.table.table import Table

_MOST_NUMBERS = 160_000
_STILL_BYTES = 1_500_000
_FEWEST_STILL_BYTES = 6_000
_STILL_SECONDS = 20.0
_STILLS_OF_ALL_SECONDS = 60.0
_MOST_STILLS = 600
_MOST_EMBEDDED_BYTES = 256 * 2**20


class ClipMaker:
    """Makes the data of one clip after the other, each within its part of what a page may hold.

    Args:
        folder: where the page will lie.
        embed: whether the page holds the clips.
        clips: how many there will be.
    """

    def __init__(self, *, folder: Place, embed: bool, clips: int) -> None:
        self._folder = folder
        self._embed = embed
        self._share = 1 / clips
        self._deadline = time.monotonic() + _STILLS_OF_ALL_SECONDS
        self.blocks: dict[str, str] = {}
        """Name → base64 of each embedded clip."""

    def make(
        self,
        table: Table,
        clip: Place | None,
        rules: SegmentRules | None = None,
        *,
        colors: LabelColors,
    ) -> dict[str, Any]:
        """The data of one clip, its labels in the page's colours.

        Raises:
            SourceError: the clip cannot be read.
            UsageError: the clip does not fit the table, or is too large to be embedded.
        """
        segments = [] if table.kind == "values" else segments_of(table, rules)
        most_numbers = int(_MOST_NUMBERS * self._share)
        data = table_data(table, segments, colors=colors, most_numbers=most_numbers)
        media = media_of(table, clip)
        self.add_media(data, media)
        self.add_stills(data, table, segments, media)
        return data

    def add_media(self, data: dict[str, Any], media: Media | None) -> None:
        """Add how the clip is played."""
        if media is None:
            return
        warn_if_unplayable(media)
        data["media"] = {
            "name": media.path.name,
            "type": media.kind,
            "codec": media.codec,
            "playedBy": media.played_by,
            "isDrawn": media.origin == "annotated",
            "shift": media.shift_seconds,
            "start": media.start_seconds,
            "length": media.length_seconds,
            **self._place(media.path),
        }

    def _place(self, place: Place) -> dict[str, str]:
        if not self._embed:
            return {"src": _link(place, self._folder)}
        with whole_file(ClipLocation.of(place)) as path:
            return self._embedded(path, place)

    def _embedded(self, path: Path, place: Place) -> dict[str, str]:
        if (size := path.stat().st_size) > _MOST_EMBEDDED_BYTES:
            raise UsageError(
                f"--embed: {place} has {size / 1e6:.0f} MB, and a page holds "
                f"{_MOST_EMBEDDED_BYTES / 1e6:.0f} MB at most: leave --embed out, the page then "
                "plays the clip from where it lies"
            )
        name = f"clip-{len(self.blocks)}"
        try:
            self.blocks[name] = base64.b64encode(path.read_bytes()).decode("ascii")
        except OSError as exc:
            raise SourceError(f"{place}: cannot be read ({exc.strerror})") from exc
        return {"block": name}

    def add_stills(
        self,
        data: dict[str, Any],
        table: Table,
        segments: Sequence[Segment],
        media: Media | None,
        *,
        first: int = 0,
    ) -> None:
        """Add pictures of moments, and of segments that the page numbers from `first` on."""
        clip: Place | None = source_of(table)
        shift = 0.0
        if clip is None and media is not None:
            clip, shift = media.path, media.shift_seconds
        most_bytes = int(_STILL_BYTES * self._share)
        most_seconds = min(_STILL_SECONDS, self._deadline - time.monotonic())
        if clip is None or most_bytes < _FEWEST_STILL_BYTES or most_seconds <= 0:
            return
        moments = [moment["time"] / TICKS_PER_SECOND for moment in data["doubts"]]
        wanted = _wanted(segments, moments) or [(-1, (data["start"] + data["end"]) / 2)]
        taken = stills(
            clip,
            [seconds - shift for _, seconds in wanted],
            most_bytes=most_bytes,
            most_seconds=most_seconds,
        )
        pictures = {wanted[place][0]: picture for place, picture in taken.items()}
        data["stills"] = {
            str(first + number): pictures[number]
            for number in sorted(pictures)
            if number < len(segments)
        }
        for place, moment in enumerate(data["doubts"]):
            if picture := pictures.get(len(segments) + place):
                moment["still"] = picture


def _link(place: Place, folder: Place) -> str:
    """How a page in a folder names a clip.

    Raises:
        UsageError: browsers cannot play what lies there, or not without a secret.
    """
    if isinstance(place, Path):
        return relative_link(place, folder)
    if place.is_web and place.address == str(place):
        return place.address
    why = "needs a login, which no page may hold" if place.is_web else "is no address of the web"
    raise UsageError(f"{place} {why}: --embed puts the clip into the page")


def _wanted(segments: Sequence[Segment], moments: Sequence[float]) -> list[tuple[int, float]]:
    """What to show first: (number, seconds), the middle of segments, and moments after them.

    The longest segment of each label, the moments, then all others by length. Moments are
    numbered on from the segments.
    """
    by_length = sorted(range(len(segments)), key=lambda i: -segments[i].seconds)
    first: dict[str, int] = {}
    for number in by_length:
        first.setdefault(segments[number].label, number)
    chosen = set(first.values())
    order = [
        *list(first.values())[: _MOST_STILLS // 3],
        *range(len(segments), len(segments) + len(moments)),
        *(number for number in by_length if number not in chosen),
    ]
    middles = {n: (s.start_seconds + s.end_seconds) / 2 for n, s in enumerate(segments)}
    middles |= {len(segments) + place: seconds for place, seconds in enumerate(moments)}
    return [(number, middles[number]) for number in order[:_MOST_STILLS]]
