"""What runs in a worker process: the model is opened once, and each clip is one call."""

from __future__ import annotations

import logging
import multiprocessing
import os
import threading
from collections.abc import Iterator, MutableSequence
from contextlib import contextmanager
from dataclasses import replace
from logging.handlers import QueueHandler
from queue import SimpleQueue
from typing import TypeAlias

from vidclf.batch.executors.base import ClipOutcome
from vidclf.batch.worker import ClipWorker
from vidclf.core.cpu import use_cores
from vidclf.core.own_process import tune_process
from vidclf.pipeline.job import ClipJob
from vidclf.remote.access import RemoteAccess, use_access
from vidclf.settings import Settings

Counts: TypeAlias = MutableSequence[int]
"""Whether the clip was begun, frames done, and frames expected; -1 where nobody knows."""

_worker: ClipWorker
_counts: Counts


def begin_worker(
    settings: Settings, cores: int, counts: Counts, log_level: int, access: RemoteAccess
) -> None:
    """Make this process a worker.

    Args:
        settings: how clips are made.
        cores: how many of the machine's it may use.
        counts: memory that is shared with the run, which reads there how far a clip is.
        log_level: of vidclf, in the run.
        access: to files elsewhere, as in the run.
    """
    global _worker, _counts
    tune_process()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    logging.getLogger("vidclf").setLevel(log_level)
    use_cores(cores)
    use_access(access)
    _worker, _counts = ClipWorker(settings), counts


def make_clip(job: ClipJob) -> ClipOutcome:
    """Make one clip; what is logged meanwhile comes with the outcome."""
    _counts[0] = 1
    with log_records() as records:
        outcome = _worker.outcome(job, _count)
    return replace(outcome, records=tuple(records))


@contextmanager
def log_records() -> Iterator[list[logging.LogRecord]]:
    """Collect what is logged inside the block, in a form that can go to another process."""
    queue: SimpleQueue[logging.LogRecord] = SimpleQueue()
    records: list[logging.LogRecord] = []
    handler = QueueHandler(queue)
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield records
    finally:
        root.removeHandler(handler)
        while not queue.empty():
            records.append(queue.get())


def _count(frames: int, expected_frames: int | None) -> None:
    _counts[1], _counts[2] = frames, -1 if expected_frames is None else expected_frames


def _end_with_parent() -> None:
    """End this process when the run is gone, however that came about."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
