"""Reading tables into pandas: typed, checked, and several at once."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from vidclf.errors import SourceError, UsageError
from vidclf.files.manifest import Manifest
from vidclf.files.names import manifest_path
from vidclf.files.places import Place
from vidclf.table.column_types import checked_types
from vidclf.table.columns import FrameColumns
from vidclf.table.csv_reader import read_csv
from vidclf.table.joining import JoinedClips, joined
from vidclf.table.named_tables import PathLike, named_tables
from vidclf.table.parquet_reader import read_parquet
from vidclf.table.row_checks import RowChecks


def read_predictions(tables: PathLike | Iterable[PathLike]) -> pd.DataFrame:
    """Read one table, several, or all of a folder, as one typed DataFrame.

    Args:
        tables: `…_predictions.csv` or `.parquet` files, and folders, which stand for the tables in
            them and below.

    Returns:
        The columns of docs/tables.md: `video` and labels are categorical, `frame` int64,
        `timestamp` float64, `inferred` bool, `class_id` int32, scores and values float32; any
        other columns as pandas reads them. One row for each frame, tables in the order given.
        Where a table lacks a column that another has, its cells are missing (NaN), `class_id`
        is -1 and `inferred` True.

    Raises:
        SourceError: a table cannot be read, lacks a column, has a cell that is no number, frames
            that stand twice or out of order; the error names file, column and line. Or a newer
            vidclf wrote it.
        UsageError: tables of different kinds, or of one clip, were to be joined.
    """
    paths = list(dict.fromkeys(named_tables(tables)))
    for path in paths:
        Manifest.read(manifest_path(path))  # refuses a format that is not known
    frames = [read_table(path) for path in paths]
    if not frames:
        raise UsageError("no table was given")
    if len(frames) == 1:
        return frames[0]
    clips = JoinedClips()
    for path, frame in zip(paths, frames, strict=True):
        clips.add_table(str(path), list(frame.columns))
        for video in frame["video"].cat.categories:
            clips.add_clip(video, str(path))
    return joined(frames)


def read_table(path: Place) -> pd.DataFrame:
    """One table, typed and checked; see `read_predictions`."""
    read = read_parquet if path.suffix.lower() == ".parquet" else read_csv
    table = read(path, checked_types)
    if table.empty:
        raise SourceError(f"the table {path} has no rows")
    RowChecks(path).check(FrameColumns(table))
    return table
