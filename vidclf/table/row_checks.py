"""Checks the rows of a table, as they come in blocks: numbers, and the order of frames."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vidclf.errors import SourceError
from vidclf.files.places import Place
from vidclf.table.cells import LONGEST_SECONDS, SCORE_SLACK, rounded_times
from vidclf.table.column_types import TableKind, is_number, kind_of, needed_columns
from vidclf.table.columns import Columns, Texts
from vidclf.table.file_formats import RUNNERS_UP, where

Indexes = NDArray[np.intp]
_LARGEST = float(np.finfo(np.float32).max)


class RowChecks:
    """Sees that the rows of one table are right, in however many blocks they are read.

    Scores and values that not every model has may be missing, but only in all rows of a clip: so
    stands a table that lacked a column in one that several were joined to.

    Args:
        path: the table's file, for what is told of it.
    """

    def __init__(self, path: Place) -> None:
        self._path = path
        self._count = 0
        self._videos: set[str] = set()
        self._video: str | None = None
        self._frame = 0
        self._seconds = 0.0
        self._clip_row = 0
        self._lacking: dict[str, bool] = {}

    def check(self, rows: Columns) -> None:
        """Check the next block of typed rows, which is not empty.

        Raises:
            SourceError: a cell is no number of its column's range, frames stand twice or out of
                order, or rows of one clip apart.
        """
        videos = rows.texts("video")
        clips = videos.codes
        starts = np.flatnonzero(np.concatenate([[True], clips[1:] != clips[:-1]]))
        is_continued = videos.distinct[clips[0]] == self._video
        kind = kind_of(rows.names)
        for column in rows.names:
            if column == "timestamp" or is_number(column, kind):
                self._check_numbers(column, kind, rows.numbers(column), starts, is_continued)
        new = starts[1:] if is_continued else starts
        self._check_together(videos, new)
        self._check_rising(rows, new)
        if new.size:
            self._clip_row = self._count + int(new[-1])
        self._count += len(rows)

    def _error(self, row: int, reason: str) -> SourceError:
        """What is wrong in a row of the block."""
        return SourceError(
            f"the table {self._path}, {where(self._path, self._count + row)}: {reason}"
        )

    # --- numbers -------------------------------------------------------------------------------

    def _check_numbers(
        self,
        column: str,
        kind: TableKind,
        cells: NDArray[Any],
        starts: Indexes,
        is_continued: bool,
    ) -> None:
        low, high, wanted = _bounds(column, kind)
        is_right = cells.min() >= low and cells.max() <= high  # false where one is NaN
        if is_right and not self._lacking.get(column):
            return
        wrong = ~((cells >= low) & (cells <= high))
        if RUNNERS_UP.fullmatch(column):
            wrong &= ~np.isnan(cells)
        elif column not in needed_columns(kind):
            wrong &= ~self._lacking_cells(column, np.isnan(cells), starts, is_continued)
        if wrong.any():
            row = int(np.argmax(wrong))
            wanted = wanted if np.isfinite(cells[row]) else "a number"
            raise self._error(row, f"{column} is {cells[row]!s}, not {wanted}")

    def _lacking_cells(
        self, column: str, missing: NDArray[np.bool_], starts: Indexes, is_continued: bool
    ) -> NDArray[np.bool_]:
        """Which cells are missing since their clip has none in this column."""
        lengths = np.diff(starts, append=len(missing))
        lacking = np.add.reduceat(missing, starts, dtype=np.intp) == lengths
        if is_continued:
            was_lacking = self._lacking.get(column, False)
            if was_lacking and not lacking[0]:
                raise self._error(self._clip_row - self._count, f"{column} is nan, not a number")
            lacking[0] &= was_lacking
        self._lacking[column] = bool(lacking[-1])
        cells: NDArray[np.bool_] = np.repeat(lacking, lengths)
        return cells

    # --- order ---------------------------------------------------------------------------------

    def _check_together(self, videos: Texts, new: Indexes) -> None:
        """The rows of a clip stand together; `new` is where one begins."""
        for row in new.tolist():
            video = videos.distinct[videos.codes[row]]
            if video in self._videos:
                apart = f"rows of {video} stand apart from its others"
                raise self._error(row, f"{apart}; sort the rows by video and frame")
            self._videos.add(video)
            self._video = video

    def _check_rising(self, rows: Columns, new: Indexes) -> None:
        """Within a clip, frames and timestamps rise."""
        frames = np.concatenate([[self._frame], rows.numbers("frame")])
        seconds = np.concatenate([[self._seconds], rows.numbers("timestamp")])
        wrong = (np.diff(frames) <= 0) | (np.diff(rounded_times(seconds)) <= 0)
        wrong[new] = False
        if wrong.any():
            row = int(np.argmax(wrong))
            raise self._error(row, _disorder(*frames[[row, row + 1]], *seconds[[row, row + 1]]))
        self._frame, self._seconds = frames[-1], seconds[-1]


def _bounds(column: str, kind: TableKind) -> tuple[float, float, str]:
    """The lowest and highest number of a column, and what such a number is called."""
    if column == "timestamp":
        longest = f"a time in a clip ({LONGEST_SECONDS:g} s at most; take those that vidclf wrote)"
        return -LONGEST_SECONDS, LONGEST_SECONDS, longest
    if kind == "values":
        return -_LARGEST, _LARGEST, "a number"
    return -SCORE_SLACK, 1 + SCORE_SLACK, "a score of 0 to 1"


def _disorder(before: int, frame: int, earlier: float, seconds: float) -> str:
    if frame == before:
        return f"frame {frame} stands twice; drop one of its rows"
    if frame < before:
        return f"frame {frame} stands behind frame {before}; sort the rows by video and frame"
    least = "a nanosecond " if seconds > earlier else ""
    return (
        f"the timestamp {seconds} of frame {frame} is not {least}above {earlier}, that of frame "
        f"{before}; take the timestamps that vidclf wrote"
    )
