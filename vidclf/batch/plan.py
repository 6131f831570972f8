"""From what the user named to clips and the files made of each."""

from __future__ import annotations

import os
from collections.abc import Container, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from pathlib import Path

from vidclf.batch.clips import Clip, ClipList, real_path
from vidclf.batch.distinct import distinct_names, distinct_stems, plain_stem
from vidclf.batch.earlier_files import EarlierFiles, FilesElsewhere, FilesOnDisk
from vidclf.batch.earlier_stems import earlier_stems
from vidclf.batch.jobs import FolderJobs, Naming, job_of
from vidclf.batch.outputs import FolderOutputs, check_installed, outputs_of_file, wanted_kinds
from vidclf.batch.overwritten import check_files, check_folder
from vidclf.batch.search import Search
from vidclf.batch.shard import Shard
from vidclf.errors import OutputError, SourceError, UsageError
from vidclf.files.names import is_folder
from vidclf.files.places import Place, output_place
from vidclf.pipeline.job import ClipJob
from vidclf.remote.open_uploads import end_old
from vidclf.remote.path import RemotePath
from vidclf.remote.upload import check_writable as places_writable
from vidclf.sources.location import ClipLocation

__all__ = ["Plan", "Shard", "check_writable", "plan", "wanted_kinds"]

DEFAULT_FOLDER = Path("outputs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run is going to do."""

    jobs: Sequence[ClipJob]
    """The clips of this shard in order, with names of their own."""
    folder: Place | None
    """The output folder, where a folder or several clips were named; else None."""
    faults: Sequence[tuple[str, SourceError]]
    """Names of folders that could not be looked into, and why; their clips are in no job."""
    files: EarlierFiles | None = None
    """What is there in an output folder that was looked into; else None."""


def plan(
    inputs: Sequence[str | os.PathLike[str]],
    *,
    output: str | os.PathLike[str] | None,
    kinds: Set[str],
    recursive: bool = False,
    shard: Shard | None = None,
    listed: Sequence[Clip] | None = None,
) -> Plan:
    """The clips behind `inputs`, in order, each once and with its own name and output names.

    A folder of videos stands for the videos in it (and below it, when `recursive`), and its
    sub-folders are kept in the output folder; a folder that holds pictures only is one clip. An
    output folder that lies below it is left out.

    Args:
        inputs: files, folders, numbered patterns such as `frame_%05d.png`, and `clips/*.mp4`.
        output: a folder (there already, or without a suffix) for all outputs, or a file that
            sets the video's name and kind; None for `outputs/`.
        kinds: which files are made, beside those that always are; see `wanted_kinds`.
        recursive: whether folders are searched to the bottom.
        shard: the part of the clips to take. Names do not depend on it.
        listed: the clips of a list (`clips_of_list`), in place of `inputs`.

    Raises:
        UsageError: a file named as output for several clips, one of a kind vidclf can't write, or
            one that is an input; Parquet without pyarrow; or nothing but results of earlier runs.
    """
    if not all(os.fspath(path) for path in inputs) or output == "":
        raise UsageError("an empty name stands for no clip and no place: is a variable unset?")
    target = output_place(DEFAULT_FOLDER if output is None else output)
    folder = target if is_folder(DEFAULT_FOLDER if output is None else output) else None
    search = Search(recursive=recursive, outputs=None if folder is None else _real(folder))
    for named in inputs:
        search.add(named)
    for clip in listed or ():
        search.found.add(clip.source)
    clips = search.clips() if listed is None else list(listed)
    _refuse_live(clips)
    if folder is None:
        files = None
        jobs: Sequence[ClipJob] = _to_file(search.found, clips, target, kinds, shard)
    else:
        files = _files_in(folder, clips)
        jobs = _into_folder(search.found, clips, folder, kinds, shard, files)
    many = search.has_folders or len(clips) > 1 or listed is not None
    return Plan(jobs=jobs, folder=folder if many else None, faults=search.faults, files=files)


def check_writable(planned: Plan) -> None:
    """See that outputs elsewhere can be written, before a model computes for minutes.

    Uploads there that were begun a day ago, as by a machine that was lost, are ended.

    Raises:
        StorageError: they cannot be written.
    """
    first = planned.jobs[0].outputs["manifest"] if planned.jobs else None
    if not isinstance(first, RemotePath):
        return
    folder = planned.folder if isinstance(planned.folder, RemotePath) else first.parent
    places_writable(folder)
    with suppress(OutputError):  # who may write may yet not list uploads
        end_old(folder, _Outputs(planned))


class _Outputs(Container[str]):
    """The addresses of all outputs of a plan, put together when the first is asked for."""

    def __init__(self, planned: Plan) -> None:
        self._plan = planned

    def __contains__(self, address: object) -> bool:
        return address in self._addresses

    @cached_property
    def _addresses(self) -> Set[str]:
        places = chain.from_iterable(job.outputs.values() for job in self._plan.jobs)
        return {place.address for place in places if isinstance(place, RemotePath)}


def _files_in(folder: Place, clips: list[Clip]) -> EarlierFiles:
    """What is there in an output folder; in a bucket only what a single clip may be called."""
    if not isinstance(folder, RemotePath):
        return FilesOnDisk()
    only = clips[0] if len(clips) == 1 else None
    stem = "" if only is None else only.stem or plain_stem(only.place)
    return FilesElsewhere(prefix=stem.rpartition("/")[2])


def _into_folder(
    found: ClipList,
    clips: list[Clip],
    folder: Place,
    kinds: Set[str],
    shard: Shard | None,
    files: EarlierFiles,
) -> FolderJobs:
    outputs, stems = FolderOutputs(kinds), distinct_stems(clips)
    is_remote = isinstance(folder, RemotePath)
    named = [(clip, clip.source) for clip in clips if isinstance(clip.named, ClipLocation)]
    naming = Naming(
        prefix=_real(folder) if is_remote else os.path.join(str(folder), ""),  # noqa: PTH118
        is_remote=is_remote,
        stems=stems,
        names=distinct_names(clips) if stems else {},  # clips of one name have one stem
        endings=outputs.of_video,
        other_endings={clip: outputs.of(source) for clip, source in named},
    )
    if earlier := earlier_stems(clips, naming, files):
        naming = replace(naming, stems=distinct_stems(clips, earlier))
    check_folder(clips, naming, found)
    check_installed(outputs.of_video)
    return FolderJobs(_of_shard(clips, shard), naming)


def _real(folder: Place) -> str:
    """A folder without links; one elsewhere ends in a slash."""
    return folder.folder.address if isinstance(folder, RemotePath) else real_path(folder)


def _to_file(
    found: ClipList, clips: list[Clip], target: Place, kinds: Set[str], shard: Shard | None
) -> list[ClipJob]:
    if len(clips) != 1:
        raise UsageError(
            f"-o {target} names one file, but there are {len(clips)} clips: name a folder instead"
        )
    outputs = outputs_of_file(target, kinds)
    check_files(outputs.values(), found)
    check_installed(outputs)
    return [job_of(clip, name=clip.place, outputs=outputs) for clip in _of_shard(clips, shard)]


def _of_shard(clips: list[Clip], shard: Shard | None) -> list[Clip]:
    return clips if shard is None else [clip for clip in clips if shard.holds(clip.place)]


def _refuse_live(clips: list[Clip]) -> None:
    """Refuse live inputs among clips: each is a run of its own."""
    for clip in clips:
        if clip.source.is_live:
            raise UsageError(f"{clip.source} is a live input: start one command for it alone")
