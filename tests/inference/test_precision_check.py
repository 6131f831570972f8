"""Answers in lower precision are compared with those in float32, on inputs all over a clip."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from helpers.clip_models import describe

from vidclf.core.frames import Pixels, Scores, VideoInfo
from vidclf.errors import PrecisionError
from vidclf.inference.expected_frames import expected_inputs
from vidclf.inference.precision_check import PrecisionCheck
from vidclf.settings import InferenceSettings

SURE, OTHER, NO_NUMBERS = [0.9, 0.1], [0.2, 0.8], [np.nan, np.nan]


class Reference:
    """Answers every input alike; notes the numbers of the inputs that it is asked about."""

    name = "reference"
    reference = None

    def __init__(self, batch_size: int = 4) -> None:
        self.batch_size = batch_size
        self.answer = SURE
        self.asked: list[int] = []

    def scores(self, pixels: Pixels) -> Scores:
        self.asked += pixels.view(np.uint32).ravel().tolist()
        return np.float32([self.answer] * len(pixels))


def begin(reference: Reference, expected_inputs: int | None) -> PrecisionCheck:
    return PrecisionCheck(
        reference,
        info=describe(window=None, input_size=(1, 1), head="softmax", labels=("cat", "dog")),
        clip="clip.mp4",
        precision="bf16",
        thresholds=(0.5, 0.5),
        expected_inputs=expected_inputs,
    )


def show(check: PrecisionCheck, count: int, *, others: set[int] | None = None) -> None:
    """A clip of so many inputs, in batches; some of them are answered otherwise."""
    for first in range(0, count, 8):
        numbers = np.arange(first, min(first + 8, count), dtype=np.uint32)
        scores = [OTHER if number in (others or ()) else SURE for number in numbers]
        check.add(numbers.view(np.uint8).reshape(-1, 1, 1, 4), np.float32(scores))
    check.end()


def test_98_of_100_pass_and_fewer_stop_the_run() -> None:
    check = begin(Reference(), 200)
    show(check, 200, others={0})
    assert (check.agreement.compared, check.agreement.agreeing) == (50, 49)
    assert check.agreement.largest_difference == pytest.approx(0.7)
    words = (
        "in bf16, .* gives the answer of f32 for 48 of 50 frames .* and at least 98 % must agree"
    )
    with pytest.raises(PrecisionError, match=rf"clip\.mp4: {words}: leave --precision bf16 away"):
        show(begin(Reference(), 200), 200, others={0, 196})


def test_a_run_is_stopped_once_fifty_tell() -> None:
    reference = Reference()
    with pytest.raises(PrecisionError, match="50 of 52 frames"):
        show(begin(reference, 5000), 9000, others={0, 100})
    assert len(reference.asked) == 52


@pytest.mark.parametrize("batch_size", [1, 4, 32])
@pytest.mark.parametrize("expected_inputs", [None, 100, 3000, 90_000])
def test_inputs_are_spread_evenly_whatever_the_header_says(
    batch_size: int, expected_inputs: int | None
) -> None:
    reference = Reference(batch_size)
    check = begin(reference, expected_inputs)
    show(check, 3000)
    assert len(reference.asked) <= 3000 / 4
    assert check.agreement.compared <= 100
    assert set(np.diff(reference.asked)) <= {4, 8, 16, 32, 60, 64, 1800}
    if expected_inputs == 3000:
        assert reference.asked == [*range(0, 3000, 60)]


def test_numbers_that_end_in_lower_precision_alone_are_its_fault() -> None:
    reference = Reference()
    pixels, broken = np.zeros((2, 1, 1, 4), np.uint8), np.float32([SURE, NO_NUMBERS])
    with pytest.raises(PrecisionError, match=r"scores that are no numbers \(NaN\), and none in f"):
        begin(reference, None).add(pixels, broken)
    reference.answer = NO_NUMBERS
    begin(reference, None).add(pixels, broken)  # the model's own, of which others tell


@pytest.mark.parametrize(
    ("options", "window", "count"),
    [
        ({}, None, 100),
        ({"stride": 4}, None, 25),
        ({"infer_fps": 5.0}, None, 20),
        ({"infer_fps": 60.0}, None, 100),
        ({"frames": 40}, None, 40),
        ({"frame_step": 2}, 16, 6),
        ({"clip_fps": 5.0, "window_stride": 1}, 16, 20),
    ],
)
def test_inputs_are_expected_by_header_and_settings(
    options: dict[str, object], window: int | None, count: int
) -> None:
    clip = VideoInfo(
        path="clip.mp4", width=4, height=4, time_base=Fraction(1, 25), frame_rate=Fraction(25),
        frame_count=100,
    )  # fmt: skip
    assert expected_inputs(clip, InferenceSettings(**options), window) == count
    assert expected_inputs(replace(clip, frame_count=None), InferenceSettings(), window) is None
