"""Frames → batches or windows → scores → smoothed predictions, lazily and in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from fractions import Fraction
from itertools import chain, islice
from pathlib import Path

import numpy as np

from vidclf.core.frames import Frame, FrameBatch, Pixels, Prediction, Scores
from vidclf.core.prefetch import ahead
from vidclf.core.stopwatch import Stopwatch
from vidclf.errors import ModelError, UsageError
from vidclf.inference.preprocessing_help import ask_for_preprocessing
from vidclf.inference.resize import resize_frame
from vidclf.inference.runtimes import Runtime, open_runtime
from vidclf.inference.smoothing import Scored, smooth
from vidclf.inference.windows import WindowRule, filled, windowed
from vidclf.models import Model
from vidclf.models.info import FREE, ModelInfo
from vidclf.settings import Position, Settings
from vidclf.sources import Source, open_source

MOST_WAITING_BYTES = 10 * 2**20
"""How much may wait between two stages of the line."""
_SLACK = 0.01
"""How far a score may be off 0 to 1; quantised models round."""
_PROBE_FRAMES = 8
_PROBE_STRIDE = 8
_LEAST_HELD_FRAMES = 16
_FOR_SINGLE_FRAMES = ("stride", "infer_fps")
_FOR_CLIPS = ("window_size", "window_stride", "frame_step", "clip_fps")

Looked = tuple[Frame, Pixels | None]
"""A frame, and its pixels at the model's input size where the model is to see it."""


