"""What looks at pictures: decoding, scaling and the model, each called in a thread of its own."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from vidclf.core.frames import Frame, FrameTime, Pixels, Scores, VideoInfo
from vidclf.errors import ModelError
from vidclf.inference.engine import Engine
from vidclf.inference.predictor import check_scores
from vidclf.inference.runtimes.base import Runtime
from vidclf.serving.problems import Problem
from vidclf.serving.sent_frame import CLOCK, SentFrame
from vidclf.sources.encoded_picture import decode_picture

_NOMINAL_RATE = Fraction(25)


class LiveNetwork:
    """An engine that is shown single frames of many clips.

    Args:
        engine: the model.
        runtime: what computes it.
        batch_size: the most inputs at once; None for what suits the runtime.
    """

    def __init__(self, engine: Engine, runtime: Runtime, *, batch_size: int | None) -> None:
        self.batch_size = batch_size or runtime.batch_size
        self._engine = engine
        self._runtime = runtime

    def look(self, sent: SentFrame, time: FrameTime) -> Pixels:
        """Decode a frame and bring it to the model's input size, as `annotate` does.

        Returns:
            (h, w, 3) uint8 RGB.

        Raises:
            SourceError: it cannot be decoded, or the crop leaves nothing of it.
            ProblemError: its text is no base64.
        """
        picture = decode_picture(sent.encoded(), name="the picture")
        height, width = picture.pixels.shape[:2]
        clip = VideoInfo(
            path="the picture", width=width, height=height, time_base=CLOCK,
            frame_rate=_NOMINAL_RATE,
        )  # fmt: skip
        frame = Frame(index=time.index, pts=time.pts, time_base=time.time_base, picture=picture)
        return self._engine.look(frame, clip)

    def scores(self, inputs: list[Pixels]) -> list[Scores | Problem]:
        """The (C,) float32 scores of each input, or why there are none.

        Where a batch fails each input is tried alone, so that one client's picture costs no other
        client an answer.
        """
        if not inputs:
            return []
        try:
            scores = self._runtime.scores(np.stack(inputs))
            check_scores(scores, self._engine.model.info, "a frame")
            return list(scores)
        except ModelError as exc:
            if len(inputs) == 1:
                info = self._engine.model.info  # clients are not told where its file lies
                detail = str(exc).replace(info.path, info.name)
                return [Problem(kind="model-failed", detail=detail)]
        return [self.scores([one])[0] for one in inputs]
