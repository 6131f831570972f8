"""Which file tells what is true of which table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from vidclf.errors import DataError, UsageError
from vidclf.files.local_files import is_folder
from vidclf.files.names import PREDICTIONS_CSV, SEGMENTS_CSV, stem_of
from vidclf.files.places import Place, place_of
from vidclf.remote.listing import files_below
from vidclf.remote.path import RemotePath
from vidclf.segments.truth import TRUTH_SUFFIXES
from vidclf.table.named_tables import PathLike, table_files


@dataclass(frozen=True, slots=True, kw_only=True)
class TablePairs:
    """Tables, each with the file of its true segments."""

    pairs: Sequence[tuple[Place, Place]]
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
    tables, path = list(table_files(table)), place_of(truth)
    if not is_folder(path):
        return TablePairs(pairs=[(file, path) for file in tables], notes=())
    places = _truths_by_stem(path)
    named = place_of(table)
    base = named if is_folder(named) else None
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


def _truths_by_stem(folder: Place) -> dict[str, list[Place]]:
    """Stem, counted from the folder → the files that may be its truth."""
    places: dict[str, list[Place]] = {}
    files = files_below(folder) if isinstance(folder, RemotePath) else sorted(folder.rglob("*"))
    for file in files:
        if file.suffix.lower() in TRUTH_SUFFIXES and not file.name.endswith(PREDICTIONS_CSV):
            name = file.stem.removesuffix(Path(SEGMENTS_CSV).stem) or file.stem
            places.setdefault(_below(folder, file.with_name(name)), []).append(file)
    return places


def _below(folder: Place, file: Place) -> str:
    """The path of a file below a folder, with `/`."""
    if isinstance(folder, Path) and isinstance(file, Path):
        return file.relative_to(folder).as_posix()
    return str(file).removeprefix(str(folder).rstrip("/") + "/")


def _truth_of(
    table: Place, base: Place | None, places: dict[str, list[Place]], folder: Place
) -> Place | None:
    """The file of a table: at the same place in its folder, else anywhere by its name."""
    stem = stem_of(table)
    near = places.get(_below(base, stem)) if base else None
    files = near or [file for place in _named(stem.name, places) for file in places[place]]
    if len(files) > 1:
        raise UsageError(
            f"{folder} holds two files that may tell what is true of {table}: {files[0]} and "
            f"{files[1]}; keep one"
        )
    return files[0] if files else None


def _named(name: str, places: Iterable[str]) -> Iterator[str]:
    return (place for place in places if place.rpartition("/")[2] == name)
