"""Several tables as one: which may be joined, and what stands where one lacks a column."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals

from vidclf.errors import UsageError
from vidclf.files.names import SMOOTHED_PREDICTIONS
from vidclf.table.column_types import TableKind, column_types, kind_of
from vidclf.table.file_formats import RUNNERS_UP
from vidclf.table.named_tables import PathLike

_WHERE_MISSING: dict[str, Any] = {"inferred": True, "class_id": -1}
"""What stands for a column that a joined table lacks, where that cannot be empty."""


class JoinedClips:
    """The clips of tables that become one: the tables are of one kind, each clip is in one."""

    def __init__(self) -> None:
        self._kind: TableKind | None = None
        self._first: PathLike = ""
        self._tables: dict[str, PathLike] = {}

    def __len__(self) -> int:
        return len(self._tables)

    def add_table(self, path: PathLike, columns: Sequence[str]) -> None:
        """Take a table with these columns.

        Raises:
            UsageError: it is of another kind than the first one.
        """
        kind = kind_of(columns)
        if self._kind is None:
            self._kind, self._first = kind, path
        if kind != self._kind:
            raise UsageError(
                f"{path} is a table of {kind} and {self._first} one of {self._kind}: name tables "
                "of one kind"
            )

    def add_clip(self, video: str, path: PathLike) -> None:
        """Take a clip of a table; the same clip of the same table may come again.

        Raises:
            UsageError: it stands in another table, too.
        """
        other = self._tables.setdefault(video, path)
        if other != path:
            raise UsageError(f"{video} stands in {other} and in {path}: {_remedy(other, path)}")


def joined(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The rows of all tables, with the columns of all of them in the order of their first."""
    columns = list(dict.fromkeys(column for frame in frames for column in frame.columns))
    texts = [column for column, kind in column_types(columns).items() if kind == "category"]
    whole = [completed(frame, columns) for frame in frames]
    others = [frame.drop(columns=texts) for frame in whole]
    parts = {
        text: union_categoricals([_labels(frame[text]) for frame in whole], sort_categories=True)
        for text in texts
    }
    numbers = pd.concat(others, ignore_index=True)
    return pd.concat([numbers, pd.DataFrame(parts)], axis=1)[columns]


def completed(frame: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """A table with all of these columns that are known; its own stay as they are."""
    types = column_types(columns)
    lacking = [column for column in types if column not in frame.columns]
    if not lacking:
        return frame
    new = {column: _missing(column, types[column], len(frame)) for column in lacking}
    if "raw_label" in lacking and "raw_confidence" in frame.columns:
        new["raw_label"] = pd.Categorical([""] * len(frame))  # which is what files can say of it
    return pd.concat([frame, pd.DataFrame(new, index=frame.index)], axis=1)


def _labels(column: pd.Series[Any]) -> Any:
    """A column of labels; pandas would have the type of no label at all differ from text."""
    if len(column.cat.categories):
        return column
    return _missing(str(column.name), "category", len(column))


def _missing(column: str, kind: str, count: int) -> Any:
    if kind == "category":
        return pd.Categorical.from_codes(np.full(count, -1), categories=pd.Index([], dtype="str"))
    return np.full(count, _WHERE_MISSING.get(column, np.nan), kind)


def without_lacking(table: pd.DataFrame) -> pd.DataFrame:
    """The table of one clip, taken from a joined one, without the columns that the clip lacks.

    `RowChecks` has seen that they are missing in all rows if they are in the first.
    """
    lacking = [
        column
        for column, kind in column_types(list(table.columns)).items()
        if kind in ("float32", "category")
        and not RUNNERS_UP.fullmatch(column)
        and pd.isna(table[column].iloc[0])
    ]
    return table.drop(columns=lacking) if lacking else table


def lack_raw_label(table: pd.DataFrame) -> pd.DataFrame:
    """A joined table as it was: an empty `raw_label` beside no `raw_confidence` is missing."""
    if {"raw_label", "raw_confidence"} <= set(table.columns):
        labels = table["raw_label"]
        if isinstance(labels.dtype, pd.CategoricalDtype) and "" in labels.cat.categories:
            lacking = (labels == "") & table["raw_confidence"].isna()
            if lacking.any():
                table["raw_label"] = labels.mask(lacking).cat.remove_unused_categories()
    return table


def _remedy(*tables: PathLike) -> str:
    ending = Path(SMOOTHED_PREDICTIONS).stem
    smoothed = [path for path in map(Path, tables) if path.stem.endswith(ending)]
    if len(smoothed) == 1:
        pattern = smoothed[0].with_name(f"*{ending}{smoothed[0].suffix}")
        return (
            f"one of them is smoothed; name either kind alone ('{pattern}'), or move the smoothed "
            "ones to a folder of their own"
        )
    return "keep one of them in another folder, or rename the clip in its column video"
