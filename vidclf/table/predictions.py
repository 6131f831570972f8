"""Reading tables into pandas: typed, checked, and several at once."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals

from vidclf.errors import SourceError, UsageError
from vidclf.table.columns import LABELS, RAW, SCORE, VALUE

TableKind = Literal["classes", "labels", "values"]
"""One label a frame; any number of labels a frame; values without labels."""
PathLike = str | os.PathLike[str]

ENDINGS = ("_predictions.parquet", "_predictions.csv")
"""What the names of tables in a folder end in; where both lie side by side, the first is read."""

_NEEDED = ("video", "frame", "timestamp")
_NEEDED_OF_LABELS = ("label", "confidence")
_TEXTS = re.compile(r"video|label|raw_label|labels|top\d+_label")
_WHOLE_NUMBERS = {"frame": "int64", "class_id": "int32"}
_SCORES = re.compile(rf"confidence|raw_confidence|top\d+_confidence|{SCORE}.+")
_VALUES = re.compile(f"(?:{VALUE}|{RAW}).+")
_RUNNER_UP = re.compile(r"top\d+_confidence")
_TRUE, _FALSE = ["True", "TRUE", "true", "1"], ["False", "FALSE", "false", "0"]


def read_predictions(tables: PathLike | Iterable[PathLike]) -> pd.DataFrame:
    """Read one table, several, or all of a folder, as one typed DataFrame.

    Args:
        tables: `…_predictions.csv` or `.parquet` files, and folders, which stand for the tables in
            them and below.

    Returns:
        The columns of docs/tables.md, and any others as pandas reads them: `video` and labels are
        categorical, `frame` int64, `timestamp` float64, `inferred` bool, `class_id` int32, scores
        and values float32. One row for each frame, tables in the order given.

    Raises:
        SourceError: a table cannot be read, lacks a column, has a cell that is no number, frames
            that stand twice or out of order; the error names file, column and line.
        UsageError: tables of different kinds, or of one clip, were to be joined.
    """
    paths = [path for table in _as_list(tables) for path in table_files(Path(table))]
    frames = [read_table(path) for path in paths]
    if len(frames) == 1:
        return frames[0]
    _check_joinable(paths, frames)
    return _joined(frames)


def table_files(path: Path) -> list[Path]:
    """The tables that a path stands for: itself, or those in a folder and below it, by name.

    Raises:
        SourceError: there is none.
    """
    if not path.is_dir():
        return [path]
    found = sorted(file for ending in ENDINGS for file in path.rglob(f"*{ending}"))
    by_stem = groupby(found, key=lambda file: file.with_suffix(""))
    first = [min(files, key=lambda file: ENDINGS[0] not in file.name) for _, files in by_stem]
    if not first:
        raise SourceError(f"{path} holds no table: their names end in {' or '.join(ENDINGS)}")
    return first


def read_table(path: Path) -> pd.DataFrame:
    """One table, typed and checked; see `read_predictions`."""
    table = _read_parquet(path) if path.suffix == ".parquet" else _read_csv(path)
    _check_finite(path, table)
    _check_order(path, table)
    return table


def kind_of(columns: Sequence[str]) -> TableKind:
    """What kind of table has these columns."""
    if "label" not in columns and any(column.startswith(VALUE) for column in columns):
        return "values"
    has_scores = any(column.startswith(SCORE) for column in columns)
    return "labels" if LABELS in columns and has_scores else "classes"


def line_of(row: int) -> str:
    """A row as people find it: the line in a text editor, and the row of a spreadsheet."""
    return f"line {row + 2}"


# --- reading -----------------------------------------------------------------------------------


def _read_csv(path: Path) -> pd.DataFrame:
    try:
        columns = list(pd.read_csv(path, nrows=0, encoding="utf-8-sig", dtype=str).columns)
        _check_columns(path, columns, first_line=_first_line(path))
        types = _types(columns)
        try:
            return _parsed(path, columns, types)
        except (ValueError, OverflowError) as exc:
            raise _blamed(path, types, exc) from exc
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as exc:
        reason = getattr(exc, "strerror", None) or str(exc).strip().splitlines()[-1]
        raise SourceError(f"cannot read the table {path} ({reason}): is it a UTF-8 CSV?") from exc


def _parsed(path: Path, columns: Sequence[str], types: dict[str, Any]) -> pd.DataFrame:
    may_be_empty = {column: [""] for column in columns if _RUNNER_UP.fullmatch(column)}
    return pd.read_csv(
        path,
        dtype=types,
        encoding="utf-8-sig",
        keep_default_na=False,
        na_values=may_be_empty,
        true_values=_TRUE,
        false_values=_FALSE,
    )


def _read_parquet(path: Path) -> pd.DataFrame:
    try:
        import pyarrow
    except ImportError as exc:
        raise UsageError(
            f"{path} is a Parquet file, and pyarrow is not installed: pip install 'vidclf[parquet]'"
        ) from exc
    try:
        table = pd.read_parquet(path)
    except (OSError, ValueError, pyarrow.ArrowException) as exc:
        raise SourceError(f"cannot read the table {path} ({exc}): is it a Parquet file?") from exc
    columns = [str(column) for column in table.columns]
    _check_columns(path, columns)
    types = _types(columns)
    try:
        return table.astype(types)
    except (ValueError, TypeError) as exc:
        raise SourceError(f"the table {path} has a column of a wrong type ({exc})") from exc


def _types(columns: Iterable[str]) -> dict[str, Any]:
    types: dict[str, Any] = {"timestamp": "float64", "inferred": "bool", **_WHOLE_NUMBERS}
    for column in columns:
        if _TEXTS.fullmatch(column):
            types[column] = "category"
        elif _SCORES.fullmatch(column) or (_VALUES.fullmatch(column) and column not in types):
            types[column] = "float32"
    return {column: types[column] for column in columns if column in types}


# --- checking ----------------------------------------------------------------------------------


def _first_line(path: Path) -> list[str]:
    """The header as it stands; pandas gives doubled names a number."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return next(csv.reader(file), [])


