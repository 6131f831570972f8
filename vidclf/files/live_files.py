"""The files of a live run while it is under way: hidden, readable at any moment, never removed.

A part of a live run is written to hidden files beside its outputs: `.door.1f2e3d4c.live.mp4`, a
table of the same name, and a journal, `….live.json`, which tells what the outputs are to be. Its
writer holds a lock on the journal. When the part is done, outputs are made of these files, and they
are removed. When its writer is killed they stay, and `vidclf recover` makes the outputs.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vidclf.core.file_lock import lock_file
from vidclf.core.machine import machine_digest
from vidclf.errors import OutputError
from vidclf.files.temporary_names import new_token
from vidclf.files.write_errors import explained

_STEM_LENGTH = 48
_JOURNAL = re.compile(r"\..+\.[0-9a-f]{8}\.live\.json")
_FORMAT = 1
_DEAD_AFTER_SECONDS = 24 * 3600
_QUIET_AFTER_SECONDS = 60
"""Where the disk knows no locks, files that are not written to for so long have no writer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """What a journal tells of a part."""

    path: Path
    """The journal itself."""
    files: Mapping[str, Path]
    """Kind → hidden file."""
    outputs: Mapping[str, str]
    """Kind → where the output is to be."""
    run: Mapping[str, Any]
    """What the manifest says of the run, as far as it is known from the beginning."""
    machine: str | None
    """Whose writer it is."""

    def remove(self) -> None:
        """Remove the hidden files, the journal last."""
        for path in (*self.files.values(), self.path):
            path.unlink(missing_ok=True)


class LiveFiles:
    """The hidden files of a part that is being written; they stay unless `remove` is called.

    Args:
        folder: where they lie.
        stem: the outputs' name without ending.
        suffixes: kind → suffix of the files that are written as the part goes on.
        outputs: kind → place of what is made of them.
        run: what the manifest says of the run, as far as it is known by now.

    Raises:
        OutputError: they cannot be made.
    """

    def __init__(
        self,
        folder: Path,
        stem: str,
        *,
        suffixes: Mapping[str, str],
        outputs: Mapping[str, str],
        run: Mapping[str, Any],
    ) -> None:
        with explained(folder / stem):
            folder.mkdir(parents=True, exist_ok=True)  # it is not the outputs' own, perhaps
        begin = f".{stem[:_STEM_LENGTH]}.{new_token()}.live"
        self.paths = {kind: folder / f"{begin}{suffix}" for kind, suffix in suffixes.items()}
        self.journal = folder / f"{begin}.json"
        told = {
            "format": _FORMAT,
            "machine": machine_digest(),
            "files": {kind: path.name for kind, path in self.paths.items()},
            "outputs": dict(outputs),
            "run": run,
        }
        text = json.dumps(told, indent=1, default=str)
        with explained(self.journal, kind="the journal"):
            self._descriptor = os.open(self.journal, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
            try:
                lock_file(self._descriptor)
                os.write(self._descriptor, text.encode())
            except BaseException:
                self.release()
                self.journal.unlink(missing_ok=True)
                raise

    def sync(self) -> None:
        """Have the disk hold what is written by now, so that it outlasts a power cut."""
        for path in (*self.paths.values(), self.journal):
            with suppress(OSError), path.open("rb") as file:
                os.fsync(file.fileno())

    def release(self) -> None:
        """Give the lock back; the files stay."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor = -1

    def remove(self) -> None:
        """Remove the files, the journal last, and give the lock back."""
        for path in (*self.paths.values(), self.journal):
            with suppress(OSError):  # what is left is found to be done by `vidclf recover`
                path.unlink(missing_ok=True)
        self.release()


def journals_in(folder: Path) -> list[Path]:
    """The journals in a folder, by name.

    Raises:
        OSError: it cannot be looked into.
    """
    return sorted(path for path in folder.iterdir() if _JOURNAL.fullmatch(path.name))


def remove_empty_journal(path: Path) -> bool:
    """Remove a journal of a writer that died before it had told anything; whether it was one.

    Raises:
        BlockingIOError: its writer lives.
    """
    if path.stat().st_size:
        return False
    descriptor = os.open(path, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    try:
        lock_file(descriptor)
        if is_empty := not os.fstat(descriptor).st_size:
            path.unlink(missing_ok=True)
        return is_empty
    finally:
        os.close(descriptor)


class HeldJournal:
    """A journal whose writer is dead, held so that nobody else makes outputs of it.

    Args:
        path: the journal.

    Raises:
        BlockingIOError: its writer lives, or another one holds it.
        OutputError: it tells nothing that can be used.
        OSError: it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
        try:
            has_locks = lock_file(self._descriptor)
            self.journal = _read(path, os.pread(self._descriptor, 2**24, 0))
            _check_dead(self.journal, has_locks=has_locks)
        except BaseException:
            os.close(self._descriptor)
            raise

    def __enter__(self) -> Journal:
        return self.journal

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)


def _read(path: Path, data: bytes) -> Journal:
    try:
        told = json.loads(data)
        files = {str(kind): path.with_name(Path(name).name) for kind, name in _items(told, "files")}
        outputs = {str(kind): str(place) for kind, place in _items(told, "outputs")}
        run = dict(_items(told, "run"))
        if told["format"] != _FORMAT or not {"manifest", "table"} <= outputs.keys():
            raise ValueError
        machine = told["machine"]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise OutputError(
            f"{path}: is no journal of a live run that this vidclf can read; look at the files "
            "beside it"
        ) from None
    return Journal(path=path, files=files, outputs=outputs, run=run, machine=machine)


def _items(told: Mapping[str, Any], name: str) -> Iterator[tuple[str, Any]]:
    yield from told[name].items()


def _check_dead(journal: Journal, *, has_locks: bool) -> None:
    """See that nobody writes the files of a journal whose lock tells nothing.

    Raises:
        BlockingIOError: somebody may.
    """
    is_ours = journal.machine is not None and journal.machine == machine_digest()
    if has_locks and is_ours:
        return
    wait_seconds = _QUIET_AFTER_SECONDS if is_ours else _DEAD_AFTER_SECONDS
    last = 0.0
    for path in journal.files.values():
        with suppress(OSError):
            last = max(last, path.stat().st_mtime)
    if time.time() - last < wait_seconds:
        raise BlockingIOError(f"{journal.path} was written to a short time ago")
