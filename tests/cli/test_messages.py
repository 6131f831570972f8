from __future__ import annotations

import logging
import struct
import sys
from pathlib import Path

import pytest
from PIL import Image

from vidclf.cli.app import main
from vidclf.cli.messages import LogFormatter
from vidclf.core.printable import printable
from vidclf.core.unexpected import unexpected


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


def test_what_pillow_logs_is_not_printed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "a.tif"
    Image.new("RGB", (16, 16)).save(path)
    data = bytearray(path.read_bytes())
    samples_per_pixel = data.index(struct.pack("<HHI", 277, 3, 1)) + 8
    struct.pack_into("<I", data, samples_per_pixel, 194)
    path.write_bytes(data)
    assert main(["inspect", str(path)]) == 1
    assert not caplog.records
