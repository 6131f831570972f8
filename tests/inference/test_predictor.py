"""Which frames are inferred, in what batches, between which places."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.clip_models import describe, windows_of
from helpers.tiny_model import build_tiny_model
from hypothesis import given
from hypothesis import strategies as st

from vidclf.core.frames import Frame, Pixels, Prediction, RgbPicture, Scores, VideoInfo
from vidclf.core.stopwatch import Stopwatch
from vidclf.errors import ModelError, UsageError
from vidclf.inference.engine import Engine
from vidclf.inference.predictor import Predictor, batched, check_scores
from vidclf.inference.runtimes.base import Probe, Runtime
from vidclf.inference.sampling import check_fits, frame_selector, frames_between
from vidclf.models import Model
from vidclf.models.network import KerasNetwork
from vidclf.settings import InferenceSettings, Position
from vidclf.sources import ClipLocation, Source

PICTURE = RgbPicture(np.zeros((2, 2, 3), np.uint8))
PIXELS = np.zeros((2, 2, 3), np.uint8)


def frames(milliseconds: list[int]) -> list[Frame]:
    base = Fraction(1, 1000)
    return [
        Frame(index=i, pts=ms, time_base=base, picture=PICTURE) for i, ms in enumerate(milliseconds)
    ]


@given(count=st.integers(1, 50), stride=st.integers(1, 9), first=st.integers(0, 5))
def test_a_stride_counts_from_the_first_frame_kept(count: int, stride: int, first: int) -> None:
    is_sampled = frame_selector(InferenceSettings(stride=stride))
    kept = frames([40 * i for i in range(first + count)])[first:]
    assert [is_sampled(frame) for frame in kept] == [i % stride == 0 for i in range(count)]


@given(
    gaps=st.lists(st.integers(1, 700), max_size=60),
    rate=st.sampled_from([0.5, 1.0, 5.0, 10.0, 24.0]),
)
def test_a_rate_infers_the_first_frame_after_each_tick(gaps: list[int], rate: float) -> None:
    times = [0, *(int(t) for t in np.cumsum(gaps))]
    is_sampled = frame_selector(InferenceSettings(infer_fps=rate))
    ticks = [int(t * Fraction(rate) / 1000) for t in times]
    expected = [True, *(later > earlier for earlier, later in pairwise(ticks))]
    assert [is_sampled(frame) for frame in frames(times)] == expected


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
    kept = frames_between(
        frames([0, 40, 80, 120]), start=Position(seconds=0.04), end=Position(seconds=0.12)
    )
    assert [frame.index for frame in kept] == [1, 2]


def test_frames_can_be_named_by_index() -> None:
    kept = frames_between(frames([0, 40, 80, 120]), start=Position(frame=1), end=Position(frame=3))
    assert [frame.index for frame in kept] == [1, 2]


def test_nothing_is_read_past_the_end() -> None:
    source = iter(frames([0, 40, 80, 120]))
    list(frames_between(source, start=None, end=Position(frame=2)))
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
    words = re.escape(f"{path} gives scores that are no numbers (NaN) from frame 0")
    with pytest.raises(ModelError, match=words):
        vidclf.predict(clip, model=path, runtime="tensorflow")


class Sums:
    """A runtime whose scores are the mean number of a window's frames, and of its first half."""

    name = "sums"
    batch_size = 12

    def __init__(self) -> None:
        self.shapes: list[tuple[int, ...]] = []

    def scores(self, pixels: Pixels) -> Scores:
        self.shapes.append(pixels.shape)
        numbers = np.float32(pixels[..., 0, 0, 0])
        half = numbers[:, : (numbers.shape[1] + 1) // 2]
        return np.stack([numbers.mean(axis=1), half.mean(axis=1)], axis=1)


class FakeEngine(Engine):
    """An engine on `Sums` that shows the model frames as they are."""

    def __init__(
        self, settings: InferenceSettings, window: int | None, fixed_batch: int | None
    ) -> None:
        info = describe(window=window, input_size=(1, 1), fixed_batch=fixed_batch)
        super().__init__(Model(info=info, load=lambda: KerasNetwork(None)), settings)
        self.sums = Sums()

    def runtime(self, probe: Probe, *, clip: str) -> Runtime:
        return self.sums


class Frames:
    """A source of one-pixel frames at given milliseconds, each of its number's brightness."""

    def __init__(self, milliseconds: list[int]) -> None:
        base = Fraction(1, 1000)
        self.location = ClipLocation.of("x")
        self.info = VideoInfo(path="x", width=1, height=1, time_base=base, frame_rate=Fraction(25))
        self._times = milliseconds

    def frames(self) -> Iterator[Frame]:
        for i, ms in enumerate(self._times):
            picture = RgbPicture(np.full((1, 1, 3), i, np.uint8))
            yield Frame(index=i, pts=ms, time_base=self.info.time_base, picture=picture)


def predict_frames(
    milliseconds: list[int],
    settings: InferenceSettings,
    window: int,
    fixed_batch: int | None = None,
) -> tuple[list[Prediction], FakeEngine]:
    engine = FakeEngine(settings, window, fixed_batch)
    source: Source = Frames(milliseconds)  # type: ignore[assignment]
    predictor = Predictor(source, engine=engine, settings=settings, watch=Stopwatch())
    return [prediction for _, prediction in predictor.predictions()], engine


@pytest.mark.parametrize(
    ("size", "fixed_batch", "lengths"),
    [((2560, 1440), None, [12, 12, 1]), ((3840, 2160), None, [6] * 4 + [1]),
     ((3840, 2160), 12, [12, 12, 1])],
)  # fmt: skip
def test_of_large_pictures_half_a_batch_is_held(
    size: tuple[int, int], fixed_batch: int | None, lengths: list[int]
) -> None:
    class Lengths(Sums):
        def scores(self, pixels: Pixels) -> Scores:
            self.shapes.append(pixels.shape)
            return np.zeros((len(pixels), 2), np.float32)

    settings = InferenceSettings(smooth=0)
    engine = FakeEngine(settings, None, fixed_batch)
    engine.sums = Lengths()
    source: Any = Frames([40 * i for i in range(25)])
    source.info = replace(source.info, width=size[0], height=size[1])
    list(Predictor(source, engine=engine, settings=settings, watch=Stopwatch()).predictions())
    assert [shape[0] for shape in engine.sums.shapes] == lengths


@given(
    gaps=st.lists(st.integers(1, 300), max_size=70),
    window=st.integers(1, 8),
    stride=st.integers(1, 10),
    sampling=st.sampled_from(
        [{}, {"frame_step": 2}, {"frame_step": 7}, {"clip_fps": 3.0}, {"clip_fps": 12.5}]
    ),
    batch_size=st.integers(1, 5),
)
def test_every_frame_has_the_answer_of_its_windows(
    gaps: list[int], window: int, stride: int, sampling: dict[str, Any], batch_size: int
) -> None:
    times = [0, *(int(t) for t in np.cumsum(gaps))]
    settings = InferenceSettings(smooth=0, window_stride=stride, batch_size=batch_size, **sampling)
    predictions, _ = predict_frames(times, settings, window)
    step, rate = sampling.get("frame_step", 1), sampling.get("clip_fps")
    ticks = [int(t * Fraction(rate or 1) / 1000) for t in times]
    samples = [
        i for i, tick in enumerate(ticks)
        if (i % step == 0 if rate is None else i == 0 or tick > ticks[i - 1])
    ]  # fmt: skip
    windows = [[samples[k] for k in w] for w in windows_of(len(samples), window, stride)]
    assert [p.index for p in predictions] == [*range(len(times))]
    latest: list[float] = []
    for prediction in predictions:
        i = prediction.index
        over = [[np.mean(w), np.mean(w[: (window + 1) // 2])] for w in windows if i in w]
        assert prediction.inferred == bool(i in samples and over)
        latest = np.mean(over, axis=0).tolist() if prediction.inferred else latest
        np.testing.assert_allclose(prediction.scores, latest, rtol=1e-5)


@pytest.mark.parametrize(("window", "at_once"), [(1, 12), (4, 3), (7, 1), (12, 1), (30, 1)])
def test_a_batch_of_windows_holds_about_as_many_frames_as_one_of_frames(
    window: int, at_once: int
) -> None:
    _, engine = predict_frames([40 * i for i in range(200)], InferenceSettings(), window)
    assert engine.sums.shapes[0] == (at_once, window, 1, 1, 3)


def test_a_model_of_one_batch_length_gets_as_many_windows() -> None:
    _, engine = predict_frames([40 * i for i in range(200)], InferenceSettings(), 7, fixed_batch=5)
    assert engine.sums.shapes[0] == (5, 7, 1, 1, 3)


def test_windows_overlap_by_half_unless_told_otherwise() -> None:
    times = [40 * i for i in range(64)]
    for window, stride in ((1, 1), (5, 2), (16, 8)):
        usual, _ = predict_frames(times, InferenceSettings(), window)
        told, _ = predict_frames(times, InferenceSettings(window_stride=stride), window)
        assert [p.scores.tolist() for p in usual] == [p.scores.tolist() for p in told]


def test_window_scores_that_are_no_numbers_are_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nan = np.float32([[np.nan]])
    monkeypatch.setattr(Sums, "scores", lambda self, pixels: nan.repeat(len(pixels), 0))
    with pytest.raises(
        ModelError, match=r"clips\.keras gives scores that are no numbers .* frame 0 on"
    ):
        predict_frames([0, 40, 80], InferenceSettings(batch_size=1), 2)


@pytest.mark.parametrize(
    ("options", "said"), [({"stride": 3}, "--stride 3"), ({"infer_fps": 2.5}, "--infer-fps 2.5")]
)
def test_what_is_for_single_frames_is_refused_for_clip_models(
    options: dict[str, Any], said: str
) -> None:
    remedy = "clips takes 6 at once: give --window-stride, --frame-step or --clip-fps"
    with pytest.raises(UsageError, match=f"{said} is for models of single frames, and {remedy}"):
        check_fits(InferenceSettings(**options), describe())
    check_fits(InferenceSettings(**options), describe(window=None))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"window_size": 8}, "--window-size 8"),
        ({"window_stride": 1}, "--window-stride 1"),
        ({"frame_step": 2}, "--frame-step 2"),
        ({"clip_fps": 12.5}, "--clip-fps 12.5"),
    ],
)
def test_what_is_for_clip_models_is_refused_for_single_frames(
    options: dict[str, Any], said: str
) -> None:
    settings = InferenceSettings(**options)
    with pytest.raises(UsageError, match=f"{said} is for clip models, and clips takes single"):
        Engine(
            Model(info=describe(window=None), load=lambda: KerasNetwork(None)), settings
        )  # before anything is opened
    check_fits(settings, describe())


@given(
    scores=st.lists(st.sampled_from([0.0, 0.1, 0.2, 0.5, 1.0]), min_size=1, max_size=30),
    k=st.integers(1, 40),
)
def test_the_top_answers_are_sorted_and_ties_go_by_class(scores: list[float], k: int) -> None:
    prediction = Prediction(
        index=0,
        pts_seconds=0.0,
        scores=np.array(scores, np.float32),
        raw=np.float32([0]),
    )
    expected = sorted(range(len(scores)), key=lambda i: (-scores[i], i))[:k]
    assert [class_id for class_id, _ in prediction.top(k)] == expected


@pytest.mark.parametrize("head", ["softmax", "sigmoid", "binary"])
def test_scores_that_are_none_are_refused(head: str) -> None:
    values = np.float32([[0.2, 63.9, -2.0]])
    first = "frame 0"
    with pytest.raises(ModelError, match=rf"gives -2 to 63.9 on frame 0, .* no scores of a {head}"):
        check_scores(values, describe(head=head), first)
    check_scores(values, describe(head="regression"), first)
    check_scores(np.float32([[0.0, 1.004]]), describe(head=head), first)  # a quantised model
