"""Two tables of values."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from vidclf.compare.join import JoinedTables, Numbers
from vidclf.compare.results import LargestDifference, ValueAgreement, ValueComparison
from vidclf.errors import UsageError
from vidclf.table.schema import VALUE

MOST_MOMENTS = 5
APART_SECONDS = 1.0


def compare_values(joined: JoinedTables) -> ValueComparison:
    """How far apart the values of two tables are.

    Raises:
        UsageError: they have no value in common.
    """
    shared = [name for name in joined.a.values if name in joined.b.values]
    if not shared:
        raise UsageError(
            f"{joined.a.path} and {joined.b.path} have no value in common: "
            f"{', '.join(joined.a.values[:6])} against {', '.join(joined.b.values[:6])}"
        )
    return ValueComparison(values=tuple(_agreement(joined, name) for name in shared))


def _agreement(joined: JoinedTables, name: str) -> ValueAgreement:
    a = joined.column_a(VALUE + name).to_numpy(dtype=np.float64)
    b = joined.column_b(VALUE + name).to_numpy(dtype=np.float64)
    apart = b - a
    return ValueAgreement(
        name=name,
        unit=joined.a.units.get(name) or joined.b.units.get(name, ""),
        mean_difference=float(apart.mean()),
        mean_absolute_difference=float(np.abs(apart).mean()),
        rms_difference=float(np.sqrt(np.square(apart).mean())),
        correlation=_correlation(a, b),
        largest=tuple(_largest(joined, a, b)),
    )


def _correlation(a: Numbers, b: Numbers) -> float | None:
    from_mean_a, from_mean_b = a - a.mean(), b - b.mean()
    spread = np.sqrt(np.square(from_mean_a).sum() * np.square(from_mean_b).sum())
    return float(from_mean_a @ from_mean_b / spread) if np.ptp(a) and np.ptp(b) else None


def _largest(joined: JoinedTables, a: Numbers, b: Numbers) -> Iterator[LargestDifference]:
    """The frames furthest apart, none of them next to a further one."""
    left = np.abs(b - a)
    for _ in range(MOST_MOMENTS):
        i = int(np.argmax(left))
        if left[i] <= 0:
            return
        yield LargestDifference(
            frame=int(joined.frames[i]),
            seconds=float(joined.starts[i]),
            value_a=float(a[i]),
            value_b=float(b[i]),
        )
        left[np.abs(joined.starts - joined.starts[i]) < APART_SECONDS] = 0
