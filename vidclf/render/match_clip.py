"""Whether a clip is the one that a table was made from, frame by frame."""

from __future__ import annotations

import os
from collections.abc import Iterator

from vidclf.core.frames import Frame
from vidclf.core.run_warnings import get_logger
from vidclf.errors import SourceError, UsageError
from vidclf.files.names import manifest_path
from vidclf.sources import ClipLocation, Source
from vidclf.table.file_formats import where
from vidclf.table.table import Table

logger = get_logger(__name__)

_SAME_SECONDS = 1e-6
"""A table's times are rounded, and spreadsheets round them once more."""
_NEAR_SECONDS = 1e-3
"""Files that count time in milliseconds (Matroska) move frames by half of one."""


def clip_of(table: Table, clip: str | os.PathLike[str] | None) -> ClipLocation:
    """The clip to be read: the one that was given, else the one the manifest names.

    Raises:
        SourceError: the manifest does not name one, or it is not there any more.
    """
    if clip is not None:
        if not os.fspath(clip):
            raise UsageError("an empty name stands for no clip: is a variable unset?")
        return ClipLocation.of(clip).normalised()
    source = table.manifest.source
    if not source:
        raise SourceError(
            f"nothing says which clip {table.path} was made from, as {manifest_path(table.path)} "
            "is missing or names none: give the clip behind the table"
        )
    told = ClipLocation.of(source).normalised()
    if told.kind not in ("file", "folder"):
        return told
    path = table.found(source)
    if path is None:
        raise SourceError(
            f"the clip {source}, from which {table.path} was made, is not there: give the clip's "
            "new place behind the table"
        )
    return ClipLocation.of(path)


class MatchedFrames:
    """The frames of a clip that have rows, each checked against its row.

    Args:
        source: the clip, opened.
        table: the table; it may tell of a part of the clip.
    """

    def __init__(self, source: Source, table: Table) -> None:
        self._source = source
        self._table = table
        self._clip = source.location
        self._indexes = table.rows["frame"].to_numpy()
        self._seconds = table.rows["timestamp"].to_numpy()
        self._farthest_seconds = 0.0
        self.goes_on = False
        """Whether the clip has frames after those of the table; known after the last one."""

    def __iter__(self) -> Iterator[tuple[Frame, int]]:
        """Each frame with its row, counted from 0.

        Raises:
            SourceError: a frame has no row of its time, or a row no frame.
        """
        row, read = 0, 0
        for frame in self._source.frames():
            read = frame.index + 1
            if frame.index < self._indexes[0]:
                continue
            if row == len(self._indexes):
                self.goes_on = True
                break
            self._check(frame, row)
            yield frame, row
            row += 1
        if row < len(self._indexes):
            raise SourceError(
                f"{self._clip} has {read} frames, and the table {self._table.path} tells of frame "
                f"{self._indexes[row]} ({self._place(row)}): it was made from another clip; give "
                "that one"
            )

    def warn(self) -> None:
        """Log what is odd, after the last frame.

        Raises:
            SourceError: it is another file, and longer than the one that was predicted.
        """
        if self._farthest_seconds > _SAME_SECONDS:
            logger.warning(
                "the frames of %s stand up to %.3g ms from where %s has them, as in a file that "
                "was copied into another container",
                *(self._clip, 1e3 * self._farthest_seconds, self._table.path),
            )
        known = self._table.manifest.clip_digest
        found = self._clip.digest()
        if not known or not found or known == found:
            return
        name = self._table.manifest.source or self._table.video
        if self.goes_on and self._is_whole():
            raise SourceError(
                f"{self._clip} is not the file that {self._table.path} was made from ({name}), and "
                f"has frames after its last one: give that clip"
            )
        logger.warning(
            "%s is not the file that %s was made from (%s), but its frames stand at the same times",
            *(self._clip, self._table.path, name),
        )

    def _check(self, frame: Frame, row: int) -> None:
        table, seconds = self._table.path, frame.pts_seconds
        if frame.index != self._indexes[row]:
            raise SourceError(
                f"the table {table} has no row for frame {frame.index} of {self._clip}, at "
                f"{seconds:.9g} s ({self._place(row)} is frame {self._indexes[row]}): each "
                "frame needs one; --hide leaves labels out of the picture"
            )
        off = abs(seconds - float(self._seconds[row]))
        if off > _NEAR_SECONDS:
            raise SourceError(
                f"{self._clip} does not fit the table {table}: its frame {frame.index} stands at "
                f"{seconds:.9g} s, and the table has it at {self._seconds[row]:.9g} s "
                f"({self._place(row)}); give the clip that it was made from"
            )
        self._farthest_seconds = max(self._farthest_seconds, off)

    def _place(self, row: int) -> str:
        return where(self._table.path, row)

    def _is_whole(self) -> bool:
        """Whether the table should tell of the clip's last frame, as the manifest has it."""
        manifest = self._table.manifest
        is_cut = manifest.settings.end is not None
        return manifest.frames_read == len(self._indexes) and not is_cut
