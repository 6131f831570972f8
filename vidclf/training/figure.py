"""How a training went, as a picture: loss and accuracy over its epochs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby, pairwise
from math import inf, isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidclf.core.figure_look import DARK, PALE, WIDTH_INCHES, own_look
from vidclf.files.figure_file import save_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_HEIGHT_INCHES = 3.1
_TRAINED, _VALIDATED, _KEPT = "#c26a00", "#1d5fa8", DARK
_NAMES = {"loss": "loss", "accuracy": "accuracy", "mae": "mean absolute error"}
_STAGES = {"head": "head alone", "fine-tune": "fine-tuning", "scratch": "all layers"}
_NAMED_FROM = 0.2
"""Share of the width that the name of a stage takes."""
_DOTTED_UP_TO = 40
"""Epochs up to which each has a dot."""

Row = Mapping[str, Any]


def draw_training(history: Sequence[Row], path: Path) -> None:
    """Draw loss and accuracy over the epochs, where a stage begins, and the epoch that was kept.

    The epoch with the lowest `val_loss` is the one that was kept.

    Args:
        history: a row for each epoch, with `epoch`, `stage`, `loss`, `val_loss`, and `accuracy`
            and `val_accuracy`, or `mae` and `val_mae`; one at least.
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
    kept = min(history, key=_loss)
    second = "accuracy" if "accuracy" in history[0] else "mae"
    for axes, name in ((upper, "loss"), (lower, second)):
        _draw_curves(axes, history, name)
        _draw_kept(axes, kept, name)
        _draw_stages(axes, history)
    _name_stages(upper, history)
    upper.set_title(_title(kept, second), pad=14)
    lower.legend(loc="best", fontsize=6, frameon=False)
    lower.set_xlabel("epoch")
    lower.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    epochs = [row["epoch"] for row in history]
    lower.set_xlim(min(epochs) - 0.5, max(epochs) + 0.5)
    figure.align_ylabels()
    return figure


def _draw_curves(axes: Axes, history: Sequence[Row], name: str) -> None:
    epochs = [row["epoch"] for row in history]
    look: dict[str, Any] = {"linewidth": 1, "markersize": 2}
    look["marker"] = "o" if len(epochs) <= _DOTTED_UP_TO else None
    trained, validated = ([row[field] for row in history] for field in (name, f"val_{name}"))
    axes.plot(epochs, trained, color=_TRAINED, dashes=(4, 1.5), label="training", **look)
    axes.plot(epochs, validated, color=_VALIDATED, label="validation", **look)
    axes.set_ylabel(_NAMES[name])


def _draw_kept(axes: Axes, kept: Row, name: str) -> None:
    axes.plot(
        kept["epoch"], kept[f"val_{name}"],
        marker="o", ms=6, mfc="none", mec=_KEPT, mew=1, linestyle="none", label="kept", zorder=3,
    )  # fmt: skip


def _loss(row: Row) -> float:
    """What epochs are chosen by; one whose loss is no number is the last to be kept."""
    loss = float(row["val_loss"])
    return inf if isnan(loss) else loss


def _draw_stages(axes: Axes, history: Sequence[Row]) -> None:
    for before, after in pairwise(history):
        if before["stage"] != after["stage"]:
            axes.axvline(after["epoch"] - 0.5, color=PALE, linewidth=0.7, linestyle=(0, (2, 2)))


def _name_stages(axes: Axes, history: Sequence[Row]) -> None:
    """The first stage's name at the left, that of the last in the middle of its epochs."""
    end = history[-1]["epoch"] + 0.5
    for place, (stage, rows) in enumerate(groupby(history, key=lambda row: row["stage"])):
        first = next(rows)["epoch"] - 0.5
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


def _title(kept: Row, name: str) -> str:
    value = kept[f"val_{name}"]
    told = f"{100 * value:.1f} %" if name == "accuracy" else f"{value:.4g}"
    return f"Kept: epoch {kept['epoch']}, {_NAMES[name]} {told}"
