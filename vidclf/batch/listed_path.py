"""What a path in a list of clips stands for."""

from __future__ import annotations

import os

from vidclf.batch.walk import FolderWalk
from vidclf.dataset.table_rows import place_in
from vidclf.errors import DataError
from vidclf.files.places import Place
from vidclf.remote.path import RemotePath
from vidclf.sources.location import ClipLocation


def listed_location(written: str, folder: Place, origin: str) -> ClipLocation:
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
    place = place_in(folder, written, origin)
    if isinstance(place, RemotePath):
        if place.is_folder_name:
            raise DataError(f"{origin}: {place} is a folder, and a row is one clip; name its clips")
        return ClipLocation(kind="url", text=place.address)
    location = ClipLocation.of(place).normalised()
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
