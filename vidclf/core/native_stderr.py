"""Keep native libraries from talking on the user's terminal."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from threading import Lock

_SILENCE = "3"
"""The level of TensorFlow's log at which it tells of crashes alone."""


class _StandardError:
    """File descriptor 2, which several threads may want muted at once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._wishes = 0
        self._kept = -1

    def mute(self) -> None:
        with self._lock:
            if not self._wishes:
                sys.stderr.flush()
                self._kept = os.dup(2)
                with tempfile.TemporaryFile() as scratch:
                    os.dup2(scratch.fileno(), 2)
            self._wishes += 1

    def restore(self) -> None:
        """Give it back when nobody wants it muted any more."""
        with self._lock:
            self._wishes -= 1
            if not self._wishes:
                os.dup2(self._kept, 2)
                os.close(self._kept)


_standard_error = _StandardError()


@contextlib.contextmanager
def native_stderr_muted() -> Iterator[None]:
    """Send file descriptor 2 to a scratch file for a while.

    TensorFlow's C++ side logs a handful of lines while it is imported, before any setting of
    its own is read. Python's own errors still travel as exceptions. With standard error closed
    there is nothing to mute.
    """
    if sys.stderr is None:
        yield
        return
    _standard_error.mute()
    try:
        yield
    finally:
        _standard_error.restore()


@contextlib.contextmanager
def tensorflow_muted() -> Iterator[None]:
    """Keep TensorFlow's C++ side from talking, but for a user who set `TF_CPP_MIN_LOG_LEVEL`.

    To be put around what imports TensorFlow or loads a model with it.
    """
    level = os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", _SILENCE)
    with native_stderr_muted() if level == _SILENCE else contextlib.nullcontext():
        yield
