"""Whether confidence is what it says, as a picture."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from vidclf.core.figure_look import DARK, PALE, WIDTH_INCHES
from vidclf.evaluation.reliability import Reliability

_HEIGHT_INCHES = 3.6
_BAR, _GAP = "#2b6cb0", "#d9822b"
_EDGE: Any = {"edgecolor": DARK, "linewidth": 0.4}


def reliability_figure(found: Reliability, *, of: str) -> Figure:
    """Share of right answers by confidence, and how many answers there are of each.

    Args:
        found: the bins.
        of: what is right of the cases of a bin: `right answers`, or `cases with the label`.
    """
    figure = Figure(figsize=(WIDTH_INCHES, _HEIGHT_INCHES), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    middles = (found.edges[:-1] + found.edges[1:]) / 2
    width = found.edges[1] - found.edges[0]
    _draw_gaps(upper, found, middles, width, of)
    _draw_counts(lower, found.counts, middles, width)
    upper.set_title(f"Expected calibration error {found.ece:.3f}", pad=16)
    return figure


def _draw_gaps(
    axes: Axes, found: Reliability, middles: NDArray[np.float64], width: float, of: str
) -> None:
    known = found.counts > 0
    right, said, at = found.right[known], found.confidence[known], middles[known]
    axes.bar(at, right, width, color=_BAR, label=of, **_EDGE)
    axes.bar(
        at, said - right, width, right, fill=False, edgecolor=_GAP, linewidth=0.8, hatch="/////",
        label="gap to confidence",
    )  # fmt: skip
    axes.plot([0, 1], [0, 1], color=DARK, linewidth=0.8, dashes=(4, 3), label="ideal")
    axes.set_ylim(0, 1.02)
    axes.set_xlim(0, 1)
    axes.set_ylabel(f"share of {of}")
    legend = axes.legend(
        loc="lower left", bbox_to_anchor=(0, 1), ncols=3, fontsize=6, frameon=False, borderpad=0.2,
        borderaxespad=0, handlelength=1.6, handletextpad=0.5, columnspacing=1.2,
    )  # fmt: skip
    legend.set_in_layout(False)


def _draw_counts(
    axes: Axes, counts: NDArray[np.int64], middles: NDArray[np.float64], width: float
) -> None:
    axes.bar(middles, counts, width, color=PALE, **_EDGE)
    axes.set_ylim(0, 1.35 * max(1, counts.max()))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=2, integer=True))
    axes.set_xlabel("confidence")
    axes.set_ylabel("cases")
    for at, count in zip(middles, counts, strict=True):
        if count:
            axes.text(at, count, _short(int(count)), ha="center", va="bottom", fontsize=4.5)


def _short(count: int) -> str:
    """A count in few letters: 950, 12k, 3M."""
    for least, unit in ((10**7, "M"), (10**4, "k")):
        if count >= least:
            return f"{count // (least // 10)}{unit}"
    return f"{count}"
