"""From what the user named to clips and the files made of each."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Sequence, Set
from importlib.util import find_spec
from pathlib import Path

from vidclf.core.wildcards import matching_files
from vidclf.errors import UsageError
from vidclf.files.names import (
    MANIFEST,
    SEGMENTS_CSV,
    beside,
    has_result_name,
    is_folder,
    may_be_made,
)
from vidclf.files.output_kinds import kind_of_file, suffixes_of
from vidclf.pipeline.job import ClipJob
from vidclf.settings import Settings
from vidclf.sinks import PICTURE_SINKS
from vidclf.sources.location import ClipLocation
from vidclf.sources.stills import still_suffix
from vidclf.sources.suffixes import is_video_name
from vidclf.table.row_sinks import ROW_SINKS

DEFAULT_FOLDER = Path("outputs")

Clip = tuple[ClipLocation, Path]
"""A clip, and its place below the folder that was named."""


_KINDS = {**PICTURE_SINKS, **ROW_SINKS}
_ENDINGS = {
    **{kind: entry.ending for kind, entry in _KINDS.items()},
    "segments": SEGMENTS_CSV,
    "manifest": MANIFEST,
}
_ALWAYS_MADE = frozenset({"table", "segments", "manifest"})


def wanted_kinds(settings: Settings) -> frozenset[str]:
    """The kinds of files that settings ask for, beside those that are always made."""
    return frozenset(kind for kind in _KINDS if getattr(settings, kind, False))


_BY_DEFAULT = wanted_kinds(Settings()) | {"still"}
"""Give way to the file that `-o` names."""


def plan(
    inputs: Sequence[str | os.PathLike[str]],
    *,
    output: str | os.PathLike[str] | None,
    kinds: Set[str],
    recursive: bool = False,
) -> list[ClipJob]:
    """The clips behind `inputs`, in order, each with its own output names.

    A folder of videos stands for the videos in it (and below it, when `recursive`), and its
    sub-folders are kept in the output folder; a folder that holds pictures only is one clip.

    Args:
        inputs: files, folders, numbered patterns such as `frame_%05d.png`, and `clips/*.mp4`.
        output: a folder (there already, or without a suffix) for all outputs, or a file that
            sets the video's name and kind; None for `outputs/`.
        kinds: which files are made, beside those that always are; see `wanted_kinds`.
        recursive: whether folders are searched to the bottom.

    Raises:
        UsageError: a file named as output for several clips, one of a kind vidclf can't write, or
            one that is an input; Parquet without pyarrow; or nothing but results of earlier runs.
    """
    if not all(os.fspath(path) for path in inputs) or output == "":
        raise UsageError("an empty name stands for no clip and no place: is a variable unset?")
    paths = [path for named in inputs for path in matching_files(named)]
    named = [ClipLocation.of(path).normalised() for path in paths]
    clips = [clip for location in named for clip in _clips(location, recursive)]
    if named and not clips:
        places = ", ".join(map(str, named))
        raise UsageError(f"{places} holds only videos of earlier runs: name one of them to read it")
    jobs = _jobs(clips, DEFAULT_FOLDER if output is None else output, kinds)
    _check_not_inputs(jobs)
    _check_installed(jobs)
    return jobs


def _jobs(clips: list[Clip], output: str | os.PathLike[str], kinds: Set[str]) -> list[ClipJob]:
    if is_folder(output):
        return _into_folder(clips, Path(output), kinds)
    target = Path(output)
    if len(clips) != 1:
        raise UsageError(
            f"-o {target} names one file, but there are {len(clips)} clips: name a folder instead"
        )
    return [_to_file(*clips[0], target, kinds)]


def _check_not_inputs(jobs: list[ClipJob]) -> None:
    sources = {os.path.realpath(file) for job in jobs for file in job.source.files}
    for job in jobs:
        for file in job.outputs.values():
            if os.path.realpath(file) in sources:
                raise UsageError(f"{file} is an input: name another output, it would be replaced")


def _check_installed(jobs: list[ClipJob]) -> None:
    for kind in {kind: None for job in jobs for kind in job.outputs if kind in _KINDS}:
        library = _KINDS[kind].library
        if library is not None and find_spec(library) is None:
            raise UsageError(
                f"{kind.capitalize()} is written by {library}, which is not installed: "
                f"pip install 'vidclf[{kind}]'"
            )


def _clips(location: ClipLocation, recursive: bool) -> list[Clip]:
    """The clips behind what was named: the videos of a folder of such, else that itself.

    What is missing or holds nothing stays in the list: opening it tells why.
    """
    videos = _videos_in(location.path, recursive) if location.kind == "folder" else []
    if not videos:
        return [(location, Path(location.name))]
    own = [file for file in videos if not _is_result(file)]
    return [(ClipLocation.of(file), file.relative_to(location.path)) for file in own]


def _is_result(video: Path) -> bool:
    """Whether an earlier run, or a command that started from its table, made a video."""
    if has_result_name(video):
        return True
    if not may_be_made(video):
        return False
    from vidclf.sinks.signature import is_signed  # PyAV takes 0.1 s to import

    return is_signed(video)


def _videos_in(folder: Path, recursive: bool) -> list[Path]:
    try:
        found = sorted(folder.rglob("*") if recursive else folder.iterdir())
    except OSError:
        return []
    return [file for file in found if is_video_name(file) and file.is_file()]


def _into_folder(clips: list[Clip], folder: Path, kinds: Set[str]) -> list[ClipJob]:
    stems = _distinct_stems([place for _, place in clips])
    return [
        _job(source, place, folder / stem, kinds)
        for (source, place), stem in zip(clips, stems, strict=True)
    ]


def _distinct_stems(places: list[Path]) -> list[Path]:
    """Output names without suffix; clips that share a stem get their suffix and a number.

    >>> [str(stem) for stem in _distinct_stems([Path("a.mp4"), Path("a.avi"), Path("b.mp4")])]
    ['a_mp4', 'a_avi', 'b']
    """
    plain = [_stem(place) for place in places]
    shared = Counter(_folded(stem) for stem in plain)
    stems: list[Path] = []
    taken: Counter[str] = Counter()
    for place, stem in zip(places, plain, strict=True):
        if shared[_folded(stem)] > 1:
            stem = stem.with_name(f"{stem.name}_{place.suffix[1:]}")
        taken[_folded(stem)] += 1
        again = taken[_folded(stem)]
        stems.append(stem if again == 1 else stem.with_name(f"{stem.name}_{again}"))
    return stems


def _stem(place: Path) -> Path:
    """A name without its suffix, and without the number of a pattern (`shot_%05d.png` → `shot`)."""
    name = re.sub(r"[ _.-]*%\d*d", "", place.stem)
    return place.with_name(name or "pictures")


def _folded(path: Path) -> str:
    """Names that some file systems take for one are one."""
    return str(path).casefold()


def _job(source: ClipLocation, place: Path, stem: Path, kinds: Set[str]) -> ClipJob:
    outputs = _outputs(stem, kinds)
    if "video" in kinds and (suffix := still_suffix(source)):
        outputs = _outputs(stem, (kinds - {"video"}) | {"still"})
        outputs["still"] = outputs["still"].with_suffix(suffix)
    return ClipJob(source=source, name=place.as_posix(), outputs=outputs)


def _outputs(stem: Path, kinds: Set[str]) -> dict[str, Path]:
    made = kinds | _ALWAYS_MADE
    return {kind: beside(stem, ending) for kind, ending in _ENDINGS.items() if kind in made}


def _to_file(source: ClipLocation, place: Path, target: Path, kinds: Set[str]) -> ClipJob:
    """The outputs where `-o` names one of them: what is wanted of its sort is called like it."""
    suffixes = suffixes_of(_KINDS)
    if target.suffix.lower() not in suffixes:
        raise UsageError(
            f"-o {target}: vidclf writes {', '.join(suffixes)}; a name without a suffix is "
            "taken for a folder"
        )
    named = kind_of_file(target, _KINDS)
    if named in PICTURE_SINKS and not kinds & PICTURE_SINKS.keys():
        raise UsageError(f"-o {target} names pictures, but only the table is written: name a .csv")
    stem = target.with_suffix("")
    wanted = (kinds - _BY_DEFAULT) | {named}
    outputs = _outputs(stem, wanted)
    alike = PICTURE_SINKS if named in PICTURE_SINKS else ROW_SINKS
    for kind in wanted & alike.keys():
        outputs[kind] = beside(stem, alike[kind].suffixes[0])
    outputs[named] = target
    return ClipJob(source=source, name=place.as_posix(), outputs=outputs)
