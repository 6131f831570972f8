"""Where a table is least sure: moments that are worth a look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vidclf.core.run_warnings import get_logger
from vidclf.core.thresholds import DEFAULT_LABEL_THRESHOLD
from vidclf.errors import UsageError
from vidclf.pages.compact_numbers import scores, ticks
from vidclf.table.schema import SCORE
from vidclf.table.table import Table

logger = get_logger(__name__)

MOST = 12
_PARTS = 600
_CLEAR = {"classes": 0.5, "labels": 0.2}
"""Margins beyond which nobody needs to look."""

Margins = NDArray[np.float64]


def doubts(table: Table, thresholds: Mapping[str, float]) -> list[dict[str, Any]]:
    """The moments with the smallest margins, the smallest first, well apart from each other.

    The margin is the distance between the first two scores, or the only score where there is but
    one; where a frame may have several labels, that of a score to its threshold. What is clear
    enough is left out.

    Args:
        table: of any kind; one of values has no such moments.
        thresholds: label → the score from which it counts, where a frame may have several.
    """
    if table.kind == "values":
        return []
    margins, nearest = _margins(table, thresholds)
    if "inferred" in table.columns.names:
        margins[~table.numbers("inferred")] = np.inf
    margins[margins > _CLEAR[table.kind]] = np.inf
    rows = _smallest(table, margins)
    if nearest is None:
        return [_ranked_moment(table, row) for row in rows]
    limits = list(thresholds.items())
    return [_label_moment(table, row, *limits[nearest[row]]) for row in rows]


def label_thresholds(table: Table) -> Mapping[str, float]:
    """Of several labels a frame: label → the score from which it counts; else nothing.

    Where the manifest has thresholds of other labels, those of this table are not told.
    """
    if table.kind != "labels":
        return {}
    try:
        return table.thresholds
    except UsageError as exc:
        logger.warning("%s; the page takes %g for each label", exc, DEFAULT_LABEL_THRESHOLD)
        return dict.fromkeys(table.classes, DEFAULT_LABEL_THRESHOLD)


def _margins(
    table: Table, thresholds: Mapping[str, float]
) -> tuple[Margins, NDArray[np.int64] | None]:
    """Of each row the margin, and for several labels a frame which label is nearest."""
    if table.kind == "classes":
        best = table.numbers("confidence").astype(np.float64)
        if "top2_confidence" not in table.columns.names:
            return best, None
        return best - np.nan_to_num(table.numbers("top2_confidence")), None
    smallest = np.full(len(table), np.inf)
    nearest = np.zeros(len(table), np.int64)
    for place, (label, least) in enumerate(thresholds.items()):
        distance = np.abs(table.numbers(SCORE + label).astype(np.float64) - least)
        closer = distance < smallest
        smallest[closer], nearest[closer] = distance[closer], place
    return smallest, nearest


def _smallest(table: Table, margins: Margins) -> list[int]:
    """Rows with the smallest margins: one of each part of the table, and of these those apart."""
    starts = np.arange(min(_PARTS, len(margins))) * len(margins) // min(_PARTS, len(margins))
    parts = np.split(margins, starts[1:])
    best = [int(start + part.argmin()) for start, part in zip(starts, parts, strict=True)]
    seconds = table.numbers("timestamp")
    apart = (table.end_seconds - seconds[0]) / (2 * MOST)
    chosen: list[int] = []
    for row in sorted((row for row in best if np.isfinite(margins[row])), key=margins.__getitem__):
        if all(abs(seconds[row] - seconds[other]) >= apart for other in chosen):
            chosen.append(row)
    return chosen[:MOST]


def _label_moment(table: Table, row: int, label: str, least: float) -> dict[str, Any]:
    score, threshold = scores([table.numbers(SCORE + label)[row], least])
    return {**_place(table, row), "label": label, "score": score, "threshold": threshold}


def _ranked_moment(table: Table, row: int) -> dict[str, Any]:
    (score,) = scores([table.numbers("confidence")[row]])
    moment = {**_place(table, row), "label": _text(table, "label", row), "score": score}
    other = _text(table, "top2_label", row) if "top2_label" in table.columns.names else ""
    if not other:
        return moment
    (second,) = scores(np.nan_to_num([table.numbers("top2_confidence")[row]]))
    return {**moment, "other": other, "otherScore": second}


def _text(table: Table, column: str, row: int) -> str:
    """A cell of text; empty where it is missing."""
    texts = table.texts(column)
    code = int(texts.codes[row])
    return texts.distinct[code] if code >= 0 else ""


def _place(table: Table, row: int) -> dict[str, int]:
    seconds, frame = table.numbers("timestamp")[row], table.numbers("frame")[row]
    return {"time": int(ticks(seconds)), "frame": int(frame)}
