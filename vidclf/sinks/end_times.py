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
        self._usual_seconds = 1 / frame_rate
        self._start_seconds: Fraction | None = None

    def end_seconds(self, frame: Frame) -> Fraction:
        """By the frame's own duration; else it stands as far as it does from the one before.

        A first frame of unknown duration stands one average frame.
        """
        start = frame.pts * frame.time_base
        if self._start_seconds is not None:
            self._usual_seconds = start - self._start_seconds
        self._start_seconds = start
        return start + (frame.duration * frame.time_base or self._usual_seconds)
