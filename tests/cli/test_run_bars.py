from __future__ import annotations

from pathlib import Path

import pytest

from vidclf.cli.messages import show
from vidclf.cli.run_bars import FramesEstimate, RunBars
from vidclf.pipeline.job import ClipJob
from vidclf.sources.location import ClipLocation


def test_clips_to_come_are_estimated_by_their_bytes() -> None:
    estimate = FramesEstimate({"a": 100, "b": 300})
    estimate.progressed("a", frames=10, expected_frames=50)
    assert (estimate.done, estimate.total) == (10, 200)


def test_what_a_clip_really_had_corrects_the_estimate() -> None:
    estimate = FramesEstimate({"a": 100, "b": 300})
    estimate.progressed("a", frames=40, expected_frames=50)
    estimate.ended("a")
    assert (estimate.done, estimate.total) == (40, 160)


def test_at_the_end_all_frames_are_done() -> None:
    estimate = FramesEstimate({"a": 100, "b": 300})
    for name, frames in (("a", 40), ("b", 7)):
        estimate.progressed(name, frames=frames, expected_frames=50)
        estimate.ended(name)
    assert (estimate.done, estimate.total) == (47, 47)


def test_a_clip_that_fails_before_its_first_frame_counts_for_nothing() -> None:
    estimate = FramesEstimate({"a": 100, "b": 300})
    estimate.ended("a")
    estimate.progressed("b", frames=1, expected_frames=60)
    assert (estimate.done, estimate.total) == (1, 60)


def test_without_a_length_there_is_no_end_to_tell() -> None:
    estimate = FramesEstimate({"a": 100})
    estimate.progressed("a", frames=1, expected_frames=None)
    assert estimate.total is None


def test_more_frames_than_expected_raise_the_total() -> None:
    estimate = FramesEstimate({"a": 100})
    estimate.progressed("a", frames=60, expected_frames=50)
    assert estimate.total == 60


@pytest.fixture
def jobs(tmp_path: Path) -> list[ClipJob]:
    for name, size in (("a.mp4", 100), ("b.mp4", 300)):
        (tmp_path / name).write_bytes(bytes(size))
    return [
        ClipJob(source=ClipLocation.of(tmp_path / name), name=name, outputs={})
        for name in ("a.mp4", "b.mp4")
    ]


def test_a_bar_for_all_and_a_line_for_each_clip(
    jobs: list[ClipJob], capsys: pytest.CaptureFixture[str]
) -> None:
    with RunBars(shown=True) as bars:
        bars.planned(jobs)
        bars.progressed("a.mp4", frames=10, expected_frames=50)
        bars.progressed("b.mp4", frames=7, expected_frames=None)
        bars.ended("a.mp4")
        with bars.lifted():
            show("a.mp4 is done")
        bars.progressed("b.mp4", frames=8, expected_frames=150)
    output = capsys.readouterr()
    assert output.out == "a.mp4 is done\n"
    for told in ("all clips:", "/200 ", "  a.mp4: 10 of about 50 frames", "  b.mp4: 7 frames"):
        assert told in output.err


def test_one_clip_has_one_bar_with_its_name(
    jobs: list[ClipJob], capsys: pytest.CaptureFixture[str]
) -> None:
    with RunBars(shown=True) as bars:
        bars.planned(jobs[:1])
        bars.progressed("a.mp4", frames=10, expected_frames=50)
        bars.ended("a.mp4")
    shown = capsys.readouterr().err
    assert "a.mp4: " in shown
    assert "all clips" not in shown


def test_no_more_lines_than_a_terminal_bears(
    jobs: list[ClipJob], capsys: pytest.CaptureFixture[str]
) -> None:
    with RunBars(shown=True) as bars:
        bars.planned(jobs)
        for number in range(20):
            bars.progressed(f"clip {number}", frames=1, expected_frames=2)
    shown = capsys.readouterr().err
    assert "clip 7: 1 of" in shown
    assert "clip 8: 1 of" not in shown


def test_nothing_is_shown_where_nobody_looks(
    jobs: list[ClipJob], capsys: pytest.CaptureFixture[str]
) -> None:
    with RunBars(shown=False) as bars:
        bars.planned(jobs)
        bars.progressed("a.mp4", frames=10, expected_frames=50)
        bars.ended("a.mp4")
        with bars.lifted():
            pass
    assert capsys.readouterr() == ("", "")
