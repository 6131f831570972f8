"""Which file tells what is true of which table."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from vidclf.core.addresses import local_path
from vidclf.errors import DataError, UsageError
from vidclf.files.names import PREDICTIONS_CSV, SEGMENTS_CSV, stem_of
from vidclf.segments.truth import TRUTH_SUFFIXES
from vidclf.table.named_tables import PathLike, table_files


@dataclass(frozen=True, slots=True, kw_only=True)
class TablePairs:
    """Tables, each with the file of its true segments."""

    pairs: Sequence[tuple[Path, Path]]
    """(table, truth) of each clip."""
    notes: tuple[str, ...]
    """Which tables have no truth, in a sentence."""


def table_pairs(table: PathLike, truth: PathLike) -> TablePairs:
    """Match tables with the files of their true segments.

    Args:
        table: a table, or a folder, which stands for those in it and below.
        truth: one file for all of them, or a folder: `dog_predictions.csv` goes with
            `dog_segments.csv`, `dog.csv` or `dog.eaf`, where there are several in the same folder.

    Raises:
        DataError: no table has a truth.
        SourceError: a folder holds no table.
        UsageError: two files could be a table's truth.
    """
    tables, path = list(table_files(table)), local_path(truth)
    if not path.is_dir():
        return TablePairs(pairs=[(file, path) for file in tables], notes=())
    places = _truths_by_stem(path)
    base = Path(table) if os.path.isdir(table) else None  # noqa: PTH112
    found = [(file, _truth_of(file, base, places, path)) for file in tables]
    pairs = [(file, truth) for file, truth in found if truth is not None]
    lacking = [file for file, truth in found if truth is None]
    if not pairs:
        stem = stem_of(lacking[0]).name
        raise DataError(
            f"{path} holds no true segments of {lacking[0].name}: name them {stem}{SEGMENTS_CSV}, "
            f"{stem}.csv or {stem}.eaf"
        )
    notes: tuple[str, ...] = ()
    if lacking:
        names = ", ".join(file.name for file in lacking[:5]) + (" …" if len(lacking) > 5 else "")
        notes = (f"{len(lacking)} tables have no true segments and were left out: {names}",)
    return TablePairs(pairs=pairs, notes=notes)


def _truths_by_stem(folder: Path) -> dict[Path, list[Path]]:
    """Stem, counted from the folder → the files that may be its truth."""
    places: dict[Path, list[Path]] = {}
    for file in sorted(folder.rglob("*")):
        if file.suffix.lower() in TRUTH_SUFFIXES and not file.name.endswith(PREDICTIONS_CSV):
            name = file.stem.removesuffix(Path(SEGMENTS_CSV).stem) or file.stem
            places.setdefault(file.relative_to(folder).with_name(name), []).append(file)
    return places


def _truth_of(
    table: Path, base: Path | None, places: dict[Path, list[Path]], folder: Path
) -> Path | None:
    """The file of a table: at the same place in its folder, else anywhere by its name."""
    stem = stem_of(table)
    near = places.get(stem.relative_to(base)) if base else None
    files = near or [file for place in _named(stem.name, places) for file in places[place]]
    if len(files) > 1:
        raise UsageError(
            f"{folder} holds two files that may tell what is true of {table}: {files[0]} and "
            f"{files[1]}; keep one"
        )
    return files[0] if files else None


def _named(name: str, places: dict[Path, list[Path]]) -> Iterator[Path]:
    return (place for place in places if place.name == name)
