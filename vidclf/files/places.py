"""A place of a file: on a disk of this machine, or elsewhere."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TypeAlias, TypeVar

from vidclf.core.addresses import address_kind, is_url, refusal
from vidclf.core.wildcards import matching_files
from vidclf.errors import UsageError
from vidclf.remote.path import RemotePath
from vidclf.remote.wildcards import matching_places

Place: TypeAlias = Path | RemotePath
"""Both have `name`, `stem`, `suffix`, `parent`, `with_name`, `with_suffix` and `/`; `str` gives
what may be shown."""
SomePlace = TypeVar("SomePlace", Path, RemotePath, Path | RemotePath)


def place_of(named: str | os.PathLike[str] | RemotePath) -> Place:
    """The place that a name stands for; whether something is there is not looked at.

    Raises:
        UsageError: a live input is named.
    """
    if isinstance(named, RemotePath):
        return named
    kind = address_kind(named)
    if kind == "url":
        return RemotePath(os.fspath(named))
    if kind:
        raise UsageError(refusal(os.fspath(named)))
    return Path(named)


def named_places(named: str | os.PathLike[str] | RemotePath) -> list[Place]:
    """The places that a name stands for: those that its wildcards match, or the one of this name.

    Raises:
        UsageError: a live input is named.
        SourceError: a bucket cannot be listed.
    """
    place = place_of(named)
    if isinstance(place, RemotePath):
        return [*matching_places(place)]
    return [Path(path) for path in matching_files(place)]


def output_place(named: str | os.PathLike[str] | Place) -> Place:
    """The place that an output's name stands for.

    Raises:
        UsageError: it is a web address or a live stream, which take no files.
    """
    if not isinstance(named, RemotePath) and not is_url(named):
        return Path(named)
    address = named.address if isinstance(named, RemotePath) else os.fspath(named)
    place = RemotePath(address)
    if place.is_web or address_kind(address) == "stream":
        raise UsageError(
            f"-o {place}: nothing can be written to such an address: name a folder of this machine "
            "or of a bucket (s3://BUCKET/FOLDER/)"
        )
    return place


def address_of(place: Place) -> str:
    """The name from which `place_of` makes the place again; that of a URL may hold secrets."""
    return os.fspath(place) if isinstance(place, Path) else place.address
