"""The segments of a table."""

from __future__ import annotations

from vidclf.core.run_warnings import get_logger
from vidclf.errors import UsageError
from vidclf.segments.finder import Segment, SegmentFinder, SegmentRules
from vidclf.table.column_annotations import annotation_rows
from vidclf.table.schema import SCORE
from vidclf.table.table import Table

logger = get_logger(__name__)


def segments_of(table: Table, rules: SegmentRules | None = None) -> list[Segment]:
    """The segments of a table's labels, by start and then by class.

    Without rules they are those that `vidclf annotate` writes: the runs of `label`, or, where a
    frame may have several labels, of each that stands in `labels`.

    A threshold for a label that never is a frame's best one changes nothing, and that is logged.

    Raises:
        SourceError: a label of the column `labels` has no score.
        UsageError: the table holds values, or a threshold is for a label that it has no score of.
    """
    rules = rules or SegmentRules()
    _check(table, rules)
    finder = SegmentFinder(rules, exclusive=table.kind == "classes")
    rows = annotation_rows(table, threshold_of=rules.threshold_of)
    times = table.numbers("frame").tolist(), table.numbers("timestamp").tolist()
    for frame, seconds, answers in zip(*times, rows.holding(), strict=True):
        finder.add(frame, seconds, answers)
    return finder.finish(table.end_seconds)


def _check(table: Table, rules: SegmentRules) -> None:
    if table.kind == "values":
        raise UsageError(
            f"the table {table.path} holds values ({', '.join(table.values)}), and only labels "
            "have segments: cut its values into labels in pandas first"
        )
    for label in rules.thresholds:
        if label not in table.classes:
            _complain_of(label, table, rules)


def _complain_of(label: str, table: Table, rules: SegmentRules) -> None:
    known = ", ".join(list(table.classes)[:12])
    flag = f"--threshold {label}={rules.thresholds[label]}"
    if any(column.startswith(SCORE) for column in table.columns.names):
        raise UsageError(f"{flag}: the table {table.path} has no label {label!r}; it has {known}")
    logger.warning("%s: no frame of %s is labelled so, only %s", flag, table.video, known)
