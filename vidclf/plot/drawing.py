"""Content → a matplotlib figure as wide as one column of a paper.

Only matplotlib's objects are used: no pyplot and no display.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline

from vidclf.core.figure_look import DARK, FAINT, MOST_OF_TITLE, PALE, WIDTH_INCHES, shortened
from vidclf.core.printable import printable
from vidclf.overlay.colors import INK, NEUTRAL, PAPER, Rgb, mix
from vidclf.plot.content import Content, Curve, Lane
from vidclf.plot.downsample import Band, Numbers, as_band, as_seen
from vidclf.plot.time_axis import set_time_axis

LANE_INCHES = 0.17
SCORED_LANE_INCHES = 0.26
CURVE_INCHES = 0.8
FRAME_INCHES = 0.75
"""Title, time axis and its name."""
LEAST_POINTS = 0.25
"""The narrowest bar; one dot at 300 dots an inch."""
OUTLINED_POINTS = 1.5
"""Bars from this width on have an outline; narrower ones would be nothing else."""
BAR = 0.76
"""Height of a bar in its lane."""


@dataclass(frozen=True, kw_only=True)
class _Pen:
    """How a curve is drawn."""

    name: str
    line: str
    area: str
    points: float
    has_mean: bool


_MEAN_POINTS = 0.5
_LIMIT: Any = {"linewidth": 0.6, "dashes": (4, 3)}
_RAW = _Pen(name="each frame", line=PALE, area=FAINT, points=0.4, has_mean=False)
_SHOWN = _Pen(name="smoothed", line=DARK, area=PALE, points=0.8, has_mean=True)


def draw_figure(content: Content) -> Figure:
    """The figure: lanes on top, curves below, one time axis."""
    heights = [CURVE_INCHES] * len(content.curves)
    if content.lanes:
        heights.insert(0, _lane_inches(content.lanes) * len(content.lanes))
    figure = Figure(
        figsize=(WIDTH_INCHES, sum(heights) + FRAME_INCHES),
        layout=ConstrainedLayoutEngine(w_pad=0.03, h_pad=0.03, hspace=0.02),
    )
    axes = figure.subplots(len(heights), 1, sharex=True, squeeze=False, height_ratios=heights)[:, 0]
    axes[0].set_xlim(content.seconds[0], content.end_seconds)
    if content.lanes:
        _draw_lanes(axes[0], content)
    curve_axes = axes[1 if content.lanes else 0 :]
    for own, curve in zip(curve_axes, content.curves, strict=True):
        _draw_curve(own, content, curve)
    if any(curve.raw is not None or curve.certain_from is not None for curve in content.curves):
        _name_lines(curve_axes[0])
    axes[0].set_title(shortened(content.title, MOST_OF_TITLE), pad=6 if content.lanes else 14)
    for upper in axes[:-1]:
        upper.tick_params(bottom=False, labelbottom=False)
        upper.spines["bottom"].set_visible(False)
    set_time_axis(axes[-1])
    figure.align_ylabels(curve_axes)
    return figure


# --- lanes -------------------------------------------------------------------------------------


def _lane_inches(lanes: Sequence[Lane]) -> float:
    return SCORED_LANE_INCHES if any(lane.score is not None for lane in lanes) else LANE_INCHES


def _draw_lanes(axes: Axes, content: Content) -> None:
    axes.set_ylim(len(content.lanes) - 0.5, -0.5)
    names = [shortened(lane.label) for lane in content.lanes]
    axes.set_yticks(range(len(names)), labels=names)
    axes.tick_params(left=False)
    axes.spines["left"].set_visible(False)
    for place, lane in enumerate(content.lanes):
        axes.axhline(place + BAR / 2, color=FAINT, linewidth=0.5, zorder=0)
        _draw_bars(axes, place, lane, content)
        if lane.score is not None:
            _draw_score(axes, place, lane.score, content)
    if any(lane.score is not None for lane in content.lanes):
        _name_scores(axes)


def _draw_bars(axes: Axes, place: int, lane: Lane, content: Content) -> None:
    start = content.seconds[0]
    seconds_a_point = (content.end_seconds - start) / (WIDTH_INCHES * 72)
    for all_spans, color in ((lane.spans, lane.color), (lane.uncertain, NEUTRAL)):
        spans = as_seen(all_spans, least=LEAST_POINTS * seconds_a_point)
        is_wide = spans[:, 1] - spans[:, 0] >= OUTLINED_POINTS * seconds_a_point
        edge = _css(mix(color, INK, 0.55))
        for own, width in ((spans[~is_wide], 0.0), (spans[is_wide], 0.4)):
            if len(own):
                fill = _css(color if width else mix(color, INK, 0.2))
                bars = _bars(own, place)
                axes.add_patch(PathPatch(bars, facecolor=fill, edgecolor=edge, linewidth=width))


def _bars(spans: Numbers, place: int) -> Outline:
    """All bars of a lane as one path, which is a third of the bytes of many."""
    left, right = spans.T
    top, bottom = np.full((2, len(spans)), [[place - BAR / 2], [place + BAR / 2]])
    corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
    vertices = np.array(corners).transpose(2, 0, 1).reshape(-1, 2)
    codes = [Outline.MOVETO, *[Outline.LINETO] * 3, Outline.CLOSEPOLY]
    return Outline(vertices, np.tile(np.array(codes, Outline.code_type), len(spans)))


def _draw_score(axes: Axes, place: int, score: Numbers, content: Content) -> None:
    floor = place + BAR / 2
    band = _band(content, score)
    if band is None:
        axes.plot(*_to_the_end(content, floor - BAR * score), color=DARK, linewidth=0.35)
        return
    low, high = floor - BAR * band.low, floor - BAR * band.high
    axes.fill_between(band.seconds, low, high, color=PALE, alpha=0.5, linewidth=0)
    axes.plot(band.seconds, floor - BAR * band.mean, color=DARK, linewidth=0.35)


def _name_scores(axes: Axes) -> None:
    """A scale of the scores beside the first lane."""
    scale = axes.secondary_yaxis("right")
    scale.set_yticks([BAR / 2, -BAR / 2], labels=["0", "1"])
    scale.tick_params(labelsize=5, pad=1)
    scale.spines["right"].set_visible(False)


# --- curves ------------------------------------------------------------------------------------


def _draw_curve(axes: Axes, content: Content, curve: Curve) -> None:
    axes.set_ylabel(shortened(curve.name))
    if curve.is_score:
        axes.set_ylim(-0.02, 1.02)
        axes.set_yticks([0, 0.5, 1])
    if curve.raw is not None:
        _draw_numbers(axes, content, curve.raw, _RAW)
    pen = _SHOWN if curve.color is None else _in_color(_SHOWN, curve.color)
    if curve.raw is None:
        pen = replace(pen, name=printable(curve.name))
    _draw_numbers(axes, content, curve.shown, pen)
    if curve.certain_from is not None:
        name = f"uncertain below {curve.certain_from:g}"
        axes.axhline(curve.certain_from, color=_css(NEUTRAL), label=name, **_LIMIT)


def _in_color(pen: _Pen, color: Rgb) -> _Pen:
    """The pen in a colour that is dark enough for a thin line on paper."""
    return replace(pen, line=_css(mix(color, INK, 0.35)), area=_css(mix(color, PAPER, 0.55)))


def _draw_numbers(axes: Axes, content: Content, numbers: Numbers, pen: _Pen) -> None:
    """A line; of many frames their range, and their mean where the pen has one."""
    band = _band(content, numbers)
    if band is None:
        line = _to_the_end(content, numbers)
        axes.plot(*line, color=pen.line, linewidth=pen.points, label=pen.name)
        return
    axes.fill_between(
        band.seconds, band.low, band.high, color=pen.area, linewidth=0, label=f"{pen.name} (range)"
    )
    if pen.has_mean:
        axes.plot(band.seconds, band.mean, color=pen.line, linewidth=_MEAN_POINTS, label="mean")


def _to_the_end(content: Content, numbers: Numbers) -> tuple[Numbers, Numbers]:
    """A line's points: the last number stands to the end, so that a single frame's shows, too."""
    return np.append(content.seconds, content.end_seconds), np.append(numbers, numbers[-1])


def _band(content: Content, numbers: Numbers) -> Band | None:
    return as_band(content.seconds, numbers, start=content.seconds[0], end=content.end_seconds)


def _name_lines(axes: Axes) -> None:
    axes.legend(
        loc="lower right",
        bbox_to_anchor=(1, 1),
        ncols=4,
        frameon=False,
        fontsize=6,
        borderaxespad=0,
        borderpad=0.2,
        handlelength=1.2,
        handletextpad=0.5,
        columnspacing=1,
    )


def _css(color: Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color)
