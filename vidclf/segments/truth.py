"""True segments, as people write them: tables of `start,end,label`, and ELAN's documents."""

from __future__ import annotations

import csv
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager

from vidclf.errors import DataError, UsageError
from vidclf.files.places import Place
from vidclf.segments.elan_truth import elan_segments
from vidclf.segments.true_segment import TrueSegment, checked_segment
from vidclf.settings import Position
from vidclf.table.file_formats import reason, separated_rows

TRUTH_SUFFIXES = (".csv", ".tsv", ".txt", ".eaf")
_COLUMNS = ("start", "end", "label")
_ROW = "write rows of start,end,label, such as 12.5,1:02.5,walk"


def read_truth(
    path: Place,
    *,
    video: str | None = None,
    zero_seconds: float = 0.0,
    known: Collection[str] = (),
) -> list[TrueSegment]:
    """Read the true segments of a clip, in order of start.

    Args:
        path: a `…_segments.csv`; a CSV of `start,end,label` in seconds, `mm:ss` or `h:mm:ss`, with
            or without a header, with commas, semicolons or tabs; or an ELAN document (`.eaf`).
        video: the clip's name; of a CSV whose column `video` names several clips its rows are read.
        zero_seconds: what players show as 0, on the clip's own clock, for ELAN's times; CSVs have
            the clip's own.
        known: labels of the table that is compared, by which names in ELAN are understood.

    Raises:
        DataError: it cannot be read, or a segment in it cannot be; the message names the line.
    """
    if path.suffix.lower() not in TRUTH_SUFFIXES:
        raise DataError(f"{path} is no file of segments: name a .csv or an .eaf of ELAN")
    with _explained(path):
        if path.suffix.lower() == ".eaf":
            segments = elan_segments(path, zero_seconds=zero_seconds, known=known)
        else:
            segments = list(_csv_segments(path, video))
    return sorted(segments, key=lambda segment: segment.start_seconds)


@contextmanager
def _explained(path: Place) -> Iterator[None]:
    """A context in which what fails while a file is read becomes a `DataError`."""
    try:
        yield
    except (OSError, csv.Error) as exc:
        raise DataError(f"cannot read the segments {path} ({reason(exc)})") from exc
    except UnicodeDecodeError as exc:
        raise DataError(f"cannot read the segments {path}: save them in UTF-8") from exc


# --- CSV ---------------------------------------------------------------------------------------


def _csv_segments(path: Place, video: str | None) -> Iterator[TrueSegment]:
    """The rows of a clip."""
    separator, rows = separated_rows(path)
    if not rows:
        raise DataError(f"{path} is empty: {_ROW}")
    places = _places(path, rows[0][1])
    if places is None:
        places = {name: place for place, name in enumerate(_COLUMNS)}
    else:
        rows = rows[1:]
    for line, cells in _of_clip(path, rows, places, video):
        yield _segment(f"{path}, line {line}", cells, places, has_commas=separator != ",")


def _places(path: Place, head: Sequence[str]) -> dict[str, int] | None:
    """Column → its place, as the header tells; None where the first row is a segment already."""
    places = {name.strip().lower(): place for place, name in reversed(list(enumerate(head)))}
    if all(name in places for name in _COLUMNS):
        return places
    if len(head) >= len(_COLUMNS) and seconds_of(head[0]) is not None:
        return None
    lacking = next(name for name in _COLUMNS if name not in places)
    raise DataError(f"{path} has no column {lacking!r}: {_ROW}")


def _of_clip(
    path: Place,
    rows: Sequence[tuple[int, list[str]]],
    places: Mapping[str, int],
    video: str | None,
) -> Sequence[tuple[int, list[str]]]:
    """The rows of one clip; all of them where a file tells of one clip only."""
    if video is None or "video" not in places:
        return rows
    named = {line: cells[places["video"]] for line, cells in rows if len(cells) > places["video"]}
    videos = sorted(set(named.values()))
    if len(videos) < 2:
        return rows
    if video not in videos:
        raise DataError(f"{path} has no row of {video!r} in its column video, only of {videos}")
    return [(line, cells) for line, cells in rows if named.get(line) == video]


def _segment(
    origin: str, cells: Sequence[str], places: Mapping[str, int], *, has_commas: bool
) -> TrueSegment:
    """The segment of a row, in which decimals may have commas where these separate no cells."""
    wanted = [places[name] for name in _COLUMNS]
    if len(cells) <= max(wanted):
        raise DataError(f"{origin}: {len(cells)} cells; {_ROW}")
    start, end, label = (cells[place] for place in wanted)
    if has_commas:
        start, end = (cell.replace(",", ".") for cell in (start, end))
    place = places.get("video", len(cells))
    video = cells[place].strip() if place < len(cells) else ""
    return checked_segment(
        label,
        _time(start, "start", origin),
        _time(end, "end", origin),
        origin,
        video=video or None,
    )


def _time(cell: str, column: str, origin: str) -> float:
    seconds = seconds_of(cell)
    if seconds is None:
        remedy = "; write decimals with a point" if seconds_of(cell.replace(",", ".")) else ""
        raise DataError(
            f"{origin}: {column} is {cell!r}, no time such as 12.5 (seconds) or 1:02.5" + remedy
        )
    return seconds


def seconds_of(cell: str) -> float | None:
    """Seconds, as a number or on a clock; below 0, too, as a clip's own clock may begin there."""
    text = cell.strip()
    try:
        seconds = Position.parse(text.removeprefix("-")).seconds
    except UsageError:
        return None
    if seconds is None or not math.isfinite(seconds):
        return None
    return -seconds if text.startswith("-") else seconds
