"""A table as the commands that start from one take it: its rows, its clip, its manifest."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from vidclf.errors import UsageError
from vidclf.files.addresses import local_path
from vidclf.files.names import stem_of
from vidclf.files.table_manifest import manifest_of
from vidclf.table.class_ids import class_ids
from vidclf.table.read import TableKind, kind_of, read_table
from vidclf.table.schema import SCORE, VALUE, split


@dataclass(frozen=True, kw_only=True)
class Table:
    """The table of one clip."""

    path: Path
    """Its file."""
    rows: pd.DataFrame
    """One row for each frame, in order; see `read_predictions`."""
    manifest: Mapping[str, Any] = field(default_factory=dict)
    """The manifest of the run that made it; empty where there is none."""

    @property
    def video(self) -> str:
        """The clip's name."""
        return str(self.rows["video"].iloc[0])

    @property
    def kind(self) -> TableKind:
        """What its rows hold."""
        return kind_of(list(self.rows.columns))

    @property
    def stem(self) -> Path:
        """Its path without `_predictions` and suffix: what other outputs' names begin with."""
        return stem_of(self.path)

    @cached_property
    def classes(self) -> dict[str, int]:
        """Label → class id: labels with a score, in the order of its columns; else all of them."""
        scored = [c.removeprefix(SCORE) for c in self.rows.columns if c.startswith(SCORE)]
        return {label: self.class_ids[label] for label in scored} or self.class_ids

    @cached_property
    def class_ids(self) -> dict[str, int]:
        """Label → class id, of all labels that are shown or have a score, by class.

        Colours follow from it.
        """
        if self.kind == "values":
            return {}
        classes = self.model.get("classes")
        return class_ids(self.rows, classes=classes if isinstance(classes, int) else 0)

    @property
    def values(self) -> list[str]:
        """The names of a regression's values, in their order."""
        return [c.removeprefix(VALUE) for c in self.rows.columns if c.startswith(VALUE)]

    @property
    def units(self) -> dict[str, str]:
        """A regression's value → its unit, as the manifest tells; empty where it tells none."""
        names, units = self.model.get("values", self.values), self.model.get("units")
        if not (isinstance(names, list) and isinstance(units, list)):
            return {}
        return {str(name): str(unit) for name, unit in zip(names, units, strict=False)}

    @property
    def model(self) -> Mapping[str, Any]:
        """What the manifest tells of the model; empty where it tells nothing."""
        model = self.manifest.get("model")
        return model if isinstance(model, Mapping) else {}

    @cached_property
    def end_seconds(self) -> float:
        """When the last frame ends: as the manifest tells, else after a usual step.

        The manifest is not asked where rows were taken away: it knows the end of all of them.
        """
        seconds = self.rows["timestamp"].to_numpy()
        end, frames = self.manifest.get("end_seconds"), self.manifest.get("frames_read")
        is_whole = frames in (None, len(seconds))
        if is_whole and isinstance(end, int | float) and seconds[-1] < end < math.inf:
            return float(end)
        return float(seconds[-1] + (np.median(np.diff(seconds)) if len(seconds) > 1 else 0.04))

    @cached_property
    def held_labels(self) -> list[list[str]]:
        """Of a table with several labels a frame: those that hold at each row, best first."""
        known = {cell: split(cell) for cell in self.rows["labels"].cat.categories}
        return [known[cell] for cell in self.rows["labels"]]

    @property
    def clip(self) -> Path | None:
        """The clip's file, where it is still there; None for a folder of pictures, too."""
        path = self.found(self.manifest.get("source"))
        return path if path and path.is_file() else None

    def found(self, name: object) -> Path | None:
        """A file or folder that the manifest names, where it is today.

        Names are as the run was told them, and may count from another folder than today's: it is
        looked for where it was, beside the table, and beside the table's folder.
        """
        if not isinstance(name, str) or not name:
            return None
        folder = self.path.absolute().parent
        places = [Path(name), folder / Path(name).name, folder.parent / Path(name).name]
        return next((path for path in places if _is_there(path)), None)


def open_table(named: str | os.PathLike[str]) -> Table:
    """The table of one clip, and its manifest where that lies beside it.

    Raises:
        SourceError: it is not a right table, or a newer vidclf wrote it.
        UsageError: it holds several clips, or an address is named.
    """
    path = local_path(named)
    if os.path.isdir(path):  # noqa: PTH112  # unlike Path's, it bears names that are too long
        raise UsageError(f"{path} is a folder: name one table")
    manifest = manifest_of(path)
    rows = read_table(path)
    videos = rows["video"].unique()
    if len(videos) > 1:
        raise UsageError(
            f"the table {path} holds {len(videos)} clips ({videos[0]!r}, {videos[1]!r} …), and "
            "this is done with one: save the rows of one clip to a file of their own"
        )
    return Table(path=path, rows=rows, manifest=manifest)


def _is_there(path: Path) -> bool:
    """Whether it is a file or a folder; False for names that are too long for one."""
    try:
        return path.exists()
    except OSError:
        return False
