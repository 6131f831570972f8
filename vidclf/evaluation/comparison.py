"""Which of two evaluations of the same cases is better: `--compare OTHER.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vidclf.dataset.examples import Task
from vidclf.errors import DataError
from vidclf.evaluation.case_rows import CaseRows
from vidclf.evaluation.case_table import CaseTable, numbers_of, shared_places
from vidclf.evaluation.output_files import CASES, EVALUATION_FORMAT, METRICS
from vidclf.evaluation.results import Evaluation
from vidclf.files.local_files import is_folder, local_file
from vidclf.files.places import Place, place_of
from vidclf.metrics.paired import (
    Difference,
    macro_f1_difference,
    mcnemar_p_value,
    mean_difference,
)
from vidclf.table.named_tables import PathLike
from vidclf.table.schema import split

Held = Sequence[Sequence[str]]
"""The labels of each case."""

_LIMIT = 0.05
"""The chance below which a difference is taken for one."""
_BY_DRAWS = "bootstrap over groups"


def compare_evaluations(evaluation: Evaluation, other: PathLike) -> dict[str, Any]:
    """Compare an evaluation with an earlier one of the same cases.

    Args:
        evaluation: the one at hand.
        other: the `metrics.json` of the other, or its folder; `cases.csv` lies beside it.

    Returns:
        What JSON holds, under the names of docs/evaluate.md.

    Raises:
        DataError: the other cannot be read, or is not of these cases.
    """
    path = place_of(other)
    path = path / METRICS if is_folder(path) else path
    told = _read(path)
    if told.get("task") != evaluation.task:
        raise DataError(
            f"{path} is of the task {told.get('task')!r}, and this evaluation of "
            f"{evaluation.task!r}: only evaluations of one task can be compared"
        )
    rows = CaseRows(evaluation)
    here = CaseTable.of_rows(evaluation.data_name, rows.columns(), rows.cells())
    there = CaseTable.read(path.with_name(CASES))
    pairs = shared_places(here, there)
    if not pairs:
        raise DataError(
            f"{here.name} and {there.name} have no case in common: compare evaluations of the same "
            "data"
        )
    places = [place for place, _ in pairs]
    shared = here.at(places), there.at([place for _, place in pairs])
    _check_truth(*shared)
    groups = evaluation.groups[places]
    figures = _value_figures if evaluation.task == "regression" else _answer_figures
    model = told.get("model")
    return {
        "other": str(path),
        "other_model": model.get("name", "") if isinstance(model, dict) else "",
        "cases": len(pairs),
        "groups": len(np.unique(groups)),
        "only_here": len(here.places) - len(pairs),
        "only_there": len(there.places) - len(pairs),
        **figures(*shared, groups, task=evaluation.task),
    }


def _read(path: Place) -> Mapping[str, Any]:
    try:
        told = json.loads(local_file(path).read_text(encoding="utf-8"))
    except OSError as exc:
        raise DataError(f"cannot read the evaluation {path} ({exc.strerror})") from exc
    except (ValueError, RecursionError) as exc:
        raise DataError(f"{path} is no JSON: name the metrics.json of an evaluation") from exc
    if not isinstance(told, dict) or "evaluation_format" not in told:
        raise DataError(f"{path} is no evaluation: name the metrics.json of one")
    if told["evaluation_format"] != EVALUATION_FORMAT:
        raise DataError(
            f"{path} has the format {told['evaluation_format']!r}, and this version reads "
            f"{EVALUATION_FORMAT}: evaluate anew"
        )
    return told


def _check_truth(here: CaseTable, there: CaseTable) -> None:
    for place, true, other in zip(here.places, here.truth, there.truth, strict=True):
        if true != other:
            at = f"{place[0]}, frame {place[1]}," if place[1] else place[0]
            raise DataError(
                f"{at} is {' '.join(true)!r} here and {' '.join(other)!r} in {there.name}: "
                "evaluate both on the same data"
            )


def _value_figures(
    here: CaseTable, there: CaseTable, groups: NDArray[np.int64], *, task: Task
) -> dict[str, Any]:
    """How two regressions differ, and which is better."""
    truth = np.array(numbers_of(here.truth, here.name))
    first, second = (
        np.abs(np.array(numbers_of(table.answers, table.name)) - truth).mean(axis=1)
        for table in (here, there)
    )
    mae = mean_difference(first, second, groups)
    better = _better(-mae.first, -mae.second, is_certain=mae.is_certain)
    return {"mae": _told(mae), "better": better, "decided_by": _BY_DRAWS}


def _answer_figures(
    here: CaseTable, there: CaseTable, groups: NDArray[np.int64], *, task: Task
) -> dict[str, Any]:
    """How two that answer with labels differ, and which is better."""
    first, second = (
        np.array([true == answer for true, answer in zip(here.truth, answers, strict=True)])
        for answers in (here.answers, there.answers)
    )
    accuracy = mean_difference(first, second, groups)
    p_value = mcnemar_p_value(first, second)
    are_independent = len(np.unique(groups)) == len(groups)
    is_certain = p_value < _LIMIT if are_independent else accuracy.is_certain
    columns = [
        [split(cell) if task == "multi_label" else [cell] for (cell,) in column]
        for column in (here.truth, here.answers, there.answers)
    ]
    return {
        "accuracy": {
            **_told(accuracy),
            "right_here_alone": int((first & ~second).sum()),
            "right_there_alone": int((second & ~first).sum()),
            "mcnemar_p_value": p_value,
        },
        "macro_f1": _told(macro_f1_difference(*_marks(*columns), groups)),
        "better": _better(accuracy.first, accuracy.second, is_certain=is_certain),
        "decided_by": "McNemar" if are_independent else _BY_DRAWS,
    }


def _marks(
    truth: Held, first: Held, second: Held
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """(N, C) marks of each: which of all labels each case has."""
    labels = dict.fromkeys(name for held in (truth, first, second) for row in held for name in row)
    ids = {name: place for place, name in enumerate(labels)}

    def marks_of(held: Held) -> NDArray[np.bool_]:
        marks = np.zeros((len(held), len(ids)), dtype=bool)
        for row, names in enumerate(held):
            marks[row, [ids[name] for name in names]] = True
        return marks

    return marks_of(truth), marks_of(first), marks_of(second)


def _told(difference: Difference) -> dict[str, Any]:
    return {
        "here": difference.first,
        "there": difference.second,
        "difference": difference.first - difference.second,
        "interval": difference.interval,
        "p_value": difference.p_value,
    }


def _better(here: float, there: float, *, is_certain: bool) -> str | None:
    """Which is better, `here` or `there`; None where that may be chance."""
    if not is_certain or here == there:
        return None
    return "here" if here > there else "there"
