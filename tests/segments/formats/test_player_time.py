"""The clip's own clock, and the one that players show."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import pytest
from helpers.clips import ClipSpec, make_clip
from hypothesis import given
from hypothesis import strategies as st

from vidclf.segments.formats.player_time import clock_text, player_zero, rising_milliseconds
from vidclf.table.table import open_table


@given(st.lists(st.floats(0, 1e5), min_size=1), st.sampled_from([1.0, 1e-3, 1e-6]))
def test_later_times_get_later_milliseconds(times: list[float], scale: float) -> None:
    clock = rising_milliseconds([time * scale for time in times], 0.0)
    assert all(before < after for before, after in pairwise(clock.values()))
    assert all(isinstance(value, int) and value >= 0 for value in clock.values())


@given(st.lists(st.integers(0, 10**8), min_size=1, unique=True))
def test_times_a_millisecond_apart_are_right_to_half_of_one(times: list[int]) -> None:
    for time, value in rising_milliseconds([t * 1.001e-3 for t in times], 0.0).items():
        assert abs(value - time * 1000) <= 0.5 + 1e-6


def test_clocks_go_on_after_a_day() -> None:
    assert clock_text(3_723_004, ",") == "01:02:03,004"
    assert clock_text(100 * 3_600_000, ".") == "100:00:00.000"


def stored(path: Path, content: str) -> Path:
    path.write_text(content, encoding="utf-8", newline="")
    return path


def table(folder: Path, video: str, first: float, manifest: dict | None = None) -> Path:
    rows = [f"{video},{i},{first + i / 10},cat,0.5" for i in range(3)]
    text = "\n".join(["video,frame,timestamp,label,confidence", *rows]) + "\n"
    if manifest is not None:
        stored(folder / "a_manifest.json", json.dumps(manifest))
    return stored(folder / "a_predictions.csv", text)


def zero_of(path: Path) -> float:
    return player_zero(open_table(path))


@pytest.mark.parametrize("video", ["a.mp4", "a.webm", "a.mkv", "a.MOV", "frames"])
def test_a_timeline_from_0_is_the_player_s(tmp_path: Path, video: str) -> None:
    assert zero_of(table(tmp_path, video, 1.4)) == 0.0


def test_times_before_0_begin_at_0(tmp_path: Path) -> None:
    assert zero_of(table(tmp_path, "a.mp4", -0.25)) == -0.25


def test_an_mpeg_stream_begins_where_its_clip_does(tmp_path: Path) -> None:
    pts = [900_000 + n * 3600 for n in range(10)]
    clip = make_clip(tmp_path / "a.ts", ClipSpec(pts=pts, time_base=Fraction(1, 90_000)))
    with av.open(str(clip)) as container:
        start = container.start_time / 1e6
    assert start > 9
    path = table(tmp_path, "a.ts", start + 0.5, {"source": str(clip)})
    assert zero_of(path) == pytest.approx(start)


def test_without_the_clip_its_start_is_told_by_the_manifest_or_the_first_row(
    tmp_path: Path,
) -> None:
    assert zero_of(table(tmp_path, "a.MTS", 9.5, {"clip": {"start_seconds": 9.25}})) == 9.25
    assert zero_of(table(tmp_path, "a.mpg", 9.5, {"clip": None})) == 9.5
