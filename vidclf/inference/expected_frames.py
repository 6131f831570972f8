"""How many frames a clip will give, as far as its header tells."""

from __future__ import annotations

from math import ceil

from vidclf.core.frames import VideoInfo
from vidclf.inference.sampling import window_rule
from vidclf.settings import InferenceSettings, Position


def expected_frames(
    info: VideoInfo,
    *,
    start: Position | None = None,
    end: Position | None = None,
    most_frames: int | None = None,
    most_seconds: float | None = None,
) -> int | None:
    """At least 1; None where the header does not tell.

    Args:
        info: what is known of the clip.
        start: the first place that is kept; None for the beginning.
        end: the first place that is no longer kept; None for the end.
        most_frames: how many are kept at most; None for all.
        most_seconds: for how long; None for all.
    """
    first = _frames_before(start, info) if start else 0
    counts = [_frame_count(info), _frames_before(end, info) if end else None]
    last = min((count for count in counts if count is not None), default=None)
    long = None if most_seconds is None else ceil(most_seconds * float(info.frame_rate))
    kept = [None if last is None else last - first, most_frames, long]
    least = min((count for count in kept if count is not None), default=None)
    return None if least is None else max(least, 1)


def expected_inputs(info: VideoInfo, settings: InferenceSettings, window: int | None) -> int | None:
    """About how many frames of a clip the model will see, or windows of a clip model; at least 1.

    Args:
        info: what is known of the clip.
        settings: which frames are kept, and which of them the model sees.
        window: frames in one input of a clip model; None for a model of single frames.
    """
    frames = expected_frames(
        info,
        start=settings.start,
        end=settings.end,
        most_frames=settings.frames,
        most_seconds=settings.duration,
    )
    if frames is None:
        return None
    step = settings.stride if window is None else settings.frame_step
    rate = settings.infer_fps if window is None else settings.clip_fps
    share = 1 / step if rate is None else min(1.0, rate / float(info.frame_rate))
    apart = 1 if window is None else window_rule(settings, window).stride
    return max(1, round(frames * share / apart))


def _frames_before(place: Position, info: VideoInfo) -> int:
    if place.seconds is None:
        return place.frame or 0
    return max(0, ceil((place.seconds - info.start_seconds) * float(info.frame_rate)))


def _frame_count(info: VideoInfo) -> int | None:
    if info.frame_count is None and info.duration_seconds:
        return round(info.duration_seconds * float(info.frame_rate))
    return info.frame_count
