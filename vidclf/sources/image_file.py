"""Stills and animations (GIF, WebP, APNG), read by imageio."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import ExitStack
from fractions import Fraction
from functools import partial
from pathlib import Path

from vidclf.core.ffmpeg import open_media
from vidclf.core.frames import Frame, Pixels, RgbPicture, VideoInfo
from vidclf.errors import NoFramesError, SourceError
from vidclf.sources.base import BaseSource
from vidclf.sources.clip_file import whole_file
from vidclf.sources.end_marks import has_gif_trailer
from vidclf.sources.location import ClipLocation
from vidclf.sources.picture_size import check_moving_size
from vidclf.sources.still_picture import (
    SRGB,
    claimed_pictures,
    delay_ms,
    letterbox,
    open_picture,
    picture_size,
    read_rgb,
)
from vidclf.sources.suffixes import ANIMATED_SUFFIXES

_ALWAYS_ANIMATED_SUFFIXES = (".gif", ".apng")
_MILLISECOND = Fraction(1, 1000)
_TOO_SHORT_MS = 10
_USUAL_MS = 100
"""What browsers take for delays of 10 ms or less."""
_STILL_MS = 40
"""A still is one frame of a 25 frames/s clip."""


class ImageSource(BaseSource):
    """The frames of one picture file: one of a still, all of an animation with their own delays.

    Pictures are composited as shown; what stays transparent is white. Of the pages of a
    TIFF only the first is read, and that is noted.

    Raises:
        SourceError: the file cannot be read as a picture.
        NoFramesError: from `frames()`: not one of its pictures can be decoded.
    """

    def __init__(self, location: ClipLocation) -> None:
        super().__init__(location)
        self._suffix = Path(location.name).suffix.lower()
        with ExitStack() as stack:
            self._local = stack.enter_context(whole_file(location))
            self.reopen = partial(open_media, self._local)
            self._file = stack.enter_context(open_picture(self._local, name=self.path))
            if self._suffix in _ALWAYS_ANIMATED_SUFFIXES:
                check_moving_size(self.path, *picture_size(self._file, index=0))
            first = read_rgb(self._file, index=0)
            self._delays_ms = self._read_delays()
            if self.report.packets_lost:  # Pillow does not go back over damage
                self._file = stack.enter_context(open_picture(self._local, name=self.path))
            self._stack = stack.pop_all()
        self.info = self._describe(first)

    def _free(self) -> None:
        self._stack.close()

    def _frames(self) -> Iterator[Frame]:
        starts = itertools.accumulate(self._delays_ms, initial=0)
        for place, (pts, delay) in enumerate(zip(starts, self._delays_ms, strict=False)):
            pixels = self._read(place)
            if pixels is None:
                continue
            yield Frame(
                index=self.report.frames_decoded,
                pts=pts,
                time_base=_MILLISECOND,
                duration=delay,
                picture=RgbPicture(pixels),
            )
        if not self.report.frames_decoded:
            raise NoFramesError(
                f"{self.path}: not one of its pictures can be decoded; the file is damaged, copy "
                f"it again"
            )

    def _read(self, place: int) -> Pixels | None:
        self.report.packets_read += 1
        try:
            pixels = read_rgb(self._file, index=place)
        except MemoryError:
            raise
        except Exception as exc:  # As in open_picture: a damaged frame raises nearly anything.
            self.report.packets_lost += 1
            self.report.note(f"picture {place} cannot be read: {exc}")
            return None
        return letterbox(pixels, width=self.info.width, height=self.info.height)

    def _read_delays(self) -> list[int]:
        delays: list[int] = []
        try:
            for place in itertools.count():
                delays.append(self._delay_ms(place))
        except EOFError:
            pass
        except (MemoryError, SourceError):
            raise
        except Exception as exc:  # As in open_picture.
            self.report.packets_lost += 1
            self.report.note(f"damaged after picture {len(delays) - 1}: {exc}")
        self._count_absent(len(delays))
        if len(delays) < 2:
            return [_STILL_MS]
        if self._suffix in ANIMATED_SUFFIXES:
            return delays
        self.report.note(f"{len(delays)} pictures in one file; only the first is read")
        return [_STILL_MS]

    def _count_absent(self, found: int) -> None:
        """Count what an animation claims to hold and does not; note a GIF without its end."""
        if self._suffix not in ANIMATED_SUFFIXES:
            return
        absent = claimed_pictures(self._local) - found
        self.report.packets_lost = max(self.report.packets_lost, absent)
        is_told = self._suffix != ".gif" or self.report.packets_lost
        if not is_told and not has_gif_trailer(self._local):
            self.report.early_end = "the mark that ends a GIF is absent"

    def _delay_ms(self, place: int) -> int:
        """The delay of one picture of an animation, 0 of a page; EOFError behind the last."""
        size = picture_size(self._file, index=place)
        if self._suffix not in ANIMATED_SUFFIXES:
            return 0
        if place:  # of one picture alone, more is taken
            check_moving_size(self.path, *size)
        delay = delay_ms(self._file, index=place)
        return round(delay) if delay and delay > _TOO_SHORT_MS else _USUAL_MS

    def _describe(self, first: Pixels) -> VideoInfo:
        total = sum(self._delays_ms)
        return VideoInfo(
            path=self.path,
            width=first.shape[1],
            height=first.shape[0],
            time_base=_MILLISECOND,
            frame_rate=Fraction(1000 * len(self._delays_ms), total),
            duration_seconds=total / 1000,
            frame_count=len(self._delays_ms),
            color=SRGB,
            codec=self._suffix.lstrip("."),
            pixel_format="rgb24",
        )
