"""Lengths of time, as people write them."""

from __future__ import annotations

import math
import re
from numbers import Real

from vidclf.errors import UsageError
from vidclf.settings.position import Position

_UNIT_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_WITH_UNIT = re.compile(r"(\d+(?:\.\d*)?)\s*([smhd])")


def seconds_of(length: str | float) -> float:
    """The seconds in `90`, `90s`, `10m`, `1.5h`, `2d`, `1:30` or `1:00:00`, or in a number of them.

    Raises:
        UsageError: it is none of these, or not more than 0.
    """
    seconds = _read(length)
    if seconds is None or not 0 < seconds < math.inf:
        raise UsageError(
            f"{length!r} is no length of time: give seconds (90), a number with s, m, h or d (10m) "
            "or mm:ss (1:30)"
        )
    return seconds


def _read(length: str | float) -> float | None:
    if isinstance(length, Real):
        return float(length)
    text = str(length).strip()
    if match := _WITH_UNIT.fullmatch(text):
        return float(match[1]) * _UNIT_SECONDS[match[2]]
    try:
        return Position.parse(text).seconds
    except UsageError:
        return None
