"""Models that lie elsewhere: fetched once with what lies beside them, and kept in the cache.

A copy is kept by address and version, so that a second run fetches nothing but asks whether the
files are still the same. Nothing of a query or password is kept.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from vidclf.core.cache import CacheKey, cache_folder, use_cached
from vidclf.core.cache_record import RECORD
from vidclf.core.run_warnings import get_logger
from vidclf.errors import ModelError, SourceError
from vidclf.models.labels.checks import label_file_names
from vidclf.remote.access import current_access
from vidclf.remote.listing import files_below
from vidclf.remote.path import RemotePath
from vidclf.remote.problems import is_without_answer
from vidclf.remote.reading import RemoteInfo, local_copy, remote_exists, remote_info

logger = get_logger(__name__)

MOST_BYTES = 4 * 10**9
"""Of a model with all that belongs to it."""
_FORMAT = 1
_QUESTIONS_AT_ONCE = 8
_WEIGHTS = {
    ".onnx": ("{name}.data", "{name}_data", "{stem}.data", "{stem}.bin", "{stem}.weights"),
    ".xml": ("{stem}.bin",),
}
"""Suffix → what the files of a graph's weights are called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """A file of a model."""

    info: RemoteInfo
    """Where it lies, and what is known of it."""
    name: str
    """Its path below the model's folder, with `/`."""


def fetched_model(place: RemotePath) -> Path:
    """A local copy of a model: a file, or a folder, with what lies beside it.

    Args:
        place: the file, or the folder of a SavedModel.

    Raises:
        ModelError: it is not there, cannot be reached and was never fetched, or is too large.
    """
    try:
        files = _files(place)
    except SourceError as exc:
        if is_without_answer(exc) and (kept := _latest(place)) is not None:
            logger.warning("%s; what was fetched of it earlier is used", exc)
            return kept / place.name
        raise ModelError(str(exc)) from exc
    key = CacheKey(
        kind="models",
        model=place.name,
        digest=_address_digest(place),
        variant=_version_digest(files),
        format=_FORMAT,
    )
    try:
        folder = use_cached(key, build=_fetching(place, files), use=lambda folder: folder)
    except SourceError as exc:
        raise ModelError(str(exc)) from exc
    return folder / place.name


def _files(place: RemotePath) -> list[_File]:
    """All files that belong to a model, those that need not be there only where they are.

    Raises:
        SourceError: it is not there, or cannot be reached.
    """
    if place.suffix and not place.is_folder_name:
        stem, weights = place.stem, _WEIGHTS.get(place.suffix.lower(), ())
        own = [_File(info=remote_info(place), name=place.name)]
        beside = [name.format(name=place.name, stem=stem) for name in weights]
    else:
        own, stem, beside = _folder_files(place), place.name, []
    if place.is_web and "?" in place.address:
        return own  # a signed address opens this file and none beside it
    names = dict.fromkeys([*beside, f"{stem}.json", *label_file_names(stem)])
    return own + _found([place.with_name(name) for name in names if name != place.name])


def _folder_files(folder: RemotePath) -> list[_File]:
    paths = files_below(folder.folder)
    base = f"{str(folder).rstrip('/')}/"
    if base + "saved_model.pb" not in map(str, paths):
        raise SourceError(
            f"{folder} is no model: there is no saved_model.pb in it; check the name, which for a "
            "file ends in .keras, .h5, .tflite, .onnx or .xml"
        )
    return [
        _File(info=remote_info(path), name=f"{folder.name}/{str(path).removeprefix(base)}")
        for path in paths
    ]


def _found(paths: Sequence[RemotePath]) -> list[_File]:
    """Those files that are there and may be read."""
    with ThreadPoolExecutor(_QUESTIONS_AT_ONCE, "vidclf-beside") as executor:
        infos = executor.map(_info_or_none, paths)
        return [_File(info=info, name=info.path.name) for info in infos if info is not None]


def _info_or_none(path: RemotePath) -> RemoteInfo | None:
    try:
        return remote_info(path) if remote_exists(path) else None
    except SourceError as exc:
        logger.info("%s", exc)
        return None


def _fetching(place: RemotePath, files: Sequence[_File]) -> Callable[[Path], None]:
    """What fills an empty folder with copies."""

    def fetch(folder: Path) -> None:
        left = MOST_BYTES
        for file in files:
            known = sum(other.info.size_bytes or 0 for other in files)
            if known > MOST_BYTES:
                raise ModelError(
                    f"{place} has {known / 1e9:.1f} GB, and at most {MOST_BYTES / 1e9:.0f} GB are "
                    "fetched: download it first"
                )
            with local_copy(file.info.path, most_bytes=left) as copy:
                left -= copy.stat().st_size
                (folder / file.name).parent.mkdir(parents=True, exist_ok=True)
                shutil.move(copy, folder / file.name)

    return fetch


def _latest(place: RemotePath) -> Path | None:
    """What was last used of what was fetched of a model."""
    kind = cache_folder() / "models"
    records = list(kind.glob(f"{_address_digest(place)[:32]}_*/{RECORD}"))
    newest = max(records, key=lambda record: record.stat().st_mtime, default=None)
    return newest.parent if newest and (newest.parent / place.name).exists() else None


def _address_digest(place: RemotePath) -> str:
    """What tells the model from others; of what may be shown of its address alone."""
    return _digest([str(place).rstrip("/"), current_access().endpoint_url or ""])


def _version_digest(files: Iterable[_File]) -> str:
    """What changes with any of the files."""
    parts = (
        f"{file.name} {file.info.version} {file.info.size_bytes} {file.info.modified_ns}"
        for file in files
    )
    return _digest(sorted(parts))[:16]


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
