"""From what the user named to clips and the files made of each."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from vidclf.errors import UsageError
from vidclf.files.names import (
    ANNOTATED_GIF,
    ANNOTATED_VIDEO,
    MANIFEST,
    PREDICTIONS_CSV,
    PREDICTIONS_PARQUET,
    SEGMENTS_CSV,
    beside,
    is_folder,
    is_made_video,
)
from vidclf.pipeline.job import ClipJob
from vidclf.sources.location import ClipLocation
from vidclf.sources.suffixes import is_video_name

VIDEO_KINDS = (".mp4", ".webm")
TABLE_KINDS = (".csv", ".parquet")
OUTPUT_KINDS = (*VIDEO_KINDS, ".gif", *TABLE_KINDS)
DEFAULT_FOLDER = Path("outputs")

Clip = tuple[ClipLocation, Path]
"""A clip, and its place below the folder that was named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputKinds:
    """Which files are made of each clip."""

    video: bool
    """The annotated video."""
    gif: bool
    """The annotated GIF."""
    parquet: bool = False
    """The table as Parquet, beside the CSV."""


def plan(
    inputs: Sequence[str | os.PathLike[str]],
    *,
    output: str | os.PathLike[str] | None,
    kinds: OutputKinds,
    recursive: bool = False,
) -> list[ClipJob]:
    """The clips behind `inputs`, in order, each with its own output names.

    A folder of videos stands for the videos in it (and below it, when `recursive`), and its
    sub-folders are kept in the output folder; a folder that holds pictures only is one clip.

    Args:
        inputs: files, folders and numbered patterns such as `frame_%05d.png`.
        output: a folder (there already, or without a suffix) for all outputs, or a file that
            sets the video's name and kind; None for `outputs/`.
        kinds: which files are made.
        recursive: whether folders are searched to the bottom.

    Raises:
        UsageError: a file named as output for several clips, one of a kind vidclf can't write, or
            one that is an input; or Parquet without pyarrow.
    """
    if not all(os.fspath(path) for path in inputs) or output == "":
        raise UsageError("an empty name stands for no clip and no place: is a variable unset?")
    named = [ClipLocation.of(path).normalised() for path in inputs]
    clips = [clip for location in named for clip in _clips(location, recursive)]
    jobs = _jobs(clips, DEFAULT_FOLDER if output is None else output, kinds)
    _check_not_inputs(jobs)
    _check_installed(jobs)
    return jobs


def _jobs(clips: list[Clip], output: str | os.PathLike[str], kinds: OutputKinds) -> list[ClipJob]:
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
    if any(job.parquet for job in jobs) and find_spec("pyarrow") is None:
        raise UsageError(
            "Parquet is written by pyarrow, which is not installed: pip install 'vidclf[parquet]'"
        )


def _clips(location: ClipLocation, recursive: bool) -> list[Clip]:
    """The clips behind what was named: the videos of a folder of such, else that itself.

    What is missing or holds nothing stays in the list: opening it tells why.
    """
    videos = _videos_in(location.path, recursive) if location.kind == "folder" else []
    if not videos:
        return [(location, Path(location.name))]
    own = [file for file in videos if not is_made_video(file)]
    return [(ClipLocation.of(file), file.relative_to(location.path)) for file in own]


def _videos_in(folder: Path, recursive: bool) -> list[Path]:
    try:
        found = sorted(folder.rglob("*") if recursive else folder.iterdir())
    except OSError:
        return []
    return [file for file in found if is_video_name(file) and file.is_file()]


def _into_folder(clips: list[Clip], folder: Path, kinds: OutputKinds) -> list[ClipJob]:
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


def _job(source: ClipLocation, place: Path, stem: Path, kinds: OutputKinds) -> ClipJob:
    return ClipJob(
        source=source,
        name=place.as_posix(),
        table=beside(stem, PREDICTIONS_CSV),
        segments=beside(stem, SEGMENTS_CSV),
        manifest=beside(stem, MANIFEST),
        video=beside(stem, ANNOTATED_VIDEO) if kinds.video else None,
        gif=beside(stem, ANNOTATED_GIF) if kinds.gif else None,
        parquet=beside(stem, PREDICTIONS_PARQUET) if kinds.parquet else None,
    )


def _to_file(source: ClipLocation, place: Path, target: Path, kinds: OutputKinds) -> ClipJob:
    kind = target.suffix.lower()
    if kind not in OUTPUT_KINDS:
        raise UsageError(
            f"-o {target}: vidclf writes {', '.join(OUTPUT_KINDS)}; a name without a suffix is "
            "taken for a folder"
        )
    if kind not in TABLE_KINDS and not (kinds.video or kinds.gif):
        raise UsageError(f"-o {target} names pictures, but only the table is written: name a .csv")
    stem = target.with_suffix("")
    job = _job(source, place, stem, kinds)
    return ClipJob(
        source=source,
        name=job.name,
        table=target if kind == ".csv" else job.table,
        segments=job.segments,
        manifest=job.manifest,
        video=target if kind in VIDEO_KINDS else None,
        gif=target if kind == ".gif" else job.gif,
        parquet=_parquet(job, target) if kind in TABLE_KINDS else job.parquet,
    )


def _parquet(job: ClipJob, target: Path) -> Path | None:
    """`-o dog.parquet` asks for it; `-o dog.csv` names it, too, where it is asked for."""
    kinds = job.parquet or target.suffix.lower() == ".parquet"
    return target.with_suffix(".parquet") if kinds else None
