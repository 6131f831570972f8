"""Labelled data: from what the user names to a `LabelledSet`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vidclf.core.addresses import local_path
from vidclf.dataset.checks import checked
from vidclf.dataset.class_folders import class_folder_examples
from vidclf.dataset.examples import Example, LabelledSet, Task
from vidclf.errors import DataError

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
            them; a CSV or Parquet table with `path` and `label`; `…_segments.csv` tables; or a
            DataFrame like such a table.
        regression: whether labels are numbers to be estimated.
        labels: the names of a model's classes or values, in its order, where data are read to
            evaluate it; by default those of the data, sorted.

    Raises:
        DataError: the data cannot be used; the message says why and what to do.
        UsageError: an address is named.
    """
    assert isinstance(data, str | os.PathLike)
    path = local_path(data)
    if not path.exists():
        raise DataError(f"{path}: no such folder or table; check the name")
    return _of_folder(path, regression=regression, labels=labels)


def _of_folder(folder: Path, *, regression: bool, labels: Sequence[str] | None) -> LabelledSet:
    if regression:
        raise DataError(
            f"{folder} is a folder, and folders' names are labels, not numbers: name a table with "
            "the columns path and label"
        )
    examples = class_folder_examples(folder)
    return _labelled_set(str(folder), "classes", examples, labels)


def _labelled_set(
    name: str, task: Task, examples: Sequence[Example], labels: Sequence[str] | None
) -> LabelledSet:
    found = sorted({label for example in examples for label in example.labels})
    data = LabelledSet(
        name=name,
        task=task,
        labels=tuple(found if labels is None else labels),
        examples=examples,
    )
    return checked(data, is_new=labels is None)
