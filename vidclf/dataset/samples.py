"""The pictures of labelled data, as a network is shown them: decoded, upright, brought to size."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from vidclf.core.frames import Frame, Pixels, RgbPicture, VideoInfo
from vidclf.core.prefetch import prefetch
from vidclf.core.preprocessing import Crop, Resize
from vidclf.dataset.checks import listed
from vidclf.dataset.clip_parts import PartFrames
from vidclf.dataset.examples import LabelledSet
from vidclf.dataset.left_out import BadExample, LeftOut
from vidclf.errors import SourceError
from vidclf.files.local_files import told_as
from vidclf.files.places import Place, address_of
from vidclf.inference.model_view import model_view
from vidclf.sources import ClipLocation, SourceReport, open_source
from vidclf.sources.clip_file import whole_file
from vidclf.sources.location import LocationKind
from vidclf.sources.path_checks import check_name
from vidclf.sources.still_picture import read_picture
from vidclf.sources.stills import still_suffix

DEFAULT_FPS = 2.0
"""Frames a second that are taken of a clip."""

_MOST_WAITING_BYTES = 2**25
"""How much of pictures may wait for the one who asked: 222 of 224x224."""
_ONE = Fraction(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureRule:
    """How a frame becomes what a network is shown."""

    input_size: tuple[int, int]
    """(height, width) in pixels."""
    resize: Resize
    """How frames are brought to that size."""
    crop: Crop | None = None
    """What is cut off the edges before."""
    fps: float = DEFAULT_FPS
    """Frames a second that are taken of a clip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One picture of an example: a still, or a frame of a clip."""

    example: int
    """The example's place in the set."""
    frame: int | None
    """The frame's index in its clip; None of a still."""
    timestamp: float | None
    """Seconds on the clip's own clock; None of a still."""
    digest: str
    """Tells its pixels from others', whatever file and name they come from, hexadecimal."""


class SampleReader:
    """Decodes the pictures of a labelled set, file by file.

    Args:
        data: the labelled data.
        rule: how frames become what a network is shown.
        most_bad: the share of examples, 0 to 1, that may be left out because they cannot be read.
    """

    def __init__(self, data: LabelledSet, rule: PictureRule, *, most_bad: float = 0.01) -> None:
        self.data = data
        self.rule = rule
        self._left_out = LeftOut(data, most_bad=most_bad)
        self._digests: dict[Place, str | None] = {}

    @property
    def bad(self) -> Sequence[BadExample]:
        """Examples that were left out so far: not one of their pictures can be had."""
        return self._left_out.bad

    def read(self, examples: Iterable[int] | None = None) -> Iterator[tuple[Sample, Pixels]]:
        """Decode the pictures of some examples, by their places; of all by default.

        Files come in the order in which examples name them, and the frames of a clip in order of
        time. A clip is decoded once, however many of its parts are asked for; a frame that is in
        two of them is a sample of each. Decoding runs in a thread of its own.

        Yields:
            A sample and its (height, width, 3) uint8 RGB pixels at `rule.input_size`.

        Raises:
            DataError: more examples than `most_bad` cannot be read.
        """
        files: dict[Place, list[int]] = defaultdict(list)
        for place in range(len(self.data.examples)) if examples is None else examples:
            files[self.data.examples[place].path].append(place)
        yield from prefetch(
            lambda: self._read_files(files),
            size_of=lambda item: item[1].nbytes,
            most_bytes=_MOST_WAITING_BYTES,
        )
        self._left_out.warn()

    def digest_of(self, example: int) -> str | None:
        """What tells which samples an example has, without decoding; None if its file is not there.

        Two examples with one digest have the same samples at one `PictureRule`. It is made of the
        file, the part's start and end, and the frames a second; not of size, resize and crop.
        """
        told = self.data.examples[example]
        digest = self._file_digest(told.path)
        if digest is None or still_suffix(_location(told.path)):
            return digest
        part = f"{digest} {told.start_seconds} {told.end_seconds} {self.rule.fps}"
        return hashlib.sha256(part.encode()).hexdigest()

    def _file_digest(self, path: Place) -> str | None:
        if path not in self._digests:
            self._digests[path] = _location(path).digest()
        return self._digests[path]

    def _read_files(self, files: Mapping[Place, list[int]]) -> Iterator[tuple[Sample, Pixels]]:
        for path, places in files.items():
            try:
                is_still = still_suffix(_location(path)) is not None
                yield from self._still(path, places) if is_still else self._clip(path, places)
            except SourceError as exc:
                for place in places:
                    self._left_out.add(place, str(exc))

    def _still(self, path: Place, places: Sequence[int]) -> Iterator[tuple[Sample, Pixels]]:
        check_name(str(path))
        with whole_file(_location(path)) as file, told_as(path, file):
            pixels = read_picture(file)
        height, width = pixels.shape[:2]
        info = VideoInfo(
            path=str(path), width=width, height=height, time_base=_ONE, frame_rate=_ONE
        )
        view = self._view(Frame(index=0, pts=0, time_base=_ONE, picture=RgbPicture(pixels)), info)
        digest = str(self._file_digest(path))
        for place in places:
            yield Sample(example=place, frame=None, timestamp=None, digest=digest), view

    def _clip(self, path: Place, places: Sequence[int]) -> Iterator[tuple[Sample, Pixels]]:
        examples = self.data.examples
        parts = [PartFrames(place, examples[place], fps=self.rule.fps) for place in places]
        end_seconds, error = 0.0, ""
        try:
            with open_source(_location(path)) as source:
                for frame in source.frames():
                    taking = [part.place for part in parts if part.takes(frame)]
                    if taking:
                        yield from self._frame_samples(frame, source.info, taking, path)
                    if all(part.is_over for part in parts):
                        break
                end_seconds = source.report.end_seconds
                error = _damage(source.report)
        except SourceError as exc:
            error = str(exc)
        for part in parts:
            if not part.samples:
                self._left_out.add(part.place, error or part.absence(end_seconds))
        short = [part for part in parts if part.samples and part.is_short(end_seconds)]
        if short or error:
            why = error.removeprefix(f"{path}: ") or f"it ends at {end_seconds:.3f} s"
            self._left_out.add_short(f"{path}, {listed(short or parts)}: {why}")

    def _frame_samples(
        self, frame: Frame, clip: VideoInfo, places: Sequence[int], path: Place
    ) -> Iterator[tuple[Sample, Pixels]]:
        """The frame as a sample of each of some examples."""
        view = self._view(frame, clip)
        digest = f"{self._file_digest(path)}{frame.index:08x}"
        for place in places:
            seconds = frame.pts_seconds
            yield Sample(example=place, frame=frame.index, timestamp=seconds, digest=digest), view

    def _view(self, frame: Frame, clip: VideoInfo) -> Pixels:
        rule = self.rule
        return model_view(
            frame, clip, input_size=rule.input_size, resize=rule.resize, crop=rule.crop
        )


def _damage(report: SourceReport) -> str:
    """What is wrong with a clip that could be read; empty where nothing is."""
    lost = f"{report.packets_lost} of its packets are lost" if report.packets_lost else ""
    return report.early_end or lost


def _location(path: Place) -> ClipLocation:
    kind: LocationKind = "file" if isinstance(path, Path) else "url"
    return ClipLocation(kind=kind, text=address_of(path))
