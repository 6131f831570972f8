"""Which answers a table holds, and from when to when each of them stands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vidclf.table.cells import LONGEST_SECONDS
from vidclf.table.table import Table

Ticks = NDArray[np.int64]

_NANOSECONDS = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerIntervals:
    """The M inferred frames among the N rows of a table.

    Times are whole nanoseconds after the first row, as a table's timestamps have nine decimals at
    most: sums and comparisons are exact, and do not depend on where the clip's clock begins.
    """

    rows: Ticks
    """(M,) which rows they are."""
    carried: Ticks
    """(N,) for each row, the place of the answer that it shows: its own or an earlier one's."""
    starts: Ticks
    """(M,) when they begin."""
    ends: Ticks
    """(M,) when the next one, or the clip's end, takes over."""

    @classmethod
    def of(cls, table: Table) -> AnswerIntervals:
        """The clock of a table; its first row counts as inferred, whatever was cut off before."""
        seconds = table.rows["timestamp"].to_numpy()
        inferred = np.ones(len(seconds), bool)
        if "inferred" in table.rows:
            inferred = table.rows["inferred"].to_numpy().copy()
            inferred[0] = True
        rows = np.flatnonzero(inferred)
        times = nanoseconds(np.append(seconds[rows], table.end_seconds) - seconds[0])
        return cls(
            rows=rows,
            carried=np.cumsum(inferred) - 1,
            starts=times[:-1],
            ends=times[1:],
        )

    @property
    def seconds(self) -> NDArray[np.float64]:
        """(M,) when they begin, in seconds after the first row."""
        return self.starts / _NANOSECONDS


def nanoseconds(seconds: NDArray[np.float64]) -> Ticks:
    """Seconds as whole nanoseconds."""
    return np.round(seconds * _NANOSECONDS).astype(np.int64)


def in_ticks(seconds: float) -> int:
    """A duration in whole nanoseconds; whatever lasts longer than any clip lasts so long."""
    return round(min(seconds, LONGEST_SECONDS) * _NANOSECONDS)