class Engine:
    """A model and the runtime that computes it, opened at the first clip that needs it.

    Raises:
        UsageError: the settings are not for such a model.
    """

    def __init__(self, model: Model, settings: Settings) -> None:
        check_fits(settings, model.info)
        self.model = model
        self._settings = settings
        self._runtime: Runtime | None = None

    @property
    def runtime_name(self) -> str:
        """What computes: `openvino` or `tensorflow`; empty before the first clip."""
        return self._runtime.name if self._runtime else ""

    def runtime(self, path: Path) -> Runtime:
        """The runtime; a model that is converted for it is checked on frames of the clip there.

        Raises:
            ModelError: nobody says how its input is scaled; the error asks for it.
        """
        if self._runtime is None:
            if self.model.info.preprocessing is None:
                ask_for_preprocessing(self.model, self.probe(path), path.name)
            self._runtime = open_runtime(
                self._settings.runtime,
                info=self.model.info,
                load=self.model.load,
                graph=self.model.graph,
                converted=self.model.converted,
                probe=lambda: self.probe(path),
            )
        return self._runtime

    def look(self, frame: Frame, pixel_aspect: Fraction) -> Pixels:
        """The frame as the model is shown it: (h, w, 3) uint8 RGB at its input size."""
        info = self.model.info
        pixels = frame.picture.plain_rgb()
        return resize_frame(pixels, info.input_size, info.resize, pixel_aspect=pixel_aspect)

    def probe(self, path: Path) -> Pixels:
        """Some of the clip's first frames, as the model takes them.

        Returns:
            (N, h, w, 3) uint8 RGB: every eighth of the first 64; for a clip model (2, T, h, w, 3),
            the first 2·T samples, and fewer where the clip is shorter.
        """
        window = self.model.info.window
        with open_source(path, fps=self._settings.picture_rate) as source:
            if window is None:
                due = islice(source.frames(), 0, _PROBE_FRAMES * _PROBE_STRIDE, _PROBE_STRIDE)
            else:
                is_due = due_by(self._settings, by_window=True)
                due = islice(filter(is_due, source.frames()), 2 * window)
            pixels = [self.look(frame, source.info.pixel_aspect) for frame in due]
        if window is None:
            return np.stack(pixels)
        return np.stack([filled(pixels[:window], window), filled(pixels[-window:], window)])


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
        window = self._engine.model.info.window
        frames = self._watch.each("decode", self._source.frames())
        kept = cut(frames, start=self._settings.start, end=self._settings.end)
        is_due = due_by(self._settings, by_window=window is not None)
        made = ahead(
            lambda: self._looked(kept, is_due), size_of=_held_bytes, most_bytes=MOST_WAITING_BYTES
        )
        with closing(made) as looked:
            scored = self._by_frame(looked) if window is None else self._by_window(looked, window)
            yield from smooth(scored, window_seconds=self._settings.smooth)

    def _looked(self, frames: Iterable[Frame], is_due: Callable[[Frame], bool]) -> Iterator[Looked]:
        for frame in frames:
            self.frames_read += 1
            if not is_due(frame):
                yield frame, None
                continue
            with self._watch.stage("scale"):
                pixels = self._engine.look(frame, self._source.info.pixel_aspect)
            yield frame, pixels

    def _by_frame(self, looked: Iterable[Looked]) -> Iterator[Scored]:
        looked, runtime = self._open_runtime(looked)
        for held in batched(looked, self._settings.batch_size or runtime.batch_size):
            yield from self._infer(held, runtime)

    def _by_window(self, looked: Iterable[Looked], window: int) -> Iterator[Scored]:
        looked, runtime = self._open_runtime(looked)
        scored = windowed(
            looked,
            rule=window_rule(self._settings, window),
            batch_size=self._settings.batch_size or self._windows_at_once(runtime, window),
            infer=lambda pixels, first: self._answers(runtime, pixels, first),
        )
        for frame, scores in scored:
            self.frames_inferred += scores is not None
            yield Scored(frame=frame, scores=scores)

    def _windows_at_once(self, runtime: Runtime, window: int) -> int:
        """As many as hold about the frames of a batch: waiting for more holds more frames."""
        return self._engine.model.info.fixed_batch or max(1, runtime.batch_size // window)

    def _open_runtime(self, looked: Iterable[Looked]) -> tuple[Iterable[Looked], Runtime]:
        """The frames again, and the runtime: it is opened while the first frames are decoded."""
        frames = iter(looked)
        first = list(islice(frames, 1))
        with self._watch.stage("open model"):
            runtime = self._engine.runtime(Path(self._source.info.path))
        return chain(first, frames), runtime

    def _infer(self, held: Sequence[Looked], runtime: Runtime) -> Iterator[Scored]:
        due = [(frame, pixels) for frame, pixels in held if pixels is not None]
        answers: dict[int, Scores] = {}
        if due:
            frames, pixels = zip(*due, strict=True)
            batch = FrameBatch(frames=frames, pixels=np.stack(pixels))
            scores = self._answers(runtime, batch.pixels, frames[0])
            answers = {frame.index: row for frame, row in zip(frames, scores, strict=True)}
            self.frames_inferred += len(due)
        for frame, _ in held:
            yield Scored(frame=frame, scores=answers.get(frame.index))

    def _answers(self, runtime: Runtime, pixels: Pixels, first: Frame) -> Scores:
        with self._watch.stage("infer"):
            scores = runtime.scores(pixels)
        check_scores(scores, self._engine.model.info, first)
        return scores


def check_scores(scores: Scores, info: ModelInfo, first: Frame) -> None:
    """Raise a ModelError where (N, C) scores cannot be what the model's head says they are."""
    if not np.isfinite(scores).all():
        raise ModelError(
            f"{info.name} gives scores that are no numbers (NaN) from frame {first.index} on: its "
            "weights or its preprocessing are not right"
        )
    if info.head != "regression" and not (-_SLACK <= scores.min() <= scores.max() <= 1 + _SLACK):
        raise ModelError(
            f"{info.name} gives {scores.min():.4g} to {scores.max():.4g} on frame {first.index}, "
            f"which are no scores of a {info.head} head: give --head logits, sigmoid or regression"
        )


def _held_bytes(looked: Looked) -> int:
    frame, pixels = looked
    return frame.picture.held_bytes + (0 if pixels is None else pixels.nbytes)


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


def due_by(settings: Settings, *, by_window: bool = False) -> Callable[[Frame], bool]:
    """Whether the model is to see a frame; to be asked once for each frame, in order.

    With a step N: the first, and every Nth after it. With a rate F: the first at or after each
    tick of a clock that starts at the first frame and ticks F times a second. Models of single
    frames go by `stride` and `infer_fps`, clip models (`by_window`) by `frame_step` and `clip_fps`.
    """
    step = settings.frame_step if by_window else settings.stride
    rate = settings.clip_fps if by_window else settings.infer_fps
    first: Frame | None = None
    next_tick = 0

    def is_due(frame: Frame) -> bool:
        nonlocal first, next_tick
        first = first or frame
        if rate is None:
            return (frame.index - first.index) % step == 0
        ticks = (frame.pts - first.pts) * frame.time_base * Fraction(rate)
        if ticks < next_tick:
            return False
        next_tick = int(ticks) + 1
        return True

    return is_due


def window_rule(settings: Settings, window: int) -> WindowRule:
    """Windows of so many frames, each half over the one before unless the settings say else."""
    return WindowRule(size=window, stride=settings.window_stride or max(1, window // 2))


def check_fits(settings: Settings, info: ModelInfo) -> None:
    """Refuse what is for the other kind of model, and what lacks a size.

    Raises:
        UsageError: a setting of single frames for a clip model, or the other way round; a model
            that takes any size, or any number of frames, and nobody says which.
    """
    if FREE in info.input_size:
        raise UsageError(
            f"{info.path} takes pictures of any size: give --input-size WIDTHxHEIGHT, the size it "
            "was trained with"
        )
    if info.window == FREE:
        raise UsageError(
            f"{info.path} takes any number of frames at once: give --window-size, the number it "
            "was trained with"
        )
    usual = Settings()
    for name in _FOR_SINGLE_FRAMES if info.window else _FOR_CLIPS:
        value = getattr(settings, name)
        if value == getattr(usual, name):
            continue
        flag = f"--{name.replace('_', '-')} {value:g}"
        if info.window:
            raise UsageError(
                f"{flag} is for models of single frames, and {info.name} takes {info.window} at "
                "once: give --window-stride, --frame-step or --clip-fps"
            )
        raise UsageError(
            f"{flag} is for clip models, and {info.name} takes single frames: give --stride or "
            "--infer-fps"
        )
