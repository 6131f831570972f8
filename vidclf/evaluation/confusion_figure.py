"""The confusion matrix as a picture that can be read, of 2 classes as of 200."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, PowerNorm
from matplotlib.figure import Figure
from numpy.typing import NDArray

from vidclf.core.figure_look import DARK, PALE, WIDTH_INCHES, shortened
from vidclf.evaluation.confusion import Confusion, most_confused

MOST_CLASSES = 40
_MOST_WITH_COUNTS = 12
"""Classes up to which a cell has room for count and percentage, and for the diagonal's frame."""
_CELL_INCHES, _SMALL_CELL_INCHES = 0.42, 0.19
_POINTS, _SMALL_POINTS = 6, 5
_NAMES_INCHES, _TITLE_INCHES = 1.5, 1.35
_COLORS = LinearSegmentedColormap.from_list("counts", ["#ffffff", "#9cc3e6", "#2b6cb0", "#0b2f5c"])
_DARK_FROM = 0.45
"""Share of the row's cases from which a cell is so dark that its text is white."""
_NORM: Any = {"gamma": 0.6, "vmin": 0, "vmax": 1}
"""A few mistakes of a hundred are in sight, and 80 % is no 95 %."""


def confusion_figure(whole: Confusion) -> Figure:
    """Counts and row percentages; beyond `MOST_CLASSES` of the most confused classes alone."""
    shown = most_confused(whole, MOST_CLASSES)
    size, rows = len(shown.labels), _rows(shown)
    is_roomy = size <= _MOST_WITH_COUNTS
    cell = _CELL_INCHES if is_roomy else _SMALL_CELL_INCHES
    width = max(WIDTH_INCHES, size * cell + _NAMES_INCHES)
    height = max(len(rows) * cell, 0.9) + _TITLE_INCHES
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots()
    shares = _shares(shown)[rows]
    axes.imshow(shares, cmap=_COLORS, norm=PowerNorm(**_NORM), interpolation="nearest")
    _name_axes(axes, shown, rows)
    _write_cells(axes, shown.counts[rows], shares)
    _frame(axes, *shares.shape)
    axes.set_title(_title(whole, shown), pad=6)
    return figure


def _shares(shown: Confusion) -> NDArray[np.float64]:
    """Each cell's share of the cases of its true class; NaN for what stays among the others."""
    whole = shown.counts.sum(axis=1, keepdims=True)
    shares = np.asarray(shown.counts / np.maximum(whole, 1))
    if shown.others:
        shares[-1, -1] = np.nan
    return shares


def _rows(shown: Confusion) -> NDArray[np.intp]:
    """The true classes that have a row: of many only those with a case."""
    if len(shown.labels) <= _MOST_WITH_COUNTS:
        return np.arange(len(shown.labels))
    return np.flatnonzero(shown.counts.sum(axis=1))


def _name_axes(axes: Axes, shown: Confusion, rows: NDArray[np.intp]) -> None:
    names = [shortened(label) for label in shown.labels]
    totals = shown.counts.sum(axis=1)
    axes.set_yticks(range(len(rows)), labels=[f"{names[row]}  {totals[row]:,}" for row in rows])
    axes.set_xticks(range(len(names)), labels=names, rotation=90 if len(names) > 2 else 0)
    axes.tick_params(length=0, labelsize=7 if len(names) <= _MOST_WITH_COUNTS else _SMALL_POINTS)
    axes.set_ylabel("true, with its number of cases")
    axes.set_xlabel("predicted")
    axes.spines[:].set_visible(False)


def _write_cells(axes: Axes, counts: NDArray[np.int64], shares: NDArray[np.float64]) -> None:
    """Count and percentage; of many classes percentages alone."""
    is_roomy = counts.shape[1] <= _MOST_WITH_COUNTS
    for row, column in zip(*np.nonzero(counts), strict=True):
        share = shares[row, column]
        count = f"{counts[row, column]:,}"
        axes.text(
            column,
            row,
            f"{count}\n{_percent(share)} %" if is_roomy else _percent(share, rarely="·"),
            ha="center",
            va="center",
            fontsize=_POINTS if is_roomy else _SMALL_POINTS,
            color="#ffffff" if share >= _DARK_FROM else DARK,
            linespacing=1.05,
        )


def _percent(share: float, rarely: str = "< 0.1") -> str:
    """A share in few letters; of what is rare where there is no room for its digits, a mark."""
    if np.isnan(share):
        return "–"
    if share >= 0.01:
        return f"{100 * share:.0f}"
    return f"{100 * share:.1f}" if share >= 0.0005 and rarely != "·" else rarely


def _frame(axes: Axes, rows: int, columns: int) -> None:
    """Thin lines between cells."""
    axes.hlines(np.arange(rows + 1) - 0.5, -0.5, columns - 0.5, color=PALE, linewidth=0.3)
    axes.vlines(np.arange(columns + 1) - 0.5, -0.5, rows - 0.5, color=PALE, linewidth=0.3)


def _title(whole: Confusion, shown: Confusion) -> str:
    correct, cases = int(np.trace(whole.counts)), int(whole.counts.sum())
    told = f"{correct:,} of {cases:,} right"
    if len(shown.labels) > _MOST_WITH_COUNTS:
        told += "; % of the true class"
    if shown.others:
        return f"{told}, the {len(shown.labels) - 1} most confused of {len(whole.labels)}"
    if len(shown.labels) < len(whole.labels):
        return f"{told}; {len(shown.labels)} of {len(whole.labels)} classes occur"
    return told
