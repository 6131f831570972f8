"""`vidclf`, and `python -m vidclf`: the command in a process of its own."""

import gc
import sys

from vidclf.cli.app import main
from vidclf.core.own_process import tune_process


def program() -> int:
    """Run the command; nothing that is left at its end is looked through for garbage.

    Python would search all objects before it ends, which took longer than all else of an end
    (0.13 s of 0.18). The system takes the memory back anyway.
    """
    tune_process()
    try:
        return main()
    finally:
        gc.freeze()


if __name__ == "__main__":  # worker processes import the program, too
    sys.exit(program())
