"""Reading tables into pandas: typed, checked, and several at once."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals

from vidclf.core.addresses import local_path
from vidclf.core.wildcards import matching_files
from vidclf.errors import SourceError, UsageError
from vidclf.files.manifest import Manifest
from vidclf.files.names import PREDICTIONS_CSV, PREDICTIONS_PARQUET, manifest_path
from vidclf.table.cells import LONGEST_SECONDS, SCORE_SLACK, rounded_times
from vidclf.table.file_formats import Types, read_csv, read_parquet, where
from vidclf.table.schema import LABELS, RAW, SCORE, VALUE, lone_rank_column

TableKind = Literal["classes", "labels", "values"]
"""One label a frame; any number of labels a frame; values without labels."""
PathLike = str | os.PathLike[str]

_NEEDED = ("video", "frame", "timestamp")
_NEEDED_OF_LABELS = ("label", "confidence")
_BASE: Types = {"timestamp": "float64", "inferred": "bool", "frame": "int64", "class_id": "int32"}
_TEXTS = re.compile(r"video|label|raw_label|labels|top\d+_label")
_SCORES = re.compile(rf"confidence|raw_confidence|top\d+_confidence|{SCORE}.+")
_VALUES = re.compile(f"(?:{VALUE}|{RAW}).+")
_RUNNERS_UP = re.compile(r"top\d+_(?:label|confidence)")
_RUN_SECONDS = 1.0
"""How far apart the last changes of a run's two tables may be."""
_WHERE_MISSING: dict[str, Any] = {"inferred": True, "class_id": -1}
"""What stands for a column that a joined table lacks, where that cannot be empty."""


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
    paths = [path for table in _as_list(tables) for path in table_files(table)]
    for path in paths:
        Manifest.read(manifest_path(path))  # refuses a format that is not known
    frames = [read_table(path) for path in paths]
    if len(frames) == 1:
        return frames[0]
    _check_joinable(paths, frames)
    return _joined(frames)


def table_files(named: PathLike) -> list[Path]:
    """The tables that a name stands for: itself, or those in a folder and below it, by name.

    `*` and its like stand for the files that they match.

    Where CSV and Parquet lie side by side, Parquet is quicker to read; but a CSV that was changed
    since the run, as in a spreadsheet, is meant.

    Raises:
        SourceError: there is none.
        UsageError: it is an address.
    """
    matching = matching_files(named)
    if matching != [named]:
        return [table for path in matching for table in table_files(path)]
    path = local_path(named)
    if not os.path.isdir(path):  # noqa: PTH112  # unlike Path's, it bears names that are too long
        return [path]
    endings = (PREDICTIONS_PARQUET, PREDICTIONS_CSV)
    found = (file for ending in endings for file in path.rglob(f"*{ending}") if file.is_file())
    by_stem = groupby(sorted(found, key=_without_suffix), key=_without_suffix)
    tables = [max(files, key=_changed) for _, files in by_stem]
    if not tables:
        raise SourceError(f"{path} holds no table: their names end in {' or '.join(endings)}")
    return tables


def read_table(path: Path) -> pd.DataFrame:
    """One table, typed and checked; see `read_predictions`."""
    read = read_parquet if path.suffix.lower() == ".parquet" else read_csv
    table = read(path, _types_of)
    if table.empty:
        raise SourceError(f"the table {path} has no rows")
    _check_numbers(path, table)
    _check_order(path, table)
    return table


def kind_of(columns: Sequence[str]) -> TableKind:
    """What kind of table has these columns."""
    if "label" not in columns and any(column.startswith(VALUE) for column in columns):
        return "values"
    has_scores = any(column.startswith(SCORE) for column in columns)
    return "labels" if LABELS in columns and has_scores else "classes"


def column_types(columns: Sequence[str]) -> Types:
    """Column → dtype, of the columns that are known."""
    kind = kind_of(columns)
    types: Types = {}
    for column in columns:
        if column in _BASE:
            types[column] = _BASE[column]
        elif _is_text(column, kind):
            types[column] = "category"
        elif _is_number(column, kind):
            types[column] = "float32"
    return types


def _without_suffix(file: Path) -> Path:
    return file.with_suffix("")


def _changed(file: Path) -> float:
    """When it was changed, where the Parquet file counts as the newer one of a run's two."""
    return file.stat().st_mtime + (_RUN_SECONDS if file.suffix == ".parquet" else 0)


# --- columns -----------------------------------------------------------------------------------


def _types_of(path: Path, columns: Sequence[str]) -> Types:
    _check_columns(path, columns)
    return column_types(columns)


def _is_text(column: str, kind: TableKind) -> bool:
    """Values may be called "label", so that `raw_label` is a number."""
    return column == "video" or (kind != "values" and bool(_TEXTS.fullmatch(column)))


def _is_number(column: str, kind: TableKind) -> bool:
    return bool((_VALUES if kind == "values" else _SCORES).fullmatch(column))


def _check_columns(path: Path, columns: Sequence[str]) -> None:
    if doubled := sorted({c for c in columns if c and columns.count(c) > 1}):
        raise SourceError(f"the table {path} has the column {doubled[0]!r} twice: drop one")
    needed = _NEEDED if kind_of(columns) == "values" else (*_NEEDED, *_NEEDED_OF_LABELS)
    if missing := [column for column in needed if column not in columns]:
        separator = next((mark for mark in ";\t" if mark in columns[0]), "")
        remedy = (
            f"its columns are separated by {separator!r}, save it with commas and decimal points"
            if len(columns) == 1 and separator
            else f"it has {', '.join(columns[:12])}; docs/tables.md says what they are called"
        )
        raise SourceError(f"the table {path} has no column {', '.join(missing)}: {remedy}")
    if lone := lone_rank_column(columns):
        column, partner = lone
        raise SourceError(
            f"the table {path} has the column {column} and no {partner}: give that its name back, "
            f"or drop {column}, too"
        )


