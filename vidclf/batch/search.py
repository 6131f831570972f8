"""From what the user named to clips: folders are gone through, wildcards matched."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from vidclf.batch.bucket_walk import BucketWalk
from vidclf.batch.clips import Clip, ClipList, real_path
from vidclf.batch.walk import Folder, FolderWalk, Video
from vidclf.core.run_warnings import get_logger
from vidclf.core.wildcards import matching_files
from vidclf.errors import SourceError, UsageError
from vidclf.remote.listing import listed
from vidclf.remote.path import RemotePath
from vidclf.remote.wildcards import matching_places
from vidclf.sources.location import ClipLocation
from vidclf.sources.suffixes import has_video_suffix, is_image_name

logger = get_logger(__name__)


class Search:
    """Finds the clips behind all that was named."""

    def __init__(self, *, recursive: bool, outputs: str | None) -> None:
        """Look below folders when `recursive`, but not into the real folder `outputs` there."""
        self._recursive = recursive
        self._outputs = outputs
        self._named: list[ClipLocation] = []
        self._passed_over: Folder | None = None
        self._holds_clips = False
        self.found = ClipList()
        """The clips, each once."""
        self.faults: list[tuple[str, SourceError]] = []
        """Folders that could not be looked into."""
        self.has_folders = False
        """Whether a folder of videos was named."""

    def add(self, named: str | os.PathLike[str]) -> None:
        """Find the clips behind one more name."""
        for path in matching_files(named):
            location = ClipLocation.of(path).normalised()
            self._named.append(location)
            if location.kind == "folder":
                self._add_folder(location)
            elif location.kind == "url":
                self._add_elsewhere(location)
            else:
                self.found.add(location)

    def clips(self) -> list[Clip]:
        """All clips, in order; what is odd about them is told.

        Raises:
            UsageError: there was nothing but results of earlier runs.
        """
        clips = list(self.found)
        if self._named and not clips and not self.faults:
            places = ", ".join(map(str, self._named))
            raise UsageError(
                f"{places} holds only videos of earlier runs: name one of them to read it"
            )
        self._warn()
        return clips

    def _add_folder(self, location: ClipLocation) -> None:
        """Add the videos of a folder of such, else the folder itself: opening it tells the rest."""
        walk = FolderWalk(str(location), recursive=self._recursive, outputs=self._outputs)
        held = False
        for video in walk.videos():
            held = True
            self._add_video(walk.prefix, video)
        self.faults.extend(walk.faults)
        self._passed_over = walk.passed_over or self._passed_over
        if held or walk.holds_results or not walk.is_readable:
            self.has_folders = True
        else:
            self.found.add(location)

    def _add_elsewhere(self, location: ClipLocation) -> None:
        """Add what is elsewhere: a file, the videos of a folder, what wildcards match there."""
        if location.remote.is_web and location.remote.is_folder_name:
            raise UsageError(
                f"{location} is a folder by its name, and a web server tells no list of its files: "
                "name each clip"
            )
        try:
            for place in matching_places(location.remote):
                if place.is_folder_name or _is_folder(place):
                    self._add_bucket(place)
                else:
                    self.found.add(replace(location, text=place.address))
        except SourceError as exc:
            self.has_folders = True
            self.faults.append((str(location), exc))

    def _add_bucket(self, folder: RemotePath) -> None:
        self.has_folders = True
        walk = BucketWalk(folder, recursive=self._recursive, outputs=self._outputs)
        places = walk.places()
        for place in places:
            below, _, name = (walk.prefix + place).rpartition("/")
            self.found.add_video(Clip(named=walk.prefix, place=place), folder=below, name=name)
        if not places and not walk.holds_results:
            deeper = "" if self._recursive else ", or give --recursive for those below it"
            raise SourceError(f"{folder} holds no video: check its name{deeper}")
        self._holds_clips |= walk.passed_over

    def _add_video(self, prefix: str, video: Video) -> None:
        folder, name = video.folder.real, video.name
        if video.is_link:
            folder, name = os.path.split(real_path(video.text))
        by_link = video.is_link or video.folder.by_link
        clip = Clip(named=prefix, place=video.place, by_link=by_link)
        self.found.add_video(clip, folder=folder, name=name)

    def _warn(self) -> None:
        if twice := self.found.twice:
            others = f" and {len(twice) - 1} more" if twice[1:] else ""
            logger.warning("%s%s: named twice, or by a link; a clip is made once", twice[0], others)
        on_disk = self._passed_over is not None and _holds_clips(self._passed_over)
        if on_disk or self._holds_clips:
            logger.warning(
                "%s is where outputs go: videos in it are no clips of this run; to annotate them, "
                "name another folder with -o",
                self._passed_over.name if self._passed_over else RemotePath(self._outputs or ""),
            )


def _is_folder(place: RemotePath) -> bool:
    """Whether something lies below a name that is none of a clip."""
    if place.is_web or has_video_suffix(place.name) or is_image_name(place.name):
        return False
    return next(listed(place.folder), None) is not None


def _holds_clips(folder: Folder) -> bool:
    """Whether a folder of outputs has videos in it that no run has made."""
    from vidclf.sinks.signature import is_signed

    walk = FolderWalk(folder.name, recursive=True)
    return any(not is_signed(Path(video.text)) for video in walk.videos())
