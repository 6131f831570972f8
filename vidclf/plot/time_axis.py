"""A time axis as people read it: `1:30`, at round times."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MultipleLocator

MOST_STEPS = 6
_STEPS = (
    *(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30),
    *(minutes * 60 for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440)),
)
"""Seconds between two ticks."""


def set_time_axis(axes: Axes) -> None:
    """Give the axes round times along the bottom, and a name that says how to read them."""
    start, end = axes.get_xlim()
    step = step_for(end - start)
    axes.xaxis.set_major_locator(MultipleLocator(step))
    hours = end >= 3600
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: clock(x, step=step, hours=hours)))
    name = ("h:min" if step >= 60 else "h:min:s") if hours else "min:s"
    axes.set_xlabel(f"time ({name})")


def step_for(seconds: float) -> float:
    """Seconds between two ticks of an axis of this length."""
    longest = _STEPS[-1] * math.ceil(seconds / _STEPS[-1] / 4)  # days, as long texts
    return next((step for step in _STEPS if seconds / step <= MOST_STEPS), longest)


def clock(seconds: float, *, step: float, hours: bool) -> str:
    """A time on an axis with ticks every `step` seconds.

    >>> clock(90, step=30, hours=False), clock(0.25, step=0.05, hours=False)
    ('1:30', '0:00.25')
    >>> clock(5400, step=1800, hours=True), clock(5410, step=10, hours=True)
    ('1:30', '1:30:10')
    """
    decimals = max(0, -math.floor(math.log10(step)))
    whole, rest = divmod(round(abs(seconds), decimals), 60)
    texts = [f"{rest:0{3 + decimals if decimals else 2}.{decimals}f}"]
    if hours:
        texts = [f"{whole % 60:02.0f}", *(texts if step < 60 else [])]
        whole //= 60
    return ("-" if seconds < 0 else "") + ":".join([f"{whole:.0f}", *texts])
