"""Cases as rows of a table: what is true, what was answered, and how sure the answer was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vidclf.evaluation.results import Case, Evaluation
from vidclf.table.cells import score_text, timestamp_text, truth_text
from vidclf.table.schema import joined

_PLACE = ("path", "frame", "timestamp")


class CaseRows:
    """The rows of `cases.csv` and `mistakes.csv`, from an evaluation."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation
        self._is_wrong = evaluation.is_wrong
        self._sureness = _sureness(evaluation)

    def columns(self) -> list[str]:
        """The header of `cases.csv`."""
        last = "error" if self._evaluation.task == "regression" else "correct"
        return [*_PLACE, "group", *self._answer_columns(), last]

    def cells(self) -> Iterator[list[str]]:
        """The rows of `cases.csv`, in the order of the cases."""
        evaluation = self._evaluation
        for place, case in enumerate(evaluation.cases):
            is_right = truth_text(not self._is_wrong[place])
            last = self._error_text(place) if evaluation.task == "regression" else is_right
            group = str(evaluation.groups[place])
            yield [*_place_cells(case), group, *self._answer_cells(place), last]

    def mistake_columns(self) -> list[str]:
        """The header of `mistakes.csv`."""
        error = ["error"] if self._evaluation.task == "regression" else []
        return [*_PLACE, *self._answer_columns(), *error]

    def mistake_cells(self) -> Iterator[list[str]]:
        """The rows of `mistakes.csv`, most confident first."""
        evaluation = self._evaluation
        for place in self.mistakes():
            error = [self._error_text(place)] if evaluation.task == "regression" else []
            yield [*_place_cells(evaluation.cases[place]), *self._answer_cells(place), *error]

    def mistakes(self) -> list[int]:
        """The places of the cases that are wrong, most confident first; of values all, worst first.

        Of several labels a case's worst one counts: the highest score of a label that it has not,
        or what the score of one that it has lacks to 1.
        """
        is_regression = self._evaluation.task == "regression"
        places = np.flatnonzero(self._is_wrong | is_regression)
        sureness = np.nan_to_num(self._sureness, nan=-1.0)[places]
        order: list[int] = places[np.argsort(-sureness, kind="stable")].tolist()
        return order

    def _answer_columns(self) -> list[str]:
        if self._evaluation.task != "regression":
            return ["true", "predicted", "confidence"]
        labels = self._evaluation.labels
        return [f"{kind}_{name}" for name in labels for kind in ("true", "predicted")]

    def _answer_cells(self, place: int) -> list[str]:
        evaluation, truth = self._evaluation, self._evaluation.truth[place]
        if evaluation.answers is None:
            assert evaluation.predictions is not None
            pairs = zip(truth, evaluation.predictions[place], strict=True)
            return [f"{number:.9g}" for pair in pairs for number in pair]
        names = [self._names(marks) for marks in (truth, evaluation.answers[place])]
        sureness = self._sureness[place]
        return [*names, "" if np.isnan(sureness) else score_text(sureness)]

    def _names(self, marks: Any) -> str:
        labels = self._evaluation.labels
        if self._evaluation.task == "classes":
            return labels[int(marks)]
        return joined([labels[place] for place in np.flatnonzero(marks)])

    def _error_text(self, place: int) -> str:
        return f"{self._sureness[place]:.9g}"


def _place_cells(case: Case) -> Sequence[str]:
    frame = "" if case.frame is None else str(case.frame)
    timestamp = "" if case.timestamp is None else timestamp_text(case.timestamp)
    # half a surrogate pair stands for a byte of a name that is not UTF-8
    path = str(case.path).encode("utf-8", "backslashreplace").decode()
    return path, frame, timestamp


def _sureness(evaluation: Evaluation) -> NDArray[np.float64]:
    """(N,) the score of each answer; of several labels, that of the worst one of a wrong case.

    NaN where there is none. Of a regression, the absolute error, on average over the values.
    """
    if evaluation.confidences is not None:
        return evaluation.confidences.astype(np.float64)
    assert evaluation.predictions is not None
    numbers = evaluation.predictions.astype(np.float64)
    if evaluation.answers is None:
        errors: NDArray[np.float64] = np.abs(numbers - evaluation.truth).mean(axis=1)
        return errors
    of_labels = np.where(evaluation.answers, numbers, 1 - numbers)
    is_wrong = evaluation.answers != evaluation.truth
    worst: NDArray[np.float64] = np.where(is_wrong, of_labels, 0).max(axis=1)
    return np.where(is_wrong.any(axis=1), worst, np.nan)