def _check_columns(path: Path, columns: Sequence[str], first_line: Sequence[str] = ()) -> None:
    if doubled := sorted({c for c in first_line if first_line.count(c) > 1}):
        raise SourceError(f"the table {path} has the column {doubled[0]!r} twice: drop one")
    needed = _NEEDED if kind_of(columns) == "values" else (*_NEEDED, *_NEEDED_OF_LABELS)
    if missing := [column for column in needed if column not in columns]:
        raise SourceError(
            f"the table {path} has no column {', '.join(missing)}: it has "
            f"{', '.join(columns[:12])}; docs/tables.md says what the columns are called"
        )


def _blamed(path: Path, types: dict[str, Any], exc: Exception) -> SourceError:
    """The first cell that is not of its column's type."""
    texts = pd.read_csv(path, dtype=str, encoding="utf-8-sig", keep_default_na=False)
    for column, kind in types.items():
        if kind == "category":
            continue
        if kind == "bool":
            wrong = ~texts[column].isin(_TRUE + _FALSE)
            wanted = "True or False"
        else:
            numbers = pd.to_numeric(texts[column], errors="coerce")
            is_whole = kind not in _WHOLE_NUMBERS.values() or numbers.mod(1) == 0
            may_be_empty = bool(_RUNNER_UP.fullmatch(column)) & (texts[column] == "")
            wrong = ~(np.isfinite(numbers) & is_whole) & ~may_be_empty
            wanted = "a whole number" if kind in _WHOLE_NUMBERS.values() else "a number"
        if wrong.any():
            row = int(np.argmax(wrong.to_numpy()))
            return SourceError(
                f"the table {path}, {line_of(row)}: {column} is {texts[column].iloc[row]!r}, "
                f"not {wanted}"
            )
    return SourceError(f"cannot read the table {path} ({exc})")


def _check_finite(path: Path, table: pd.DataFrame) -> None:
    for column in table.select_dtypes(["float32", "float64"]).columns:
        if column == "timestamp" or _SCORES.fullmatch(column) or _VALUES.fullmatch(column):
            cells = table[column].to_numpy()
            wrong = ~np.isfinite(cells)
            if _RUNNER_UP.fullmatch(column):
                wrong &= ~np.isnan(cells)
            if wrong.any():
                row = int(np.argmax(wrong))
                raise SourceError(
                    f"the table {path}, {line_of(row)}: {column} is {cells[row]}, not a number"
                )


def _check_order(path: Path, table: pd.DataFrame) -> None:
    """Within each clip, frames and timestamps must rise."""
    if table.empty:
        raise SourceError(f"the table {path} has no rows")
    same_clip = (table["video"].cat.codes.diff() == 0).to_numpy()
    if (~same_clip).sum() > table["video"].nunique():
        raise SourceError(f"the rows of a clip stand apart in the table {path}: sort it by video")
    steps = table["frame"].diff().to_numpy()
    if (wrong := same_clip & (steps == 0)).any():
        row = int(np.argmax(wrong))
        frame = table["frame"].iloc[row]
        raise SourceError(
            f"the table {path}, {line_of(row)}: frame {frame} stands twice; drop one of its rows"
        )
    earlier = same_clip & ((steps < 0) | (table["timestamp"].diff().to_numpy() <= 0))
    if earlier.any():
        row = int(np.argmax(earlier))
        frame, seconds = table["frame"].iloc[row], table["timestamp"].iloc[row]
        raise SourceError(
            f"the table {path}, {line_of(row)}: frame {frame} at {seconds} s stands behind a later "
            "one; sort the rows by video and frame"
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
                f"{path} has {kind} and {paths[0]} has {kinds[0]}: read them one by one"
            )
        for video in frame["video"].cat.categories:
            if video in seen:
                raise UsageError(
                    f"{video} stands in {seen[video]} and in {path}: read them one by one"
                )
            seen[video] = path


def _joined(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """All rows; a column that some tables lack is empty there."""
    columns = list(dict.fromkeys(column for frame in frames for column in frame.columns))
    texts = [c for c in columns if _TEXTS.fullmatch(c) and all(c in f.columns for f in frames)]
    others = pd.concat([frame.drop(columns=texts) for frame in frames], ignore_index=True)
    for column in texts:
        others[column] = union_categoricals([frame[column] for frame in frames])
    return others[columns]
