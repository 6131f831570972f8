"""One clip that is predicted while it is being filmed: sampling, windows and smoothing."""

from __future__ import annotations

from collections import deque

from vidclf.core.frames import FrameTime, Pixels, Prediction, Scores
from vidclf.inference.sampling import frame_selector, window_rule
from vidclf.inference.smoothing import LiveSmoother
from vidclf.inference.windows import filled
from vidclf.models.info import ModelInfo
from vidclf.settings import InferenceSettings


class LiveClip:
    """Answers each frame as `predict` answers the last frame of the clip so far.

    A clip model is shown the latest T samples, with the last one repeated while there are fewer; at
    first, and then each time as many samples came as its windows are apart. The frames between
    carry the answer. (`predict` would also smooth over windows that end later than a frame; of
    those nothing is known here, so that its answers are the same only without smoothing.)

    For each frame in order: `is_sampled`, `model_input` where it is, then `predict`.
    """

    def __init__(self, info: ModelInfo, settings: InferenceSettings) -> None:
        self._smoother = LiveSmoother(settings.smooth)
        self._is_sampled = frame_selector(settings, by_window=info.window is not None)
        self._window = None if info.window is None else window_rule(settings, info.window)
        self._samples: deque[Pixels] = deque(maxlen=info.window)
        self._samples_seen = 0

    @property
    def is_empty(self) -> bool:
        """Whether no frame has an answer so far."""
        return self._smoother.is_empty

    @property
    def smooth(self) -> float:
        """Width in seconds of the window of smoothing, half of which lies before a frame."""
        return self._smoother.window_seconds

    @smooth.setter
    def smooth(self, seconds: float) -> None:
        self._smoother.window_seconds = seconds

    def is_sampled(self, frame: FrameTime) -> bool:
        """Whether the model is to see a frame: by the settings, and until it has seen one."""
        return self._is_sampled(frame) or not self._samples_seen

    def model_input(self, pixels: Pixels) -> Pixels | None:
        """What the model is to be shown with a sample.

        Args:
            pixels: (h, w, 3) uint8 RGB at the model's input size.

        Returns:
            The same, or (T, h, w, 3) for a clip model; None where its next window is not due.
        """
        self._samples_seen += 1
        if self._window is None:
            return pixels
        self._samples.append(pixels)
        is_due = (self._samples_seen - 1) % self._window.stride == 0
        return filled([*self._samples], self._window.size) if is_due else None

    def predict(self, frame: FrameTime, scores: Scores | None) -> Prediction:
        """The answer to a frame.

        Args:
            frame: which one; later than the one before.
            scores: (C,) float32 of its input; None where it had none.
        """
        return self._smoother.add(frame, scores)
