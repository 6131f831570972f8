"""Means over what is known: what cannot be told is None, as in JSON."""

from __future__ import annotations

from collections.abc import Iterable


def mean_of_known(figures: Iterable[float | None]) -> float | None:
    """The mean of the figures that are known; None where none is."""
    known = [figure for figure in figures if figure is not None]
    return sum(known) / len(known) if known else None
