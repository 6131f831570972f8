"""The class of each label of a table, which its colour follows from, also after work by hand."""

from __future__ import annotations

from itertools import count

import pandas as pd

from vidclf.table.schema import SCORE


def class_ids(rows: pd.DataFrame, *, classes: int = 0) -> dict[str, int]:
    """Label → class id, of all labels that stand in `label` or have a score, by class.

    In a table as vidclf wrote it, that is what stands in `class_id`, and the place of the label's
    `score_…` column. Where labels were corrected by hand and `class_id` was left, a class belongs
    to the label with most rows of it. Scores that are not in the order of the classes don't count.
    A label of no class gets one behind the model's, and so a colour of its own.

    Args:
        rows: the table.
        classes: how many classes the model has; 0 where nobody tells.
    """
    ids = _told(rows)
    scored = [c.removeprefix(SCORE) for c in rows.columns if c.startswith(SCORE)]
    places = {label: place for place, label in enumerate(scored)}
    if any(ids.get(label, place) != place for label, place in places.items()):
        taken = set(ids.values())
        free = (class_id for class_id in count() if class_id not in taken)
        places = {label: next(free) for label in scored if label not in ids}
    ids = {**places, **ids}
    behind = count(max([classes, *(class_id + 1 for class_id in ids.values())]))
    for label in map(str, rows["label"].unique()):
        if label not in ids:
            ids[label] = next(behind)
    return dict(sorted(ids.items(), key=lambda pair: pair[1]))


def _told(rows: pd.DataFrame) -> dict[str, int]:
    """What `class_id` says, the pairs of most rows first: one class a label, one label a class."""
    if "class_id" not in rows.columns:
        return {}
    counts = rows.groupby(["label", "class_id"], observed=True, sort=False).size()
    ids: dict[str, int] = {}
    taken: set[int] = set()
    for label, class_id in counts.sort_values(ascending=False, kind="stable").index:
        if str(label) not in ids and class_id >= 0 and class_id not in taken:
            ids[str(label)] = int(class_id)
            taken.add(class_id)
    return ids
