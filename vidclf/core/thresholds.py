"""From which score on a label counts, where a frame may have any number of labels."""

from __future__ import annotations

from collections.abc import Sequence

from vidclf.errors import UsageError

DEFAULT_LABEL_THRESHOLD = 0.5


def label_thresholds(
    count: int, *, asked: float | None, own: Sequence[float] | None
) -> tuple[float, ...]:
    """The score from which each label of a multi-label model counts.

    The one that was asked for, else the model's own for each label, else 0.5.

    Args:
        count: how many labels there are.
        asked: the threshold that the user gave for all of them, 0 to 1.
        own: the model's own, one for each label.

    Raises:
        UsageError: the model's own would be taken, and are not one for each label.
    """
    if asked is not None:
        return (asked,) * count
    if own is None:
        return (DEFAULT_LABEL_THRESHOLD,) * count
    if len(own) != count:
        raise UsageError(f"{len(own)} thresholds for {count} labels: each label needs one")
    return tuple(own)
