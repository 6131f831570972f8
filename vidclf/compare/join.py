"""The rows of two tables, joined by frame."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from vidclf.errors import UsageError
from vidclf.table.table import Table

Numbers = NDArray[np.float64]
Indexes = NDArray[np.intp]

SAME_SECONDS = 1e-6
"""How far apart the timestamps of one frame may be: tables have nine decimals, other tools six."""
_HOLDS = {"classes": "one label a frame", "labels": "several labels a frame", "values": "values"}


@dataclass(frozen=True, kw_only=True)
class JoinedTables:
    """The N frames that both tables have."""

    a: Table
    """The first table."""
    b: Table
    """The second table."""
    rows_a: Indexes
    """(N,) the places of the frames among A's rows."""
    rows_b: Indexes
    """(N,) the same among B's."""
    frames: NDArray[np.int64]
    """(N,) their indexes, rising."""
    starts: Numbers
    """(N,) seconds, when each is shown."""
    ends: Numbers
    """(N,) seconds, when the next frame of A or B follows."""

    @property
    def seconds(self) -> Numbers:
        """(N,) how long each frame stands."""
        return self.ends - self.starts

    def column_a(self, name: str) -> pd.Series[Any]:
        """A's cells of a column at the frames."""
        return self.a.rows[name].iloc[self.rows_a]

    def column_b(self, name: str) -> pd.Series[Any]:
        """B's cells of a column at the frames."""
        return self.b.rows[name].iloc[self.rows_b]

    def runs(self, codes: NDArray[np.int64]) -> tuple[Indexes, Indexes]:
        """First and last places, among the N, of the runs of one code over frames without gaps."""
        breaks = (codes[1:] != codes[:-1]) | (self.starts[1:] - self.ends[:-1] > SAME_SECONDS)
        first = np.concatenate([[0], np.flatnonzero(breaks) + 1])
        return first, np.append(first[1:], len(codes)) - 1


def join(a: Table, b: Table) -> JoinedTables:
    """The frames that both tables have.

    Raises:
        UsageError: the tables are of different kinds, of different clips, have no frame in common,
            or a frame has another time in one than in the other.
    """
    _check_same_kind(a, b)
    _check_same_clip(a, b)
    frames, rows_a, rows_b = np.intersect1d(
        a.rows["frame"].to_numpy(),
        b.rows["frame"].to_numpy(),
        assume_unique=True,
        return_indices=True,
    )
    if not len(frames):
        raise UsageError(
            f"{_extent(a)} and {_extent(b)}: no frame is in both; compare runs over the same part"
        )
    starts, starts_b = _starts(a)[rows_a], _starts(b)[rows_b]
    _check_same_times(a, b, frames, starts, starts_b)
    lasts = np.minimum(_durations(a)[rows_a], _durations(b)[rows_b])
    return JoinedTables(
        a=a, b=b, rows_a=rows_a, rows_b=rows_b, frames=frames, starts=starts, ends=starts + lasts
    )


def _check_same_kind(a: Table, b: Table) -> None:
    if a.kind != b.kind:
        raise UsageError(
            f"{a.path} holds {_HOLDS[a.kind]} and {b.path} holds {_HOLDS[b.kind]}: only tables of "
            "one kind can be compared"
        )


def _check_same_clip(a: Table, b: Table) -> None:
    """By their digests where both manifests have one, else by their names."""
    digests = [table.manifest.clip_digest for table in (a, b)]
    known = digests if all(digests) else [Path(table.video).name for table in (a, b)]
    if known[0] != known[1]:
        names = a.video if a.video == b.video else f"{a.video} and {b.video}"
        raise UsageError(
            f"{a.path} and {b.path} are of two clips ({names}): compare two tables of one clip"
        )


def _check_same_times(
    a: Table, b: Table, frames: NDArray[np.int64], starts_a: Numbers, starts_b: Numbers
) -> None:
    apart = np.abs(starts_a - starts_b) > SAME_SECONDS
    if apart.any():
        place = int(np.argmax(apart))
        raise UsageError(
            f"frame {frames[place]} stands at {starts_a[place]:.9g} s in {a.path} and at "
            f"{starts_b[place]:.9g} s in {b.path}: compare two runs on the same file, with the "
            "timestamps that vidclf wrote"
        )


def _starts(table: Table) -> Numbers:
    return table.rows["timestamp"].to_numpy(dtype=np.float64)


def _durations(table: Table) -> Numbers:
    return np.diff(_starts(table), append=table.end_seconds)


def _extent(table: Table) -> str:
    frames = table.rows["frame"]
    return f"{table.path} holds frames {frames.iloc[0]} to {frames.iloc[-1]}"
