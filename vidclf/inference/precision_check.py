"""Whether a clip's answers in lower precision are those in float32, seen on some of its inputs.

The clip is read once, so the inputs are taken while it runs, evenly over it: where its header tells
how many there will be, fifty of them or a few more. Where nothing tells, every fourth is taken;
whenever there are a hundred, every other one is let go, and from then on half as many are taken.
Never is more than every fourth computed twice, as lower precision would cost more than it saves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from vidclf.core.frames import Pixels, Scores
from vidclf.errors import PrecisionError
from vidclf.inference.runtimes.agreement import compare, same_answers
from vidclf.inference.runtimes.base import Runtime
from vidclf.models.info import ModelInfo
from vidclf.settings import Precision

ENOUGH = 50
"""Inputs after which a run may be stopped before its end."""
LEAST_PERCENT = 98
"""Of the inputs compared, so many must have the answer that they have in float32."""
_MOST_KEPT = 2 * ENOUGH
_LEAST_SPACING = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How many answers were compared with those in float32, and how far they were off."""

    compared: int = 0
    """Inputs that were computed in both."""
    agreeing: int = 0
    """Those of them with the same answer (`same_answers`)."""
    largest_difference: float = 0.0
    """The largest |Δ score|; of a regression |Δ value| as a share of that value's size."""

    @property
    def is_enough(self) -> bool:
        """Whether as many agree as must."""
        return 100 * self.agreeing >= LEAST_PERCENT * self.compared


class PrecisionCheck:
    """Compares the answers of one clip, as they come, with those of a reference.

    Args:
        reference: computes the same model in float32.
        info: the model.
        clip: the clip's name, for people.
        precision: what its answers are computed in.
        thresholds: the score from which each label of a multi-label model counts.
        expected_inputs: about how many inputs there will be; None where nothing tells.
    """

    def __init__(
        self,
        reference: Runtime,
        *,
        info: ModelInfo,
        clip: str,
        precision: Precision,
        thresholds: Sequence[float],
        expected_inputs: int | None,
    ) -> None:
        self.agreement = Agreement()
        self._reference = reference
        self._info, self._clip, self._precision = info, clip, precision
        self._thresholds = thresholds
        self._spacing = max(_LEAST_SPACING, (expected_inputs or 0) // ENOUGH)
        self._seen = 0
        self._waiting: list[tuple[Pixels, Scores]] = []
        self._kept: list[tuple[Scores, Scores]] = []

    def add(self, pixels: Pixels, scores: Scores) -> None:
        """Take note of the next inputs, and compare some of them.

        Args:
            pixels: (N, h, w, 3) or (N, T, h, w, 3) uint8 RGB.
            scores: (N, C) float32, what they were answered.

        Raises:
            PrecisionError: too many answers are others than in float32, or are no numbers.
        """
        self._check_finite(pixels, scores)
        for one, row in zip(pixels, scores, strict=True):
            if self._seen % self._spacing == 0:
                self._waiting.append((one.copy(), row))
                if len(self._waiting) == self._reference.batch_size:
                    self._compare()
            self._seen += 1
        if self.agreement.compared >= ENOUGH:
            self._check_agreement()

    def end(self) -> None:
        """Compare what waits, after the last input.

        Raises:
            PrecisionError: too many answers are others than in float32.
        """
        if self._waiting:
            self._compare()
        self._check_agreement()

    def _compare(self) -> None:
        pixels, rows = zip(*self._waiting, strict=True)
        self._waiting.clear()
        self._kept += zip(rows, self._reference.scores(np.stack(pixels)), strict=True)
        while len(self._kept) >= _MOST_KEPT:
            self._kept = self._kept[::2]
            self._spacing *= 2
        scores, reference = (np.stack(side) for side in zip(*self._kept, strict=True))
        head = self._info.head
        same = same_answers(scores, reference, head, thresholds=self._thresholds)
        self.agreement = Agreement(
            compared=len(same),
            agreeing=int(same.sum()),
            largest_difference=compare(scores, reference, head)["delta"],
        )

    def _check_agreement(self) -> None:
        found = self.agreement
        if found.is_enough:
            return
        what = "windows" if self._info.window else "frames"
        raise PrecisionError(
            f"{self._clip}: in {self._precision}, {self._info.name} gives the answer of f32 for "
            f"{found.agreeing} of {found.compared} {what} that were compared, and at least "
            f"{LEAST_PERCENT} % must agree: leave --precision {self._precision} away"
        )

    def _check_finite(self, pixels: Pixels, scores: Scores) -> None:
        """Numbers of float16 end at 65,504; what is NaN in float32, too, is the model's own."""
        if np.isfinite(scores).all() or not np.isfinite(self._reference.scores(pixels)).all():
            return
        raise PrecisionError(
            f"{self._clip}: in {self._precision}, {self._info.name} gives scores that are no "
            f"numbers (NaN), and none in f32: leave --precision {self._precision} away"
        )


def precision_record(asked: Precision, check: PrecisionCheck | None) -> dict[str, Any] | None:
    """What the manifest tells of a run in lower precision; None where none was asked for.

    Args:
        asked: what was asked for.
        check: what compared the answers; None where they were computed in float32.
    """
    if asked == "f32":
        return None
    if check is None:
        return {"asked": asked, "used": "f32"}
    used = {"asked": asked, "used": asked}
    return (
        {**used, "reference": "f32", **asdict(check.agreement)}
        if check.agreement.compared
        else used
    )
