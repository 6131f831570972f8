"""Going through many clips: one that fails does not stop the others."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from vidclf.batch.plan import plan, wanted_kinds
from vidclf.core.frames import Frame, VideoInfo
from vidclf.errors import ModelError, RuntimeUnavailableError, UsageError, VidclfError
from vidclf.inference.engine import open_engine
from vidclf.pipeline.annotate import annotate_clip
from vidclf.pipeline.summary import RunSummary
from vidclf.settings import Settings

logger = logging.getLogger(__name__)

PathLike = str | os.PathLike[str]


class Watcher(Protocol):
    """Is told how a run goes."""

    def started(self, name: str, place: int, count: int) -> None:
        """Clip `place` of `count` (from 1) is begun."""

    def frame(self, info: VideoInfo, frame: Frame) -> None:
        """A frame is done."""

    def done(self, summary: RunSummary) -> None:
        """A clip is done."""

    def failed(self, name: str, error: Exception) -> None:
        """A clip could not be done."""


class SilentWatcher:
    """A watcher that says nothing."""

    def started(self, name: str, place: int, count: int) -> None:
        """Say nothing."""

    def frame(self, info: VideoInfo, frame: Frame) -> None:
        """Say nothing."""

    def done(self, summary: RunSummary) -> None:
        """Say nothing."""

    def failed(self, name: str, error: Exception) -> None:
        """Say nothing."""


@dataclass(slots=True, kw_only=True)
class BatchSummary:
    """What became of many clips."""

    done: list[RunSummary] = field(default_factory=list)
    """A summary for each clip that was done."""
    failed: list[tuple[str, Exception]] = field(default_factory=list)
    """Name and error of each clip that was not."""


def annotate_all(
    inputs: PathLike | Sequence[PathLike],
    *,
    output: PathLike | None = None,
    recursive: bool = False,
    settings: Settings | None = None,
    watcher: Watcher | None = None,
) -> BatchSummary:
    """Annotate many clips, one after the other; one that fails does not stop the others.

    Args:
        inputs: clips and folders of clips, or one of them.
        output: a folder for all outputs, or, for a single clip, a file.
        recursive: whether folders are searched to the bottom.
        settings: how; the command's defaults without it.
        watcher: is told how it goes.

    Raises:
        UsageError: inputs or output cannot be right.
        ModelError, RuntimeUnavailableError: the model cannot be used for any clip.
    """
    settings, watcher = settings or Settings(), watcher or SilentWatcher()
    if isinstance(inputs, (str, os.PathLike)):
        inputs = [inputs]
    made = plan(inputs, output=output, kinds=wanted_kinds(settings), recursive=recursive)
    jobs = made.jobs
    engine = open_engine(settings)
    batch = BatchSummary(failed=list(made.faults))
    for name, fault in made.faults:
        watcher.failed(name, fault)
    for place, job in enumerate(jobs, start=1):
        watcher.started(job.name, place, len(jobs))
        try:
            summary = annotate_clip(job, engine=engine, settings=settings, on_frame=watcher.frame)
        except (ModelError, RuntimeUnavailableError, UsageError):
            raise
        except VidclfError as exc:
            batch.failed.append((job.name, exc))
            watcher.failed(job.name, exc)
        except Exception as exc:  # one clip that meets a bug must not cost the others
            logger.info("where it happened", exc_info=exc)
            batch.failed.append((job.name, exc))
            watcher.failed(job.name, exc)
        else:
            batch.done.append(summary)
            watcher.done(summary)
    return batch
