"""The record in each cached folder: which files belong to it, and their digests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

RECORD = "record.json"
_QUICK_BYTES = 2**20
"""A file up to this size is hashed before anything reads it: that takes a millisecond."""


class DamagedFolderError(ValueError):
    """The files of a cached folder are not those that were put there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """Describes one file of a cached folder as it was written."""

    size: int
    """Bytes."""
    sha256: str
    """Hexadecimal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Describes a cached folder: what it is about, and its files."""

    format: int
    """Version of what its files mean."""
    model: str
    """The model's name, for people."""
    files: Mapping[str, StoredFile]
    """Name, with `/` → what the file must be."""


def write_record(
    folder: Path, *, file_format: int, model: str, names: Iterable[str] | None = None
) -> None:
    """Write the record of a folder: of the files that lie in it now, or of some of them."""
    if names is None:
        found = (path for path in folder.rglob("*") if path.is_file())
        names = sorted(path.relative_to(folder).as_posix() for path in found)
    files = {name: _stored(folder / name) for name in names}
    record = Record(format=file_format, model=model, files=files)
    (folder / RECORD).write_text(json.dumps(asdict(record)), encoding="utf-8")


def read_record(folder: Path) -> Record:
    """Read the record of a cached folder.

    Raises:
        DamagedFolderError: it is not a record.
        OSError: it is not there.
    """
    text = (folder / RECORD).read_text(encoding="utf-8", errors="replace")
    try:
        fields = json.loads(text)
        files = {str(name): StoredFile(**file) for name, file in fields["files"].items()}
        return Record(format=int(fields["format"]), model=str(fields["model"]), files=files)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as exc:
        raise DamagedFolderError(f"{RECORD} is no record: {exc}") from exc


def begin_check(folder: Path) -> Callable[[], None]:
    """Check a cached folder's files against its record, the large ones in a thread.

    Returns:
        Waits for the thread. What was made of the folder counts only after it returned; where a
        file is not what was written, it raises a DamagedFolderError.

    Raises:
        DamagedFolderError: a file is missing, or was seen at once not to be what was written.
        OSError: the folder cannot be read.
    """
    files = read_record(folder).files
    for name, file in files.items():
        if (folder / name).stat().st_size != file.size:
            raise DamagedFolderError(f"{name} has another size")
    quick = {name: file for name, file in files.items() if file.size <= _QUICK_BYTES}
    large = {name: file for name, file in files.items() if name not in quick}
    _check_hashes(folder, quick)
    if not large:
        return lambda: None
    from concurrent.futures import ThreadPoolExecutor

    executor = ThreadPoolExecutor(1, "vidclf-check")
    check = executor.submit(_check_hashes, folder, large)
    executor.shutdown(wait=False)
    return check.result


def _check_hashes(folder: Path, files: Mapping[str, StoredFile]) -> None:
    for name, file in files.items():
        if _stored(folder / name) != file:
            raise DamagedFolderError(f"{name} is not what was written")


def _stored(path: Path) -> StoredFile:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return StoredFile(size=path.stat().st_size, sha256=digest)
