"""What input a network expects that begins with a scaling of its own."""

from __future__ import annotations

_SPANS = {"none": 255.0, "0-1": 1.0}
"""The greatest input under a name of `vidclf.core.preprocessing.NAMED`; the least is 0."""
_MOST_SLOPE_OF_PIXELS = 0.1
_MOST_OFF_CENTRE = 0.25
"""How far the middle of what comes out may be from zero, as a share of its width."""


def scaling_for(slope: float, offset: float) -> str | None:
    """The scaling before a network that begins with `slope * x + offset`; None if nothing tells.

    Networks want small numbers, or numbers around zero, so what goes in can be told from what is
    done to it: 1/255 is done to numbers of 0 to 255, and `2x - 1` to those of 0 to 1.

    >>> scaling_for(1 / 127.5, -1), scaling_for(2, -1), scaling_for(1, -117), scaling_for(1, 0)
    ('none', '0-1', 'none', None)
    """
    slope, offset = (slope, offset) if slope >= 0 else (-slope, -offset)
    if 0 < slope <= _MOST_SLOPE_OF_PIXELS:
        return "none"
    if (slope, offset) == (255, 0):
        return "0-1"
    return next((name for name, top in _SPANS.items() if _is_centred(slope, offset, top)), None)


def _is_centred(slope: float, offset: float, top: float) -> bool:
    return abs(2 * offset + slope * top) < 2 * _MOST_OFF_CENTRE * slope * top
