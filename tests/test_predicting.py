"""Which frames are inferred, in what batches, between which places."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from conftest import build_tiny_model
from hypothesis import given
from hypothesis import strategies as st

from vidclf.errors import ModelError
from vidclf.frames import Frame, Prediction, RgbPicture
from vidclf.predicting import batched, cut, due_by
from vidclf.settings import Position, Settings

PICTURE = RgbPicture(np.zeros((2, 2, 3), np.uint8))
PIXELS = np.zeros((2, 2, 3), np.uint8)


def frames(milliseconds: list[int]) -> list[Frame]:
    base = Fraction(1, 1000)
    return [
        Frame(index=i, pts=ms, time_base=base, picture=PICTURE) for i, ms in enumerate(milliseconds)
    ]


@given(count=st.integers(1, 50), stride=st.integers(1, 9), first=st.integers(0, 5))
def test_a_stride_counts_from_the_first_frame_kept(count: int, stride: int, first: int) -> None:
    is_due = due_by(Settings(stride=stride))
    kept = frames([40 * i for i in range(first + count)])[first:]
    assert [is_due(frame) for frame in kept] == [i % stride == 0 for i in range(count)]


@given(
    gaps=st.lists(st.integers(1, 700), max_size=60),
    rate=st.sampled_from([0.5, 1.0, 5.0, 10.0, 24.0]),
)
def test_a_rate_infers_the_first_frame_after_each_tick(gaps: list[int], rate: float) -> None:
    times = [0, *(int(t) for t in np.cumsum(gaps))]
    is_due = due_by(Settings(infer_fps=rate))
    ticks = [int(t * Fraction(rate) / 1000) for t in times]
    expected = [True, *(later > earlier for earlier, later in pairwise(ticks))]
    assert [is_due(frame) for frame in frames(times)] == expected


@given(looked=st.lists(st.booleans(), max_size=120), batch_size=st.integers(1, 40))
def test_batches_keep_order_and_bounds(looked: list[bool], batch_size: int) -> None:
    items = [
        (frame, PIXELS if due else None)
        for frame, due in zip(frames([*range(len(looked))]), looked, strict=True)
    ]
    runs = list(batched(items, batch_size))
    assert [item for run in runs for item in run] == items
    for run in runs:
        assert sum(pixels is not None for _, pixels in run) <= batch_size
        assert 1 <= len(run) <= max(batch_size, 16)


def test_the_end_is_exclusive() -> None:
    kept = cut(frames([0, 40, 80, 120]), start=Position(seconds=0.04), end=Position(seconds=0.12))
    assert [frame.index for frame in kept] == [1, 2]


def test_frames_can_be_named_by_index() -> None:
    kept = cut(frames([0, 40, 80, 120]), start=Position(frame=1), end=Position(frame=3))
    assert [frame.index for frame in kept] == [1, 2]


def test_nothing_is_read_past_the_end() -> None:
    source = iter(frames([0, 40, 80, 120]))
    list(cut(source, start=None, end=Position(frame=2)))
    assert next(source).index == 3  # the one that ended it was read, none after it


@pytest.mark.parametrize("batch_size", [1, 3, 5, 64])
def test_the_table_does_not_depend_on_the_batch(
    clip: Path, tiny_model: Path, batch_size: int
) -> None:
    import vidclf

    reference = vidclf.predict(clip, model=str(tiny_model), batch_size=4)
    table = vidclf.predict(clip, model=str(tiny_model), batch_size=batch_size)
    assert list(table["label"]) == list(reference["label"])
    np.testing.assert_allclose(table["confidence"], reference["confidence"], atol=1e-6)


def test_the_table_does_not_depend_on_the_runtime(clip: Path, tiny_model: Path) -> None:
    import vidclf

    tables = [
        vidclf.predict(clip, model=str(tiny_model), runtime=runtime)
        for runtime in ("openvino", "tensorflow")
    ]
    assert list(tables[0]["label"]) == list(tables[1]["label"])
    np.testing.assert_allclose(tables[0]["confidence"], tables[1]["confidence"], atol=1e-5)


def test_scores_that_are_no_numbers_are_an_error(clip: Path, tmp_path: Path) -> None:
    import vidclf

    model = build_tiny_model()
    model.set_weights([weights * np.nan for weights in model.get_weights()])
    path = tmp_path / "nan.keras"
    model.save(path)
    with pytest.raises(ModelError, match=r"nan gives scores that are no numbers .* from frame 0"):
        vidclf.predict(clip, model=path, runtime="tensorflow")


@given(
    scores=st.lists(st.sampled_from([0.0, 0.1, 0.2, 0.5, 1.0]), min_size=1, max_size=30),
    k=st.integers(1, 40),
)
def test_the_top_answers_are_sorted_and_ties_go_by_class(scores: list[float], k: int) -> None:
    prediction = Prediction(
        index=0,
        pts_seconds=0.0,
        scores=np.array(scores, np.float32),
        raw_class_id=0,
        raw_confidence=0.0,
    )
    expected = sorted(range(len(scores)), key=lambda i: (-scores[i], i))[:k]
    assert [class_id for class_id, _ in prediction.top(k)] == expected
