"""How predictions become rows, and what is shown of them: one way for each kind of head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np

from vidclf.core.annotation import Annotation, Answer
from vidclf.core.frames import Prediction
from vidclf.core.thresholds import best_first, reaches
from vidclf.settings import Head
from vidclf.table.annotations import (
    label_annotation,
    ranked_annotation,
    value_annotation,
    value_scales,
)
from vidclf.table.carried import CarriedCells
from vidclf.table.cells import rounded_score, score_text, timestamp_text, truth_text
from vidclf.table.schema import (
    BEST_COLUMNS,
    FRAME_COLUMNS,
    LABELS,
    RAW,
    SCORE,
    VALUE,
    distinct,
    joined,
    runners_up,
)

_TIMESTAMP, _INFERRED = FRAME_COLUMNS.index("timestamp"), FRAME_COLUMNS.index("inferred")


class RowFormat(Protocol):
    """How predictions become rows of text, and annotations to be drawn that say the same."""

    @property
    def has_segments(self) -> bool:
        """Whether what it tells of has segments, as labels have and values have not."""
        ...

    @property
    def is_exclusive(self) -> bool:
        """Whether a frame has one label at most."""
        ...

    @property
    def has_decimals(self) -> bool:
        """Whether numbers have six decimals, as scores do; else as many digits as it takes."""
        ...

    @property
    def carried(self) -> CarriedCells:
        """The cells at the end of each row that are not the model's."""
        ...

    def header(self) -> list[str]:
        """The names of the columns."""
        ...

    def values(self, prediction: Prediction) -> list[Any]:
        """The cells of one row as text, numbers and booleans, in the order of `header`."""
        ...

    def row(self, prediction: Prediction) -> list[str]:
        """The cells of one row as the CSV holds them, in the order of `header`."""
        ...

    def annotation(self, prediction: Prediction) -> Annotation:
        """What is shown of a prediction."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRows:
    """One label a frame, and its runners-up: softmax, logits and binary heads."""

    has_segments: ClassVar[bool] = True
    is_exclusive: ClassVar[bool] = True
    has_decimals: ClassVar[bool] = True
    carried: ClassVar[CarriedCells] = CarriedCells()

    video: str
    """What stands in the column `video`."""
    labels: Sequence[str]
    """The C labels by class id."""
    top_k: int = 3
    """How many answers a row holds."""
    all_scores: bool = False
    """Whether a row ends with the scores of all C classes."""

    def header(self) -> list[str]:
        """The names of the columns."""
        scores = [SCORE + label for label in distinct(self.labels)] if self.all_scores else []
        return [*FRAME_COLUMNS, *BEST_COLUMNS, *runners_up(self.labels, self.top_k), *scores]

    def values(self, prediction: Prediction) -> list[Any]:
        """The cells of one row as text, numbers and booleans, in the order of `header`."""
        cells = _frame_cells(self.video, prediction)
        cells += _ranked_cells(self.labels, prediction, top_k=self.top_k)
        if self.all_scores:
            cells += prediction.scores.tolist()
        return cells

    def row(self, prediction: Prediction) -> list[str]:
        """The cells of one row as the CSV holds them, in the order of `header`."""
        return _as_text(self.values(prediction))

    def annotation(self, prediction: Prediction) -> Annotation:
        """The answers that the prediction's row holds."""
        top = prediction.top(max(self.top_k, 1))
        return ranked_annotation(prediction.pts_seconds, _answers(self.labels, top))


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelRows:
    """Any number of labels a frame, each with a score and a threshold of its own: sigmoid heads."""

    has_segments: ClassVar[bool] = True
    is_exclusive: ClassVar[bool] = False
    has_decimals: ClassVar[bool] = True
    carried: ClassVar[CarriedCells] = CarriedCells()

    video: str
    """What stands in the column `video`."""
    labels: Sequence[str]
    """The C labels by class id."""
    thresholds: Sequence[float]
    """The score from which each of them counts."""
    top_k: int = 3
    """How many of the best labels have columns of their own."""

    def header(self) -> list[str]:
        """The names of the columns."""
        scores = [SCORE + label for label in distinct(self.labels)]
        best = [*BEST_COLUMNS, *runners_up(self.labels, self.top_k)]
        return [*FRAME_COLUMNS, *best, LABELS, *scores]

    def values(self, prediction: Prediction) -> list[Any]:
        """The cells of one row as text, numbers and booleans, in the order of `header`."""
        cells = _frame_cells(self.video, prediction)
        cells += _ranked_cells(self.labels, prediction, top_k=self.top_k)
        cells.append(joined([self.labels[class_id] for class_id, _ in self.counting(prediction)]))
        return [*cells, *prediction.scores.tolist()]

    def row(self, prediction: Prediction) -> list[str]:
        """The cells of one row as the CSV holds them, in the order of `header`."""
        return _as_text(self.values(prediction))

    def annotation(self, prediction: Prediction) -> Annotation:
        """All labels that count; the best one, not sure, where none does."""
        counting = self.counting(prediction)
        (best,) = _answers(self.labels, prediction.top(1))
        return label_annotation(prediction.pts_seconds, _answers(self.labels, counting), best)

    def counting(self, prediction: Prediction) -> list[tuple[int, float]]:
        """(class id, score) of each label at or above its threshold, best first."""
        scores = prediction.scores
        counts = reaches(scores, np.asarray(self.thresholds, np.float32))
        return [(class_id, float(scores[class_id])) for class_id in best_first(counts, scores)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueRows:
    """Values, with no labels and no confidence: regression heads."""

    has_segments: ClassVar[bool] = False
    is_exclusive: ClassVar[bool] = True
    has_decimals: ClassVar[bool] = False
    carried: ClassVar[CarriedCells] = CarriedCells()

    video: str
    """What stands in the column `video`."""
    names: Sequence[str]
    """The name of each value."""
    units: Sequence[str] | None = None
    """The unit of each, "" where it has none; None where none has. The table goes without."""
    bounds: Sequence[tuple[float, float]] | None = None
    """The lowest and highest to be expected of each; None where that is not known."""

    def header(self) -> list[str]:
        """The names of the columns."""
        names = distinct(self.names)
        return [*FRAME_COLUMNS, *(VALUE + name for name in names), *(RAW + name for name in names)]

    def values(self, prediction: Prediction) -> list[Any]:
        """The cells of one row as text, numbers and booleans, in the order of `header`."""
        cells = _frame_cells(self.video, prediction)
        return [*cells, *prediction.scores.tolist(), *prediction.raw.tolist()]

    def row(self, prediction: Prediction) -> list[str]:
        """The cells of one row as the CSV holds them, in the order of `header`.

        A value has as many digits as it takes to read the same float32 back.
        """
        frame = _as_text(_frame_cells(self.video, prediction))
        return [*frame, *map(str, prediction.scores), *map(str, prediction.raw)]

    def annotation(self, prediction: Prediction) -> Annotation:
        """All values, in the model's order."""
        scales = value_scales(self.names, units=self.units, bounds=self.bounds)
        return value_annotation(prediction.pts_seconds, scales, prediction.scores.tolist())


def choose_row_format(
    head: Head,
    *,
    video: str,
    labels: Sequence[str],
    thresholds: Sequence[float],
    units: Sequence[str] | None,
    bounds: Sequence[tuple[float, float]] | None,
    top_k: int,
    all_scores: bool,
) -> RowFormat:
    """The rows of a model with such a head; what they don't need of the rest is passed over.

    Args:
        head: what the model's outputs are.
        video: what stands in the column `video`.
        labels: the C labels by class id, or the names of values.
        thresholds: as in `LabelRows`.
        units: as in `ValueRows`.
        bounds: as in `ValueRows`.
        top_k: how many answers a row holds.
        all_scores: as in `ClassRows`.
    """
    if head == "regression":
        return ValueRows(video=video, names=labels, units=units, bounds=bounds)
    if head == "sigmoid":
        return LabelRows(video=video, labels=labels, thresholds=thresholds, top_k=top_k)
    return ClassRows(video=video, labels=labels, top_k=top_k, all_scores=all_scores)


def _frame_cells(video: str, prediction: Prediction) -> list[Any]:
    return [video, prediction.index, prediction.pts_seconds, prediction.inferred]


def _ranked_cells(labels: Sequence[str], prediction: Prediction, *, top_k: int) -> list[Any]:
    """The best label, the model's own, and the runners-up."""
    (class_id, confidence), *others = prediction.top(max(top_k, 1))
    raw_id = prediction.raw_class_id
    raw_confidence = float(prediction.raw[raw_id])
    cells: list[Any] = [labels[class_id], class_id, confidence, labels[raw_id], raw_confidence]
    for other, score in others:
        cells += (labels[other], score)
    return cells


def _as_text(cells: list[Any]) -> list[str]:
    texts = [score_text(cell) if isinstance(cell, float) else str(cell) for cell in cells]
    texts[_TIMESTAMP] = timestamp_text(cells[_TIMESTAMP])
    texts[_INFERRED] = truth_text(cells[_INFERRED])
    return texts


def _answers(labels: Sequence[str], top: Sequence[tuple[int, float]]) -> tuple[Answer, ...]:
    """With the six decimals of their row: what is drawn from the table must be the same."""
    return tuple(
        Answer(label=labels[class_id], class_id=class_id, confidence=rounded_score(score))
        for class_id, score in top
    )
