"""Labelled data: from what the user names to a `LabelledSet`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from vidclf.dataset.examples import LabelledSet

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
    """
    raise NotImplementedError
