"""`vidclf`, and `python -m vidclf`: the command in a process of its own."""

import gc
import os
import sys

from vidclf.cli.app import main

_YOUNG_OBJECTS = 10_000
"""So many new objects are looked through for garbage at once, instead of 700: imports alone make
50,000 that stay. Frames are in no cycles, so that memory does not grow by it."""


def program() -> int:
    """Run the command, with little time spent on garbage, and none on what is left at its end.

    Python searches all objects for garbage before it ends, which took longer than all else of
    an end (0.13 s of 0.18). The system takes the memory back anyway.

    OpenBLAS, of which NumPy and OpenCV have one each, starts a thread for each core when it is
    imported, and these look for work for some 0.1 s before they sleep; here they sleep at once.
    """
    os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "4")  # 2^4 cycles, the least it takes
    gc.set_threshold(_YOUNG_OBJECTS, *gc.get_threshold()[1:])
    try:
        return main()
    finally:
        gc.freeze()


if __name__ == "__main__":  # worker processes import the program, too
    sys.exit(program())
