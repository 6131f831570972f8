"""Picture sequences: a folder, or a name pattern like `frame_%05d.png`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

from vidclf.core.frames import Frame, Pixels, RgbPicture, VideoInfo
from vidclf.errors import NoFramesError, SourceError
from vidclf.files.names import has_result_name
from vidclf.sources.base import BaseSource
from vidclf.sources.location import NUMBER_PLACEHOLDER, ClipLocation
from vidclf.sources.read_report import SourceReport
from vidclf.sources.still_picture import SRGB, letterbox, read_picture
from vidclf.sources.suffixes import STILL_SUFFIXES, is_video_name

DEFAULT_FPS = Fraction(25)
"""Frames per second of a sequence, unless another rate is asked for."""

_LEFT_OUT = "left out: "

Numbered = tuple[int, Path]
"""A picture and its place in time, counted in frames from the first."""


class SequenceSource(BaseSource):
    """The pictures of a folder in natural order (2 before 10), or of a pattern by their number.

    Time is the place in the sequence: where numbers are missing from a pattern, or a picture
    cannot be read, the one before stands longer, and all others keep their time. Pictures of
    another size than the first are fitted into it, on black.

    Raises:
        SourceError: there is no such folder, or nothing in it that fits.
        NoFramesError: not one of the pictures can be read.
    """

    def __init__(self, location: ClipLocation, *, fps: Fraction | None = None) -> None:
        super().__init__(location)
        self._fps = fps or DEFAULT_FPS
        path = location.path
        listed = _of_folder(path) if location.kind == "folder" else _of_pattern(path, self.report)
        self._end = listed[-1][0] + 1
        self._unread = self._readable(listed)
        self._first = self._read_first()
        self.info = self._describe(self._first[1], count=len(listed))

    def _free(self) -> None:
        """Nothing: no file is kept open between frames."""

    def _frames(self) -> Iterator[Frame]:
        current: tuple[int, Pixels] | None = self._first
        while current is not None:
            following = next(self._unread, None)
            pts, pixels = current
            end = following[0] if following else self._end
            yield Frame(
                index=self.report.frames_decoded,
                pts=pts,
                time_base=1 / self._fps,
                duration=end - pts,
                picture=RgbPicture(self._fit(pixels)),
            )
            current = following

    def _readable(self, listed: Sequence[Numbered]) -> Iterator[tuple[int, Pixels]]:
        for place, path in listed:
            self.report.packets_read += 1
            try:
                pixels = read_picture(path)
            except SourceError as exc:
                self.report.packets_lost += 1
                self.report.note(f"{_LEFT_OUT}{exc}")
                continue
            yield place, pixels

    def _read_first(self) -> tuple[int, Pixels]:
        first = next(self._unread, None)
        if first is None:
            raise NoFramesError(
                f"{self.path}: not one of its pictures can be read: "
                f"{self.report.notes[-1].removeprefix(_LEFT_OUT)}"
            )
        return first

    def _fit(self, pixels: Pixels) -> Pixels:
        width, height = self.info.width, self.info.height
        if pixels.shape[:2] != (height, width):
            self.report.note(f"pictures of another size are fitted into {width}x{height}, on black")
        return letterbox(pixels, width=width, height=height)

    def _describe(self, first: Pixels, *, count: int) -> VideoInfo:
        return VideoInfo(
            path=self.path,
            width=first.shape[1],
            height=first.shape[0],
            time_base=1 / self._fps,
            frame_rate=self._fps,
            duration_seconds=float(self._end / self._fps),
            frame_count=count,
            color=SRGB,
            codec="pictures",
            pixel_format="rgb24",
        )


def sequence_files(location: ClipLocation) -> list[Path]:
    """The pictures of a folder or pattern, in order.

    Raises:
        SourceError: as for `SequenceSource`.
    """
    path = location.path
    of_folder = location.kind == "folder"
    listed = _of_folder(path) if of_folder else _of_pattern(path, SourceReport())
    return [file for _, file in listed]


def _of_folder(folder: Path) -> list[Numbered]:
    files = [f for f in folder.iterdir() if f.is_file() and not f.name.startswith(".")]
    names = {file.name for file in files}
    videos = sum(1 for file in files if is_video_name(file))
    stills = [file for file in files if file.suffix.lower() in STILL_SUFFIXES]
    pictures = [file for file in stills if not has_result_name(file.name, names)]
    if videos:
        raise SourceError(
            f"{folder}: holds {videos} videos and {len(pictures)} pictures, and a picture sequence "
            f"is a folder of pictures only; name the clip, or a pattern like frame_%05d.png"
        )
    if not pictures:
        raise SourceError(f"{folder}: holds no videos and no pictures; name a folder that does")
    return list(enumerate(sorted(pictures, key=natural_order)))


def _of_pattern(pattern: Path, report: SourceReport) -> list[Numbered]:
    folder = pattern.parent
    if len(NUMBER_PLACEHOLDER.findall(pattern.name)) != 1 or not folder.is_dir():
        raise SourceError(
            f"{pattern}: a pattern is an existing folder and a name with one number, "
            f"like frames/frame_%05d.png; check both"
        )
    numbers = _matching_numbers(pattern)
    if not numbers:
        raise SourceError(f"{pattern}: no file has such a name; check the folder and the digits")
    missing = numbers[-1] - numbers[0] + 1 - len(numbers)
    if missing:
        report.note(f"{missing} numbers are missing between {numbers[0]} and {numbers[-1]}")
    return [(n - numbers[0], folder / _numbered(pattern.name, n)) for n in numbers]


def _matching_numbers(pattern: Path) -> list[int]:
    before, after = (re.escape(part) for part in _split(pattern.name))
    name = re.compile(f"{before}(\\d+){after}")
    found = (name.fullmatch(file.name) for file in pattern.parent.iterdir())
    numbers = {int(match[1]) for match in found if match}
    return sorted(n for n in numbers if (pattern.parent / _numbered(pattern.name, n)).is_file())


def _split(name: str) -> tuple[str, str]:
    match = NUMBER_PLACEHOLDER.search(name)
    assert match is not None
    return name[: match.start()], name[match.end() :]


def _numbered(name: str, number: int) -> str:
    match = NUMBER_PLACEHOLDER.search(name)
    assert match is not None
    before, after = _split(name)
    return f"{before}{number:0{int(match['width'] or 1)}d}{after}"


def natural_order(path: Path) -> tuple[list[tuple[int, str]], str]:
    """A sort key that puts frame2 before frame10, and ties by the name itself."""
    parts = re.findall(r"\d+|\D+", path.name.casefold())
    return [(int(p), "") if p.isdigit() else (-1, p) for p in parts], path.name
