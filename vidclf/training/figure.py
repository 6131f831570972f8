"""How a training went, as a picture: loss and accuracy over its epochs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidclf.core.figure_look import DARK, PALE, WIDTH_INCHES, own_look
from vidclf.files.figure_file import save_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_HEIGHT_INCHES = 3.1
_TRAINED, _VALIDATED = "#c26a00", "#1d5fa8"
_KEPT: Any = {
    "marker": "o", "markersize": 6, "markerfacecolor": "none", "markeredgecolor": DARK,
    "linestyle": "none", "zorder": 3,
}  # fmt: skip
_NAMES = {"loss": "loss", "accuracy": "accuracy", "mae": "mean absolute error"}
_STAGES = {"head": "the head alone", "fine-tune": "fine-tuning", "scratch": "all layers"}
_NAMED_FROM = 0.2
"""Share of the width that the name of a stage takes."""
_DOTTED_UP_TO = 40
"""Epochs up to which each has a dot."""

Row = Mapping[str, Any]


def draw_training(history: Sequence[Row], path: Path) -> None:
    """Draw loss and accuracy over the epochs, where a stage begins, and the epoch that was kept.

    Epochs are counted on from stage to stage; the last of the best ones is that which was kept.

    Args:
        history: the rows of `history.csv`, one for each epoch; one at least.
        path: the file, in the kind of its suffix.

    Raises:
        OutputError: the file cannot be written.
    """
    with own_look():
        save_figure(training_figure(history), path)


def training_figure(history: Sequence[Row]) -> Figure:
    """The figure of `draw_training`."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    figure = Figure(figsize=(WIDTH_INCHES, _HEIGHT_INCHES), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True)
    best = [place for place, row in enumerate(history) if row["best"]]
    kept = best[-1] if best else len(history) - 1
    second = "accuracy" if "accuracy" in history[0] else "mae"
    for axes, name in ((upper, "loss"), (lower, second)):
        _draw_curves(axes, history, name)
        axes.plot(kept + 1, history[kept][f"val_{name}"], label="kept", **_KEPT)
        _draw_stages(axes, history)
    _name_stages(upper, history)
    upper.set_title(_title(history[kept], second), pad=14)
    lower.legend(loc="best", fontsize=6, frameon=False)
    lower.set_xlabel("epoch")
    lower.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    lower.set_xlim(0.5, len(history) + 0.5)
    figure.align_ylabels()
    return figure


def _draw_curves(axes: Axes, history: Sequence[Row], name: str) -> None:
    epochs = range(1, len(history) + 1)
    look: dict[str, Any] = {"linewidth": 1, "markersize": 2}
    look["marker"] = "o" if len(epochs) <= _DOTTED_UP_TO else None
    trained, validated = ([row[field] for row in history] for field in (name, f"val_{name}"))
    axes.plot(epochs, trained, color=_TRAINED, dashes=(4, 1.5), label="training", **look)
    axes.plot(epochs, validated, color=_VALIDATED, label="validation", **look)
    axes.set_ylabel(_NAMES[name])


def _draw_stages(axes: Axes, history: Sequence[Row]) -> None:
    for place, (before, after) in enumerate(pairwise(history)):
        if before["stage"] != after["stage"]:
            axes.axvline(place + 1.5, color=PALE, linewidth=0.7, linestyle=(0, (2, 2)))


def _name_stages(axes: Axes, history: Sequence[Row]) -> None:
    """The first stage's name at the left, that of the last in the middle of its epochs."""
    end, first = len(history) + 0.5, 0.5
    for place, (stage, rows) in enumerate(groupby(history, key=lambda row: row["stage"])):
        is_short = end - first < _NAMED_FROM * len(history)
        at, align = (first, "left") if not place else ((first + end) / 2, "center")
        axes.annotate(
            _STAGES[stage],
            (end if is_short else at, 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, 3),
            textcoords="offset points",
            ha="right" if is_short else align,
            fontsize=6,
        )
        first += len(list(rows))


def _title(kept: Row, name: str) -> str:
    value = kept[f"val_{name}"]
    told = f"accuracy {100 * value:.1f} %" if name == "accuracy" else f"MAE {value:.4g}"
    return f"Kept: epoch {kept['epoch']} of {_STAGES[kept['stage']]}, {told}"
