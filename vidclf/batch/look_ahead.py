"""What earlier runs left of many clips: of those in buckets, many are asked for at once."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice

from vidclf.batch.earlier_files import EarlierFiles
from vidclf.batch.resume import Earlier, LookBack
from vidclf.pipeline.job import ClipJob
from vidclf.remote.path import RemotePath

_AT_ONCE = 16
_AHEAD = 64


def earlier_of_all(
    look: LookBack, jobs: Sequence[ClipJob], files: EarlierFiles | None
) -> Iterator[tuple[ClipJob, Earlier]]:
    """Each clip and what is there of it, in the order of the clips.

    Args:
        look: looks at one clip.
        jobs: the clips.
        files: what is there of many clips; None to look for those of each.

    Raises:
        StorageError: a bucket cannot be looked into.
    """
    if not jobs or _is_near(jobs[0]):
        for job in jobs:
            yield job, look.at(job)
        return
    waiting = iter(jobs)
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="vidclf-look") as pool:
        asked: deque[tuple[ClipJob, Future[Earlier]]] = deque()
        try:
            while True:
                for job in islice(waiting, _AHEAD - len(asked)):
                    asked.append((job, pool.submit(look.at, job, files)))
                if not asked:
                    return
                job, future = asked.popleft()
                yield job, future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _is_near(job: ClipJob) -> bool:
    """Whether both clip and outputs are on this machine, where asking takes no time."""
    return job.source.is_local and not isinstance(job.outputs["manifest"], RemotePath)
