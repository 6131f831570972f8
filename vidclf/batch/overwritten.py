"""Inputs are not written over, whatever links lead from an output to one."""

from __future__ import annotations

import os
from collections.abc import Iterable

from vidclf.batch.clips import Clip, ClipList, real_path
from vidclf.batch.jobs import Naming
from vidclf.errors import UsageError
from vidclf.files.places import Place
from vidclf.remote.path import RemotePath


def check_folder(clips: Iterable[Clip], naming: Naming, found: ClipList) -> None:
    """See that no output of any clip is an input; the disk is asked once for each folder.

    Raises:
        UsageError: one is.
    """
    inputs: dict[str, set[str]] = {}
    for clip in clips:
        below = clip.place.rpartition("/")[0]
        if below not in inputs:
            folder = os.path.split(naming.stem(clip))[0]
            inputs[below] = (
                set(found.names_in(folder)) if naming.is_remote else _inputs_in(folder, found)
            )
        if names := inputs[below]:
            stem = naming.stem(clip)
            for file in (stem + ending for ending in naming.endings_of(clip).values()):
                if os.path.split(file)[1] in names:
                    raise _would_be_replaced(file)


def check_files(files: Iterable[Place], clips: ClipList) -> None:
    """See that none of a few files is an input.

    Raises:
        UsageError: one is.
    """
    for file in files:
        real = file.address if isinstance(file, RemotePath) else real_path(file)
        if _is_input(real, clips):
            raise _would_be_replaced(file)


def _inputs_in(folder: str, clips: ClipList) -> set[str]:
    """The names in a folder of outputs that are, or lead to, inputs."""
    names = set(clips.names_in(real_path(folder)))
    try:
        with os.scandir(folder or os.curdir) as entries:
            links = [entry for entry in entries if entry.is_symlink()]
    except OSError:  # it is not there yet, or writing will tell
        return names
    return names | {link.name for link in links if _is_input(real_path(link.path), clips)}


def _is_input(real: str, clips: ClipList) -> bool:
    folder, name = os.path.split(real)
    return name in clips.names_in(folder)


def _would_be_replaced(file: str | Place) -> UsageError:
    return UsageError(f"{file} is an input: name another output, it would be replaced")
