"""Features that are kept from run to run: one row of a database for each picture or clip."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from vidclf.dataset.samples import Sample
from vidclf.training.targets import Floats

FILE = "features.sqlite"
_TABLE = (
    "CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, samples TEXT, rows BLOB, looks BLOB)"
)
_WAIT_SECONDS = 30
_ROWS_A_COMMIT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFeatures:
    """What is known of the samples of one example."""

    samples: Sequence[Sample]
    """The samples, in order."""
    rows: Floats
    """(n, F) float32, the features of each."""
    looks: Floats
    """(n, D) float32, how each looks."""


class FeatureStore:
    """A file of features; several processes may use it at once, and a power cut harms no row.

    A file that is damaged is begun anew.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._uncommitted = 0
        try:
            self._database = self._open()
        except sqlite3.DatabaseError:
            path.unlink()
            self._database = self._open()

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path, timeout=_WAIT_SECONDS)
        try:
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("PRAGMA synchronous=NORMAL")
            database.execute(_TABLE)
        except sqlite3.DatabaseError:
            database.close()
            raise
        return database

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._database.commit()
        self._database.close()

    def get(self, key: str, *, example: int) -> KeptFeatures | None:
        """Return what is kept under a key, as samples of an example; None where nothing is."""
        found = self._database.execute(
            "SELECT samples, rows, looks FROM kept WHERE key = ?", (key,)
        ).fetchone()
        if found is None:
            return None
        samples = [Sample(**{**fields, "example": example}) for fields in json.loads(found[0])]
        rows, looks = (np.frombuffer(part, np.float32) for part in found[1:])
        return KeptFeatures(
            samples=samples,
            rows=rows.reshape(len(samples), -1),
            looks=looks.reshape(len(samples), -1),
        )

    def put(self, key: str, kept: KeptFeatures) -> None:
        """Keep what is known of an example."""
        samples = json.dumps([asdict(sample) for sample in kept.samples])
        parts = [
            np.ascontiguousarray(part, np.float32).tobytes() for part in (kept.rows, kept.looks)
        ]
        self._database.execute(
            "INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?)", (key, samples, *parts)
        )
        self._uncommitted += 1
        if self._uncommitted >= _ROWS_A_COMMIT:
            self._database.commit()
            self._uncommitted = 0
