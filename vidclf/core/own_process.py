"""Settings of whole processes that are our own: the command's and its workers'."""

from __future__ import annotations

import ctypes
import gc
import os
from contextlib import suppress

_YOUNG_OBJECTS = 10_000
_M_ARENA_MAX = -8
"""`malloc.h` of glibc."""


def tune_process() -> None:
    """Spend less time on starting, on garbage, and on memory that is taken and given back.

    To be called before anything heavy is imported, and not in a program that only imports vidclf.

    - Python looks through 10,000 new objects for garbage at once, instead of 700: imports alone
      make 50,000 that stay. Frames are in no cycles, so memory does not grow by it.
    - OpenBLAS, of which NumPy and OpenCV have one each, starts a thread for each core when it is
      imported, and these look for work for some 0.1 s before they sleep; here they sleep at once.
    - glibc keeps one heap for all threads. With a heap for each, pictures that one thread takes and
      another gives back leave holes in all of them: in 4K that was 2.3 s of system time instead of
      1.2 in 6 s of video, and 20 to 35 MB. Elsewhere nothing is changed.
    """
    gc.set_threshold(_YOUNG_OBJECTS, *gc.get_threshold()[1:])
    os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "4")  # 2^4 cycles, the least it takes
    with suppress(AttributeError, OSError, TypeError):  # no glibc
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)
