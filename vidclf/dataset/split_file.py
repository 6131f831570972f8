"""A split as a CSV: what each sample is for, written beside a model and taken again."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from vidclf.dataset.table_rows import place_in
from vidclf.errors import DataError, SourceError
from vidclf.files.local_files import local_file
from vidclf.files.places import Place
from vidclf.files.text_file import write_text

_COLUMNS = ("path", "frame", "start", "end", "split", "group", "digest")
_NEEDED = ("path", "split")
_DECIMALS = 6
"""Of start and end, where they are compared."""

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitRow:
    """What one sample, or all of a file or part, is for."""

    path: Place
    """The file, absolute."""
    frame: int | None = None
    """The frame's index; None of a still, and where a row tells of all frames."""
    start_seconds: float | None = None
    """Where the part begins."""
    end_seconds: float | None = None
    """Where it ends."""
    split: str
    """One of the names that were asked for: `train`, `val`, `test`, `gap`."""
    group: int | None = None
    """Samples of one number belong together; told to people, not read."""
    digest: str = ""
    """Tells the sample's pixels from others'."""

    def keys(self) -> Iterator[Key]:
        """By what rows are found for a sample, the narrowest first."""
        times = _rounded(self.start_seconds), _rounded(self.end_seconds)
        path = str(self.path)  # of an address, what a split holds of it
        yield path, self.frame, *times
        yield path, None, *times
        yield path, None, None, None
        if self.digest:
            yield self.digest, *times


class SplitRows:
    """The rows of a file, found by samples."""

    def __init__(self, path: Place, rows: Iterable[SplitRow]) -> None:
        self._splits: dict[Key, str] = {}
        for row in rows:
            first, *_ = keys = [*row.keys()]
            if self._splits.setdefault(first, row.split) != row.split:
                raise DataError(
                    f"{path}: {row.path} stands there twice, for {self._splits[first]} and for "
                    f"{row.split}: keep one row"
                )
            if row.digest:
                self._splits.setdefault(keys[-1], row.split)

    def split_of(self, sample: SplitRow) -> str | None:
        """What a sample is for; None where no row tells. Its own `split` is not looked at."""
        splits = (self._splits.get(key) for key in sample.keys())  # noqa: SIM118 - no mapping
        return next(filter(None, splits), None)


def write_split_rows(path: Path, rows: Sequence[SplitRow]) -> None:
    """Write rows as UTF-8 CSV.

    Raises:
        OutputError: the file cannot be written.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for row in rows:
        place = row.path, row.frame, row.start_seconds, row.end_seconds
        writer.writerow((*place, row.split, row.group, row.digest))
    write_text(path, text.getvalue())


def read_split_rows(path: Place, *, names: Sequence[str]) -> SplitRows:
    """Read a split; paths in it that are not absolute count from its folder.

    Args:
        path: the file.
        names: what `split` may be.

    Raises:
        DataError: it is no such file; the message says the line.
    """
    try:
        text = local_file(path).read_text("utf-8-sig")
    except (OSError, SourceError, UnicodeDecodeError) as exc:
        raise DataError(f"{path}: cannot be read as a split ({exc}); check the name") from exc
    reader = csv.DictReader(io.StringIO(text))
    if missing := [name for name in _NEEDED if name not in (reader.fieldnames or ())]:
        raise DataError(
            f"{path}: a split has the columns {', '.join(_COLUMNS)}, and {', '.join(missing)} "
            f"is missing; it has {', '.join(reader.fieldnames or ['none'])}"
        )
    rows = [_row(cells, path, reader.line_num, names) for cells in reader]
    if not rows:
        raise DataError(f"{path}: has no row; name the split that was written beside a model")
    return SplitRows(path, rows)


def trained_digests(path: Place) -> frozenset[str]:
    """Tell the pictures that a split trains on: the `digest` of each; none where it is no split."""
    try:
        with local_file(path).open(encoding="utf-8-sig", newline="") as file:
            rows = [*csv.DictReader(file)]
    except (OSError, SourceError, UnicodeDecodeError, csv.Error):
        return frozenset()
    digests = (row.get("digest") for row in rows if row.get("split") == "train")
    return frozenset(filter(None, digests))


def _row(cells: dict[str, str | None], path: Place, line: int, names: Sequence[str]) -> SplitRow:
    split = (cells["split"] or "").strip()
    if split not in names:
        raise DataError(
            f"{path}, line {line}: split {split!r} is none of {', '.join(names)}; correct it"
        )
    try:
        return SplitRow(
            path=absolute(place_in(path.parent, cells["path"] or "", f"{path}, line {line}")),
            frame=int(cells["frame"]) if cells.get("frame") else None,  # type: ignore[arg-type]
            start_seconds=_seconds(cells.get("start")),
            end_seconds=_seconds(cells.get("end")),
            split=split,
            digest=cells.get("digest") or "",
        )
    except ValueError as exc:
        raise DataError(f"{path}, line {line}: {exc}; frame, start and end are numbers") from exc


def absolute(path: Place) -> Place:
    """The path without `..`, links left as they are; an address as it is."""
    if not isinstance(path, Path):
        return path
    return Path(os.path.abspath(path))  # noqa: PTH100 - Path.resolve follows links


def _seconds(cell: str | None) -> float | None:
    return float(cell) if cell else None


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, _DECIMALS)
