"""Keep native libraries from talking on the user's terminal."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator


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
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with tempfile.TemporaryFile() as scratch:
            os.dup2(scratch.fileno(), 2)
            yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
