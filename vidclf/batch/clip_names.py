"""How the clips of a list are called: by the names it gives, else by their paths and parts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import PurePath

from vidclf.batch.distinct import suffix_of
from vidclf.errors import DataError
from vidclf.settings import Position
from vidclf.sources.location import ClipLocation
from vidclf.sources.suffixes import has_video_suffix, is_image_name

_MOST_BYTES = 200
"""Of a part of a name: file systems take 255, and endings such as `_predictions.csv` follow."""


def stem_of_name(name: str, origin: str) -> str:
    """What the names of a clip's outputs begin with: its name, without a suffix of media.

    Raises:
        DataError: no file can be called so, or it leads out of the output folder.
    """
    parts = name.split("/")
    if "\\" in name or not name.isprintable():
        rule = "has characters that names of files should not have"
    elif not all(parts):
        rule = "begins or ends with a slash, or has two in a row"
    elif {".", ".."} & set(parts):
        rule = "leads out of the output folder"
    elif any(len(part.encode()) > _MOST_BYTES for part in parts):
        rule = f"is longer than {_MOST_BYTES} bytes"
    else:
        is_media = has_video_suffix(name) or is_image_name(PurePath(name))
        return name.removesuffix(suffix_of(name)) if is_media else name
    raise DataError(f"{origin}: the name {name!r} {rule}; write one such as cats/morning_1")


def part_text(place: str, start: Position | None, end: Position | None) -> str:
    """A place with the part that is taken, before its suffix: `day1/clip_10-20.mp4`."""
    if start is None and end is None:
        return place
    if start is not None and end is not None:
        part = f"{start}-{end}"
    else:
        part = f"to_{end}" if start is None else f"from_{start}"
    suffix = suffix_of(place)
    return f"{place.removesuffix(suffix)}_{part}{suffix}"


def short_places(clips: Sequence[tuple[ClipLocation, str]]) -> list[str]:
    """A place for each clip, the shortest by which it is told from the others.

    A path below the list's folder is its own place. Of others it is the name, and as many of the
    folders above as it takes: `cam1/0001.mp4` where another row has `/data/cam2/0001.mp4`.

    Args:
        clips: where each clip is, and its path as the list has it. The same one may come again.
    """
    paths = {source.text: _parts(source, written) for source, written in clips}
    counts = {text: len(parts) if fixed else 1 for text, (parts, fixed) in paths.items()}
    while alike := _alike(paths, counts):
        longer = [text for text in alike if counts[text] < len(paths[text][0])]
        if not longer:
            break
        for text in longer:
            counts[text] += 1
    return ["/".join(paths[source.text][0][-counts[source.text] :]) for source, _ in clips]


def _parts(source: ClipLocation, written: str) -> tuple[tuple[str, ...], bool]:
    """The parts of a path, and whether it lies below the list's folder."""
    if source.is_local or "://" not in written:
        path = PurePath(written)
        parts = tuple(part for part in path.parts if part not in ("..", path.anchor))
        return parts or (source.name,), not path.is_absolute() and ".." not in path.parts
    above = str(source).rstrip("/").split("/")[:-1]
    return (*filter(None, above), source.name), False


def _alike(paths: dict[str, tuple[tuple[str, ...], bool]], counts: dict[str, int]) -> list[str]:
    groups: dict[str, list[str]] = defaultdict(list)
    for text, (parts, _) in paths.items():
        groups["/".join(parts[-counts[text] :]).casefold()].append(text)
    return [text for group in groups.values() if len(group) > 1 for text in group]
