"""Segments of clips as labelled data: what a run found, corrected by hand."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from unicodedata import normalize

from vidclf.dataset.examples import Example
from vidclf.errors import DataError
from vidclf.files.local_files import is_there
from vidclf.files.manifest import Manifest
from vidclf.files.names import MANIFEST, SEGMENTS_CSV, beside
from vidclf.files.places import Place, place_of
from vidclf.segments.truth import read_truth
from vidclf.sources.suffixes import has_video_suffix, is_image_name

_COLUMNS = {"start", "end", "label"}


def is_segment_table(path: Place, columns: Collection[str]) -> bool:
    """Whether a CSV holds segments: by its name, or by columns, in lower case, without a path."""
    return "path" not in columns and (path.name.endswith(SEGMENTS_CSV) or set(columns) >= _COLUMNS)


def segment_tables_in(folder: Path) -> list[Path]:
    """The `…_segments.csv` in a folder and below it, by name."""
    return sorted(
        path
        for path in folder.rglob(f"*{SEGMENTS_CSV}")
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )


def segment_examples(path: Place) -> list[Example]:
    """The segments of a table, each a part of its clip.

    Raises:
        DataError: a row is wrong, or a clip is not there.
    """
    segments = read_truth(path)
    clips = {video: _clip(path, video) for video in {segment.video for segment in segments}}
    return [
        Example(
            path=clips[segment.video],
            labels=(normalize("NFC", segment.label),),
            start_seconds=segment.start_seconds,
            end_seconds=segment.end_seconds,
            origin=segment.origin,
        )
        for segment in segments
    ]


def _clip(table: Place, video: str | None) -> Place:
    """Where the clip of a table is: as its run's manifest has it, or beside the table."""
    places = list(dict.fromkeys(_places(table, video)))
    found = next(filter(is_there, places), None)
    if found is None:
        named = places[0] if places else f"of {table.name}"
        raise DataError(
            f"{table}: its clip {named} is not there, nor beside the table; put it there, or write "
            "its name into the column video"
        )
    return found


def _places(table: Place, video: str | None) -> Iterator[Place]:
    """Where the clip may be; names may count from another folder than today's."""
    stem = table.with_name(table.name.removesuffix(SEGMENTS_CSV).removesuffix(table.suffix))
    manifest = Manifest.read(beside(stem, MANIFEST))
    source = manifest.source
    folders = table.parent, table.parent.parent
    if source and video in (None, Path(source).name, manifest.video):
        yield place_of(source)
        yield from (folder / Path(source).name for folder in folders)
    if video:
        yield from (folder / video for folder in folders)
    else:
        for folder in (folder for folder in folders if isinstance(folder, Path)):
            yield from sorted(path for path in folder.glob(f"{stem.name}.*") if _is_clip(path))


def _is_clip(path: Path) -> bool:
    return has_video_suffix(path.name) or is_image_name(path)
