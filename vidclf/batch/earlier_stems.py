"""Outputs of clips that lie there under another name than these clips would get today.

A clip is `a` while it is alone and `a_mp4` beside another `a`, so its name would change as clips
come and go: it would be computed again, and its table lie there twice. Its manifest tells.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from vidclf.batch.clips import Clip
from vidclf.batch.distinct import plain_stem, stem_with_suffix
from vidclf.batch.earlier_files import EarlierFiles
from vidclf.batch.jobs import Naming
from vidclf.errors import StorageError
from vidclf.files.names import MANIFEST
from vidclf.files.places import Place
from vidclf.remote.path import RemotePath

_AT_ONCE = 16
_CHUNK = 1024


def earlier_stems(clips: Sequence[Clip], naming: Naming, files: EarlierFiles) -> dict[Clip, str]:
    """Clips whose outputs are there under the other one of their two stems, and that stem.

    Where they are there under both, the one of today is used. A name that a list gives stays.

    Args:
        clips: all of the plan.
        naming: how they would be called in an empty folder.
        files: what is there.
    """
    given = {clip.stem.casefold() for clip in clips if clip.stem is not None}

    def other_stem(clip: Clip) -> str | None:
        plain = plain_stem(clip.place)
        today = naming.stems.get(clip, plain)
        other = plain if clip in naming.stems else stem_with_suffix(clip.place)
        if clip.stem is not None or other.casefold() in given or other == today:
            return None
        is_there = _is_of(clip, other, naming, files) and not _is_of(clip, today, naming, files)
        return other if is_there else None

    if not naming.is_remote:
        return {clip: stem for clip in clips if (stem := other_stem(clip))}
    stems: dict[Clip, str] = {}
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="vidclf-names") as pool:
        for start in range(0, len(clips), _CHUNK):  # each waits for a listing of its folder
            some = clips[start : start + _CHUNK]
            found = zip(some, pool.map(other_stem, some), strict=True)
            stems |= {clip: stem for clip, stem in found if stem}
    return stems


def _is_of(clip: Clip, stem: str, naming: Naming, files: EarlierFiles) -> bool:
    """Whether the manifest of a stem tells of a clip."""
    path = naming.prefix + stem + MANIFEST
    record: Place = RemotePath(path) if naming.is_remote else Path(path)
    try:
        if not files.exists(record):
            pending = files.pending(record)
            if pending is None:
                return False
            record = pending
        told = json.loads(files.content(record))
    except (OSError, ValueError, RecursionError, StorageError):  # looking back tells why
        return False
    return isinstance(told, dict) and told.get("video") == naming.names.get(clip, clip.place)
