"""The videos of a folder elsewhere, and below it: all that is asked for is a list of names."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from vidclf.errors import SourceError
from vidclf.files.names import MANIFEST, has_result_name, may_be_made
from vidclf.remote.listing import listed
from vidclf.remote.path import RemotePath
from vidclf.remote.small_files import read_whole
from vidclf.sources.suffixes import has_video_suffix

_AT_ONCE = 16


class BucketWalk:
    """Goes through a folder elsewhere, by one list of what lies in it or below it.

    Args:
        folder: the folder.
        recursive: whether folders below it are meant.
        outputs: the folder of outputs, ending in a slash, which is left out where it lies below.
    """

    def __init__(self, folder: RemotePath, *, recursive: bool, outputs: str | None) -> None:
        self.prefix = folder.folder.address
        """The folder's name before that of a file in it."""
        self._folder = folder
        self._recursive = recursive
        self._outputs = None if outputs and self.prefix.startswith(outputs) else outputs
        self._manifests: defaultdict[str, set[str]] = defaultdict(set)
        self._left_out: list[str] = []
        self.holds_results = False
        """Whether there were videos that earlier runs had made."""

    def places(self) -> Sequence[str]:
        """The places of all videos but results of earlier runs, as a walk on a disk finds them.

        Raises:
            SourceError: the folder cannot be listed.
        """
        videos = [place for place in self._named_as_videos() if not self._is_result(place)]
        unsure = [place for place in videos if self._may_be_made(place)]
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="vidclf-look") as pool:
            made = {
                place
                for place, is_made in zip(unsure, pool.map(self._is_told, unsure), strict=True)
                if is_made
            }
        self.holds_results |= bool(made)
        return sorted(set(videos) - made, key=_order)

    @property
    def passed_over(self) -> bool:
        """Whether videos in the folder of outputs were left out that no run has made."""
        return any(not self._has_result_name(place) for place in self._left_out)

    def _named_as_videos(self) -> list[str]:
        videos: list[str] = []
        for file in listed(self._folder, recursive=self._recursive):
            below, _, name = file.place.rpartition("/")
            if any(part.startswith(".") for part in below.split("/")):
                continue
            if name.endswith(MANIFEST):
                self._manifests[below].add(name)
            elif has_video_suffix(name):
                is_output = self._outputs and (self.prefix + file.place).startswith(self._outputs)
                (self._left_out if is_output else videos).append(file.place)
        return videos

    def _is_result(self, place: str) -> bool:
        is_result = self._has_result_name(place)
        self.holds_results |= is_result
        return is_result

    def _has_result_name(self, place: str) -> bool:
        return self._by_name(has_result_name, place)

    def _may_be_made(self, place: str) -> bool:
        return self._by_name(may_be_made, place)

    def _by_name(self, rule: Callable[[str, set[str]], bool], place: str) -> bool:
        below, _, name = place.rpartition("/")
        manifests = self._manifests.get(below, set())
        return bool(manifests) and rule(name, manifests)

    def _is_told(self, place: str) -> bool:
        """Whether the manifest that bears a video's name tells that a run has written it.

        The video's own mark is not looked for: that would take a request for each.
        """
        video = RemotePath(self.prefix + place)
        manifest = video.with_name(video.stem + MANIFEST)
        if manifest.name not in self._manifests[place.rpartition("/")[0]]:
            return False
        try:
            told = json.loads(read_whole(manifest))
            outputs = [str(path) for path in told["outputs"].values()]
            is_clip = told["source"] == str(video)
        except (SourceError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
            return False
        return not is_clip and any(path.endswith("/" + video.name) for path in outputs)


def _order(place: str) -> list[str]:
    """Part by part, as a walk goes."""
    return place.split("/")
