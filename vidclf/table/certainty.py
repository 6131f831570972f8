"""Says when the one label of a frame is drawn as uncertain, in whatever is made of a table."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vidclf.core.thresholds import certain_threshold, reaches
from vidclf.table.cells import rounded_scores
from vidclf.table.table import Table

Spans = NDArray[np.float64]


def uncertain_spans(table: Table, threshold: float | None = None) -> Spans:
    """(K, 2) seconds, when stretches of uncertain frames begin and end; in order, apart.

    None in a table of several labels a frame, where a label counts or does not, or of values.

    Args:
        table: the table.
        threshold: from which a label is certain; None for that of its run.
    """
    if table.kind != "classes":
        return np.empty((0, 2))
    asked = table.manifest.settings.threshold if threshold is None else threshold
    scores = rounded_scores(table.numbers("confidence"))
    is_uncertain = ~reaches(scores, certain_threshold(asked))
    edges = np.diff(np.concatenate([[False], is_uncertain, [False]]).astype(np.int8))
    times = np.append(table.numbers("timestamp"), table.end_seconds)
    return np.column_stack([times[edges == 1], times[edges == -1]])


def within(spans: Spans, parts: Spans) -> Spans:
    """What of some spans lies in some parts of the time, each of them in order and apart.

    >>> within(np.array([[0.0, 2.0], [5.0, 6.0]]), np.array([[1.0, 5.5]])).tolist()
    [[1.0, 2.0], [5.0, 5.5]]
    """
    first = np.searchsorted(spans[:, 1], parts[:, 0], side="right")
    last = np.searchsorted(spans[:, 0], parts[:, 1], side="left")
    counts = np.maximum(last - first, 0)
    part = np.repeat(np.arange(len(parts)), counts)
    span = np.arange(len(part)) - np.repeat(np.cumsum(counts) - counts - first, counts)
    starts = np.maximum(spans[span, 0], parts[part, 0])
    return np.column_stack([starts, np.minimum(spans[span, 1], parts[part, 1])])
