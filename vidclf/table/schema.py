"""The names of the table's columns, which writing and reading share."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from itertools import count

FRAME_COLUMNS = ("video", "frame", "timestamp", "inferred")
BEST_COLUMNS = ("label", "class_id", "confidence", "raw_label", "raw_confidence")
LABELS = "labels"
SCORE = "score_"
VALUE = "value_"
RAW = "raw_"

_BETWEEN = "; "
_RANK = re.compile(r"top([2-9]|[1-9]\d+)_(label|confidence)")
_PARTNERS = {"label": "confidence", "confidence": "label"}


def runners_up(labels: Sequence[str], top_k: int) -> list[str]:
    """`top2_label`, `top2_confidence`, … up to `top_k` places, or as many as there are labels.

    `top_k` counts the shown label too, so 3 gives `top2_…` and `top3_…`.
    """
    places = range(2, min(top_k, len(labels)) + 1)
    return [f"top{place}_{name}" for place in places for name in ("label", "confidence")]


def rank_columns(columns: Collection[str]) -> list[tuple[str, str]]:
    """The columns of label and score for each rank that a table has, from the best one on."""
    ranks = [("label", "confidence")]
    for rank in count(2):
        pair = f"top{rank}_label", f"top{rank}_confidence"
        if not set(pair) <= set(columns):
            break
        ranks.append(pair)
    return ranks


def lone_rank_column(columns: Collection[str]) -> tuple[str, str] | None:
    """A column of runners-up and the one that it has no sense without; None if all are whole.

    A label goes with its confidence, and a rank with the one above it.
    """
    known = {column for pair in rank_columns(columns) for column in pair}
    for column in columns:
        if (match := _RANK.fullmatch(column)) and column not in known:
            own = f"top{match[1]}_{_PARTNERS[match[2]]}"
            above = f"top{int(match[1]) - 1}_label"
            return column, above if own in columns else own
    return None


def scored_labels(columns: Iterable[str]) -> list[str]:
    """The labels that have a column `score_…` of their own, in the order of these columns."""
    return [column.removeprefix(SCORE) for column in columns if column.startswith(SCORE)]


def distinct(labels: Sequence[str]) -> list[str]:
    """Labels with the class number behind those that stand twice: ImageNet has two `crane`."""
    return [
        f"{label}_{class_id}" if labels.count(label) > 1 else label
        for class_id, label in enumerate(labels)
    ]


def joined(labels: Sequence[str]) -> str:
    """Labels as one cell: `cat; dog`, where `big; dog` would stand as `big;dog`."""
    return _BETWEEN.join(map(in_a_list, labels))


def split(cell: str) -> list[str]:
    """The inverse of `joined`: labels as `in_a_list` gives them."""
    return cell.split(_BETWEEN) if cell else []


def in_a_list(label: str) -> str:
    """A label as it stands among others in one cell: without the mark that separates them."""
    return re.sub("; +", ";", label)
