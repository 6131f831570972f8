"""Predicted against true values, and how far they are apart, as a picture."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from numpy.typing import NDArray

from vidclf.core.figure_look import DARK, WIDTH_INCHES, shortened
from vidclf.evaluation.results import Evaluation

_ROW_INCHES = 1.9
MOST_VALUES = 12
_MOST_DOTS = 3000
"""Cases up to which each is a dot; of more, cells have the colour of their number."""
_BLUE = "#2b6cb0"
_MANY = LinearSegmentedColormap.from_list("cases", ["#c6dbef", "#2b6cb0", "#08254d"])
_LINE: Any = {"color": "#c26a00", "linewidth": 0.8}


def value_figure(evaluation: Evaluation) -> Figure:
    """A row for each value: predicted against true, and the distribution of the errors."""
    assert evaluation.predictions is not None
    shown = evaluation.labels[:MOST_VALUES]
    figure = Figure(figsize=(WIDTH_INCHES * 1.4, _ROW_INCHES * len(shown)), layout="constrained")
    rows = figure.subplots(len(shown), 2, squeeze=False, width_ratios=(1.15, 1))
    for place, label in enumerate(shown):
        unit = (evaluation.units or ())[place : place + 1]
        name = f"{shortened(label)} [{unit[0]}]" if unit and unit[0] else shortened(label)
        truth, values = evaluation.truth[:, place], evaluation.predictions[:, place]
        _draw_pairs(rows[place, 0], truth, values, name)
        _draw_errors(rows[place, 1], values - truth, name)
        rows[place, 0].set_title(_told(evaluation.metrics["per_value"][place]))
    return figure


def _told(row: Any) -> str:
    told = f"MAE {row['mae']:.4g}, RMSE {row['rmse']:.4g}"
    return told if row["r2"] is None else f"{told}, R² {row['r2']:.3f}"


def _draw_pairs(axes: Axes, truth: NDArray[Any], values: NDArray[Any], name: str) -> None:
    low, high = float(min(truth.min(), values.min())), float(max(truth.max(), values.max()))
    room = (high - low) * 0.03 or 0.5
    ends = [low - room, high + room]
    if len(truth) <= _MOST_DOTS:
        axes.plot(truth, values, ".", ms=4, color=_BLUE, alpha=0.6, mew=0, rasterized=True)
    else:
        axes.hexbin(
            truth, values, gridsize=45, bins="log", mincnt=1, cmap=_MANY, linewidths=0.1,
            extent=(low - room, high + room, low - room, high + room),
        )  # fmt: skip
    axes.plot(ends, ends, dashes=(4, 2), label="ideal", **_LINE)
    axes.set_xlim(*ends)
    axes.set_ylim(*ends)
    axes.set_aspect("equal")
    axes.set_xlabel(f"true {name}")
    axes.set_ylabel("predicted")
    axes.legend(loc="upper left", fontsize=6, frameon=False)


def _draw_errors(axes: Axes, errors: NDArray[Any], name: str) -> None:
    mean = f"mean {errors.mean():.3g}"
    axes.hist(errors, bins=41, color=_BLUE, edgecolor="#ffffff", linewidth=0.2)
    axes.axvline(0, color=DARK, linewidth=0.6)
    axes.axvline(float(errors.mean()), dashes=(4, 2), label=mean.replace("-", "−"), **_LINE)
    axes.set_xlabel(f"predicted − true {name}")
    axes.set_ylabel("cases")
    axes.legend(loc="upper left", fontsize=6, frameon=False)
