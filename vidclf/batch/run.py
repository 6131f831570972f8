"""Going through many clips: what an earlier run made stays, and one that fails costs no other."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from vidclf.batch.course import BatchSummary, Course
from vidclf.batch.live_input import check_no_live_settings, live_input
from vidclf.batch.options import RunOptions
from vidclf.batch.plan import check_writable, plan, wanted_kinds
from vidclf.batch.watcher import SilentWatcher, Watcher
from vidclf.inference.engine import open_engine
from vidclf.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

    from vidclf.batch.clips import Clip

PathLike = str | os.PathLike[str]


def annotate_all(
    inputs: Sequence[PathLike],
    *,
    manifest: PathLike | pd.DataFrame | None = None,
    output: PathLike | None = None,
    recursive: bool = False,
    settings: Settings | None = None,
    options: RunOptions | None = None,
    watcher: Watcher | None = None,
) -> BatchSummary:
    """Annotate many clips; one that fails does not stop the others.

    Args:
        inputs: clips and folders of clips; or one live input, which is made in this process.
        manifest: a list of clips in place of them; see `clips_of_list`.
        output: a folder for all outputs, or, for a single clip, a file.
        recursive: whether folders are searched to the bottom.
        settings: how; the command's defaults without it.
        options: where and in what order; one after the other in this process without it.
        watcher: is told how it goes.

    Raises:
        UsageError: inputs, output or options cannot be right.
        ModelError, RuntimeUnavailableError: the model cannot be used for any clip.
        DataError: the list has broken rows; all of them are told, and nothing was made.
        DiskFullError, StorageError: nothing more can be written.
    """
    settings, options = settings or Settings(), options or RunOptions()
    watcher = watcher or SilentWatcher()
    if manifest is None and (live := live_input(inputs)) is not None:
        from vidclf.batch.live import run_live  # it needs rooms that clips do not

        return run_live(live, output=output, settings=settings, options=options, watcher=watcher)
    check_no_live_settings(settings)
    planned = plan(
        inputs,
        listed=None if manifest is None else _listed(manifest, settings),
        output=output,
        kinds=wanted_kinds(settings),
        recursive=recursive,
        shard=options.shard,
    )
    check_writable(planned)
    course = Course(
        planned,
        engine=open_engine(settings),
        settings=settings,
        options=options,
        watcher=watcher,
    )
    course.look_back()
    course.make()
    return course.summary


def _listed(manifest: PathLike | pd.DataFrame, settings: Settings) -> Sequence[Clip]:
    from vidclf.batch.clip_list import clips_of_list  # few runs have a list

    return clips_of_list(manifest, settings)
