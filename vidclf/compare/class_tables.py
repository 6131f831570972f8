"""Two tables with one label a frame."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pandas.api.types import union_categoricals

from vidclf.compare.join import JoinedTables, Numbers
from vidclf.compare.results import ClassAgreement, Difference, LabelPair, LabelShares

Codes = NDArray[np.int64]


def compare_classes(joined: JoinedTables) -> ClassAgreement:
    """How far the labels of two tables agree, and where they do not."""
    labels, codes_a, codes_b = _coded(joined)
    same = codes_a == codes_b
    seconds = joined.seconds
    return ClassAgreement(
        frames_share=float(same.mean()),
        seconds_share=float(seconds[same].sum() / seconds.sum()),
        kappa=cohens_kappa(codes_a, codes_b),
        labels=_shares(joined, labels, codes_a, codes_b),
        meetings=_meetings(labels, codes_a, codes_b, seconds),
        differences=_differences(joined, labels, codes_a, codes_b),
    )


def cohens_kappa(a: NDArray[np.integer], b: NDArray[np.integer]) -> float | None:
    """Agreement beyond chance of two raters: (observed - expected) / (1 - expected).

    Expected is how often they would agree if each kept its shares and gave them out at random.
    J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological
    Measurement 20 (1960), 37-46, https://doi.org/10.1177/001316446002000104.

    Args:
        a: (N,) the category, from 0, that the first gives each of N things.
        b: (N,) the same of the second.

    Returns:
        At most 1; None where both give all things one same category: chance does as well.
    """
    count = max(int(a.max()), int(b.max())) + 1
    of_a, of_b = np.bincount(a, minlength=count), np.bincount(b, minlength=count)
    expected = float(of_a @ of_b) / len(a) ** 2
    if expected == 1:
        return None
    return (float((a == b).mean()) - expected) / (1 - expected)


def _coded(joined: JoinedTables) -> tuple[list[str], Codes, Codes]:
    """All labels, and the place among them of each frame's label in A and in B."""
    a, b = joined.column_a("label"), joined.column_b("label")
    both = union_categoricals([a, b])
    codes = both.codes.astype(np.int64)
    return list(map(str, both.categories)), codes[: len(a)], codes[len(a) :]


def _shares(
    joined: JoinedTables, labels: Sequence[str], codes_a: Codes, codes_b: Codes
) -> tuple[LabelShares, ...]:
    seconds = joined.seconds
    in_a, in_b = (
        np.bincount(codes, weights=seconds, minlength=len(labels)) / seconds.sum()
        for codes in (codes_a, codes_b)
    )
    classes = {**joined.b.class_ids, **joined.a.class_ids}
    shown = np.flatnonzero((in_a > 0) | (in_b > 0))
    return tuple(
        LabelShares(
            label=labels[i],
            class_id=classes.get(labels[i], -1),
            share_a=float(in_a[i]),
            share_b=float(in_b[i]),
        )
        for i in shown[np.argsort(-(in_a + in_b)[shown], kind="stable")]
    )


def _meetings(
    labels: Sequence[str], codes_a: Codes, codes_b: Codes, seconds: Numbers
) -> tuple[LabelPair, ...]:
    pairs, places = np.unique(codes_a * len(labels) + codes_b, return_inverse=True)
    frames, lasted = np.bincount(places), np.bincount(places, weights=seconds)
    return tuple(
        LabelPair(
            label_a=labels[pairs[i] // len(labels)],
            label_b=labels[pairs[i] % len(labels)],
            frames=int(frames[i]),
            seconds=float(lasted[i]),
        )
        for i in np.argsort(-np.round(lasted, 6), kind="stable")
    )


def _differences(
    joined: JoinedTables, labels: Sequence[str], codes_a: Codes, codes_b: Codes
) -> tuple[Difference, ...]:
    first, last = joined.runs(codes_a * len(labels) + codes_b)
    counts = last - first + 1
    means = [
        np.add.reduceat(column.to_numpy(dtype=np.float64), first) / counts
        for column in (joined.column_a("confidence"), joined.column_b("confidence"))
    ]
    return tuple(
        Difference(
            start_frame=int(joined.frames[first[i]]),
            end_frame=int(joined.frames[last[i]]),
            start_seconds=float(joined.starts[first[i]]),
            end_seconds=float(joined.ends[last[i]]),
            label_a=labels[codes_a[first[i]]],
            label_b=labels[codes_b[first[i]]],
            confidence_a=float(means[0][i]),
            confidence_b=float(means[1][i]),
        )
        for i in np.flatnonzero(codes_a[first] != codes_b[first])
    )
