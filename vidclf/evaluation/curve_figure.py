"""Precision against recall, of every class or label, as a picture."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from vidclf.core.figure_look import DARK, PALE, WIDTH_INCHES, shortened
from vidclf.evaluation.results import Evaluation

_HEIGHT_INCHES = 2.6
MOST_NAMED = 8
_MOST_POINTS = 500
_COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#7a5c00", "#56b4e9", "#6a3d9a", "#000000")
"""Okabe and Ito's, darker where they would vanish on white; they are told apart by dashes, too."""
_DASHES: tuple[Any, ...] = ((), (5, 1.5), (1.5, 1.5), (5, 1.5, 1.5, 1.5))


def curve_figure(evaluation: Evaluation) -> Figure:
    """A curve for each class with a case; of many those with the least average precision named."""
    assert evaluation.predictions is not None
    precision_of = {
        place: row["average_precision"]
        for place, row in enumerate(evaluation.metrics["per_class"])
        if row.get("average_precision") is not None
    }
    worst = sorted(precision_of, key=lambda place: precision_of[place])[:MOST_NAMED]
    named = sorted(worst) if len(precision_of) <= MOST_NAMED else worst
    figure = Figure(figsize=(WIDTH_INCHES * 1.35, _HEIGHT_INCHES), layout="constrained")
    axes = figure.subplots()
    for place in precision_of.keys() - set(named):
        axes.plot(*_curve(evaluation, place), color=PALE, linewidth=0.4, alpha=0.6, zorder=1)
    for order, place in enumerate(named):
        label = f"{precision_of[place]:.3f}  {shortened(evaluation.labels[place])}"
        axes.plot(
            *_curve(evaluation, place), label=label, linewidth=0.9, color=_COLORS[order],
            dashes=_DASHES[order % len(_DASHES)],
        )  # fmt: skip
    _finish(axes, len(precision_of))
    axes.set_title(f"Mean average precision {np.mean(list(precision_of.values())):.3f}")
    return figure


def _curve(evaluation: Evaluation, place: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Recall and precision of a class, no more points than can be seen."""
    from sklearn.metrics import precision_recall_curve

    assert evaluation.predictions is not None
    is_true = (
        evaluation.truth[:, place]
        if evaluation.task == "multi_label"
        else evaluation.truth == place
    )
    precision, recall, _ = precision_recall_curve(is_true, evaluation.predictions[:, place])
    corners = np.flatnonzero(np.append(True, np.diff(recall) != 0))
    seen = np.unique(np.linspace(0, len(corners) - 1, _MOST_POINTS).astype(np.intp))
    return recall[corners[seen]], precision[corners[seen]]


def _finish(axes: Axes, classes: int) -> None:
    axes.set_xlim(0, 1.01)
    axes.set_ylim(0, 1.02)
    axes.set_aspect("equal")
    axes.set_xlabel("recall")
    axes.set_ylabel("precision")
    least = f"the least of {classes}" if classes > MOST_NAMED else "by class"
    axes.legend(
        loc="center left", bbox_to_anchor=(1.02, 0.5), fontsize=6, frameon=False, handlelength=2.4,
        title=f"average precision,\n{least}", title_fontsize=6, alignment="left",
    )  # fmt: skip
    axes.grid(color=DARK, alpha=0.08, linewidth=0.5)
