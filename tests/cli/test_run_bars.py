from __future__ import annotations

from vidclf.cli.run_bars import FramesEstimate


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
