"""Labelled data: from what the user names to a `LabelledSet`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vidclf.core.addresses import shown_address
from vidclf.dataset.checks import checked, listed, origin_of
from vidclf.dataset.class_folders import class_folder_examples
from vidclf.dataset.examples import Example, LabelledSet, Task
from vidclf.dataset.label_cells import separated
from vidclf.dataset.segment_tables import is_segment_table, segment_examples, segment_tables_in
from vidclf.dataset.table_rows import CSV_SUFFIXES, PARQUET_SUFFIXES, frame_rows, table_rows
from vidclf.dataset.tables import LabelledRows, labelled_rows
from vidclf.errors import DataError
from vidclf.files.local_files import is_folder
from vidclf.files.places import Place, named_places

if TYPE_CHECKING:
    import pandas as pd

PathLike = str | os.PathLike[str]


def read_labelled_set(
    data: PathLike | Sequence[PathLike] | pd.DataFrame,
    *,
    regression: bool = False,
    labels: Sequence[str] | None = None,
) -> LabelledSet:
    """Read labelled data.

    Args:
        data: a folder with a folder for each class, or with `train/`, `val/` and `test/` above
            them; a CSV or Parquet table with `path` and `label`; `…_segments.csv` tables, or a
            folder of them; several of these; or a DataFrame like such a table.
        regression: whether labels are numbers to be estimated.
        labels: the names of a model's classes or values, in its order, where data are read to
            evaluate it; by default those of the data, sorted.

    Raises:
        DataError: the data cannot be used; the message says why and what to do.
        UsageError: a live input is named, or pyarrow is not installed for a Parquet file.
    """
    name, found = _found(data, regression)
    _check_there(found.examples, name)
    task: Task = "regression"
    examples = found.examples
    if not regression:
        task, examples = separated(examples, name=name)
    told = found.value_names or sorted({label for e in examples for label in e.labels})
    known = tuple(told if labels is None else labels)
    if regression and len(known) != len(told):
        raise DataError(
            f"{name} has {len(told)} values for each picture ({', '.join(told)}), and the model "
            f"gives {len(known)} ({', '.join(known)})"
        )
    read = LabelledSet(name=name, task=task, labels=known, examples=examples)
    return checked(read, is_new=labels is None)


def _found(
    data: PathLike | Sequence[PathLike] | pd.DataFrame, regression: bool
) -> tuple[str, LabelledRows]:
    """What the data are called, and their examples."""
    if isinstance(data, str | os.PathLike):
        return shown_address(os.fspath(data)), _read_all([data], regression)
    import pandas as pd

    if isinstance(data, pd.DataFrame):
        return "the DataFrame", labelled_rows(frame_rows(data), is_regression=regression)
    return _name_of(data), _read_all(data, regression)


def _read_all(named: Iterable[PathLike], regression: bool) -> LabelledRows:
    """The examples of all that is named."""
    paths = [path for name in named for path in named_places(name)]
    if not paths:
        raise DataError("no labelled data are named: give a folder or a table")
    found = [_read(path, regression) for path in paths]
    names = {rows.value_names for rows in found}
    if len(names) > 1:
        raise DataError(
            f"{_name_of(paths)} have different values: "
            f"{' and '.join(', '.join(each) for each in sorted(names))}; name them one by one"
        )
    return LabelledRows(
        examples=[example for rows in found for example in rows.examples], value_names=names.pop()
    )


def _read(path: Place, regression: bool) -> LabelledRows:
    if isinstance(path, Path) and path.is_dir():
        return LabelledRows(examples=_folder_examples(path, regression))
    if isinstance(path, Path) and not path.exists():
        raise DataError(f"{path}: no such folder or table; check the name")
    if is_folder(path):
        raise DataError(
            f"{path}: folders of labelled data are read from disks: name a table with the columns "
            "path and label"
        )
    suffix = path.suffix.lower()
    if suffix not in CSV_SUFFIXES + PARQUET_SUFFIXES:
        raise DataError(
            f"{path} is no labelled data: name a folder with a folder for each class, or a table "
            f"({', '.join(CSV_SUFFIXES + PARQUET_SUFFIXES)})"
        )
    table = table_rows(path)
    if suffix in CSV_SUFFIXES and is_segment_table(path, table.known_columns):
        _check_names(path, regression)
        return LabelledRows(examples=segment_examples(path))
    return labelled_rows(table, is_regression=regression)


def _folder_examples(folder: Path, regression: bool) -> list[Example]:
    _check_names(folder, regression)
    tables = segment_tables_in(folder)
    if not tables:
        return class_folder_examples(folder)
    if not any(table.parent == folder for table in tables):
        _check_no_classes(folder, tables)
    return [example for table in tables for example in segment_examples(table)]


def _check_no_classes(folder: Path, tables: Sequence[Path]) -> None:
    """Refuse folders that may be classes, or clips with their segments."""
    try:
        class_folder_examples(folder)
    except DataError:
        return
    raise DataError(
        f"{folder}: its folders hold clips, and tables of segments such as {tables[0]}: name the "
        "tables to train on segments, or move them away if the folders' names are labels"
    )


def _check_names(path: Place, regression: bool) -> None:
    if regression:
        raise DataError(
            f"{path}: its labels are names, and a regression learns numbers: name a table with "
            "the columns path and label"
        )


def _check_there(examples: Sequence[Example], name: str) -> None:
    """Refuse a table whose paths count from elsewhere; single files are told of when read."""
    local = [example.path for example in examples if isinstance(example.path, Path)]
    if examples and len(local) == len(examples) and not any(path.exists() for path in local):
        first = examples[0]
        is_of_windows = os.sep == "/" and "\\" in str(first.path)
        remedy = (
            "write / between folders, as this system does"
            if is_of_windows
            else "paths that are not absolute count from the table's folder"
        )
        raise DataError(
            f"{name}: not one of its {len(examples)} files is there, such as {origin_of(first)}; "
            + remedy
        )


def _name_of(named: Sequence[PathLike | Place]) -> str:
    return listed(shown_address(str(name)) for name in named)
