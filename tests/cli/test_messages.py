from __future__ import annotations

import logging
import sys

import pytest

from vidclf.cli.messages import LogFormatter, counted, unexpected
from vidclf.core.printable import printable


def test_warnings_cannot_command_the_terminal() -> None:
    try:
        raise ValueError("\x1b[2J")
    except ValueError:
        raised = sys.exc_info()
    record = logging.LogRecord("a", logging.WARNING, "a.py", 1, "of %s", ("\x1b\n",), raised)
    told = LogFormatter("vidclf: %(message)s").format(record)
    assert told.startswith("vidclf: of \\x1b\\n\nTraceback (most recent call last):\n")
    assert told.endswith("ValueError: \\x1b[2J")


def test_an_error_that_nobody_explained_is_told_with_its_place() -> None:
    with pytest.raises(TypeError) as caught:
        printable(None)  # type: ignore[arg-type]
    assert unexpected(caught.value).startswith("unexpected TypeError at vidclf/core/printable.py:")


def test_one_is_no_plural() -> None:
    assert (counted(1, "frame"), counted(0, "frame")) == ("1 frame", "0 frames")
