"""Standard output and error that outlast their readers: a run does not depend on being watched."""

from __future__ import annotations

import io
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class LastingFile(io.FileIO):
    """A standard stream that drops what nobody takes any more, and remembers why."""

    failure: OSError | None = None

    def write(self, data: ReadableBuffer, /) -> int:
        """Write, or say so; always as if it had gone well."""
        if self.failure is None:
            try:
                return super().write(data)
            except OSError as exc:
                self.failure = exc
        return memoryview(data).nbytes


@contextmanager
def lasting_streams() -> Iterator[LastingFile | None]:
    """Let a command print whatever becomes of its output: closed, full, or left by its reader.

    Each line is printed at once, and what the encoding lacks as "?". Streams that a program put in
    place of its own, or a console of Windows, only get the latter.

    Yields:
        Standard output; None where it is none of ours.
    """
    _open_closed_descriptors()
    output, error = sys.stdout, sys.stderr
    sys.stdout, lasting_output = _lasting(output, 1)
    sys.stderr, _ = _lasting(error, 2)
    try:
        yield lasting_output
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        sys.stdout, sys.stderr = output, error


@contextmanager
def native_talk_dropped() -> Iterator[None]:
    """Drop what native libraries print on standard error, and print what Python has to say.

    libjpeg prints a line for each damaged picture, and cannot be told not to: of a server that
    would be as many lines as anybody likes. To be used within `lasting_streams`; a standard error
    that a program put in place of its own is left as it is.
    """
    error = sys.stderr
    if not isinstance(getattr(getattr(error, "buffer", None), "raw", None), LastingFile):
        yield
        return
    handlers = [
        handler
        for handler in logging.root.handlers
        if isinstance(handler, logging.StreamHandler) and handler.stream is error
    ]
    kept = os.dup(2)
    sys.stderr = _text(LastingFile(kept, "w"), error.encoding)
    for handler in handlers:
        handler.setStream(sys.stderr)
    with open(os.devnull, "wb") as nothing:  # noqa: PTH123 - no file
        os.dup2(nothing.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        for handler in handlers:
            handler.setStream(error)
        sys.stderr.close()
        sys.stderr = error


def _open_closed_descriptors() -> None:
    """Put nothing where standard streams were closed (`>&-`), lest an output get their place.

    Native libraries print on descriptor 2 whatever file that is.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)


def _lasting(stream: TextIO | None, descriptor: int) -> tuple[TextIO, LastingFile | None]:
    if stream is not None and not _is_plain_file(stream):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
        return stream, None
    file = LastingFile(descriptor, "w", closefd=False)
    return _text(file, stream.encoding if stream else "utf-8"), file


def _text(file: LastingFile, encoding: str) -> TextIO:
    return io.TextIOWrapper(
        io.BufferedWriter(file), encoding=encoding, errors="replace", line_buffering=True
    )


def _is_plain_file(stream: TextIO) -> bool:
    buffer = getattr(stream, "buffer", None)
    is_own = stream in (sys.__stdout__, sys.__stderr__)
    return is_own and type(getattr(buffer, "raw", buffer)) is io.FileIO
