"""Gives each label of a table its class, also after work by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import count

import numpy as np

from vidclf.table.columns import Columns
from vidclf.table.schema import scored_labels


def class_ids(rows: Columns, *, classes: int = 0) -> dict[str, int]:
    """Label → class id, of the labels of a table; see `assign_class_ids`.

    Args:
        rows: the table's.
        classes: how many classes the model has; 0 where nobody tells.
    """
    return assign_class_ids(_count_frames(rows), scored=scored_labels(rows.names), classes=classes)


def assign_class_ids(
    frames: Mapping[tuple[str, int], int], *, scored: Sequence[str], classes: int = 0
) -> dict[str, int]:
    """Label → class id, of all labels that stand in `label` or have a score, by class.

    In a table as vidclf wrote it, that is what stands in `class_id`, and the place of the label's
    `score_…` column. Where labels were corrected by hand and `class_id` was left, a class belongs
    to the label with most rows of it. Scores that are not in the order of the classes don't count.
    A label of no class gets one behind the model's.

    Args:
        frames: `label` and `class_id` → how many rows have both, in the order of the first of
            them; -1 is no class.
        scored: the labels that have a score, in the order of its columns.
        classes: how many classes the model has; 0 where nobody tells.
    """
    ids = _most_frequent(frames)
    places = {label: place for place, label in enumerate(scored)}
    if any(ids.get(label, place) != place for label, place in places.items()):
        taken = set(ids.values())
        free = (class_id for class_id in count() if class_id not in taken)
        places = {label: next(free) for label in scored if label not in ids}
    ids = {**places, **ids}
    behind = count(max([classes, *(class_id + 1 for class_id in ids.values())]))
    for label, _ in frames:
        if label not in ids:
            ids[label] = next(behind)
    return dict(sorted(ids.items(), key=lambda pair: pair[1]))


def _count_frames(rows: Columns) -> dict[tuple[str, int], int]:
    labels = rows.texts("label")
    ids = rows.numbers("class_id") if "class_id" in rows.names else np.full(len(rows), -1)
    pairs = Counter(zip(labels.codes.tolist(), ids.tolist(), strict=True))
    return {(labels.distinct[code], number): count for (code, number), count in pairs.items()}


def _most_frequent(frames: Mapping[tuple[str, int], int]) -> dict[str, int]:
    """What `class_id` says, the pairs of most rows first: one class a label, one label a class."""
    ids: dict[str, int] = {}
    taken: set[int] = set()
    for label, class_id in sorted(frames, key=lambda pair: -frames[pair]):
        if label not in ids and class_id >= 0 and class_id not in taken:
            ids[label] = class_id
            taken.add(class_id)
    return ids
