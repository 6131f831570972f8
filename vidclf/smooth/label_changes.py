"""How often a table's labels change: what smoothing is judged by."""

from __future__ import annotations

import numpy as np
import pandas as pd

from vidclf.table.column_types import kind_of
from vidclf.table.schema import LABELS, split


def count_runs(rows: pd.DataFrame) -> int:
    """How many runs of a label a table shows; in several labels a frame, those of each.

    They are the segments that `find_segments` finds without rules.
    """
    if kind_of(list(rows.columns)) == "classes":
        return int((np.diff(rows["label"].cat.codes) != 0).sum()) + 1
    codes = rows[LABELS].cat.codes.to_numpy().astype(np.int64)
    held = [set(split(cell)) for cell in rows[LABELS].cat.categories]
    changes = codes[:-1] * len(held) + codes[1:]
    pairs, counts = np.unique(changes, return_counts=True)
    begun = [len(held[pair % len(held)] - held[pair // len(held)]) for pair in pairs.tolist()]
    return len(held[codes[0]]) + int(np.dot(begun, counts))
