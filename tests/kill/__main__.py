"""The command `python -m tests.kill`."""

from __future__ import annotations

import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]

if __name__ == "__main__":
    sys.path[:0] = [str(TESTS), str(TESTS.parent)]  # as pytest has them
    from kill.command import main

    sys.exit(main())
