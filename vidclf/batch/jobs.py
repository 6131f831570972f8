"""The jobs of a plan, each made when it is asked for: a plan keeps names, and few of them twice."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import overload

from vidclf.batch.clips import Clip, ClipRow
from vidclf.batch.distinct import plain_stem
from vidclf.batch.outputs import ClipOutputs, Endings
from vidclf.files.places import Place
from vidclf.pipeline.job import ClipJob
from vidclf.remote.path import RemotePath


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """How clips and their outputs are called; what is left out of a mapping is called plainly."""

    prefix: str
    """The output folder, ending in a slash."""
    is_remote: bool = False
    """Whether it is elsewhere."""
    stems: Mapping[Clip, str]
    """Below the output folder, with `/`."""
    names: Mapping[Clip, str]
    """What tables call clips, where it is not their place."""
    endings: Endings
    """The files of a clip."""
    other_endings: Mapping[Clip, Endings]
    """The files of clips that are stills."""

    def stem(self, clip: Clip) -> str:
        """The path of a clip's outputs without their endings."""
        stem = self.stems.get(clip) or plain_stem(clip.place)
        return self.prefix + (stem if self.is_remote else stem.replace("/", os.sep))

    def endings_of(self, clip: Clip) -> Endings:
        """What is put behind the stem."""
        return self.other_endings.get(clip, self.endings)

    def job(self, clip: Clip) -> ClipJob:
        """What is to be made of a clip."""
        return job_of(
            clip,
            name=self.names.get(clip, clip.place),
            outputs=ClipOutputs(
                self.stem(clip), self.endings_of(clip), RemotePath if self.is_remote else Path
            ),
        )


def job_of(clip: Clip, *, name: str, outputs: Mapping[str, Place]) -> ClipJob:
    """What is to be made of a clip, with what a list says of it."""
    row = clip.row or ClipRow()
    return ClipJob(
        source=clip.source,
        name=name,
        outputs=outputs,
        start=row.start,
        end=row.end,
        columns=row.columns,
    )


class FolderJobs(Sequence[ClipJob]):
    """Jobs that write into one folder and below it."""

    def __init__(self, clips: Sequence[Clip], naming: Naming) -> None:
        self._clips = clips
        self._naming = naming

    @overload
    def __getitem__(self, place: int) -> ClipJob: ...
    @overload
    def __getitem__(self, place: slice) -> FolderJobs: ...
    def __getitem__(self, place: int | slice) -> ClipJob | FolderJobs:
        if isinstance(place, slice):
            return FolderJobs(self._clips[place], self._naming)
        return self._naming.job(self._clips[place])

    def __len__(self) -> int:
        return len(self._clips)
