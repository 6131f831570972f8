"""The parts of a clip in which a label holds, put one after the other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from vidclf.core.frames import Frame
from vidclf.errors import UsageError
from vidclf.segments.finder import Segment, SegmentRules
from vidclf.segments.from_table import segments_of
from vidclf.sinks.audio.cut import Cut
from vidclf.table.columns import FrameColumns
from vidclf.table.label_lists import check_scored
from vidclf.table.label_names import LabelNames
from vidclf.table.schema import LABELS, SCORE, in_a_list, joined, split
from vidclf.table.table import Table

_BILLION = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """A run of rows, and the time it takes."""

    first_row: int
    """Its first row, from 0."""
    last_row: int
    """Its last row."""
    start_ticks: int
    """When its first frame is shown, in the clip's own ticks."""
    end_ticks: int
    """When the frame after its last one is shown, or the clip ends."""

    def cut(self, time_base: Fraction) -> Cut:
        """Its time in seconds."""
        return Cut(
            start_seconds=self.start_ticks * time_base, end_seconds=self.end_ticks * time_base
        )


def named_segments(table: Table, names: LabelNames, rules: SegmentRules) -> list[Segment]:
    """The segments of a table's labels under their new names; labels of one new name are one label.

    Raises:
        SourceError: a label in `labels` has no column of scores.
        UsageError: the table has values, which have no segments.
    """
    if table.kind != "values" and names.renamed:
        table = replace(table, columns=FrameColumns(_renamed(table, names)))
    return segments_of(table, rules)


def find_excerpts(
    table: Table, segments: Iterable[Segment], labels: Collection[str], *, time_base: Fraction
) -> list[Excerpt]:
    """The parts of the clip in which one of the labels holds; those that touch are one.

    Args:
        table: where the frames' times come from.
        segments: by start.
        labels: the labels that are wanted, as they stand in `segments`.
        time_base: seconds in one tick of the clip.

    Raises:
        UsageError: none of them holds anywhere.
    """
    runs: list[list[int]] = []
    for segment in segments:
        if segment.label not in labels:
            continue
        if runs and segment.start_frame <= runs[-1][1] + 1:
            runs[-1][1] = max(runs[-1][1], segment.end_frame)
        else:
            runs.append([segment.start_frame, segment.end_frame])
    if not runs:
        raise UsageError(
            f"--only {', '.join(labels)}: holds at no frame of {table.path}, or not for long or "
            "surely enough; vidclf segments lists what does"
        )
    rows = np.searchsorted(table.rows["frame"].to_numpy(), runs)
    bounds = np.append(table.rows["timestamp"].to_numpy(), table.end_seconds)
    return [
        Excerpt(
            first_row=first,
            last_row=last,
            start_ticks=_ticks(bounds[first], time_base),
            end_ticks=_ticks(bounds[last + 1], time_base),
        )
        for first, last in rows.tolist()
    ]


def joined_frames(
    frames: Iterable[tuple[Frame, int]], excerpts: Iterable[Excerpt]
) -> Iterator[tuple[Frame, int]]:
    """The frames of the pieces with new times, from 0 on; nothing after the last one is read."""
    left = iter(excerpts)
    excerpt = next(left)
    start_ticks, index = 0, 0
    first: Frame | None = None
    for frame, row in frames:
        if row < excerpt.first_row:
            continue
        first = first or frame
        since = frame.pts - first.pts
        stands = frame.duration
        if row == excerpt.last_row:
            stands = max(1, excerpt.end_ticks - excerpt.start_ticks - since)
        yield replace(frame, index=index, pts=start_ticks + since, duration=stands), row
        index += 1
        if row == excerpt.last_row:
            start_ticks += excerpt.end_ticks - excerpt.start_ticks
            first, following = None, next(left, None)
            if following is None:
                return
            excerpt = following


def _ticks(seconds: float, time_base: Fraction) -> int:
    """A time of the table, rounded to a nanosecond, in whole ticks of the clip."""
    return round(Fraction(round(seconds * _BILLION), _BILLION) / time_base)


def _renamed(table: Table, names: LabelNames) -> pd.DataFrame:
    """The columns from which segments are found, under the names that are shown."""
    rows = table.rows
    columns: dict[str, Any] = {
        name: rows[name] for name in ("video", "frame", "timestamp", "confidence")
    }
    columns["label"] = _mapped(rows["label"], lambda label: names.renamed.get(label, label))
    if "class_id" in rows:
        columns["class_id"] = rows["class_id"]
    scored = [c.removeprefix(SCORE) for c in rows.columns if c.startswith(SCORE)]
    for name in scored:
        column = SCORE + names.renamed.get(name, name)
        scores = rows[SCORE + name]
        columns[column] = np.maximum(columns.get(column, scores), scores)
    if LABELS in rows:
        check_scored(table)
        in_lists = {in_a_list(name): names.renamed.get(name, name) for name in scored}
        columns[LABELS] = _mapped(
            rows[LABELS],
            lambda cell: joined(list(dict.fromkeys(in_lists[text] for text in split(cell)))),
        )
    return pd.DataFrame(columns)


def _mapped(cells: pd.Series[str], name_of: Callable[[str], str]) -> pd.Series[str]:
    """Categorical text with other text in place of each category; several may become one."""
    new = [name_of(str(cell)) for cell in cells.cat.categories]
    places = {name: place for place, name in enumerate(dict.fromkeys(new))}
    codes = np.array([places[name] for name in new], np.int64)[cells.cat.codes.to_numpy()]
    return pd.Series(
        pd.Categorical.from_codes(codes, categories=pd.Index(list(places), dtype=str)),
        index=cells.index,
    )
