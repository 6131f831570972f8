"""Frames → batches or windows → scores → smoothed predictions, lazily and in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing

import numpy as np

from vidclf.core.frames import LARGE_PIXELS, Frame, FrameBatch, Pixels, Prediction, Scores
from vidclf.core.prefetch import prefetch
from vidclf.core.stopwatch import Stopwatch
from vidclf.core.thresholds import label_thresholds
from vidclf.errors import ModelError
from vidclf.inference.engine import Engine
from vidclf.inference.expected_frames import expected_inputs
from vidclf.inference.precision_check import PrecisionCheck
from vidclf.inference.probe import ProbedStream, SampledFrame
from vidclf.inference.runtimes.base import Runtime
from vidclf.inference.sampling import frame_selector, frames_between, window_rule
from vidclf.inference.smoothing import ScoredFrame, smooth
from vidclf.inference.windows import windowed
from vidclf.models.info import ModelInfo
from vidclf.settings import InferenceSettings
from vidclf.sources import Source

MOST_WAITING_BYTES = 10 * 2**20
"""How much may wait between two stages of the line."""
MOST_LIVE_WAITING = 4
"""How many frames of a live input may: they are to be shown soon."""
_SLACK = 0.01
"""How far a score may be off 0 to 1; quantised models round."""
_LEAST_HELD_FRAMES = 16


class Predictor:
    """One clip's frames with their predictions."""

    def __init__(
        self, source: Source, *, engine: Engine, settings: InferenceSettings, watch: Stopwatch
    ) -> None:
        self.frames_read = 0
        self.frames_inferred = 0
        self.clip_goes_on = False
        """Whether the clip has frames at the end that was asked for; known after the last one."""
        self.precision_check: PrecisionCheck | None = None
        """What compares answers in lower precision; None where they are computed in float32."""
        self._source = source
        self._engine = engine
        self._settings = settings
        self._watch = watch

    def predictions(self) -> Iterator[tuple[Frame, Prediction]]:
        """Every frame between start and end with its prediction, in order."""
        window = self._engine.model.info.window
        frames = self._watch.each("decode", self._source.frames())
        kept = frames_between(
            frames,
            start=self._settings.start,
            end=self._settings.end,
            most_frames=self._settings.frames,
            most_seconds=self._settings.duration,
            on_end=self._note_that_clip_goes_on,
        )
        is_sampled = frame_selector(self._settings, by_window=window is not None)
        is_live = self._source.location.is_live
        made = prefetch(
            lambda: self._sampled(kept, is_sampled),
            size_of=(lambda _: 1) if is_live else _held_bytes,
            most_bytes=MOST_LIVE_WAITING if is_live else MOST_WAITING_BYTES,
        )
        with closing(made) as sampled:
            stream = ProbedStream(sampled, resize=self._resize)
            if stream.is_empty():
                return
            runtime = self._open_runtime(stream, window)
            self.precision_check = self._begin_check(window)
            if window is None:
                scored = self._by_frame(stream, runtime)
            else:
                scored = self._by_window(stream, runtime, window)
            yield from smooth(scored, window_seconds=self._settings.smooth)
            if self.precision_check is not None:
                self.precision_check.end()

    def _note_that_clip_goes_on(self) -> None:
        self.clip_goes_on = True

    def _sampled(
        self, frames: Iterable[Frame], is_sampled: Callable[[Frame], bool]
    ) -> Iterator[SampledFrame]:
        for frame in frames:
            self.frames_read += 1
            if not is_sampled(frame):
                yield frame, None
                continue
            with self._watch.stage("scale"):
                pixels = self._resize(frame)
            yield frame, pixels

    def _resize(self, frame: Frame) -> Pixels:
        return self._engine.look(frame, self._source.info)

    def _by_frame(self, sampled: Iterable[SampledFrame], runtime: Runtime) -> Iterator[ScoredFrame]:
        usual, info = runtime.batch_size, self._source.info
        if not self._engine.model.info.fixed_batch:
            if self._source.location.is_live:
                usual = min(usual, MOST_LIVE_WAITING)
            if info.width * info.height > LARGE_PIXELS:  # the encoder takes longer than the model
                usual = max(1, usual // 2)
        for held in batched(sampled, self._settings.batch_size or usual):
            yield from self._infer(held, runtime)

    def _by_window(
        self, sampled: Iterable[SampledFrame], runtime: Runtime, window: int
    ) -> Iterator[ScoredFrame]:
        scored = windowed(
            sampled,
            rule=window_rule(self._settings, window),
            batch_size=self._settings.batch_size or self._windows_at_once(runtime, window),
            infer=lambda pixels, first: self._answers(runtime, pixels, first),
        )
        for frame, scores in scored:
            self.frames_inferred += scores is not None
            yield ScoredFrame(frame=frame, scores=scores)

    def _windows_at_once(self, runtime: Runtime, window: int) -> int:
        """As many as hold about the frames of a batch: waiting for more holds more frames."""
        return self._engine.model.info.fixed_batch or max(1, runtime.batch_size // window)

    def _open_runtime(self, stream: ProbedStream, window: int | None) -> Runtime:
        with self._watch.stage("open model"):
            return self._engine.runtime(
                lambda: stream.probe(window), clip=self._source.location.name
            )

    def _begin_check(self, window: int | None) -> PrecisionCheck | None:
        info, reference = self._engine.model.info, self._engine.reference
        if reference is None:
            return None
        return PrecisionCheck(
            reference,
            info=info,
            clip=self._source.location.name,
            precision=self._settings.precision,
            thresholds=label_thresholds(
                len(info.labels), asked=self._settings.threshold, own=info.thresholds
            ),
            expected_inputs=expected_inputs(self._source.info, self._settings, window),
        )

    def _infer(self, held: Sequence[SampledFrame], runtime: Runtime) -> Iterator[ScoredFrame]:
        due = [(frame, pixels) for frame, pixels in held if pixels is not None]
        answers: dict[int, Scores] = {}
        if due:
            frames, pixels = zip(*due, strict=True)
            batch = FrameBatch(frames=frames, pixels=np.stack(pixels))
            scores = self._answers(runtime, batch.pixels, frames[0])
            answers = {frame.index: row for frame, row in zip(frames, scores, strict=True)}
            self.frames_inferred += len(due)
        for frame, _ in held:
            yield ScoredFrame(frame=frame, scores=answers.get(frame.index))

    def _answers(self, runtime: Runtime, pixels: Pixels, first: Frame) -> Scores:
        with self._watch.stage("infer"):
            scores = runtime.scores(pixels)
        if self.precision_check is not None:
            with self._watch.stage("compare"):
                self.precision_check.add(pixels, scores)
        check_scores(scores, self._engine.model.info, f"frame {first.index}")
        return scores


def check_scores(scores: Scores, info: ModelInfo, first: str) -> None:
    """Raise a ModelError where (N, C) scores cannot be what the model's head says they are.

    Args:
        scores: the scores.
        info: the model.
        first: what the first of them is of, for people: `frame 24`.
    """
    if not np.isfinite(scores).all():
        raise ModelError(
            f"{info.path} gives scores that are no numbers (NaN) from {first} on: its "
            "weights or its preprocessing are not right"
        )
    if info.head != "regression" and not (-_SLACK <= scores.min() <= scores.max() <= 1 + _SLACK):
        raise ModelError(
            f"{info.path} gives {scores.min():.4g} to {scores.max():.4g} on {first}, "
            f"which are no scores of a {info.head} head: give --head logits, sigmoid or regression"
        )


def _held_bytes(sampled: SampledFrame) -> int:
    frame, pixels = sampled
    return frame.picture.held_bytes + (0 if pixels is None else pixels.nbytes)


def batched(sampled: Iterable[SampledFrame], batch_size: int) -> Iterator[list[SampledFrame]]:
    """Runs of frames with `batch_size` to infer in each, and a bound on those that are skipped."""
    held: list[SampledFrame] = []
    due = 0
    for item in sampled:
        held.append(item)
        due += item[1] is not None
        if due == batch_size or len(held) >= max(batch_size, _LEAST_HELD_FRAMES):
            yield held
            held, due = [], 0
    if held:
        yield held