# --- cells -------------------------------------------------------------------------------------


def _check_numbers(path: Path, table: pd.DataFrame) -> None:
    kind = kind_of(list(table.columns))
    for column in table.columns:
        if column != "timestamp" and not _is_number(column, kind):
            continue
        cells = table[column].to_numpy()
        low, high, wanted = _bounds(column, kind)
        wrong = ~np.isfinite(cells) | (cells < low) | (cells > high)
        if _RUNNERS_UP.fullmatch(column):
            wrong &= ~np.isnan(cells)
        if wrong.any():
            row = int(np.argmax(wrong))
            wanted = wanted if np.isfinite(cells[row]) else "a number"
            raise SourceError(
                f"the table {path}, {where(path, row)}: {column} is {cells[row]!s}, not {wanted}"
            )


def _bounds(column: str, kind: TableKind) -> tuple[float, float, str]:
    """The lowest and highest number of a column, and what such a number is called."""
    if column == "timestamp":
        longest = f"a time in a clip ({LONGEST_SECONDS:g} s at most; take those that vidclf wrote)"
        return -LONGEST_SECONDS, LONGEST_SECONDS, longest
    if kind == "values":
        return -np.inf, np.inf, "a number"
    return -SCORE_SLACK, 1 + SCORE_SLACK, "a score of 0 to 1"


def _check_order(path: Path, table: pd.DataFrame) -> None:
    """Within each clip, frames and timestamps must rise, and its rows stand together."""
    clips = table["video"].cat.codes.to_numpy().astype(np.int64)
    same_clip = np.concatenate([[False], np.diff(clips) == 0])
    starts = np.flatnonzero(~same_clip)
    again = pd.Series(clips[starts]).duplicated().to_numpy()
    if again.any():
        row = int(starts[np.argmax(again)])
        raise SourceError(
            f"the table {path}, {where(path, row)}: rows of {table['video'].iloc[row]} stand "
            "apart from its others; sort the rows by video and frame"
        )
    steps = np.concatenate([[1], np.diff(table["frame"].to_numpy())])
    seconds = np.concatenate([[1.0], np.diff(rounded_times(table["timestamp"].to_numpy()))])
    wrong = same_clip & ((steps <= 0) | (seconds <= 0))
    if wrong.any():
        row = int(np.argmax(wrong))
        raise SourceError(f"the table {path}, {where(path, row)}: {_disorder(table, row)}")


def _disorder(table: pd.DataFrame, row: int) -> str:
    frame, before = table["frame"].iloc[row], table["frame"].iloc[row - 1]
    if frame == before:
        return f"frame {frame} stands twice; drop one of its rows"
    if frame < before:
        return f"frame {frame} stands behind frame {before}; sort the rows by video and frame"
    seconds, earlier = table["timestamp"].iloc[row], table["timestamp"].iloc[row - 1]
    least = "a nanosecond " if seconds > earlier else ""
    return (
        f"the timestamp {seconds} of frame {frame} is not {least}above {earlier}, that of frame "
        f"{before}; take the timestamps that vidclf wrote"
    )


# --- joining -----------------------------------------------------------------------------------


def _as_list(tables: PathLike | Iterable[PathLike]) -> list[PathLike]:
    return [tables] if isinstance(tables, str | os.PathLike) else list(tables)


def _check_joinable(paths: Sequence[Path], frames: Sequence[pd.DataFrame]) -> None:
    if not frames:
        raise UsageError("no table was given")
    kinds = [kind_of(list(frame.columns)) for frame in frames]
    seen: dict[str, Path] = {}
    for path, frame, kind in zip(paths, frames, kinds, strict=True):
        if kind != kinds[0]:
            raise UsageError(
                f"{path} is a table of {kind} and {paths[0]} one of {kinds[0]}: read them one by "
                "one"
            )
        for video in frame["video"].cat.categories:
            if video in seen:
                raise UsageError(
                    f"{video} stands in {seen[video]} and in {path}: read them one by one, keep "
                    "one of them in another folder, or rename the clip in its column video"
                )
            seen[video] = path


def _joined(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    columns = list(dict.fromkeys(column for frame in frames for column in frame.columns))
    kind = kind_of(columns)
    texts = [column for column in columns if _is_text(column, kind)]
    numbers = [column for column in columns if column not in texts]
    whole = [_completed(frame, texts, numbers) for frame in frames]
    joined = pd.concat([frame[numbers] for frame in whole], ignore_index=True)
    parts = {text: union_categoricals([frame[text] for frame in whole]) for text in texts}
    return pd.concat([joined, pd.DataFrame(parts)], axis=1)[columns]


def _completed(frame: pd.DataFrame, texts: list[str], numbers: list[str]) -> pd.DataFrame:
    """A frame with all columns; see `read_predictions` for what stands in those it lacked."""
    lacking = [column for column in texts + numbers if column not in frame.columns]
    if not lacking:
        return frame
    no_text = pd.Categorical([None] * len(frame), categories=frame["video"].cat.categories[:0])
    new: dict[str, Any] = {
        column: no_text
        if column in texts
        else np.full(len(frame), _WHERE_MISSING.get(column, np.nan), _BASE.get(column, "float32"))
        for column in lacking
    }
    return pd.concat([frame, pd.DataFrame(new, index=frame.index)], axis=1)
