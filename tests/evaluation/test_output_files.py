"""What stands in metrics.json, cases.csv and mistakes.csv."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.evaluations import of_classes, of_clips, of_labels, of_values

from vidclf.errors import OutputExistsError
from vidclf.evaluation.output_files import check_free, metrics_document, table_writers
from vidclf.evaluation.results import Case, Evaluation, LabelIssue


def rows(evaluation: Evaluation, name: str, folder: Path) -> list[dict[str, str]]:
    path = folder / name
    table_writers(evaluation)[name](path)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_figures_stand_under_their_names_and_what_they_are_of(tmp_path: Path) -> None:
    evaluation = of_classes(
        [0, 1, 2], [0, 1, 1],
        label_issues=(LabelIssue(case=2, given=2, suggested=1, margin=0.85),),
        left_out=((Path("bad.png"), "is no picture"),),
        notes=("few cases",),
        part="test",
    )  # fmt: skip
    table_writers(evaluation, {"better": "here"})["metrics.json"](tmp_path / "metrics.json")
    told = json.loads((tmp_path / "metrics.json").read_text(encoding="utf-8"))
    assert told["evaluation_format"] == 1
    assert told["accuracy"] == pytest.approx(2 / 3)
    assert (told["task"], told["labels"]) == ("classes", ["cat", "dog", "big bird"])
    assert told["model"]["name"] == "net.keras"
    assert told["data"] == {"name": "pictures", "part": "test"}
    assert told["mistakes"] == 1
    (issue,) = told["likely_wrong_labels"]
    assert (issue["given"], issue["suggested"], issue["margin"]) == ("big bird", "dog", 0.85)
    assert told["left_out"] == [{"path": "bad.png", "reason": "is no picture"}]
    assert told["comparison"] == {"better": "here"}
    assert "clips" not in told


def test_figures_of_tables_are_told_for_each_clip() -> None:
    told = metrics_document(of_clips([0, 0, 1, 1], [0, 0, 1, 0], fps=2))
    (clip,) = told["clips"]
    assert (clip["name"], clip["accuracy"], clip["edit_score"]) == ("clip.mp4", 0.75, None)


def test_every_case_is_a_row(tmp_path: Path) -> None:
    evaluation = of_clips([0, 0, 1], [0, 2, 1], fps=2)
    first, second, _ = rows(evaluation, "cases.csv", tmp_path)
    assert first == {
        "path": "clip.mp4",
        "frame": "0",
        "timestamp": "0.0",
        "group": "0",
        "true": "cat",
        "predicted": "cat",
        "confidence": "0.900000",
        "correct": "TRUE",
    }
    assert (second["timestamp"], second["correct"]) == ("0.5", "FALSE")


def test_mistakes_are_listed_most_confident_first(tmp_path: Path) -> None:
    sureness = np.array([0.9, 0.5, np.nan, 0.8])
    evaluation = replace(of_classes([0, 0, 0, 0], [0, 1, 2, 1]), confidences=sureness)
    found = rows(evaluation, "mistakes.csv", tmp_path)
    assert [row["path"] for row in found] == ["/nowhere/3.png", "/nowhere/1.png", "/nowhere/2.png"]
    assert [row["confidence"] for row in found] == ["0.800000", "0.500000", ""]
    assert (found[0]["frame"], found[0]["timestamp"]) == ("", "")


def test_of_several_labels_the_worst_one_counts(tmp_path: Path) -> None:
    truth = np.array([[1, 0], [1, 1], [0, 1]], bool)
    scores = np.array([[0.9, 0.6], [0.1, 0.9], [0.2, 0.8]])
    found = rows(of_labels(truth, scores), "mistakes.csv", tmp_path)
    assert [(row["true"], row["predicted"], row["confidence"]) for row in found] == [
        ("cat; dog", "dog", "0.900000"),
        ("cat", "cat; dog", "0.600000"),
    ]


def test_values_are_listed_by_their_errors(tmp_path: Path) -> None:
    evaluation = of_values(np.array([[1.0], [2.0]]), np.array([[1.5], [-1.0]]))
    worst, other = rows(evaluation, "mistakes.csv", tmp_path)
    assert (worst["true_angle"], worst["predicted_angle"], worst["error"]) == ("2", "-1", "3")
    assert other["error"] == "0.5"
    assert rows(evaluation, "cases.csv", tmp_path)[0]["error"] == "0.5"


def test_an_evaluation_that_is_there_is_not_made_again_in_vain(tmp_path: Path) -> None:
    (tmp_path / "metrics.json").touch()
    with pytest.raises(OutputExistsError, match="give --overwrite to replace the evaluation"):
        check_free(tmp_path, overwrite=False)
    check_free(tmp_path, overwrite=True)


def plain(value: Any) -> bool:
    """Whether a value is of JSON's types alone."""
    if isinstance(value, dict):
        return all(type(key) is str and plain(part) for key, part in value.items())
    if isinstance(value, list):
        return all(map(plain, value))
    return value is None or type(value) in (str, int, float, bool)


@pytest.mark.parametrize(
    "evaluation",
    [
        of_classes([0, 1, 1], [0, 1, 0]),
        of_labels(np.eye(3, dtype=bool), np.eye(3) * 0.9),
        of_values(np.arange(4.0).reshape(2, 2), np.ones((2, 2))),
        of_clips([0, 0, 1], [0, 2, 1], fps=2),
    ],
    ids=["classes", "labels", "values", "clips"],
)
def test_metrics_are_of_plain_types(evaluation: Evaluation) -> None:
    assert plain(metrics_document(evaluation))


def test_a_name_that_is_no_utf8_is_written_with_an_escape(tmp_path: Path) -> None:
    evaluation = replace(
        of_classes([0, 1], [0, 0]),
        cases=[Case(path=Path("a.png")), Case(path=Path("\udcff.png"))],
        left_out=((Path("\udcfe.png"), "is no picture"),),
    )
    for name, write in table_writers(evaluation).items():
        write(tmp_path / name)
    assert "\\udcff.png" in (tmp_path / "cases.csv").read_text(encoding="utf-8")
    told = json.loads((tmp_path / "metrics.json").read_text(encoding="utf-8"))
    assert told["left_out"][0]["path"] == "\udcfe.png"
