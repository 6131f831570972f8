"""Why no frame of a clip lies between --start and --end."""

from __future__ import annotations

from vidclf.core.counting import counted
from vidclf.settings import Position, Settings
from vidclf.sources import Source


def why_empty(source: Source, settings: Settings) -> str:
    """A sentence for a source of which every frame that came was left out."""
    path, start, end = source.info.path, settings.start, settings.end
    if start is not None and not _is_reached(start, source):
        frames = counted(source.report.frames_decoded, "frame")
        return (
            f"{path}: no frame at or after --start {_text(start)}; the clip has {frames} and ends "
            f"at {source.report.end_seconds:.2f} s"
        )
    asked = [("--start", start), ("--end", end)]
    given = " and ".join(f"{flag} {_text(place)}" for flag, place in asked if place is not None)
    where = "between" if start and end else "before" if end else "after"
    return (
        f"{path}: no frame {where} {given}; its first one is at {source.info.start_seconds:.2f} s, "
        f"and it has {float(source.info.frame_rate):.4g} a second"
    )


def _is_reached(start: Position, source: Source) -> bool:
    if start.frame is not None:
        return source.report.frames_decoded > start.frame
    assert start.seconds is not None
    return source.report.end_seconds > start.seconds


def _text(place: Position) -> str:
    return f"{place.frame}f" if place.seconds is None else f"{place.seconds:g} s"
