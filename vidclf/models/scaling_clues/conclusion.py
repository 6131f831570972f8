"""Decide which scaling a network expects of its input, from what the network does to it first.

Files of all kinds show that as operations of a graph, or as the range of a quantised input. What
follows from it is decided here for all of them. Scalings have the names that
`vidclf.core.preprocessing.SCALINGS` gives them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

_RANGES = {"none": (0.0, 255.0), "0-1": (0.0, 1.0), "-1-1": (-1.0, 1.0)}
"""The numbers that pixels become under a scaling."""
_MAX_RANGE_ERROR = 0.05
"""How far a calibrated range may be from one of those, as a share of its width."""
_MAX_SLOPE_FOR_PIXELS = 0.1
_MAX_OFF_CENTRE = 0.25
"""How far the middle of what comes out may be from zero, as a share of its width."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Affine:
    """A scaling that a network does itself: `slope * x + offset`, as means over the channels."""

    slope: float = 1.0
    """What the input is multiplied by."""
    offset: float = 0.0
    """What is added then."""
    parts: tuple[str, ...] = ()
    """The layers or operations that do it, in their order, in words."""

    def then(self, after: Affine) -> Affine:
        """Combine two steps: this one first, `after` on what it gives."""
        return Affine(
            slope=self.slope * after.slope,
            offset=self.offset * after.slope + after.offset,
            parts=(*self.parts, *after.parts),
        )


@dataclass(slots=True, kw_only=True)
class FirstSteps:
    """What a network does to its input before its first weights, on all ways that lead there."""

    scalings: set[Affine] = field(default_factory=set)
    """The scaling on each way from the input to weights; the unscaled ways are among them."""
    obstacle: str = ""
    """The first operation before any weights whose effect is not known, in words; else empty."""


def conclude(first: FirstSteps, *, dtype: str) -> tuple[str | None, str]:
    """Name the scaling that a network expects, and say what shows it.

    Args:
        first: what it does to its input.
        dtype: the input's type, by NumPy's name; whole numbers are those of the pixels themselves.

    Returns:
        The scaling, None where nothing follows; and the evidence, which is empty where the network
        does nothing to its input. A network that does something from which nothing follows has
        evidence and no scaling: how its backbone is usually fed says nothing then.
    """
    scaling, evidence = _concluded(first)
    if scaling != "none" and "int" in dtype:
        return "none", f"its input is {dtype}"
    return scaling, evidence


def _concluded(first: FirstSteps) -> tuple[str | None, str]:
    if first.obstacle:
        obstacle = f"{first.obstacle}, whose effect is not known"
        return None, f"not known: before its first weights stands {obstacle}"
    scaled = sorted((way for way in first.scalings if way.parts), key=lambda way: way.parts)
    if not scaled:
        return None, ""
    formulas = " and ".join(_formulas(scaled))
    if len(scaled) < len(first.scalings):
        return (
            None,
            f"not known: one branch begins with {formulas}, another one with the plain input",
        )
    expected = {expected_scaling(way) for way in scaled}
    scaling = expected.pop() if len(expected) == 1 else None
    if scaling is None:
        return None, f"not known: the network begins with {formulas}, which does not tell"
    return scaling, f"the network begins with {formulas}"


def _formulas(scaled: Iterable[Affine]) -> list[str]:
    """Write scalings down: `x * 0.003922 + 0 (rescaling/mul, rescaling/add)`; like ones once."""
    parts: dict[str, tuple[str, ...]] = {}
    for way in scaled:
        sign = "-" if way.offset < 0 else "+"
        formula = f"x * {way.slope:.4g} {sign} {abs(way.offset):.4g}"
        parts.setdefault(formula, way.parts)
    return [f"{formula} ({', '.join(names)})" for formula, names in parts.items()]


def expected_scaling(first: Affine) -> str | None:
    """Name the scaling that belongs before a network, from what it does to its input first.

    Networks want small numbers, or numbers around zero, so the range of the input follows from what
    is done to it: 1/255 is done to numbers of 0 to 255, and `2x - 1` to those of 0 to 1.

    Returns:
        None where no part of the network scales, or where nothing follows from it, as from `x + 0`.
    """
    sign = 1 if first.slope >= 0 else -1
    slope, offset = sign * first.slope, sign * first.offset
    if not first.parts:
        return None
    if 0 < slope <= _MAX_SLOPE_FOR_PIXELS:
        return "none"
    if (slope, offset) == (255, 0):
        return "0-1"
    from_zero = (name for name, (low, _) in _RANGES.items() if low == 0)
    return next((name for name in from_zero if _centres(slope, offset, name)), None)


def scaling_to_range(low: float, high: float) -> str | None:
    """Name the scaling that makes pixels numbers from `low` to `high`; None where none does."""
    for name, (lowest, highest) in _RANGES.items():
        max_error = _MAX_RANGE_ERROR * (highest - lowest)
        if abs(low - lowest) <= max_error and abs(high - highest) <= max_error:
            return name
    return None


def _centres(slope: float, offset: float, scaling: str) -> bool:
    """Return whether pixels that are scaled so come to lie around zero."""
    width = slope * _RANGES[scaling][1]
    return abs(2 * offset + width) < 2 * _MAX_OFF_CENTRE * width
