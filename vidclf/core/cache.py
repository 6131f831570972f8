"""The user's cache folder: what is found out about models once, and used only while it is whole."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Generic, Literal, TypeVar, get_args

from vidclf.core.cache_record import RECORD, begin_check, write_record
from vidclf.core.cache_upkeep import building_prefix, remove_outdated, remove_tree
from vidclf.core.installed import installed_version
from vidclf.core.run_warnings import get_logger

T = TypeVar("T")
Kind = Literal["facts", "openvino", "features", "training", "models"]
"""A folder of the cache: what models say of themselves, their OpenVINO forms, features of pictures,
trainings that are not done yet, and models that were fetched from elsewhere."""
KINDS: tuple[Kind, ...] = get_args(Kind)
_LIBRARIES = ("keras", "openvino", "tensorflow", "tf_keras")
_UNUSABLE = (OSError, ValueError, TypeError, KeyError, RuntimeError)
"""What parsers and OpenVINO raise for files that they cannot read."""
logger = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheKey:
    """Names a cached folder by all that its content depends on."""

    kind: Kind
    """What it holds."""
    model: str
    """The model's name, for people."""
    digest: str
    """SHA-256 of the model, hexadecimal."""
    variant: str = ""
    """What else its content depends on, as part of a file name."""
    format: int
    """Version of what its files mean; to be raised with each change."""

    @property
    def folder(self) -> Path:
        """Return where it is, or would be."""
        parts = (self.digest[:32], self.variant, *_library_versions(), str(self.format))
        return cache_folder() / self.kind / "_".join(part for part in parts if part)


@cache
def _library_versions() -> tuple[str, ...]:
    return tuple(str(installed_version(library)) for library in _LIBRARIES)


def cache_folder() -> Path:
    """Where converted models are kept: `VIDCLF_CACHE`, or the system's place for caches."""
    if named := os.environ.get("VIDCLF_CACHE"):
        return Path(named)
    from platformdirs import user_cache_path  # only runs that keep something need it

    return Path(user_cache_path("vidclf"))


def growing_folder(key: CacheKey) -> Path:
    """Return a cached folder that its users add to, made if it is not there.

    Nobody checks its files, so they must bear to be cut off. Where the cache cannot be written, the
    folder lasts as long as the program, with a warning.
    """
    try:
        key.folder.mkdir(parents=True, exist_ok=True)
        if (key.folder / RECORD).exists():
            os.utime(key.folder / RECORD)
        else:
            write_record(key.folder, file_format=key.format, model=key.model, names=())
    except OSError as exc:
        _warn_once(str(cache_folder()), str(exc.strerror or exc))
        return _passing_folder(lambda folder: None)
    remove_outdated(key.folder.parent, file_format=key.format)
    return key.folder


class CachedUse(Generic[T]):
    """Holds what was made of a cached folder, whose large files may still be in check."""

    def __init__(self, value: T, confirm: Callable[[], T] | None = None) -> None:
        self.value = value
        self._confirm = confirm

    def confirmed(self) -> T:
        """Return what was made of whole files: the value, or another one if they were not."""
        if self._confirm is not None:
            self.value, self._confirm = self._confirm(), None
        return self.value


def use_cached(key: CacheKey, *, build: Callable[[Path], None], use: Callable[[Path], T]) -> T:
    """Return what `use` makes of a cached folder, which `build` fills when it is not there.

    A folder whose files are not those that were written, or that `use` cannot read, is removed and
    built again. It is built under a temporary name and then renamed, so that others see it whole or
    not at all. When two processes build it at once, the second to finish throws its own away. Where
    the cache cannot be written, the folder lasts as long as the program, with a warning.

    Args:
        key: which folder.
        build: writes files into an empty folder.
        use: reads them; called again after a folder turned out to be damaged.
    """
    return begin_use(key, build=build, use=use).confirmed()


def begin_use(
    key: CacheKey, *, build: Callable[[Path], None], use: Callable[[Path], T]
) -> CachedUse[T]:
    """Do as `use_cached`, but return while large files are still being checked."""

    def again(reason: Exception) -> T:
        logger.info("what is kept of %s is made again (%s)", key.model, reason)
        remove_tree(key.folder)
        return use(_built(key, build))

    if not os.path.lexists(key.folder):
        return CachedUse(use(_built(key, build)))
    try:
        wait = begin_check(key.folder)
        value = use(key.folder)
    except _UNUSABLE as exc:
        return CachedUse(again(exc))

    def confirm() -> T:
        try:
            wait()
        except _UNUSABLE as exc:
            return again(exc)
        _touch(key.folder / RECORD)
        return value

    return CachedUse(value, confirm)


def _touch(record: Path) -> None:
    """Note that a folder was used; a cache that is only read has nobody who counts days."""
    try:
        os.utime(record)
    except OSError as exc:
        logger.debug("cannot touch %s (%s)", record, exc)


def _built(key: CacheKey, build: Callable[[Path], None]) -> Path:
    """Build a folder in its place; where that cannot be written, in one that passes."""
    kind = key.folder.parent
    try:
        kind.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            prefix=building_prefix(), dir=kind, ignore_cleanup_errors=True
        ) as scratch:
            work = Path(scratch) / "work"
            work.mkdir()
            build(work)
            write_record(work, file_format=key.format, model=key.model)
            folder = _put_in_place(work, key.folder)
    except OSError as exc:
        _warn_once(str(cache_folder()), str(exc.strerror or exc))
        return _passing_folder(build)
    remove_outdated(kind, file_format=key.format)
    return folder


def _put_in_place(work: Path, final: Path) -> Path:
    """Rename what was built; another process may have been faster, or rubbish in the way."""
    try:
        return work.rename(final)
    except OSError as exc:
        try:
            begin_check(final)()
        except _UNUSABLE:
            _warn_once(str(final), str(exc.strerror))
            return _passing_folder(lambda folder: _copy(work, folder))
        return final


def _copy(source: Path, target: Path) -> None:
    shutil.copytree(source, target, dirs_exist_ok=True)


@cache
def _warn_once(folder: str, reason: str) -> None:
    logger.warning(
        "cannot keep what is known of the model in %s (%s), so each run finds it out again: name "
        "another folder with VIDCLF_CACHE",
        folder,
        reason,
    )


def _passing_folder(build: Callable[[Path], None]) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="vidclf-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    build(folder)
    return folder
