"""Two tables with any number of labels a frame."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from vidclf.compare.class_tables import cohens_kappa
from vidclf.compare.join import Indexes, JoinedTables
from vidclf.compare.results import Difference, LabelAgreement, LabelComparison
from vidclf.errors import UsageError
from vidclf.table.schema import SCORE, in_a_list, split
from vidclf.table.table import Table

Mask = NDArray[np.bool_]


def compare_labels(joined: JoinedTables) -> LabelComparison:
    """How far two tables agree on each label, and where they do not.

    Raises:
        UsageError: they have no label in common.
    """
    shared = [label for label in joined.a.classes if label in joined.b.classes]
    if not shared:
        raise UsageError(
            f"{joined.a.path} and {joined.b.path} have no label in common: "
            f"{', '.join(list(joined.a.classes)[:6])} against "
            f"{', '.join(list(joined.b.classes)[:6])}"
        )
    held_a, held_b = _Held(joined.a, joined.rows_a), _Held(joined.b, joined.rows_b)
    in_both, in_one = np.zeros((2, len(joined.frames)), np.int32)
    labels: list[LabelAgreement] = []
    differences: list[Difference] = []
    for label in shared:
        a, b = held_a.at_frames(label), held_b.at_frames(label)
        in_both += a & b
        in_one += a | b
        labels.append(_agreement(joined, label, a, b))
        differences += _differences(joined, label, a, b)
    seconds = joined.seconds
    exact = in_both == in_one
    jaccard = np.divide(in_both, in_one, out=np.ones(len(exact)), where=in_one > 0)
    return LabelComparison(
        frames_share=float(exact.mean()),
        seconds_share=float(seconds[exact].sum() / seconds.sum()),
        jaccard=float(jaccard @ seconds / seconds.sum()),
        labels=tuple(sorted(labels, key=lambda item: -(item.share_a + item.share_b))),
        differences=tuple(sorted(differences, key=lambda item: item.start_seconds)),
    )


class _Held:
    """At which frames each label of a table holds: its cells are split once for each text."""

    def __init__(self, table: Table, rows: Indexes) -> None:
        cells = table.rows["labels"].cat
        self._codes = cells.codes.to_numpy()[rows]
        self._count = len(cells.categories)
        self._places: dict[str, list[int]] = {}
        for place, cell in enumerate(cells.categories):
            for text in split(cell):
                self._places.setdefault(text, []).append(place)

    def at_frames(self, label: str) -> Mask:
        """(N,) whether it holds."""
        holds = np.zeros(self._count, np.bool_)
        holds[self._places.get(in_a_list(label), [])] = True
        return holds[self._codes]


def _agreement(joined: JoinedTables, label: str, a: Mask, b: Mask) -> LabelAgreement:
    seconds = joined.seconds
    total, either = seconds.sum(), seconds[a | b].sum()
    return LabelAgreement(
        label=label,
        class_id=joined.a.classes[label],
        share_a=float(seconds[a].sum() / total),
        share_b=float(seconds[b].sum() / total),
        seconds_share=float(seconds[a == b].sum() / total),
        jaccard=float(seconds[a & b].sum() / either) if either else None,
        kappa=cohens_kappa(a.astype(np.int64), b.astype(np.int64)),
    )


def _differences(joined: JoinedTables, label: str, a: Mask, b: Mask) -> Iterator[Difference]:
    first, last = joined.runs(a * 2 + b.astype(np.int64))
    scores = [
        column.to_numpy(dtype=np.float64)
        for column in (joined.column_a(SCORE + label), joined.column_b(SCORE + label))
    ]
    for start, end in zip(first, last, strict=True):
        if a[start] != b[start]:
            yield Difference(
                start_frame=int(joined.frames[start]),
                end_frame=int(joined.frames[end]),
                start_seconds=float(joined.starts[start]),
                end_seconds=float(joined.ends[end]),
                label_a=label if a[start] else None,
                label_b=label if b[start] else None,
                confidence_a=float(scores[0][start : end + 1].mean()),
                confidence_b=float(scores[1][start : end + 1].mean()),
            )
