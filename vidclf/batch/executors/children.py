"""How the child processes of a run are started, so that none talks when the run is stopped."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from vidclf.core.held_signals import STOPPING


def start_resource_tracker() -> None:
    """Start the process in which Python removes the locks of a run that was killed.

    It does so well, but complains of them; it takes the warnings that it must not print from the
    process that starts it.
    """
    if sys.platform == "win32":
        return
    from multiprocessing import resource_tracker

    option = "ignore:resource_tracker"
    sys.warnoptions.append(option)
    try:
        resource_tracker.ensure_running()
    finally:
        sys.warnoptions.remove(option)


@contextmanager
def stop_requests_kept_from_children() -> Iterator[None]:
    """Have processes that are started inside the block not hear Ctrl-C, or that a terminal is gone.

    A terminal tells all processes, and the run is the one that ends its workers. Signals that are
    blocked stay so in a new process and in a new thread.
    """
    if sys.platform == "win32":
        yield
        return
    kept = [number for number in STOPPING if number != signal.SIGTERM]
    before = signal.pthread_sigmask(signal.SIG_BLOCK, kept)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
