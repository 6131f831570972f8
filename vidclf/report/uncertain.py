"""Where a table is least sure: moments that are worth a look."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vidclf.report.compact_numbers import scores, ticks
from vidclf.table.schema import SCORE
from vidclf.table.table import Table

MOST = 12
_PARTS = 600
_USUAL_THRESHOLD = 0.5
_CLEAR = {"classes": 0.5, "labels": 0.2}
"""Margins beyond which nobody needs to look."""

Margins = NDArray[np.float64]


def doubts(table: Table) -> list[dict[str, Any]]:
    """The moments with the smallest margins, the smallest first, well apart from each other.

    The margin is the distance between the first two scores, or the only score where there is but
    one; where a frame may have several labels, that of a score to its threshold. What is clear
    enough is left out.
    """
    if table.kind == "values":
        return []
    margins, nearest = _margins(table)
    if "inferred" in table.rows:
        margins[~table.rows["inferred"].to_numpy()] = np.inf
    margins[margins > _CLEAR[table.kind]] = np.inf
    return [_moment(table, row, nearest) for row in _smallest(table, margins)]


def thresholds(table: Table) -> dict[str, float]:
    """The score from which each label of a multi-label table counts, by its manifest."""
    model, settings = (table.manifest.get(part) or {} for part in ("model", "settings"))
    given = settings.get("threshold") if isinstance(settings, dict) else None
    own = model.get("thresholds") if isinstance(model, dict) else None
    if given is None and isinstance(own, list) and len(own) == len(table.classes):
        return dict(zip(table.classes, map(float, own), strict=True))
    least = _USUAL_THRESHOLD if given is None else float(given)
    return dict.fromkeys(table.classes, least)


def _margins(table: Table) -> tuple[Margins, NDArray[np.int64] | None]:
    """Of each row the margin, and for several labels a frame which label is nearest."""
    if table.kind == "classes":
        best = table.rows["confidence"].to_numpy().astype(np.float64)
        if "top2_confidence" not in table.rows:
            return best, None
        return best - np.nan_to_num(table.rows["top2_confidence"].to_numpy()), None
    smallest = np.full(len(table.rows), np.inf)
    nearest = np.zeros(len(table.rows), np.int64)
    for place, (label, least) in enumerate(thresholds(table).items()):
        distance = np.abs(table.rows[SCORE + label].to_numpy().astype(np.float64) - least)
        closer = distance < smallest
        smallest[closer], nearest[closer] = distance[closer], place
    return smallest, nearest


def _smallest(table: Table, margins: Margins) -> list[int]:
    """Rows with the smallest margins: one of each part of the table, and of these those apart."""
    starts = np.unique(np.arange(_PARTS) * len(margins) // _PARTS)
    parts = np.split(margins, starts[1:])
    best = [int(start + part.argmin()) for start, part in zip(starts, parts, strict=True)]
    seconds = table.rows["timestamp"].to_numpy()
    apart = (table.end_seconds - seconds[0]) / (2 * MOST)
    chosen: list[int] = []
    for row in sorted((row for row in best if np.isfinite(margins[row])), key=margins.__getitem__):
        if all(abs(seconds[row] - seconds[other]) >= apart for other in chosen):
            chosen.append(row)
    return chosen[:MOST]


def _moment(table: Table, row: int, nearest: NDArray[np.int64] | None) -> dict[str, Any]:
    cells = table.rows.iloc[row]
    moment: dict[str, Any] = {"time": int(ticks(cells["timestamp"])), "frame": int(cells["frame"])}
    if nearest is not None:
        label, least = list(thresholds(table).items())[nearest[row]]
        score, threshold = scores([cells[SCORE + label], least])
        return {**moment, "label": label, "score": score, "threshold": threshold}
    (score,) = scores([cells["confidence"]])
    moment |= {"label": str(cells["label"]), "score": score}
    other = cells.get("top2_label")
    if not isinstance(other, str) or not other:
        return moment
    (second,) = scores(np.nan_to_num([cells["top2_confidence"]]))
    return {**moment, "other": other, "otherScore": second}
