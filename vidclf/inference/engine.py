"""A model together with what computes it."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice
from pathlib import Path

import numpy as np

from vidclf.core.frames import Frame, Pixels
from vidclf.inference.preprocessing_help import ask_for_preprocessing
from vidclf.inference.resize import resize_frame
from vidclf.inference.runtimes import Runtime, open_runtime
from vidclf.inference.sampling import check_fits, due_by
from vidclf.inference.windows import filled
from vidclf.models import Model, open_model
from vidclf.settings import Settings
from vidclf.sources import open_source

_PROBE_FRAMES = 8
_PROBE_STRIDE = 8


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


def open_engine(settings: Settings) -> Engine:
    """The model of the settings, ready to be run.

    Raises:
        ModelError: it cannot be used.
        UsageError: the settings are not for such a model.
    """
    model = open_model(settings.model, settings=settings)
    return Engine(model, settings)
