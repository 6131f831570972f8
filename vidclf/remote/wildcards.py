"""Names with `*` in buckets, matched as on a disk: by listings of what they can match."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fnmatch import translate

from vidclf.core.wildcards import WILDCARD
from vidclf.remote.listing import listed
from vidclf.remote.path import RemotePath

_ANY_DEPTH = "**"


def has_wildcard(path: RemotePath) -> bool:
    """Whether a name stands for all that it matches; web addresses have `?` for something else."""
    return not path.is_web and bool(WILDCARD.search(path.address.partition("://")[2]))


def matching_places(path: RemotePath) -> list[RemotePath]:
    """The files and folders that a name with wildcards matches, in order; else the name itself.

    As on a disk, `*` matches no hidden file and no slash, `**` folders at any depth, and a name
    that matches nothing stands for itself. A web server tells no list, so nothing matches there.

    Raises:
        SourceError: a bucket cannot be listed.
    """
    if not has_wildcard(path):
        return [path]
    scheme, _, rest = path.address.partition("://")
    top, *parts = rest.split("/")
    found = _expanded(RemotePath(f"{scheme}://{top}"), parts)
    return sorted(found, key=lambda place: place.address) or [path]


def _expanded(folder: RemotePath, parts: Sequence[str]) -> Iterator[RemotePath]:
    part, rest = parts[0], parts[1:]
    if part == _ANY_DEPTH:
        yield from _at_any_depth(folder, parts)
    elif rest == [""]:  # a folder, as it is named
        yield from (found for found in _expanded(folder, [part]) if found.is_folder_name)
    elif rest and not WILDCARD.search(part):
        yield from _expanded(folder / part, rest)
    else:
        for found in _in_folder(folder, part):
            if not rest:
                yield found
            elif found.is_folder_name:
                yield from _expanded(found, rest)


def _in_folder(folder: RemotePath, part: str) -> Iterator[RemotePath]:
    wildcard = WILDCARD.search(part)
    prefix = part[: wildcard.start()] if wildcard else part
    for entry in listed(folder, prefix=prefix):
        name = entry.place.rstrip("/")
        if name == part if wildcard is None else _matches(name, part):
            yield (folder / name).folder if entry.place.endswith("/") else folder / name


def _at_any_depth(folder: RemotePath, parts: Sequence[str]) -> Iterator[RemotePath]:
    """The files below a folder whose places match parts of which some are `**`."""
    for entry in listed(folder, recursive=True):
        if _matches_all(entry.place.split("/"), parts):
            yield folder / entry.place


def _matches_all(names: Sequence[str], parts: Sequence[str]) -> bool:
    if not parts:
        return not names
    if parts[0] == _ANY_DEPTH and _matches_all(names, parts[1:]):
        return True
    if not names or not _matches(names[0], parts[0]):
        return False
    return _matches_all(names[1:], parts if parts[0] == _ANY_DEPTH else parts[1:])


def _matches(name: str, part: str) -> bool:
    is_hidden = name.startswith(".") and not part.startswith(".")
    return not is_hidden and re.fullmatch(translate(part), name) is not None
