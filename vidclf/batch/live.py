"""A live input as a run: what is named, how its outputs are called, who is told."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence, Set
from pathlib import Path
from typing import Any

from vidclf.batch.course import BatchSummary
from vidclf.batch.options import RunOptions
from vidclf.batch.outputs import FolderOutputs, check_installed, outputs_of_file, wanted_kinds
from vidclf.batch.plan import DEFAULT_FOLDER
from vidclf.batch.watcher import LiveWatcher, Overview, Watcher
from vidclf.core.frames import Frame, VideoInfo
from vidclf.errors import SourceError, UsageError
from vidclf.files.names import is_folder
from vidclf.files.places import Place, output_place
from vidclf.inference.engine import open_engine
from vidclf.inference.expected_frames import expected_frames
from vidclf.pipeline.job import ClipJob
from vidclf.pipeline.live import annotate_live
from vidclf.pipeline.live_job import LiveJob
from vidclf.pipeline.summary import RunSummary
from vidclf.settings import Settings
from vidclf.sources.location import ClipLocation

PathLike = str | os.PathLike[str]
_NO_NAME = re.compile(r"[^\w.-]+")


def run_live(
    source: ClipLocation,
    *,
    output: PathLike | None,
    settings: Settings,
    options: RunOptions,
    watcher: Watcher,
    effects: Sequence[Any] = (),
) -> BatchSummary:
    """Annotate a live input until it ends.

    Raises:
        UsageError: output or options cannot be right.
        VidclfError: it could not be opened, or was not read to the end; what came before is there.
    """
    _check_options(source, options)
    job = live_job(source, output=output, settings=settings)
    summary = BatchSummary()
    told = _Told(job, watcher, settings=settings, summary=summary)
    engine = open_engine(settings)
    watcher.planned(told.overview)
    watcher.started(job.name)
    try:
        annotate_live(
            job,
            engine=engine,
            settings=settings,
            effects=effects,
            on_frame=told.frame,
            on_part=told.part,
        )
    except SourceError as exc:
        summary.failed.append((job.name, exc))
        watcher.failed(job.name, exc)
    return summary


def live_job(source: ClipLocation, *, output: PathLike | None, settings: Settings) -> LiveJob:
    """The files that are made of a live input.

    Raises:
        UsageError: a file is named that vidclf cannot write, or a place elsewhere.
    """
    if output is not None and not os.fspath(output):
        raise UsageError("an empty name stands for no place: is a variable unset?")
    name, kinds = live_name(source), wanted_kinds(settings)
    place = output_place(DEFAULT_FOLDER if output is None else output)
    into_folder = is_folder(place if output is None else output)
    is_split = settings.split_every is not None
    if into_folder:
        outputs_at, folder = _in_folder(place, name, kinds), place
    else:
        outputs_at = _of_file(place, kinds, is_split=is_split)
        folder = place.parent
    check_installed(outputs_at(""))
    return LiveJob(
        source=source,
        name=name,
        outputs_at=outputs_at,
        are_named_by_time=into_folder or is_split,
        working_folder=folder if isinstance(folder, Path) else DEFAULT_FOLDER,
    )


def live_name(source: ClipLocation) -> str:
    """What a live input is called in names of files: `camera_0`, `door` of `rtsp://host/door`."""
    return _NO_NAME.sub("_", source.name.removesuffix(".m3u8")).strip("._") or source.kind


def _in_folder(folder: Place, name: str, kinds: Set[str]) -> Callable[[str], Mapping[str, Place]]:
    endings = FolderOutputs(kinds).of_video

    def outputs_at(time: str) -> Mapping[str, Place]:
        return {kind: folder / f"{name}_{time}{ending}" for kind, ending in endings.items()}

    return outputs_at


def _of_file(
    target: Place, kinds: Set[str], *, is_split: bool
) -> Callable[[str], Mapping[str, Place]]:
    if "still" in outputs_of_file(target, kinds):
        raise UsageError(f"-o {target} names a picture, and a live input is no still: name a .mp4")

    def outputs_at(time: str) -> Mapping[str, Place]:
        named = target.with_name(f"{target.stem}_{time}{target.suffix}") if is_split else target
        return outputs_of_file(named, kinds)

    return outputs_at


def _check_options(source: ClipLocation, options: RunOptions) -> None:
    if options.executor not in ("auto", "in_process"):
        raise UsageError(
            f"--executor {options.executor}: {source} is a live input, which this process reads "
            "itself: leave it out"
        )
    if options.shard is not None:
        raise UsageError(f"--shard is for many clips, and {source} is one live input: leave it out")


class _Told:
    """Passes on how a live run goes."""

    def __init__(
        self, job: LiveJob, watcher: Watcher, *, settings: Settings, summary: BatchSummary
    ) -> None:
        self._job, self._watcher, self._settings = job, watcher, settings
        self._summary = summary
        self._frames = 0

    @property
    def overview(self) -> Overview:
        """What there is to do."""
        job = ClipJob(source=self._job.source, name=self._job.name, outputs={})
        return Overview(
            clips=1,
            earlier=0,
            different={},
            skipped=0,
            jobs=[job],
            executor="in_process",
            workers=1,
            why="",
        )

    def frame(self, info: VideoInfo, _: Frame, dropped: int) -> None:
        """One more frame is done."""
        self._frames += 1
        expected = expected_frames(
            info,
            start=self._settings.start,
            end=self._settings.end,
            most_frames=self._settings.frames,
            most_seconds=self._settings.duration,
        )
        name = self._job.name
        self._watcher.progressed(name, frames=self._frames, expected_frames=expected)
        if dropped and isinstance(self._watcher, LiveWatcher):
            self._watcher.dropped(name, frames=dropped)

    def part(self, summary: RunSummary) -> None:
        """The outputs of a part are there."""
        self._summary.done.append(summary)
        self._watcher.done(summary)
