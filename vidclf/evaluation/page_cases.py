"""The cases of a page as plain values: what they are, and small pictures of the most important."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vidclf.evaluation.case_pictures import pictures_of
from vidclf.evaluation.listed_cases import listed_stretches, stretches_of, worst_of
from vidclf.evaluation.results import Evaluation
from vidclf.files.places import Place
from vidclf.pages.links import relative_link

MOST_MISTAKES = 48
MOST_ISSUES = 30
MOST_DUPLICATES = 24


def cases_data(evaluation: Evaluation, folder: Place) -> dict[str, Any]:
    """Listed cases in columns, their files and pictures, and which are shown where.

    Args:
        evaluation: what was found.
        folder: where the page will lie.
    """
    stretches = stretches_of(evaluation)
    mistakes = worst_of(stretches, MOST_MISTAKES)
    listed = listed_stretches(evaluation, stretches)
    issues = evaluation.label_issues[:MOST_ISSUES]
    pairs = evaluation.near_duplicates[:MOST_DUPLICATES]
    apart = [issue.case for issue in issues] + pairs.ravel().tolist()
    cases = list(dict.fromkeys([*stretches.shown[listed].tolist(), *apart]))
    spans = zip(stretches.first.tolist(), stretches.count.tolist(), strict=True)
    span_of = dict(zip(stretches.shown.tolist(), spans, strict=True))
    place_of = {case: place for place, case in enumerate(cases)}
    first = [*stretches.shown[mistakes].tolist(), *apart]
    pictures = pictures_of(evaluation.cases, list(dict.fromkeys([*first, *cases])))
    return {
        "cases": _columns(evaluation, cases, [span_of.get(case, (case, 1)) for case in cases]),
        **_files(evaluation, cases, folder),
        "stills": {str(place_of[case]): picture for case, picture in pictures.items()},
        "listed": len(listed),
        "mistakes": [place_of[case] for case in stretches.shown[mistakes].tolist()],
        "issues": [
            {
                "case": place_of[issue.case],
                "given": issue.given,
                "suggested": issue.suggested,
                "margin": round(issue.margin, 3),
            }
            for issue in issues
        ],
        "duplicates": [[place_of[a], place_of[b]] for a, b in pairs.tolist()],
        "counts": {
            "wrong": int(evaluation.is_wrong.sum()),
            "issues": len(evaluation.label_issues),
            "duplicates": len(evaluation.near_duplicates),
        },
    }


def _columns(
    evaluation: Evaluation, cases: Sequence[int], spans: Sequence[tuple[int, int]]
) -> dict[str, list[Any]]:
    """What is true of each case and what was answered: ids, lists of ids, or numbers."""
    told = [evaluation.cases[case] for case in cases]
    columns: dict[str, list[Any]] = {
        "frame": [case.frame for case in told],
        "time": [_rounded(case.timestamp) for case in told],
        "from": [_rounded(evaluation.cases[first].timestamp) for first, _ in spans],
        "count": [count for _, count in spans],
        "truth": _said(evaluation.truth[cases]),
    }
    if evaluation.answers is not None:
        columns["answer"] = _said(evaluation.answers[cases])
    if evaluation.task == "regression" and evaluation.predictions is not None:
        columns["answer"] = _said(evaluation.predictions[cases])
    if evaluation.task == "multi_label" and evaluation.predictions is not None:
        columns["scores"] = [_wrong_scores(evaluation, case) for case in cases]
    if evaluation.confidences is not None:
        columns["confidence"] = [
            None if np.isnan(value) else round(float(value), 4)
            for value in evaluation.confidences[cases]
        ]
    if evaluation.clips:
        begins = np.array([clip.first_case for clip in evaluation.clips])
        columns["clip"] = (np.searchsorted(begins, cases, side="right") - 1).tolist()
    return columns


def _wrong_scores(evaluation: Evaluation, case: int) -> list[list[float]]:
    """The score of each label that was answered wrongly: [label, score]."""
    assert evaluation.answers is not None
    assert evaluation.predictions is not None
    wrong = np.flatnonzero(evaluation.answers[case] != evaluation.truth[case])
    return [
        [place, round(float(evaluation.predictions[case, place]), 4)] for place in wrong.tolist()
    ]


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 4)


def _said(rows: NDArray[Any]) -> list[Any]:
    if rows.dtype == np.bool_:
        return [np.flatnonzero(row).tolist() for row in rows]
    if rows.dtype.kind == "f":
        return [[float(f"{value:.6g}") for value in row] for row in rows]
    ids: list[int] = rows.tolist()
    return ids


def _files(evaluation: Evaluation, cases: Sequence[int], folder: Place) -> dict[str, Any]:
    """Each case's file by its number; a file by its name below what all have in common."""
    paths = [evaluation.cases[case].path for case in cases]
    numbers = {path: number for number, path in enumerate(dict.fromkeys(paths))}
    there = {path: path.absolute() for path in numbers if isinstance(path, Path) and path.is_file()}
    base = _common_folder(list(there.values()))
    files = [
        [_name(there[path], base), relative_link(there[path], folder)]
        if path in there
        else [str(path)]
        for path in numbers
    ]
    return {"files": files, "fileOf": [numbers[path] for path in paths]}


def _common_folder(paths: Sequence[Path]) -> Path | None:
    try:
        return Path(os.path.commonpath([path.parent for path in paths]))
    except ValueError:  # none, or on several drives
        return None


def _name(path: Path, base: Path | None) -> str:
    return path.as_posix() if base is None else path.relative_to(base).as_posix()
