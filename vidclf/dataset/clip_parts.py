"""Which frames of a clip are samples of a labelled part of it."""

from __future__ import annotations

from vidclf.core.frames import Frame
from vidclf.dataset.examples import Example
from vidclf.inference.sampling import frame_selector
from vidclf.settings import InferenceSettings, Position

_NEAR_SECONDS = 0.5
"""Ends are typed by hand: a part may end so much after its clip."""


class PartFrames:
    """Chooses the frames of a part: the first, and then some each second, by their own times.

    Args:
        place: the example's place in its set.
        example: the part, or a whole clip.
        fps: frames a second.
    """

    def __init__(self, place: int, example: Example, *, fps: float) -> None:
        self.place = place
        self.samples = 0
        """How many frames were chosen so far."""
        self.is_over = False
        """Whether its end was reached."""
        self._start = _position(example.start_seconds)
        self._end = _position(example.end_seconds)
        self._is_sampled = frame_selector(InferenceSettings(infer_fps=fps))

    def takes(self, frame: Frame) -> bool:
        """Whether a frame is chosen; to be asked for each frame of the clip, in order."""
        self.is_over |= self._end is not None and self._end.reached_by(frame)
        if self.is_over or (self._start is not None and not self._start.reached_by(frame)):
            return False
        is_taken = self._is_sampled(frame)
        self.samples += is_taken
        return is_taken

    def is_short(self, clip_end_seconds: float) -> bool:
        """Whether the clip ended, at that moment, clearly before the part did."""
        if self.is_over or self._end is None or self._end.seconds is None:
            return False
        return self._end.seconds > clip_end_seconds + _NEAR_SECONDS

    def absence(self, clip_end_seconds: float) -> str:
        """Why it has no frame."""
        if self.is_over:
            return f"no frame stands {self}; give a longer part"
        return (
            f"the clip ends at {clip_end_seconds:.3f} s, and has no frame {self}; correct the times"
        )

    def __str__(self) -> str:
        start = f"from {self._start} s" if self._start else "from its beginning"
        return start if self._end is None else f"{start} to {self._end} s"


def _position(seconds: float | None) -> Position | None:
    return None if seconds is None else Position(seconds=seconds)
