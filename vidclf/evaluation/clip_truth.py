"""What is true, and what a table answers, at each frame of a clip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vidclf.errors import DataError
from vidclf.files.places import Place
from vidclf.segments.formats.player_time import player_zero
from vidclf.segments.true_segment import TrueSegment
from vidclf.segments.truth import read_truth
from vidclf.table.column_annotations import annotation_rows
from vidclf.table.schema import SCORE
from vidclf.table.table import Table, open_table

BACKGROUND = "background"
"""The label of frames that no segment covers; one that is called so is the same."""
_ROUNDING_SECONDS = 0.0006
"""Truth is often written in whole milliseconds: a frame so early belongs to what begins there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipTruth:
    """A table beside the true segments of its clip."""

    table: Table
    """The table."""
    truth: Place
    """The file of the true segments."""
    segments: Sequence[TrueSegment]
    """The true segments, in order of start."""
    answers: Sequence[tuple[str, ...]]
    """(N,) the labels that hold at each frame: at most one where labels exclude each other."""
    confidences: NDArray[np.float64]
    """(N,) the score of the first of them; NaN where none holds."""

    @property
    def is_exclusive(self) -> bool:
        """Whether a frame has one label at most."""
        return self.table.kind == "classes"

    @property
    def edges(self) -> NDArray[np.float64]:
        """(N + 1,) when each frame is shown, and when the last one ends."""
        return np.append(self.table.rows["timestamp"].to_numpy(np.float64), self.table.end_seconds)

    def true_rows(self, segment: TrueSegment) -> slice:
        """The rows of the frames in a segment."""
        seconds = self.table.rows["timestamp"].to_numpy(np.float64) + _ROUNDING_SECONDS
        first, last = np.searchsorted(seconds, [segment.start_seconds, segment.end_seconds])
        return slice(int(first), int(last))

    def true_labels(self) -> list[str]:
        """(N,) the one true label of each frame."""
        labels = [BACKGROUND] * len(self.table.rows)
        for segment in self.segments:
            rows = self.true_rows(segment)
            labels[rows] = [segment.label] * (rows.stop - rows.start)
        return labels

    def scores(self, labels: Sequence[str]) -> NDArray[np.float32]:
        """(N, C) the table's scores of some labels; 0 for one that it does not know."""
        rows = self.table.rows
        columns = [rows.get(SCORE + label) for label in labels]
        nothing = np.zeros(len(rows))
        return np.column_stack([nothing if c is None else c for c in columns]).astype(np.float32)


def read_clip_truth(table: Place, truth: Place, *, threshold: float | None) -> ClipTruth:
    """Read a table and the true segments of its clip.

    Args:
        table: the table.
        truth: a file of segments.
        threshold: the score from which a label holds; None for what the table says.

    Raises:
        DataError: the truth cannot be read, or is not of this clip; or the table holds values.
        SourceError: the table cannot be read.
    """
    opened = open_table(table)
    if opened.kind == "values":
        raise DataError(
            f"the table {table} holds values ({', '.join(opened.values)}), and segments tell of "
            "labels: evaluate the model on labelled data instead"
        )
    segments = read_truth(
        truth, video=opened.video, zero_seconds=player_zero(opened), known=opened.class_ids
    )
    holding = list(annotation_rows(opened, threshold_of=lambda _: threshold).holding())
    best = [answers[0].confidence if answers else np.nan for answers in holding]
    clip = ClipTruth(
        table=opened,
        truth=truth,
        segments=segments,
        answers=[tuple(answer.label for answer in answers) for answers in holding],
        confidences=np.array(best, np.float64),
    )
    _check_within(clip)
    if clip.is_exclusive:
        _check_apart(clip)
    return clip


def _check_within(clip: ClipTruth) -> None:
    """Raise a DataError where no true segment lies in the clip, as with another clip's."""
    segments = clip.segments
    if segments and all(rows.start == rows.stop for rows in map(clip.true_rows, segments)):
        first, last = clip.edges[[0, -1]]
        raise DataError(
            f"no segment of {clip.truth} has a frame of {clip.table.path}, which goes from "
            f"{first:g} s to {last:g} s: are they of one clip?"
        )


def _check_apart(clip: ClipTruth) -> None:
    """Raise a DataError where two labels are true at once, and the table has one for a frame."""
    latest: TrueSegment | None = None
    for segment in clip.segments:
        if latest is not None and segment.label != latest.label:
            overlap = min(latest.end_seconds, segment.end_seconds) - segment.start_seconds
            if overlap > _ROUNDING_SECONDS:
                raise DataError(
                    f"{segment.origin}: {segment.label!r} begins at {segment.start_seconds:g} s, "
                    f"before {latest.label!r} ends ({latest.origin}), and {clip.table.path} has "
                    "one label for a frame: let the segments follow each other"
                )
        if latest is None or segment.end_seconds > latest.end_seconds:
            latest = segment
