"""How outputs are called, and where what is made from a table goes."""

from __future__ import annotations

import os
import re
from collections.abc import Container, Iterable, Sequence
from pathlib import Path

from vidclf.errors import UsageError
from vidclf.files.places import Place, SomePlace, output_place
from vidclf.remote.path import RemotePath

# What is put behind a clip's name: by `vidclf annotate`, …
PREDICTIONS_CSV = "_predictions.csv"
PREDICTIONS_PARQUET = "_predictions.parquet"
SEGMENTS_CSV = "_segments.csv"
MANIFEST = "_manifest.json"
ANNOTATED_VIDEO = "_annotated.mp4"
ANNOTATED_GIF = ".gif"
ANNOTATED_STILL = "_annotated.jpg"  # or .png, where the still is exact
# … and by commands that start from its table.
SUBTITLED = "_subtitled"  # and the clip's own suffix
SMOOTHED_PREDICTIONS = "_smoothed_predictions.csv"
REPORT = "_report.html"
COMPARISON = "_comparison.html"
FIGURE = "_plot.png"
# Beside a model that was trained, a folder of files that tell of that; one of them is the split.
TRAINING = "_training"
SPLIT = "split.csv"
EVALUATION = "_evaluation"  # a folder

_RESULT_STEM = re.compile(f"(.+)(?:{Path(ANNOTATED_VIDEO).stem}|{SUBTITLED})")
_LIVE_PART = re.compile(
    rf"(.+_\d{{4}}-\d\d-\d\dT\d\d-\d\d-\d\d)(?:_(\d+))?{Path(PREDICTIONS_CSV).stem}"
)
_SLASHES = tuple(filter(None, (os.sep, os.altsep)))


def beside(stem: SomePlace, ending: str) -> SomePlace:
    """The file of a stem: `a/dog` and `_manifest.json` → `a/dog_manifest.json`."""
    return stem.with_name(stem.name + ending)


def stem_of(table: SomePlace) -> SomePlace:
    """A table's path without `_predictions` and suffix: `a/dog_predictions.csv` → `a/dog`."""
    return table.with_name(table.stem.removesuffix(Path(PREDICTIONS_CSV).stem) or table.stem)


def table_order(name: str) -> tuple[str, int]:
    """What tables are sorted by, where `name` is a table's name without suffix.

    That is the name; but parts of a live run that began in one second go by their number, as `_2`
    comes before `_predictions` in the alphabet.
    """
    part = _LIVE_PART.fullmatch(name)
    return (name, 0) if part is None else (part[1], int(part[2] or 1))


def manifest_path(table: SomePlace) -> SomePlace:
    """Where the manifest of a table lies."""
    return beside(stem_of(table), MANIFEST)


def training_folder(model: SomePlace) -> SomePlace:
    """The folder that tells of a model's training: `birds.keras` → `birds_training`."""
    return model.with_name(model.stem + TRAINING)


def has_result_name(name: str, siblings: Container[str]) -> bool:
    """Whether a video or still is a run's by its name: the run's manifest is among its siblings."""
    made = _RESULT_STEM.fullmatch(name.rpartition(".")[0])
    return made is not None and made[1] + MANIFEST in siblings


def may_be_made(name: str, siblings: Container[str]) -> bool:
    """Whether a manifest lies beside a video that may be of its run: `dog` for `dog_card.mp4`.

    `dog_2.mp4` may be another clip, so the file itself must tell.
    """
    words = name.rpartition(".")[0].split("_")
    starts = ("_".join(words[:count]) for count in range(1, len(words) + 1))
    return any(start + MANIFEST in siblings for start in starts)


def output_path(
    stem: Place,
    output: str | os.PathLike[str] | RemotePath | None,
    *,
    ending: str,
    kinds: Sequence[str],
    inputs: Iterable[Place] = (),
) -> Place:
    """The file to write.

    Args:
        stem: the table's path without `_predictions` and suffix (`Table.stem`).
        output: a folder (there already, or without a suffix), a file, or None for beside the table.
        ending: what is put behind the stem, such as `_report.html`.
        kinds: the suffixes that a file may have, such as `.html`.
        inputs: files that must not be written over, whatever the user allows.

    Raises:
        UsageError: the suffix is another, the output is an input or a web address, or its name is
            empty.
    """
    path: Place
    if output is None:
        path = output_place(stem.with_name(stem.name + ending))
    elif output == "":
        raise UsageError("an empty name stands for no place: is a variable unset?")
    elif is_folder(output):
        path = output_place(output) / (stem.name + ending)
    else:
        path = output_place(output)
    if path.suffix.lower() not in kinds:
        kind = ", ".join(kinds)
        raise UsageError(f"-o {path}: this command writes {kind}; end a new folder's name with /")
    if any(is_same_place(path, file) for file in inputs):
        raise UsageError(f"{path} is an input: name another output, it would be replaced")
    return path


def is_folder(output: str | os.PathLike[str] | RemotePath) -> bool:
    """Whether an output names a folder: one that is there, ends in a slash, or has no suffix.

    In a bucket the name alone tells, as there are no folders.

    Raises:
        UsageError: it is a web address or a live stream.
    """
    place = output_place(output)
    if isinstance(place, RemotePath):
        return place.is_folder_name or not place.suffix
    name = output if isinstance(output, str) else str(place)
    # unlike Path's, os.path.isdir bears names that are too long
    return name.endswith(_SLASHES) or os.path.isdir(name) or not Path(name).suffix  # noqa: PTH112


def is_same_place(path: Place, other: Place) -> bool:
    """Whether two names stand for one file, be it by links."""
    if isinstance(path, RemotePath) or isinstance(other, RemotePath):
        return path == other
    return os.path.realpath(path) == os.path.realpath(other)


def missing_folders(files: Iterable[Place]) -> list[Path]:
    """The folders that are to be made for some files, each before the one that holds it."""
    missing: dict[Path, None] = {}
    for folder in {file.parent for file in files if isinstance(file, Path)}:
        for above in (folder, *folder.parents):
            if above.exists():
                break
            missing[above] = None
    return sorted(missing, key=lambda folder: len(folder.parts), reverse=True)
