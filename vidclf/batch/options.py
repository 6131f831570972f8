"""Where the clips of a run are made, and which of them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from vidclf.batch.executors import EXECUTORS
from vidclf.batch.shard import Shard
from vidclf.errors import UsageError

DEFAULT_STALL_SECONDS = 600.0
EXECUTOR_CHOICES = ("auto", *EXECUTORS)
"""What `--executor` takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """How a run goes through its clips; no file's content depends on it."""

    executor: str = "in_process"
    """A name in `vidclf.batch.executors.EXECUTORS`; `auto` for worker processes where there are
    several clips to make."""
    jobs: int | None = None
    """Clips made at once; None for what cores and memory allow."""
    stall_seconds: float = DEFAULT_STALL_SECONDS
    """How long a clip may go without a new frame before its worker process is ended."""
    address: str | None = None
    """Which cluster; None for the executor's own choice."""
    skip_failed: bool = False
    """Whether clips that failed in an earlier run are passed over."""
    shard: Shard | None = None
    """Which part of the clips; None for all."""

    def __post_init__(self) -> None:
        if self.executor not in EXECUTOR_CHOICES:
            known = ", ".join(EXECUTOR_CHOICES)
            raise UsageError(f"--executor {self.executor!r} is none of {known}")
        if self.jobs is not None and self.jobs < 1:
            raise UsageError(f"--jobs {self.jobs}: must be 1 or more")
        if self.executor == "in_process" and self.jobs not in (None, 1):
            raise UsageError(
                f"--jobs {self.jobs} needs worker processes: --executor processes makes clips in "
                "them, in_process one after the other"
            )
        if self.address is not None and self.executor != "ray":
            raise UsageError(
                f"--address {self.address} names a Ray cluster: say --executor ray, too"
            )
        if not 0 < self.stall_seconds < math.inf:
            raise UsageError(f"--stall-seconds {self.stall_seconds}: must be more than 0")
