"""Folders that a run makes for its outputs, and removes where they stay empty."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from vidclf.files.names import missing_folders
from vidclf.pipeline.job import ClipJob


class NewFolders:
    """Notes which folders are not there yet when clips are begun."""

    def __init__(self) -> None:
        self._folders: set[Path] = set()

    def note(self, job: ClipJob) -> None:
        """Note the folders that are to be made for a clip."""
        self._folders.update(missing_folders(job.outputs.values()))

    def remove_empty(self) -> None:
        """Remove those in which nothing is, once no process makes clips any more."""
        for folder in sorted(self._folders, key=lambda folder: len(folder.parts), reverse=True):
            with suppress(OSError):  # not empty, or never made
                folder.rmdir()
        self._folders.clear()
