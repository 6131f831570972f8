"""A table as the commands that start from one take it: its rows, its clip, its manifest."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from vidclf.core.run_warnings import get_logger
from vidclf.core.thresholds import label_thresholds
from vidclf.errors import UsageError
from vidclf.files.local_files import is_folder, is_there
from vidclf.files.manifest import Manifest
from vidclf.files.names import manifest_path, stem_of
from vidclf.files.places import Place, place_of
from vidclf.table.class_ids import class_ids
from vidclf.table.column_types import TableKind, kind_of
from vidclf.table.columns import Columns, FrameColumns, Texts
from vidclf.table.file_formats import UnusualTableError, where
from vidclf.table.plain_reader import plain_columns
from vidclf.table.row_checks import RowChecks
from vidclf.table.schema import SCORE, VALUE, scored_labels

if TYPE_CHECKING:
    import pandas as pd

logger = get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Table:
    """The table of one clip."""

    path: Place
    """Its file."""
    columns: Columns
    """One row for each frame, in order."""
    manifest: Manifest = field(default_factory=Manifest)
    """The manifest of the run that made it; empty where there is none."""

    @cached_property
    def rows(self) -> pd.DataFrame:
        """Its rows in pandas; see `read_predictions`."""
        return self.columns.frame()

    def numbers(self, column: str) -> NDArray[Any]:
        """A column of numbers, or of truth values: (N,), typed as in `rows`."""
        return self.columns.numbers(column)

    def texts(self, column: str) -> Texts:
        """A column of texts."""
        return self.columns.texts(column)

    def __len__(self) -> int:
        return len(self.columns)

    @property
    def video(self) -> str:
        """The clip's name."""
        videos = self.texts("video")
        return videos.distinct[int(videos.codes[0])]

    @property
    def kind(self) -> TableKind:
        """What its rows hold."""
        return kind_of(self.columns.names)

    @property
    def stem(self) -> Place:
        """Its path without `_predictions` and suffix: what other outputs' names begin with."""
        return stem_of(self.path)

    @cached_property
    def classes(self) -> dict[str, int]:
        """Label → class id: labels with a score, in the order of its columns; else all of them."""
        scored = [] if self.kind == "values" else scored_labels(self.columns.names)
        return {label: self.class_ids[label] for label in scored} or self.class_ids

    @cached_property
    def class_ids(self) -> dict[str, int]:
        """Label → class id, of all labels that are shown or have a score, by class."""
        if self.kind == "values":
            return {}
        return class_ids(self.columns, classes=self.manifest.model.classes or 0)

    @property
    def values(self) -> list[str]:
        """The names of a regression's values, in their order."""
        return [c.removeprefix(VALUE) for c in self.columns.names if c.startswith(VALUE)]

    @property
    def units(self) -> dict[str, str]:
        """A regression's value → its unit, as the manifest tells; empty where it tells none."""
        model = self.manifest.model
        names = self.values if model.values is None else model.values
        return dict(zip(names, model.units or (), strict=False))

    @property
    def thresholds(self) -> dict[str, float]:
        """Of several labels a frame: label → the score from which it counts, as the manifest tells.

        Raises:
            UsageError: the manifest has thresholds of other labels.
        """
        asked, own = self.manifest.settings.threshold, self.manifest.model.thresholds
        labels = self.classes
        try:
            scores = label_thresholds(len(labels), asked=asked, own=own)
        except UsageError as exc:
            raise UsageError(
                f"{manifest_path(self.path)} has {len(own or ())} thresholds, and {self.path} has "
                f"{len(labels)} labels: keep all columns score_…"
            ) from exc
        return dict(zip(labels, scores, strict=True))

    @cached_property
    def end_seconds(self) -> float:
        """When the last frame ends: as the manifest tells, else after a usual step.

        The manifest is not asked where rows were taken away: it knows the end of all of them.
        """
        seconds = self.numbers("timestamp")
        end = self.manifest.end_seconds
        is_whole = self.manifest.frames_read in (None, len(seconds))
        if is_whole and end is not None and seconds[-1] < end:
            return float(end)
        return float(seconds[-1] + (np.median(np.diff(seconds)) if len(seconds) > 1 else 0.04))

    @property
    def clip(self) -> Path | None:
        """The clip's file, where it is still there; None for a folder of pictures, too."""
        path = self.found(self.manifest.source)
        return path if path and path.is_file() else None

    def found(self, name: str | None) -> Path | None:
        """A file or folder that the manifest names, where it is today.

        Names are as the run was told them, and may count from another folder than today's: it is
        looked for where it was, beside the table, and beside the table's folder.
        """
        if not name:
            return None
        places = [Path(name)]
        if isinstance(self.path, Path):
            folder = self.path.absolute().parent
            places += [folder / Path(name).name, folder.parent / Path(name).name]
        return next(filter(is_there, places), None)


def open_table(named: str | os.PathLike[str] | Place) -> Table:
    """The table of one clip, and its manifest where that lies beside it.

    Raises:
        SourceError: it is not a right table, or a newer vidclf wrote it.
        UsageError: it holds several clips, or a live input is named.
    """
    path = place_of(named)
    if is_folder(path):
        raise UsageError(f"{path} is a folder: name one table")
    manifest = Manifest.read(manifest_path(path))
    table = Table(path=path, columns=_columns(path), manifest=manifest)
    if table.kind == "labels":
        _warn_of_unscored(table)
    return table


def _columns(path: Place) -> Columns:
    try:
        columns: Columns = plain_columns(path)
    except UnusualTableError:
        from vidclf.table.joining import without_lacking  # with pandas
        from vidclf.table.read import read_table

        rows = read_table(path)
        _check_one_clip(path, FrameColumns(rows))
        return FrameColumns(without_lacking(rows))
    RowChecks(path).check(columns)
    _check_one_clip(path, columns)
    return columns


def _check_one_clip(path: Place, columns: Columns) -> None:
    texts = columns.texts("video")
    videos = [texts.distinct[code] for code in dict.fromkeys(texts.codes.tolist())]
    if len(videos) > 1:
        raise UsageError(
            f"the table {path} holds {len(videos)} clips ({videos[0]!r}, {videos[1]!r} …), and "
            "this is done with one: save the rows of one clip to a file of their own"
        )


def _warn_of_unscored(table: Table) -> None:
    """Say so where `label` was edited as if it were the only one of its frame."""
    scored = set(scored_labels(table.columns.names))
    labels = table.texts("label")
    unscored = [code for code, label in enumerate(labels.distinct) if label not in scored]
    rows = np.flatnonzero(np.isin(labels.codes, unscored))
    if rows.size:
        label = labels.distinct[labels.codes[rows[0]]]
        logger.warning(
            "%s, %s: label is %r, and there is no column %r; the labels that count at a frame "
            "are those in its cell labels",
            *(table.path, where(table.path, int(rows[0])), label, SCORE + label),
        )
