"""What a path in a list of clips stands for."""

from __future__ import annotations

import os
from pathlib import Path

from vidclf.batch.walk import FolderWalk
from vidclf.core.addresses import address_kind, shown_address
from vidclf.errors import DataError
from vidclf.sources.location import ClipLocation


def listed_location(written: str, folder: Path, origin: str) -> ClipLocation:
    """The clip of a row; on this machine it must be there.

    Args:
        written: the path or URL, as the row has it.
        folder: where paths that are not absolute count from.
        origin: the row, for messages.

    Raises:
        DataError: it stands for no clip, or for several.
    """
    if not written:
        raise DataError(f"{origin}: the path is empty; name the clip, or take out the row")
    kind = address_kind(written)
    if kind == "url":
        return ClipLocation(kind="url", text=written)
    if kind:
        raise DataError(
            f"{origin}: {shown_address(written)} is a live input, and a list is of clips that can "
            "be read again; name it to vidclf itself"
        )
    location = ClipLocation.of(folder / written).normalised()
    if location.kind == "folder":
        _check_pictures(location, origin)
    elif location.kind == "file" and not os.path.lexists(location.text):
        raise DataError(
            f"{origin}: {location}: no such file; paths that are not absolute count from the "
            "list's folder"
        )
    return location


def _check_pictures(location: ClipLocation, origin: str) -> None:
    walk = FolderWalk(str(location), recursive=False)
    if next(walk.videos(), None) is not None:
        raise DataError(
            f"{origin}: {location} is a folder of videos, and a row is one clip; give each video "
            "a row of its own"
        )
