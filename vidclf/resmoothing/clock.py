"""Which answers a table holds, and from when to when each of them stands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vidclf.table.opened import Table

Whole = NDArray[np.int64]

_NANOSECONDS = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The M inferred frames among the N rows of a table.

    Times are whole nanoseconds, as a table's timestamps have nine decimals at most: sums and
    comparisons are exact, and do not depend on where the clip's clock begins.
    """

    rows: Whole
    """(M,) which rows they are."""
    carried: Whole
    """(N,) for each row, the place of the answer that it shows: its own or an earlier one's."""
    seconds: NDArray[np.float64]
    """(M,) their timestamps."""
    starts: Whole
    """(M,) the same in nanoseconds."""
    ends: Whole
    """(M,) when the next one, or the clip's end, takes over."""

    @classmethod
    def of(cls, table: Table) -> Clock:
        """The clock of a table; its first row counts as inferred, whatever was cut off before."""
        seconds = table.rows["timestamp"].to_numpy()
        inferred = np.ones(len(seconds), bool)
        if "inferred" in table.rows:
            inferred = table.rows["inferred"].to_numpy().copy()
            inferred[0] = True
        rows = np.flatnonzero(inferred)
        starts = nanoseconds(seconds[rows])
        return cls(
            rows=rows,
            carried=np.cumsum(inferred) - 1,
            seconds=seconds[rows],
            starts=starts,
            ends=np.append(starts[1:], nanoseconds(np.array([table.end_seconds]))),
        )


def nanoseconds(seconds: NDArray[np.float64]) -> Whole:
    """Seconds as whole nanoseconds."""
    return np.round(seconds * _NANOSECONDS).astype(np.int64)
