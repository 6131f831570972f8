"""What is said where no frame lies between --start and --end."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.clips import ClipSpec, make_clip

from vidclf.inference.sampling import frames_between
from vidclf.pipeline.empty_range import why_empty
from vidclf.settings import Position, Settings
from vidclf.sources import open_source


@pytest.fixture(scope="module")
def late_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """24 frames from 10 s to 11 s."""
    path = tmp_path_factory.mktemp("clip") / "late.mkv"
    return make_clip(path, ClipSpec(pts=range(240, 264)))


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        ("12", None, "at or after --start 12 s; the clip has 24 frames and ends at 11.00 s"),
        ("1:00", "2:00", "at or after --start 60 s; the clip has 24 frames and ends at 11.00 s"),
        ("24f", None, "at or after --start 24f; the clip has 24 frames and ends at 11.00 s"),
        (None, "9.5", "before --end 9.5 s; its first one is at 10.00 s, and it has 24 a second"),
        ("10.01", "10.02", "between --start 10.01 s and --end 10.02 s; its first one is at 10.00"),
        ("10.99", None, "after --start 10.99 s; its first one is at 10.00 s, and it has 24 a se"),
    ],
)
def test_it_says_where_the_frames_are(
    late_clip: Path, start: str | None, end: str | None, told: str
) -> None:
    settings = Settings(
        start=Position.parse(start) if start else None, end=Position.parse(end) if end else None
    )
    with open_source(late_clip) as source:
        kept = frames_between(source.frames(), start=settings.start, end=settings.end)
        assert not list(kept)
        assert why_empty(source, settings).startswith(f"{late_clip}: no frame {told}")
