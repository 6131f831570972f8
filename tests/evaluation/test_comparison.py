"""Two evaluations of the same cases: which is better."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from vidclf.errors import DataError
from vidclf.evaluation.comparison import compare_evaluations
from vidclf.evaluation.output_files import table_writers
from vidclf.evaluation.results import Case, Evaluation
from vidclf.metrics.scoring import score

LABELS = ("cat", "dog")
TRUTH = np.arange(40) % 2


def evaluated(
    scores: NDArray[np.floating[Any]],
    *,
    truth: NDArray[Any] = TRUTH,
    task: Any = "classes",
    folder: str = "data",
    groups: NDArray[np.int64] | None = None,
) -> Evaluation:
    count = len(truth)
    answers = None if task == "regression" else scores >= 0.5
    return Evaluation(
        kind="model",
        task=task,
        labels=LABELS[: scores.shape[1]],
        truth=truth,
        predictions=scores,
        answers=scores.argmax(axis=1) if task == "classes" else answers,
        confidences=scores.max(axis=1) if task == "classes" else None,
        groups=np.arange(count) if groups is None else groups,
        cases=[Case(path=Path(folder) / f"{i // 4}.png", frame=i % 4) for i in range(count)],
        metrics=score(task, truth, scores, LABELS[: scores.shape[1]], groups=groups),
        model_name="other",
    )


def with_mistakes(count: int) -> NDArray[np.float64]:
    """Scores that are wrong of the first cases."""
    right = np.eye(2)[TRUTH] * 0.8 + 0.1
    right[:count] = right[:count, ::-1]
    return right


def written(evaluation: Evaluation, folder: Path) -> None:
    folder.mkdir()
    for name, write in table_writers(evaluation).items():
        write(folder / name)


def compared(folder: Path, here: Evaluation, there: Evaluation) -> dict[str, Any]:
    written(there, folder / "there")
    return compare_evaluations(here, folder / "there")


def test_the_better_one_is_told_with_its_test(tmp_path: Path) -> None:
    told = compared(tmp_path, evaluated(with_mistakes(2)), evaluated(with_mistakes(14)))
    assert (told["better"], told["decided_by"]) == ("here", "McNemar")
    assert told["accuracy"]["difference"] == pytest.approx(12 / 40)
    assert (told["accuracy"]["right_here_alone"], told["accuracy"]["right_there_alone"]) == (12, 0)
    assert told["accuracy"]["mcnemar_p_value"] == pytest.approx(2 / 2**12)
    assert told["macro_f1"]["difference"] > 0.2
    assert (told["other_model"], told["cases"], told["groups"]) == ("other", 40, 40)
    json.dumps(told, allow_nan=False)


def test_the_other_one_may_be_better(tmp_path: Path) -> None:
    assert (
        compared(tmp_path, evaluated(with_mistakes(14)), evaluated(with_mistakes(2)))["better"]
        == "there"
    )


def test_chance_is_not_called_better(tmp_path: Path) -> None:
    told = compared(tmp_path, evaluated(with_mistakes(2)), evaluated(with_mistakes(5)))
    assert told["better"] is None


def test_frames_of_two_clips_prove_nothing_by_their_number(tmp_path: Path) -> None:
    groups = np.arange(40) // 20
    here, there = (evaluated(with_mistakes(n), groups=groups) for n in (0, 14))
    told = compared(tmp_path, here, there)
    assert told["accuracy"]["mcnemar_p_value"] < 0.001
    assert (told["better"], told["decided_by"]) == (None, "bootstrap over groups")


def test_data_may_lie_elsewhere(tmp_path: Path) -> None:
    here = evaluated(with_mistakes(2), folder="/home/a/data")
    told = compared(tmp_path, here, evaluated(with_mistakes(2), folder="shared"))
    assert told["cases"] == 40


def test_cases_of_one_alone_are_left_out_and_counted(tmp_path: Path) -> None:
    there = evaluated(with_mistakes(2)[:36], truth=TRUTH[:36])
    told = compared(tmp_path, evaluated(with_mistakes(2)), there)
    assert (told["cases"], told["only_here"], told["only_there"]) == (36, 4, 0)


def test_several_labels_a_case(tmp_path: Path) -> None:
    truth = np.eye(2, dtype=bool)[TRUTH]
    here, there = (evaluated(with_mistakes(n), truth=truth, task="multi_label") for n in (2, 14))
    told = compared(tmp_path, here, there)
    assert told["better"] == "here"
    assert told["macro_f1"]["here"] == pytest.approx(38 / 40)


def test_regressions_are_compared_by_their_errors(tmp_path: Path) -> None:
    truth = np.linspace(0, 1, 40)[:, np.newaxis]
    here, there = (evaluated(truth + off, truth=truth, task="regression") for off in (0.1, -0.5))
    told = compared(tmp_path, here, there)
    assert told["mae"]["difference"] == pytest.approx(-0.4)
    assert told["better"] == "here"


def test_another_truth_is_said(tmp_path: Path) -> None:
    there = evaluated(with_mistakes(2), truth=1 - TRUTH)
    with pytest.raises(DataError, match=r"0.png, frame 0, is 'cat' here and 'dog' in .*cases.csv"):
        compared(tmp_path, evaluated(with_mistakes(2)), there)


def test_other_data_are_said(tmp_path: Path) -> None:
    here = evaluated(with_mistakes(2)[:1], truth=TRUTH[:1])
    there = evaluated(with_mistakes(2))
    written(there, tmp_path / "there")
    cases = tmp_path / "there" / "cases.csv"
    cases.write_text(cases.read_text().replace(".png", ".jpg"))
    with pytest.raises(DataError, match="no case in common"):
        compare_evaluations(here, tmp_path / "there" / "metrics.json")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is no JSON"),
        ("[]", "is no evaluation"),
        ('{"accuracy": 1}', "is no evaluation"),
        ('{"evaluation_format": 99}', "has the format 99, and this version reads 1"),
        ('{"evaluation_format": 1, "task": "regression"}', "of the task 'regression'"),
        ('{"evaluation_format": 1, "task": "classes"}', r"cannot read the cases .*cases.csv"),
    ],
)
def test_what_is_no_evaluation_is_said(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "metrics.json"
    path.write_text(text)
    with pytest.raises(DataError, match=message):
        compare_evaluations(evaluated(with_mistakes(2)), path)


def test_a_missing_evaluation_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"cannot read the evaluation .*No such file"):
        compare_evaluations(evaluated(with_mistakes(2)), tmp_path / "metrics.json")
