"""How many cores this process may use, and how much memory is left."""

from __future__ import annotations

import os

_TENSORFLOW_POOLS = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
"""How many threads share an operation, and how many operations run side by side, as TensorFlow
reads them from the environment (`tensorflow/core/common_runtime/process_util.cc`)."""

_share: int | None = None


def use_cores(count: int) -> None:
    """Keep this process, and the processes that it starts, to a number of cores from now on.

    To be called once, when a worker begins: what is open already keeps its threads. TensorFlow's
    own environment variables go first where they are set.
    """
    import cv2  # the one pool of threads that is made unasked

    global _share
    _share = count
    cv2.setNumThreads(count)
    for name in _TENSORFLOW_POOLS:
        os.environ.setdefault(name, str(count))


def core_share() -> int | None:
    """The number of cores that this process was told to keep to; None where it was told nothing."""
    return _share


def usable_cores() -> int:
    """At least 1; fewer than the machine has, where the process was confined to some of them."""
    affinity = getattr(os, "sched_getaffinity", None)
    usable = len(affinity(0)) if affinity else os.cpu_count() or 1
    return usable if _share is None else min(usable, _share)
