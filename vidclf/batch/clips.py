"""The clips of a plan: each once, however often and by whatever links it is named."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from vidclf.settings import Position
from vidclf.sources.location import ClipLocation
from vidclf.table.carried import CarriedCells


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipRow:
    """What the row of a list says of its clip."""

    start: Position | None = None
    """First place kept; None for what the run's settings say."""
    end: Position | None = None
    """First place no longer kept, likewise."""
    stem: str | None = None
    """What the names of its outputs begin with, with `/`; None where the row gives no name."""
    columns: CarriedCells = field(default_factory=CarriedCells)
    """What is carried into its table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """A clip that was named itself, or a video below a folder that was named."""

    named: ClipLocation | str
    """The clip as it was named, or the folder, ending in a slash (empty for the current one)."""
    place: str
    """Its path below what was named, with `/`; the name of what was named itself."""
    by_link: bool = False
    """Whether it is a link, or a link leads to its folder."""
    row: ClipRow | None = None
    """What a list says of it; None where it was not named by a list."""

    @property
    def stem(self) -> str | None:
        """What the names of its outputs begin with, where a list gives it a name."""
        return self.row.stem if self.row else None

    @property
    def source(self) -> ClipLocation:
        """Where it comes from."""
        if isinstance(self.named, ClipLocation):
            return self.named
        if "://" in self.named:  # which no folder's path holds, normalised
            return ClipLocation(kind="url", text=self.named + self.place)
        return ClipLocation(kind="file", text=self.named + self.place.replace("/", os.sep))

    @property
    def path_as_named(self) -> str:
        """What tells it from others of its name, as far as it may be shown, with `/`."""
        return str(self.source).replace(os.sep, "/")


class ClipList:
    """Clips in order, each once: of two names for one clip, the better one is kept."""

    def __init__(self) -> None:
        self._clips: list[Clip | None] = []
        self._numbers: dict[str, dict[str, int]] = {}
        self._real_folders: dict[str, str] = {}
        self.twice: list[str] = []
        """Paths, as named, that stand for clips which others stand for, too."""

    def __iter__(self) -> Iterator[Clip]:
        return (clip for clip in self._clips if clip is not None)

    def add(self, location: ClipLocation) -> None:
        """Add a clip that was named itself, unless it is there under a better name."""
        if not location.is_local:
            clip = Clip(named=location, place=location.name)
            folder, name = os.path.split(location.text)  # of a live input, whatever tells it apart
            self.add_video(clip, folder=folder, name=name)
            return
        text = str(location)
        by_link = os.path.islink(text)  # noqa: PTH114 - it bears names that no file can have
        if by_link or location.kind == "folder":
            folder, name = os.path.split(real_path(text))
        else:
            folder, name = os.path.split(text)
            folder = self._real_folder(folder)
        clip = Clip(named=location, place=location.name, by_link=by_link)
        self.add_video(clip, folder=folder, name=name)

    def add_video(self, clip: Clip, *, folder: str, name: str) -> None:
        """Add a clip of which the real folder, and the file's name there, are known."""
        numbers = self._numbers.setdefault(folder, {})
        before = self._clips[numbers[name]] if name in numbers else None
        if before is not None:
            better = _rank(clip) < _rank(before)
            self.twice.append((before if better else clip).path_as_named)
            if not better:
                return
            self._clips[numbers[name]] = None
        numbers[name] = len(self._clips)
        self._clips.append(clip)

    def names_in(self, folder: str) -> Collection[str]:
        """The names of the clips that lie in a real folder."""
        return self._numbers.get(folder, ())

    def _real_folder(self, folder: str) -> str:
        if folder not in self._real_folders:
            self._real_folders[folder] = real_path(folder or os.curdir)
        return self._real_folders[folder]


def real_path(path: str | os.PathLike[str]) -> str:
    """A path without links, also of what is not there or can be nowhere."""
    try:
        return os.path.realpath(path)
    except (OSError, ValueError):
        return os.path.abspath(path)  # noqa: PTH100 - Path does not bear such names


def _rank(clip: Clip) -> tuple[bool, int, str, str]:
    """The order of names for one clip, the best first, whichever comes first in the list."""
    return clip.by_link, -clip.place.count("/"), clip.place, clip.path_as_named
