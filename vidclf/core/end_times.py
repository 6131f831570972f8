"""When each frame ends, also where the clip does not say."""

from __future__ import annotations

from fractions import Fraction

from vidclf.core.frames import Frame


class EndTimes:
    """The ends of a clip's frames, asked for in order.

    Args:
        frame_rate: Average frames per second.
    """

    def __init__(self, frame_rate: Fraction) -> None:
        self._frame_rate = frame_rate
        self._last_pts: int | None = None

    def stands(self, frame: Frame) -> int | Fraction:
        """How many of its ticks a frame stands: its duration, else as far as from the one before.

        A first frame of unknown duration stands one average frame.
        """
        last, self._last_pts = self._last_pts, frame.pts
        if frame.duration:
            return frame.duration
        if last is None:
            return 1 / (self._frame_rate * frame.time_base)
        return frame.pts - last

    def end_seconds(self, frame: Frame) -> Fraction:
        """When it ends; asked instead of the other one, not beside it."""
        return (frame.pts + self.stands(frame)) * frame.time_base
