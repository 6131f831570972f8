"""Videos that earlier runs made are no clips of the next one."""

from __future__ import annotations

import json
import os
from collections.abc import Collection
from pathlib import Path

from vidclf.files.names import MANIFEST, has_result_name, may_be_made


def is_result(video: Path, manifests: Collection[str]) -> bool:
    """Whether an earlier run, or a command that started from its table, made a video.

    Names tell of nearly all. A video that bears the whole name of a manifest is that run's clip or
    what it made (`-o dog.mp4`): then the manifest is read, and the file itself opened if need be.

    Args:
        video: the file.
        manifests: the names of all manifests beside it.
    """
    if not manifests:
        return False
    if has_result_name(video.name, manifests):
        return True
    if not may_be_made(video.name, manifests) or _is_clip_of_a_run(video, manifests):
        return False
    from vidclf.sinks.signature import is_signed  # PyAV takes 0.1 s to import

    return is_signed(video)


def _is_clip_of_a_run(video: Path, manifests: Collection[str]) -> bool:
    """Whether the manifest of its name tells that a run has read it: opening it takes 3 ms."""
    name = video.stem + MANIFEST
    if name not in manifests:
        return False
    try:
        source = json.loads(video.with_name(name).read_bytes())["source"]
        return bool(os.path.abspath(source) == os.path.abspath(video))  # noqa: PTH100 - fast
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return False
