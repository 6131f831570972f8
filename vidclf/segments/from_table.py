"""The segments of a table."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from vidclf.errors import SourceError, UsageError
from vidclf.segments.finding import Held, Segment, SegmentFinder, SegmentRules
from vidclf.table.columns import SCORE, in_a_list, split
from vidclf.table.files import where
from vidclf.table.opened import Table

logger = logging.getLogger(__name__)


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
    frames = table.rows["frame"].tolist()
    seconds = table.rows["timestamp"].tolist()
    held = _best(table, rules) if table.kind == "classes" else _several(table, rules)
    for frame, moment, labels in zip(frames, seconds, held, strict=True):
        finder.add(frame, moment, labels)
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
    if any(column.startswith(SCORE) for column in table.rows.columns):
        raise UsageError(f"{flag}: the table {table.path} has no label {label!r}; it has {known}")
    logger.warning("%s: no frame of %s is labelled so, only %s", flag, table.video, known)


def _best(table: Table, rules: SegmentRules) -> Iterator[Sequence[Held]]:
    labels = table.rows["label"].cat.categories.tolist()
    classes = [table.classes.get(label, -1) for label in labels]
    least = [rules.threshold_of(label) or 0.0 for label in labels]
    scores = _as_written(table.rows["confidence"].to_numpy())
    for code, score in zip(table.rows["label"].cat.codes.tolist(), scores, strict=True):
        if score < least[code]:
            yield ()
        else:
            yield (Held(label=labels[code], class_id=classes[code], confidence=score),)


def _several(table: Table, rules: SegmentRules) -> Iterator[Sequence[Held]]:
    """Labels that stand in `labels`, but for those with a threshold of their own."""
    names = list(table.classes)
    in_lists = {in_a_list(name): name for name in names}
    _check_listed(table, in_lists)
    least = {name: rules.threshold_of(name) for name in names}
    asked = [name for name in names if least[name] is not None]
    columns = {name: _as_written(table.rows[SCORE + name].to_numpy()) for name in names}
    for row, listed in enumerate(table.held_labels):
        held = [in_lists[text] for text in listed if least[in_lists[text]] is None]
        held += [name for name in asked if columns[name][row] >= (least[name] or 0.0)]
        yield [
            Held(label=name, class_id=table.classes[name], confidence=columns[name][row])
            for name in held
        ]


def _check_listed(table: Table, in_lists: Mapping[str, str]) -> None:
    cells = table.rows["labels"]
    for cell in cells.cat.categories:
        if unknown := [text for text in split(cell) if text not in in_lists]:
            row = int(np.argmax((cells == cell).to_numpy()))
            raise SourceError(
                f"the table {table.path}, {where(table.path, row)}: its label {unknown[0]!r} has "
                f"no column {SCORE}{unknown[0]}"
            )


def _as_written(scores: np.ndarray[tuple[int], np.dtype[np.float32]]) -> list[float]:
    """Scores with their six decimals again, so that 0.7 reaches a threshold of 0.7."""
    rounded: list[float] = np.round(scores.astype(np.float64), 6).tolist()
    return rounded


find_segments = segments_of
