"""The user's cache folder, filled safely when several processes start at once."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import platformdirs

from vidclf.core.run_warnings import get_logger

logger = get_logger(__name__)


def cache_folder() -> Path:
    """Where converted models are kept: `VIDCLF_CACHE`, or the system's place for caches."""
    return Path(os.environ.get("VIDCLF_CACHE") or platformdirs.user_cache_path("vidclf"))


def cached_folder(key: str, build: Callable[[Path], None]) -> Path:
    """The cached folder `key`; made by `build(folder)` when it is not there.

    It is built under a temporary name and then renamed, so that others see it whole or not at
    all. When two processes build it at once, the second to finish throws its own away. Where the
    cache cannot be written, the folder lasts as long as the program, with a warning.
    """
    final = cache_folder() / key
    if final.is_dir():
        return final
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        scratch = tempfile.TemporaryDirectory(prefix=".building-", dir=final.parent)
    except OSError as exc:
        _warn_once(str(cache_folder()), str(exc.strerror))
        return _passing_folder(build)
    with scratch as folder:
        work = Path(folder) / "work"
        work.mkdir()
        build(work)
        try:
            work.rename(final)
        except OSError:
            if not final.is_dir():
                raise
    return final


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


def forget(key: str) -> None:
    """Remove a cached folder that turned out to be unusable."""
    shutil.rmtree(cache_folder() / key, ignore_errors=True)
