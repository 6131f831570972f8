"""The segments of a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

import numpy as np

from vidclf.core.run_warnings import get_logger
from vidclf.errors import SourceError, UsageError
from vidclf.segments.finder import LabelScore, Segment, SegmentFinder, SegmentRules
from vidclf.table.cells import rounded_scores
from vidclf.table.file_formats import where
from vidclf.table.schema import SCORE, in_a_list, split
from vidclf.table.table import Table

logger = get_logger(__name__)

_BLOCK = 4096
"""So many rows are looked at at once: as Python's numbers, all would take eight times the room."""


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


def _best(table: Table, rules: SegmentRules) -> Iterator[Sequence[LabelScore]]:
    labels = table.rows["label"].cat.categories.tolist()
    classes = [table.class_ids.get(label, -1) for label in labels]
    least = [rules.threshold_of(label) or 0.0 for label in labels]
    scores = rounded_scores(table.rows["confidence"].to_numpy()).tolist()
    for code, score in zip(table.rows["label"].cat.codes.tolist(), scores, strict=True):
        if score < least[code]:
            yield ()
        else:
            yield (LabelScore(label=labels[code], class_id=classes[code], confidence=score),)


def _several(table: Table, rules: SegmentRules) -> Iterator[Sequence[LabelScore]]:
    """Labels that stand in `labels`, but for those with a threshold of their own."""
    names = list(table.classes)
    classes = list(table.classes.values())
    least = [rules.threshold_of(name) for name in names]
    listed = _listed(table, names, {i for i, score in enumerate(least) if score is None})
    limits = np.array([np.inf if score is None else score for score in least])
    columns = [SCORE + name for name in names]
    for start in range(0, len(table.rows), _BLOCK):
        block = table.rows.iloc[start : start + _BLOCK]
        scores = rounded_scores(block[columns].to_numpy())
        reached = [np.flatnonzero(row).tolist() for row in scores >= limits]
        for code, more, row in zip(block["labels"].cat.codes, reached, scores, strict=True):
            yield [
                LabelScore(label=names[i], class_id=classes[i], confidence=float(row[i]))
                for i in (*listed[code], *more)
            ]


def _listed(table: Table, names: Sequence[str], wanted: Set[int]) -> list[list[int]]:
    """Of each text that stands in `labels`, by its code: the wanted classes in it."""
    classes = {in_a_list(name): i for i, name in enumerate(names)}
    cells = table.rows["labels"]
    listed = []
    for cell in cells.cat.categories:
        texts = split(cell)
        if unknown := [text for text in texts if text not in classes]:
            row = int(np.argmax((cells == cell).to_numpy()))
            raise SourceError(
                f"the table {table.path}, {where(table.path, row)}: its label {unknown[0]!r} has "
                f"no column {SCORE}{unknown[0]}"
            )
        listed.append([classes[text] for text in texts if classes[text] in wanted])
    return listed
