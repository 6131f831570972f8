"""What lies in folders elsewhere: asked for page by page, and never remembered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from vidclf.errors import SourceError
from vidclf.remote.filesystems import filesystem_of
from vidclf.remote.path import RemotePath
from vidclf.remote.problems import reading
from vidclf.remote.s3 import bucket_and_key, is_s3, pages


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file in a folder elsewhere, or a folder there."""

    place: str
    """Its path below the folder that was listed, with `/`; that of a folder ends so."""
    size_bytes: int
    """Its size; 0 for a folder."""


def listed(
    folder: RemotePath, *, recursive: bool = False, prefix: str = ""
) -> Iterator[ListedFile]:
    """What is in a folder: files and folders, or all files below it; in no certain order.

    Args:
        folder: it need not be there, as buckets know no folders: then it is empty.
        recursive: whether all files below it are wanted, and no folders.
        prefix: what the first part of the places begins with.

    Raises:
        SourceError: it cannot be listed.
    """
    found = _of_s3(folder, recursive, prefix) if is_s3(folder) else _of_others(folder, recursive)
    with reading(folder):
        for file in found:
            if file.place.startswith(prefix) and file.place.strip("/"):
                yield file


def files_below(folder: RemotePath) -> list[RemotePath]:
    """The files in a folder and below it, in the order of their names.

    Raises:
        SourceError: it cannot be listed.
    """
    if folder.is_web:
        raise SourceError(f"{folder}: a web server lists no folders: name the files in it")
    return [folder / file for file in sorted(file.place for file in listed(folder, recursive=True))]


def sizes_in(folder: RemotePath, *, prefix: str = "") -> dict[str, int]:
    """Name → size in bytes of each file in a folder.

    Args:
        folder: it need not be there.
        prefix: what the names begin with.

    Raises:
        SourceError: it cannot be listed.
    """
    files = listed(folder, prefix=prefix)
    return {file.place: file.size_bytes for file in files if not file.place.endswith("/")}


def common_beginning(names: Sequence[str]) -> str:
    """What all names begin with, by which one listing finds them among thousands of others."""
    first, last = min(names), max(names)
    same = takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    return "".join(letter for letter, _ in same)


def _of_s3(folder: RemotePath, recursive: bool, prefix: str) -> Iterator[ListedFile]:
    _, inside = bucket_and_key(folder)
    base = f"{inside.rstrip('/')}/" if inside else ""
    arguments: dict[str, Any] = {"Prefix": base + prefix}
    if not recursive:
        arguments["Delimiter"] = "/"
    for page in pages(folder, "list_objects_v2", **arguments):
        for entry in page.get("Contents") or ():
            if not entry["Key"].endswith("/"):  # what some programs put there for a folder
                yield ListedFile(entry["Key"].removeprefix(base), entry["Size"])
        for entry in page.get("CommonPrefixes") or ():
            yield ListedFile(entry["Prefix"].removeprefix(base), 0)


def _of_others(folder: RemotePath, recursive: bool) -> Iterator[ListedFile]:
    filesystem = filesystem_of(folder)
    filesystem.invalidate_cache()
    base = str(filesystem._strip_protocol(folder.address)).rstrip("/") + "/"
    try:
        if recursive:
            entries = list(filesystem.find(folder.address, detail=True).values())
        else:
            entries = filesystem.ls(folder.address, detail=True)
    except FileNotFoundError:
        return
    for entry in entries:
        place = entry["name"].removeprefix(base)
        is_folder = entry["type"] == "directory"
        yield ListedFile(f"{place.rstrip('/')}/" if is_folder else place, entry.get("size") or 0)
