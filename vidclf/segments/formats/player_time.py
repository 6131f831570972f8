"""The clip's own clock, and the one that players show."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from vidclf.errors import SourceError

if TYPE_CHECKING:
    from vidclf.table.table import Table

_STREAMS = {
    *(".ts", ".mts", ".m2ts", ".m2t", ".tp", ".trp", ".tod"),
    *(".mpg", ".mpeg", ".m2p", ".vob", ".mod"),
}
"""Names of MPEG transport and program streams: their clock began long before the recording."""


def player_zero(table: Table) -> float:
    """What players show as 0, in seconds on the clip's own clock.

    MP4, MOV, Matroska, WebM and AVI have a timeline that begins at 0, and a clip whose first frame
    stands at 1.4 s is played so (Chromium shows that frame at 1.4). MPEG streams carry a clock that
    may say any time, and players count from the stream's beginning: that is its container's start,
    or, without the clip, its video's. Times before 0 begin at 0, as in annotated videos.
    """
    first = float(table.numbers("timestamp")[0])
    if Path(table.video).suffix.lower() not in _STREAMS:
        return min(0.0, first)
    start = _container_start(table.clip) if table.clip else table.manifest.clip.start_seconds
    return first if start is None else min(start, first)


def rising_milliseconds(times: Iterable[float], zero_seconds: float) -> dict[float, int]:
    """Each time in whole milliseconds after the zero; later times get higher ones, always.

    Times that round to the same millisecond are put one apart: no cue is empty, none overlap.
    """
    rounded: dict[float, int] = {}
    last = -1
    for time in sorted(set(times)):
        last = max(round((time - zero_seconds) * 1000), last + 1)
        rounded[time] = last
    return rounded


def clock_text(milliseconds: int, mark: str) -> str:
    """Hours, minutes, seconds, milliseconds: `01:02:03,004` with a comma for a mark."""
    seconds, thousandths = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{mark}{thousandths:03}"


def _container_start(clip: Path) -> float | None:
    import av

    from vidclf.core.ffmpeg import open_media

    with suppress(av.FFmpegError, OSError, SourceError), open_media(clip) as container:
        if container.start_time is not None:
            return float(container.start_time / 1_000_000)
    return None
