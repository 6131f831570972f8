"""The videos of a folder and below it, without a look at more than names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vidclf.batch.clips import real_path
from vidclf.batch.results import is_result
from vidclf.errors import SourceError
from vidclf.files.names import MANIFEST
from vidclf.sources.suffixes import has_video_suffix

_OF_THE_DISK = "lost+found/"
"""What every ext4 disk has at its top, readable to nobody but root."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder at or below the one that was named."""

    text: str
    """As named, ending in a slash; empty for the current one."""
    place: str
    """Its path below the one that was named, with `/` and ending in it; empty for that itself."""
    real: str
    """Without links."""
    is_link: bool = False
    """Whether it is a link itself."""
    by_link: bool = False
    """Whether it is a link, or lies below one."""

    @property
    def name(self) -> str:
        """What it is called in messages."""
        return self.text.rstrip(os.sep) or self.text or os.curdir

    def child(self, entry: os.DirEntry[str]) -> Folder:
        """A folder in it."""
        name, is_link = entry.name, entry.is_symlink()
        own = f"{self.real.rstrip(os.sep)}{os.sep}{name}"
        return Folder(
            text=f"{self.text}{name}{os.sep}",
            place=f"{self.place}{name}/",
            real=real_path(entry.path) if is_link else own,
            is_link=is_link,
            by_link=is_link or self.by_link,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """A video in a folder."""

    folder: Folder
    """Where it was found."""
    name: str
    """The file's name."""
    is_link: bool = False
    """Whether the file is a link."""

    @property
    def text(self) -> str:
        """Its path, as named."""
        return self.folder.text + self.name

    @property
    def place(self) -> str:
        """Its path below the folder that was named, with `/`."""
        return self.folder.place + self.name


class FolderWalk:
    """Goes through a folder: to the bottom where wanted, and into no folder twice.

    Folders that a link leads to come after all others, so that what has a place of its own is found
    there; a link to a folder above itself is not followed.
    """

    def __init__(self, text: str, *, recursive: bool, outputs: str | None = None) -> None:
        """Go through the folder `text`, normalised, but not into the real folder `outputs`."""
        self.prefix = "" if text == os.curdir else os.path.join(text, "")  # noqa: PTH118
        """The folder's name before that of a file in it."""
        self._root = Folder(text=self.prefix, place="", real=real_path(text))
        self._recursive = recursive
        inside = outputs is not None and _lies_in(self._root.real, outputs)
        self._left_out = None if inside else outputs
        self._seen: set[str] = set()
        self._links: list[Folder] = []
        self.faults: list[tuple[str, SourceError]] = []
        """Folders that cannot be read, with the reason."""
        self.passed_over: Folder | None = None
        """The folder that was left out, where it was come upon."""
        self.is_readable = True
        """Whether the folder that was named could be read."""
        self.holds_results = False
        """Whether there were videos that earlier runs had made."""

    def videos(self) -> Iterator[Video]:
        """All of them but results of earlier runs, in the order of their places, part by part."""
        yield from self._below(self._root)
        for link in self._links:  # grows meanwhile
            yield from self._below(link)

    def _below(self, folder: Folder) -> Iterator[Video]:
        levels = [self._entered(folder)]
        while levels:
            found = next(levels[-1], None)
            if found is None:
                levels.pop()
            elif isinstance(found, Folder):
                levels.append(self._entered(found))
            else:
                yield found

    def _entered(self, folder: Folder) -> Iterator[Video | Folder]:
        """What is in a folder, in order, unless it was seen before."""
        if self._left_out is not None and _lies_in(folder.real, self._left_out):
            self.passed_over = self.passed_over or folder
        elif folder.real not in self._seen:
            self._seen.add(folder.real)
            yield from self._listed(folder)

    def _listed(self, folder: Folder) -> Iterator[Video | Folder]:
        found: list[tuple[str, Video | Folder]] = []
        manifests: set[str] = set()
        try:
            with os.scandir(folder.text or os.curdir) as entries:
                for entry in entries:
                    if entry.name.endswith(MANIFEST):
                        manifests.add(entry.name)
                    if (item := self._item(folder, entry)) is not None:
                        found.append((entry.name, item))
        except OSError as exc:
            self._unreadable(folder, exc)
        found.sort(key=lambda pair: pair[0])
        for _, item in found:
            if isinstance(item, Folder) and item.is_link:
                self._put_off(item, folder)
            elif manifests and isinstance(item, Video) and is_result(Path(item.text), manifests):
                self.holds_results = True
            else:
                yield item

    def _put_off(self, link: Folder, above: Folder) -> None:
        if not _lies_in(above.real, link.real):
            self._links.append(link)

    def _item(self, folder: Folder, entry: os.DirEntry[str]) -> Video | Folder | None:
        """The video or folder that an entry is, if it is one; hidden ones do not count."""
        if has_video_suffix(entry.name):
            if entry.is_file(follow_symlinks=False):
                return Video(folder=folder, name=entry.name)
            if not _is_folder(entry):
                is_clip = entry.is_symlink() and _may_be_file(entry)
                return Video(folder=folder, name=entry.name, is_link=True) if is_clip else None
        if self._recursive and not entry.name.startswith(".") and _is_folder(entry):
            return folder.child(entry)
        return None

    def _unreadable(self, folder: Folder, exc: OSError) -> None:
        if folder.place.endswith(_OF_THE_DISK):
            return
        self.is_readable &= folder is not self._root
        remedy = "change its permissions, or " if isinstance(exc, PermissionError) else ""
        error = SourceError(
            f"{folder.name} cannot be read ({exc.strerror}): its clips are left out; "
            f"{remedy}name the clips"
        )
        self.faults.append((folder.name, error))


def _lies_in(real: str, folder: str) -> bool:
    """Whether a real path is that of a folder, or below it."""
    return real == folder or real.startswith(folder.rstrip(os.sep) + os.sep)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether it is one, or may be: a link into a folder that cannot be looked into."""
    try:
        return entry.is_dir()
    except PermissionError:
        return True
    except OSError:  # a link to itself
        return False


def _may_be_file(link: os.DirEntry[str]) -> bool:
    """Whether a link leads to a file, or to what is gone or out of reach: opening it tells that."""
    try:
        return link.is_file() or not os.path.lexists(real_path(link.path))
    except OSError:
        return True
