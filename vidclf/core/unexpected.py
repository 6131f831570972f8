"""What is said of an error that nobody explained."""

from __future__ import annotations

import traceback
from pathlib import Path
from types import TracebackType

_PACKAGE = Path(__file__).parents[1]


def unexpected(error: BaseException) -> str:
    """Its kind, the line of vidclf that it came from, and its own words."""
    place = _place(error.__traceback__)
    return f"unexpected {type(error).__name__}{place}: {error}"


def _place(raised: TracebackType | None) -> str:
    for step in reversed(traceback.extract_tb(raised)):
        file = Path(step.filename)
        if file.is_relative_to(_PACKAGE):
            return f" at {file.relative_to(_PACKAGE.parent).as_posix()}:{step.lineno}"
    return ""
