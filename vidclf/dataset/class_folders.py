"""Labelled data in folders: one for each class, perhaps below `train/`, `val/` and `test/`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from unicodedata import normalize

from vidclf.core.counting import counted
from vidclf.core.run_warnings import get_logger
from vidclf.dataset.examples import Example, Part
from vidclf.errors import DataError
from vidclf.files.names import has_result_name
from vidclf.sources.suffixes import has_video_suffix, is_image_name

logger = get_logger(__name__)

PART_NAMES: dict[str, Part] = {
    "train": "train",
    "training": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "test": "test",
}
"""What people call the parts of their data → the part."""


@dataclass(slots=True, kw_only=True)
class FolderExamples:
    """The examples of a folder, and what else was in it."""

    examples: list[Example] = field(default_factory=list)
    """Class by class, in the order of their paths."""
    passed_over: int = 0
    """Files that are neither pictures nor clips, or that runs of vidclf have made."""
    loose: int = 0
    """Pictures and clips that are in no class's folder."""


def class_folder_examples(folder: Path) -> list[Example]:
    """Return the pictures and clips of a folder that has a folder for each class.

    Folders below a class's folder belong to the class. Hidden files and folders are passed over.

    Raises:
        DataError: it holds no folder, a class has nothing, or a folder cannot be read.
    """
    found = FolderExamples()
    parts = _part_folders(folder)
    if parts:
        for path, part in parts:
            _add_classes(path, part, found)
        found.loose += _media_count(folder)
    else:
        _add_classes(folder, None, found)
    _tell(folder, found)
    return found.examples


def _part_folders(folder: Path) -> list[tuple[Path, Part]]:
    """`train/`, `val/` and `test/`, where the folders are these alone."""
    folders = [path for path in _listed(folder) if path.is_dir()]
    parts = [
        (path, part) for path in folders if (part := PART_NAMES.get(path.name.lower())) is not None
    ]
    if len({part for _, part in parts}) < 2:
        return parts if len(parts) == len(folders) and _has_folders(parts) else []
    if others := [path.name for path in folders if path.name.lower() not in PART_NAMES]:
        raise DataError(
            f"{folder}: {others[0]}/ stands beside {parts[0][0].name}/ and {parts[1][0].name}/: "
            "put the classes' folders into these, or move the others elsewhere"
        )
    return parts


def _has_folders(parts: list[tuple[Path, Part]]) -> bool:
    return any(path.is_dir() for folder, _ in parts for path in _listed(folder))


def _add_classes(folder: Path, part: Part | None, found: FolderExamples) -> None:
    """Add what is in a folder of class folders."""
    classes = [path for path in _listed(folder) if path.is_dir()]
    loose = _media_count(folder)
    if not classes:
        what = f"{loose} pictures or clips" if loose else "no picture or clip either"
        raise DataError(
            f"{folder} has no folder for each class ({what}): make a folder of each label's name "
            "and move its pictures and clips there, or name a table with the columns path and label"
        )
    found.loose += loose
    for path in classes:
        before, label = len(found.examples), normalize("NFC", path.name)
        for file in _files_below(path, frozenset({os.path.realpath(path)})):
            if _is_media(file):
                found.examples.append(Example(path=file, labels=(label,), part=part))
            else:
                found.passed_over += 1
        if len(found.examples) == before:
            raise DataError(
                f"{path}: no picture or clip for the label {label!r}; add some, or remove the "
                "folder"
            )


def _files_below(folder: Path, above: frozenset[str]) -> Iterator[Path]:
    """All files in a folder and below it, in order; links to a folder above are not followed."""
    for path in _listed(folder):
        if not path.is_dir():
            yield path
        elif (real := os.path.realpath(path)) not in above:
            yield from _files_below(path, above | {real})


def _listed(folder: Path) -> list[Path]:
    """What is in a folder, by name, without hidden files."""
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries if not entry.name.startswith("."))
    except OSError as exc:
        raise DataError(
            f"the folder {folder} cannot be read ({exc.strerror}): change its permissions, or move "
            "it elsewhere"
        ) from exc
    siblings = frozenset(names)
    return [folder / name for name in names if not has_result_name(name, siblings)]


def _is_media(path: Path) -> bool:
    return is_image_name(path) or has_video_suffix(path.name)


def _media_count(folder: Path) -> int:
    return sum(_is_media(path) and not path.is_dir() for path in _listed(folder))


def _tell(folder: Path, found: FolderExamples) -> None:
    if found.passed_over:
        logger.info(
            "%s: %s passed over: neither pictures nor clips by their endings",
            *(folder, counted(found.passed_over, "file")),
        )
    if found.loose:
        logger.warning(
            "%s: pictures and clips in no folder of a class are left out (%d); move them into the "
            "folder of their label",
            *(folder, found.loose),
        )
