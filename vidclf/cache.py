"""The user's cache folder, filled safely when several processes start at once."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import platformdirs


def cache_folder() -> Path:
    """Where converted models are kept: `VIDCLF_CACHE`, or the system's place for caches."""
    return Path(os.environ.get("VIDCLF_CACHE") or platformdirs.user_cache_path("vidclf"))


def cached_folder(key: str, build: Callable[[Path], None]) -> Path:
    """The cached folder `key`; made by `build(folder)` when it is not there.

    It is built under a temporary name and then renamed, so that others see it whole or not at
    all. When two processes build it at once, the second to finish throws its own away.
    """
    final = cache_folder() / key
    if final.is_dir():
        return final
    final.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".building-", dir=final.parent) as scratch:
        work = Path(scratch) / "work"
        work.mkdir()
        build(work)
        try:
            work.rename(final)
        except OSError:
            if not final.is_dir():
                raise
    return final


def forget(key: str) -> None:
    """Remove a cached folder that turned out to be unusable."""
    shutil.rmtree(cache_folder() / key, ignore_errors=True)
