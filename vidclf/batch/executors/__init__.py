"""Where the clips of a run are made: in this process, in worker processes, on a cluster.

A new executor is a module of its own beside these and a line in `EXECUTORS`; what holds for all of
them is tested over that table. Modules are imported when an executor is opened.
"""

from __future__ import annotations

from pkgutil import resolve_name
from typing import TYPE_CHECKING

from vidclf.errors import UsageError

if TYPE_CHECKING:
    from vidclf.batch.executors.base import Executor, ExecutorInput, OpenExecutor

EXECUTORS = {
    "in_process": "in_process:InProcess",
    "processes": "processes:Processes",
    "ray": "ray:RayTasks",
}
"""Name → module and name of an `OpenExecutor`."""


def open_executor(name: str, work: ExecutorInput) -> Executor:
    """Make an executor, which is to be used as a context.

    Raises:
        UsageError: there is none of this name, or what it needs is not installed.
    """
    if name not in EXECUTORS:
        raise UsageError(f"--executor {name!r} is none of {', '.join(EXECUTORS)}")
    open_it: OpenExecutor = resolve_name(f"{__name__}.{EXECUTORS[name]}")
    return open_it(work)
