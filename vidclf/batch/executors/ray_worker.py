"""What runs in a process of Ray: a clip, the look at a machine, the cleaning after a dead one."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator
from contextlib import chdir, contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from vidclf.batch.executors.base import ClipOutcome
from vidclf.batch.executors.worker_process import log_records
from vidclf.batch.worker import ClipWorker
from vidclf.core.cpu import core_share, use_cores
from vidclf.errors import VidclfError
from vidclf.files.claim import claim_path
from vidclf.files.stand_ins import stand_in
from vidclf.inference.engine import Engine, open_engine
from vidclf.pipeline.job import ClipJob, remove_leftovers_of
from vidclf.remote.access import RemoteAccess, use_access
from vidclf.remote.path import RemotePath
from vidclf.remote.upload import check_writable
from vidclf.settings import Settings

_TELL_SECONDS = 0.5
"""Progress is told no more often than this."""
_GONE_SECONDS = 5.0
"""How long a process may take to end that was told to."""

_SHARED_DISK = "put it on a disk that all machines see under the same path"


@dataclass(frozen=True, slots=True, kw_only=True)
class RayRun:
    """What holds for all clips of a run, on every machine."""

    token: str
    """Tells the run from others."""
    settings: Settings
    """How clips are made."""
    folder: str
    """Where the run was started: relative paths begin there."""
    cores: int
    """How many of a machine's a clip may use."""
    log_level: int
    """Of vidclf, in the run."""
    access: RemoteAccess
    """To files elsewhere, in the run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a machine is to see."""

    model_digest: str
    """Of the model."""
    clip: ClipJob
    """The first clip."""
    clip_bytes: int | None
    """Its size; None where it is no file."""
    token_file: Path | None
    """A file in the folder of the outputs; None for one elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a machine lacks."""

    problems: tuple[str, ...]
    """Each with its remedy; none where clips can be made there."""
    runs_on_gpu: bool = False
    """Whether the model runs on a GPU there."""


_workers: dict[str, ClipWorker] = {}
"""Token → worker; only of the last run that came here."""


def make_clip(run: RayRun, job: ClipJob, *, attempt: int, board: Any) -> ClipOutcome:
    """Make one clip; what is logged meanwhile comes with the outcome.

    Args:
        run: what holds for all.
        job: the clip.
        attempt: under which number the board knows it.
        board: is told how far it is.
    """
    import ray

    node = ray.get_runtime_context().get_node_id()
    with suppress(ray.exceptions.RayError):  # without it, only the progress is missing
        ray.get(board.begin.remote(attempt, node))
    told = 0.0

    def tell(frames: int, expected_frames: int | None) -> None:
        nonlocal told
        if (now := time.monotonic()) - told >= _TELL_SECONDS:
            told = now
            board.tell.remote(attempt, frames, expected_frames)

    with _prepared(run), log_records() as records:
        outcome = _worker(run).outcome(job, tell)
    return replace(outcome, records=tuple(records))


def look(run: RayRun, expected: Expected) -> Answer:
    """See whether clips can be made on this machine, and open the model for them."""
    with _prepared(run):
        problems = list(_missing(run, expected))
        if problems and not Path(run.folder).is_dir():
            problems = [
                f"has no folder {run.folder}, where the run was started: start it in one that all "
                "machines see, or name clips, model and results by their full paths"
            ]
        try:
            engine = open_engine(run.settings)
        except VidclfError as exc:
            return Answer(problems=(*problems, f"cannot open the model ({exc}): {_SHARED_DISK}"))
        if engine.model.info.digest != expected.model_digest:
            problems.append(f"sees another model of this name: {_SHARED_DISK}")
        _worker(run, engine=engine)
        return Answer(problems=tuple(problems), runs_on_gpu=engine.runs_on_gpu)


def clean(run: RayRun, job: ClipJob) -> None:
    """Remove what a process of this machine left that died."""
    with _prepared(run):
        remove_outputs_of_dead(job)


def remove_outputs_of_dead(job: ClipJob) -> None:
    """Remove hidden outputs of a clip whose process was ended, as soon as it is gone."""
    manifest = stand_in(job.outputs["manifest"])
    claim = claim_path(manifest, record=manifest)
    until = time.monotonic() + _GONE_SECONDS
    remove_leftovers_of(job)
    while claim.exists() and time.monotonic() < until:
        time.sleep(0.1)
        remove_leftovers_of(job)


@contextmanager
def _prepared(run: RayRun) -> Iterator[None]:
    """Make this process like the run's: its folder, its share of cores, its log level."""
    if core_share() is None:
        use_cores(run.cores)
    logging.getLogger("vidclf").setLevel(run.log_level)
    use_access(run.access)
    with chdir(run.folder) if Path(run.folder).is_dir() else nullcontext():
        yield


def _worker(run: RayRun, *, engine: Engine | None = None) -> ClipWorker:
    if run.token not in _workers:
        _workers.clear()
        _workers[run.token] = ClipWorker(run.settings, engine=engine)
    return _workers[run.token]


def _missing(run: RayRun, expected: Expected) -> Iterator[str]:
    """What is not to be seen here, but for the model."""
    manifest = expected.clip.outputs["manifest"]
    if isinstance(manifest, RemotePath):
        try:
            check_writable(manifest.parent)
        except VidclfError as exc:
            yield f"{exc} (credentials are those of the machine itself)"
    elif expected.token_file is None or not expected.token_file.exists():
        yield f"does not see the folder of the outputs {manifest.absolute().parent}: {_SHARED_DISK}"
    elif not os.access(expected.token_file.parent, os.W_OK):
        yield f"may not write to {expected.token_file.parent}: run Ray there as the same user"
    clip = expected.clip.source
    if clip.is_local and (
        not clip.path.parent.exists() or size_of(clip.path) != expected.clip_bytes
    ):
        yield f"does not see the clip {clip}, or another one: {_SHARED_DISK}"
    font = run.settings.font
    if font is not None and not font.exists():
        yield f"does not see the font {font}: {_SHARED_DISK}"


def size_of(path: Path) -> int | None:
    """A file's size in bytes; None for what is none."""
    return path.stat().st_size if path.is_file() else None
