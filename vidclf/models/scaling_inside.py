"""What input a network expects that begins with a scaling of its own."""

from __future__ import annotations

_SPANS = {"none": (0.0, 255.0), "0-1": (0.0, 1.0), "-1-1": (-1.0, 1.0)}
"""The least and greatest input under each name of `vidclf.feeding.NAMED`."""
_MOST_SLOPE_OF_PIXELS = 0.1
_MOST_OFF_CENTRE = 0.5
"""How far the middle of what comes out may be from zero, as a share of half its width, or twice."""


def scaling_for(slope: float, offset: float) -> str | None:
    """The scaling before a network that begins with `slope * x + offset`, None if it cannot be told.

    Networks want small numbers around zero, or from zero on, so what goes in can be told from
    what is done to it: 1/255 is done to numbers of 0 to 255, and `2x - 1` to those of 0 to 1.

    >>> scaling_for(1 / 127.5, -1), scaling_for(2, -1), scaling_for(1, -117), scaling_for(1, 0)
    ('none', '0-1', 'none', None)
    """
    slope, offset = (slope, offset) if slope >= 0 else (-slope, -offset)
    if 0 < slope <= _MOST_SLOPE_OF_PIXELS:
        return "none"
    if slope == 0 or (slope == 1 and offset == 0):
        return None
    return next((name for name in _SPANS if _is_centred(name, slope, offset)), None)


def _is_centred(name: str, slope: float, offset: float) -> bool:
    least, greatest = (slope * end + offset for end in _SPANS[name])
    return abs(least + greatest) <= _MOST_OFF_CENTRE * (greatest - least)
