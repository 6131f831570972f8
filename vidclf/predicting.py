"""Frames → batches → scores → smoothed predictions, lazily and in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import islice
from pathlib import Path

import numpy as np

from vidclf.errors import ModelError
from vidclf.frames import Frame, FrameBatch, Pixels, Prediction, Scores
from vidclf.models import Model
from vidclf.models.resize import resize_frame
from vidclf.runtimes import Runtime, open_runtime
from vidclf.settings import Position, Settings
from vidclf.smoothing import Scored, smooth
from vidclf.sources import Source, open_source
from vidclf.stopwatch import Stopwatch

_PROBE_FRAMES = 8
_PROBE_STRIDE = 8
_LEAST_HELD_FRAMES = 16

Looked = tuple[Frame, Pixels | None]
"""A frame, and its pixels at the model's input size where the model is to see it."""


class Engine:
    """A model and the runtime that computes it, opened at the first clip that needs it."""

    def __init__(self, model: Model, settings: Settings) -> None:
        self.model = model
        self._settings = settings
        self._runtime: Runtime | None = None

    @property
    def runtime_name(self) -> str:
        """What computes: `openvino` or `tensorflow`; empty before the first clip."""
        return self._runtime.name if self._runtime else ""

    def runtime(self, path: Path) -> Runtime:
        """The runtime; a model that is converted for it is checked on frames of the clip there."""
        if self._runtime is None:
            self._runtime = open_runtime(
                self._settings.runtime,
                info=self.model.info,
                load=self.model.load,
                probe=lambda: self._probe(path),
            )
        return self._runtime

    def look(self, frame: Frame, pixel_aspect: Fraction) -> Pixels:
        """The frame as the model is shown it: (h, w, 3) uint8 RGB at its input size."""
        info = self.model.info
        pixels = frame.picture.plain_rgb()
        return resize_frame(pixels, info.input_size, info.resize, pixel_aspect=pixel_aspect)

    def _probe(self, path: Path) -> Pixels:
        """Real frames, (N, h, w, 3): every eighth of the clip's first 64."""
        with open_source(path, fps=self._settings.picture_rate) as source:
            frames = islice(source.frames(), 0, _PROBE_FRAMES * _PROBE_STRIDE, _PROBE_STRIDE)
            return np.stack([self.look(frame, source.info.pixel_aspect) for frame in frames])


class Predictor:
    """One clip's frames with their predictions."""

    def __init__(
        self, source: Source, *, engine: Engine, settings: Settings, watch: Stopwatch
    ) -> None:
        self.frames_read = 0
        self.frames_inferred = 0
        self._source = source
        self._engine = engine
        self._settings = settings
        self._watch = watch

    def predictions(self) -> Iterator[tuple[Frame, Prediction]]:
        """Every frame between start and end with its prediction, in order."""
        frames = self._watch.each("decode", self._source.frames())
        kept = cut(frames, start=self._settings.start, end=self._settings.end)
        scored = self._scored(self._looked(kept))
        return smooth(scored, window_seconds=self._settings.smooth)

    def _looked(self, frames: Iterable[Frame]) -> Iterator[Looked]:
        is_due = due_by(self._settings)
        for frame in frames:
            self.frames_read += 1
            if not is_due(frame):
                yield frame, None
                continue
            with self._watch.stage("scale"):
                pixels = self._engine.look(frame, self._source.info.pixel_aspect)
            yield frame, pixels

    def _scored(self, looked: Iterable[Looked]) -> Iterator[Scored]:
        with self._watch.stage("open model"):
            runtime = self._engine.runtime(Path(self._source.info.path))
        for held in batched(looked, self._settings.batch_size or runtime.batch_size):
            yield from self._infer(held, runtime)

    def _infer(self, held: Sequence[Looked], runtime: Runtime) -> Iterator[Scored]:
        due = [(frame, pixels) for frame, pixels in held if pixels is not None]
        answers: dict[int, np.ndarray] = {}
        if due:
            frames, pixels = zip(*due, strict=True)
            batch = FrameBatch(frames=frames, pixels=np.stack(pixels))
            with self._watch.stage("infer"):
                scores = self._checked(runtime.scores(batch.pixels), frames[0])
            answers = {frame.index: row for frame, row in zip(frames, scores, strict=True)}
            self.frames_inferred += len(due)
        for frame, _ in held:
            yield Scored(frame=frame, scores=answers.get(frame.index))

    def _checked(self, scores: Scores, first: Frame) -> Scores:
        if not np.isfinite(scores).all():
            raise ModelError(
                f"{self._engine.model.info.name} gives scores that are no numbers (NaN) from frame "
                f"{first.index} on: its weights or its preprocessing are not right"
            )
        return scores


def batched(looked: Iterable[Looked], batch_size: int) -> Iterator[list[Looked]]:
    """Runs of frames with `batch_size` to infer in each, and a bound on those that are skipped."""
    held: list[Looked] = []
    due = 0
    for item in looked:
        held.append(item)
        due += item[1] is not None
        if due == batch_size or len(held) >= max(batch_size, _LEAST_HELD_FRAMES):
            yield held
            held, due = [], 0
    if held:
        yield held


def cut(
    frames: Iterable[Frame], *, start: Position | None, end: Position | None
) -> Iterator[Frame]:
    """The frames from `start` on, up to but not including `end`."""
    for frame in frames:
        if end and end.reached_by(frame):
            return
        if start is None or start.reached_by(frame):
            yield frame


def due_by(settings: Settings) -> Callable[[Frame], bool]:
    """Whether a frame is to be inferred; to be asked once for each frame, in order.

    With a stride N: the first, and every Nth after it. With a rate F: the first at or after each
    tick of a clock that starts at the first frame and ticks F times a second.
    """
    first: Frame | None = None
    next_tick = 0

    def is_due(frame: Frame) -> bool:
        nonlocal first, next_tick
        first = first or frame
        if settings.infer_fps is None:
            return (frame.index - first.index) % settings.stride == 0
        ticks = (frame.pts - first.pts) * frame.time_base * Fraction(settings.infer_fps)
        if ticks < next_tick:
            return False
        next_tick = int(ticks) + 1
        return True

    return is_due
