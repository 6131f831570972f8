"""Which frames of a clip are kept, and which of those the model sees."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction

from vidclf.core.frames import Frame, FrameTime
from vidclf.errors import UsageError
from vidclf.inference.windows import WindowRule
from vidclf.models.info import FREE, ModelInfo
from vidclf.settings import InferenceSettings, Position

_FOR_SINGLE_FRAMES = ("stride", "infer_fps")
_FOR_CLIPS = ("window_size", "window_stride", "frame_step", "clip_fps")


def frames_between(
    frames: Iterable[Frame],
    *,
    start: Position | None,
    end: Position | None,
    most_frames: int | None = None,
    most_seconds: float | None = None,
    on_end: Callable[[], None] = lambda: None,
) -> Iterator[Frame]:
    """The frames from `start` on, up to but not including `end`; `on_end` is called if one is.

    They end before that with as many as `most_frames`, and with the last one that begins within
    `most_seconds` of the first.
    """
    kept, ends = 0, [end] if end else []
    for frame in frames:
        if any(place.reached_by(frame) for place in ends):
            on_end()
            return
        if start is not None and not start.reached_by(frame):
            continue
        if not kept and most_seconds is not None:
            ends.append(Position(seconds=frame.pts_seconds + most_seconds))
        yield frame
        kept += 1
        if kept == most_frames:
            on_end()
            return


def frame_selector(
    settings: InferenceSettings, *, by_window: bool = False
) -> Callable[[FrameTime], bool]:
    """Whether the model is to see a frame; to be asked once for each frame, in order.

    With a step N: the first, and every Nth after it. With a rate F: the first at or after each
    tick of a clock that starts at the first frame and ticks F times a second. Models of single
    frames go by `stride` and `infer_fps`, clip models (`by_window`) by `frame_step` and `clip_fps`.
    """
    step = settings.frame_step if by_window else settings.stride
    rate = settings.clip_fps if by_window else settings.infer_fps
    first: FrameTime | None = None
    next_tick = 0

    def is_sampled(frame: FrameTime) -> bool:
        nonlocal first, next_tick
        first = first or frame
        if rate is None:
            return (frame.index - first.index) % step == 0
        ticks = (frame.pts - first.pts) * frame.time_base * Fraction(rate)
        if ticks < next_tick:
            return False
        next_tick = int(ticks) + 1
        return True

    return is_sampled


def window_rule(settings: InferenceSettings, window: int) -> WindowRule:
    """Windows of so many frames, each half over the one before unless the settings say else."""
    return WindowRule(size=window, stride=settings.window_stride or max(1, window // 2))


def check_fits(settings: InferenceSettings, info: ModelInfo) -> None:
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
    usual = InferenceSettings()
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
