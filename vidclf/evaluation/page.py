"""The page of an evaluation: all figures, and what to look at, in one HTML file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from vidclf._version import __version__
from vidclf.evaluation.confusion import Confusion, confusion_of, most_confused
from vidclf.evaluation.headline import headlines
from vidclf.evaluation.page_cases import cases_data
from vidclf.evaluation.page_clips import clips_data
from vidclf.evaluation.reliability import reliability_of
from vidclf.evaluation.results import Evaluation
from vidclf.evaluation.summary_text import comparison_lines
from vidclf.files.places import Place
from vidclf.files.write_errors import explained
from vidclf.overlay.colors import NEUTRAL, palette_color
from vidclf.pages.page import PageParts, make_page

_PARTS = PageParts(
    package="vidclf.evaluation",
    scripts=("cases", "matrix", "figures", "pairs", "clips", "main"),
    styles=("evaluation",),
)
MOST_IN_MATRIX = 40
_MOST_PAIRS = 100
_MOST_DOTS = 1500
_MOST_VALUES = 12


def write_page(
    evaluation: Evaluation,
    path: Path,
    *,
    folder: Place,
    comparison: Mapping[str, Any] | None = None,
) -> None:
    """Write the page of an evaluation.

    Args:
        evaluation: what was found.
        path: the file to write.
        folder: where the page will lie, which its links to pictures and clips start from.
        comparison: with another evaluation, as JSON has it.

    Raises:
        OutputError: the disk is full or the file cannot be written.
    """
    title = _title(evaluation)
    data = page_data(evaluation, folder)
    data["comparison"] = [] if comparison is None else list(comparison_lines(comparison))
    page = make_page(data, _PARTS, title=title)
    with explained(path):
        path.write_text(page, encoding="utf-8", errors="replace", newline="\n")


def page_data(evaluation: Evaluation, folder: Place) -> dict[str, Any]:
    """All that the page shows, as JSON holds it."""
    return {
        "version": __version__,
        "kind": evaluation.kind,
        "task": evaluation.task,
        "title": _title(evaluation),
        "about": _about(evaluation),
        "headlines": [asdict(one) for one in headlines(evaluation)],
        "labels": list(evaluation.labels),
        "colors": _colors(evaluation),
        "background": evaluation.background,
        **cases_data(evaluation, folder),
        "confusion": _confusion(evaluation),
        "rows": _rows(evaluation),
        "reliability": _reliability(evaluation),
        "values": _values(evaluation),
        "clips": clips_data(evaluation),
        "facts": _facts(evaluation),
        "remarks": list(evaluation.notes),
        "leftOut": [[str(path), reason] for path, reason in evaluation.left_out],
    }


def _title(evaluation: Evaluation) -> str:
    names = filter(None, (evaluation.model_name, Path(evaluation.data_name).name))
    return ", ".join(names) or "Evaluation"


def _about(evaluation: Evaluation) -> str:
    stills = sum(case.frame is None for case in evaluation.cases)
    frames = len(evaluation.cases) - stills
    parts = [_counted(stills, "picture")] if stills else []
    parts += [_counted(frames, "frame")] if frames else []
    nouns = {"classes": ("class", "classes"), "multi_label": ("label",), "regression": ("value",)}
    parts.append(_counted(len(evaluation.labels), *nouns[evaluation.task]))
    if evaluation.clips:
        parts.append(_counted(len(evaluation.clips), "clip"))
    if evaluation.part != "all":
        parts.append(f"part {evaluation.part}")
    return " · ".join(parts)


def _counted(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _colors(evaluation: Evaluation) -> list[str]:
    """Of each label by its class; grey for what is no label."""
    colors = [palette_color(place) for place in range(len(evaluation.labels))]
    if evaluation.background is not None:
        colors[evaluation.background] = NEUTRAL
    return ["#" + bytes(color).hex() for color in colors]


def _rows(evaluation: Evaluation) -> list[dict[str, Any]]:
    """The figures of each class; of many classes only of those with a case or an answer."""
    rows = [
        {"id": place, **row} for place, row in enumerate(evaluation.metrics.get("per_class", ()))
    ]
    if len(rows) <= MOST_IN_MATRIX:
        return rows
    return [row for row in rows if row["support"] or row["precision"] is not None]


def _confusion(evaluation: Evaluation) -> dict[str, Any] | None:
    if evaluation.task != "classes" or evaluation.answers is None:
        return None
    whole = confusion_of(evaluation.truth, evaluation.answers, evaluation.labels)
    shown = most_confused(whole, MOST_IN_MATRIX)
    place = {name: number for number, name in enumerate(whole.labels)}
    kept = shown.labels[: len(shown.labels) - bool(shown.others)]
    return {
        "names": list(shown.labels),
        "classes": [place[name] for name in kept] + [-1] * bool(shown.others),
        "counts": shown.counts.tolist(),
        "pairs": _frequent_pairs(whole),
    }


def _frequent_pairs(whole: Confusion) -> list[list[int]]:
    """The most frequent mistakes: true class, answered class, cases, cases of the true class."""
    wrong = whole.counts.copy()
    np.fill_diagonal(wrong, 0)
    cells = np.argsort(-wrong, axis=None, kind="stable")[:_MOST_PAIRS]
    rows, columns = np.unravel_index(cells, wrong.shape)
    totals = whole.counts.sum(axis=1)
    return [
        [row, column, int(wrong[row, column]), int(totals[row])]
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
        if wrong[row, column]
    ]


def _reliability(evaluation: Evaluation) -> dict[str, Any] | None:
    found = reliability_of(evaluation)
    if found is None:
        return None
    return {
        "counts": found.counts.tolist(),
        "confidence": found.confidence.round(4).tolist(),
        "right": found.right.round(4).tolist(),
        "ece": round(found.ece, 4),
    }


def _values(evaluation: Evaluation) -> list[dict[str, Any]]:
    """Of each value its figures, and some cases, evenly chosen, as dots."""
    if evaluation.task != "regression" or evaluation.predictions is None:
        return []
    count = len(evaluation.truth)
    rows = np.unique(np.linspace(0, count - 1, min(count, _MOST_DOTS)).astype(np.intp))
    return [
        {
            "name": name,
            "unit": (evaluation.units or ("",) * len(evaluation.labels))[place],
            "figures": evaluation.metrics["per_value"][place],
            "truth": [float(f"{value:.5g}") for value in evaluation.truth[rows, place]],
            "predicted": [float(f"{value:.5g}") for value in evaluation.predictions[rows, place]],
        }
        for place, name in enumerate(evaluation.labels[:_MOST_VALUES])
    ]


def _facts(evaluation: Evaluation) -> list[dict[str, Any]]:
    model = [["Name", evaluation.model_name], ["SHA-256", evaluation.model_digest[:16]]]
    data = [
        ["From", evaluation.data_name],
        ["Part", evaluation.part],
        ["Cases", f"{len(evaluation.cases):,}"],
        ["Independent groups", f"{len(np.unique(evaluation.groups)):,}"],
    ]
    groups = (("Model", model), ("Data", data))
    return [{"name": name, "rows": [row for row in rows if row[1]]} for name, rows in groups]
