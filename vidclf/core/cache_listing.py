"""What the cache holds, and how it is emptied, whatever lies in its folder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from vidclf.core.cache import KINDS, cache_folder
from vidclf.core.cache_record import RECORD, DamagedFolderError, read_record
from vidclf.core.cache_upkeep import is_being_built, is_entry, remove_tree


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheEntry:
    """Describes one folder of the cache."""

    path: Path
    """Where it is."""
    kind: str
    """`facts`, what a model file says of itself; `openvino`, its converted form; `features` of
    pictures; `training`, one that is not done yet; or `models`, one fetched from elsewhere."""
    model: str | None
    """The model's name; None where the folder is unfinished, damaged or of an older version."""
    size: int
    """Bytes."""
    last_used: datetime
    """When it was last used, in UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheListing:
    """Lists folders of the cache, the one used last first."""

    folder: Path
    """Where the cache is."""
    entries: tuple[CacheEntry, ...]
    """Its folders."""

    @property
    def size(self) -> int:
        """Return the bytes of all together."""
        return sum(entry.size for entry in self.entries)


def list_cache() -> CacheListing:
    """List what is kept of models between runs: the same as `vidclf cache`."""
    entries = [_describe(path, kind) for kind in KINDS for path in _entries(kind)]
    entries.sort(key=lambda entry: entry.last_used, reverse=True)
    return CacheListing(folder=cache_folder(), entries=tuple(entries))


def clear_cache() -> CacheListing:
    """Empty the cache: the same as `vidclf cache --clear`.

    Nothing is removed but what vidclf put there, and not what another process is filling now.

    Returns:
        What was removed.
    """
    listing = list_cache()
    removed = [
        entry
        for entry in listing.entries
        if not is_being_built(entry.path) and remove_tree(entry.path)
    ]
    return CacheListing(folder=listing.folder, entries=tuple(removed))


def _entries(kind: str) -> list[Path]:
    try:
        return [path for path in (cache_folder() / kind).iterdir() if is_entry(path)]
    except OSError:  # missing, or not to be read
        return []


def _describe(path: Path, kind: str) -> CacheEntry:
    try:
        model = read_record(path).model
    except (OSError, DamagedFolderError):
        model = None
    files = [path, *path.rglob("*")] if path.is_dir() else [path]
    seconds = _modified(path / RECORD) or _modified(path)
    return CacheEntry(
        path=path,
        kind=kind,
        model=model,
        size=sum(_size(file) for file in files),
        last_used=datetime.fromtimestamp(seconds, UTC),
    )


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size if not path.is_dir() else 0
    except OSError:
        return 0


def _modified(path: Path) -> float:
    try:
        return path.lstat().st_mtime
    except OSError:
        return 0.0
