"""A still: the one picture of a photograph, drawn on, with its colour profile and its date."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Literal, Self

import av
import numpy as np
from PIL import ExifTags, Image

from vidclf.core.ffmpeg import swscale_matrix
from vidclf.core.frames import Frame, Pixels, VideoInfo
from vidclf.core.muted_warnings import warnings_muted
from vidclf.errors import OutputError, UsageError
from vidclf.files.temporary_names import shown_path
from vidclf.files.write_errors import explained
from vidclf.sinks import SinkInput
from vidclf.sinks.encoded_color import check_size, output_color, range_number

if TYPE_CHECKING:
    from vidclf.sinks import SinkPicture

StillKind = Literal["JPEG", "PNG"]

_OPTIONS: dict[StillKind, dict[str, Any]] = {
    "JPEG": {"quality": 95, "subsampling": 0},  # chroma in full, or coloured text has soft edges
    "PNG": {},
}
_KEPT_TAGS = (
    ExifTags.Base.ImageDescription,
    ExifTags.Base.Artist,
    ExifTags.Base.Copyright,
    ExifTags.Base.DateTime,
)
_KEPT_DATES = (ExifTags.Base.DateTimeOriginal, ExifTags.Base.OffsetTimeOriginal)
_RGB_PROFILE = b"RGB "
"""Bytes 16 to 19 of a profile for such pictures (ICC.1, 7.2.6)."""


class StillSink:
    """A JPEG or PNG that is whole after a clean exit of its context and gone after any other.

    Args:
        path: The file to write, the one `Staging.add` gave; its suffix names the kind.
        info: The clip: a photograph, or one frame of a video.
    """

    small_size = None
    concession = None

    def __init__(self, path: Path, *, info: VideoInfo) -> None:
        self._path = path
        self._info = info
        self._picture: Pixels | None = None

    @classmethod
    def open(cls, path: Path, given: SinkInput) -> Self:
        """The sink of a run: see `vidclf.sinks.OpenPictureSink`."""
        return cls(path, info=given.info)

    def write(self, frame: Frame, picture: SinkPicture) -> None:
        """Take the picture.

        Args:
            frame: It is the first one.
            picture: As for `VideoSink.write`.

        Raises:
            UsageError: There is more than one.
        """
        if self._picture is not None:
            raise UsageError(
                f"{shown_path(self._path).name} holds one picture, and {self._info.path} has more: "
                f"name a .mp4 or .gif, or take one with --start {frame.index - 1}f --end "
                f"{frame.index}f"
            )
        if callable(picture):
            picture = picture()
        check_size(picture, self._info)
        self._picture = self._rgb(picture) if isinstance(picture, av.VideoFrame) else picture.copy()

    def end_sound(self) -> None:
        """Do nothing: a still has no sound."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        is_whole = False
        try:
            if exc_type is None:
                self._save()
                is_whole = True
        finally:
            if not is_whole:
                self._path.unlink(missing_ok=True)

    def _rgb(self, picture: av.VideoFrame) -> Pixels:
        color = output_color(self._info)
        rgb = picture.reformat(
            format="rgb24",
            src_colorspace=swscale_matrix(color.matrix),
            src_color_range=range_number(full_range=color.full_range),
        )
        return np.asarray(rgb.to_ndarray()[: self._info.height, : self._info.width], np.uint8)

    def _save(self) -> None:
        if self._picture is None:
            name = shown_path(self._path).name
            raise OutputError(f"{name} would have no picture: the clip gave no frame")
        picture = Image.fromarray(np.ascontiguousarray(self._picture))
        aspect = self._info.pixel_aspect
        if aspect != 1:
            size = max(1, round(picture.width * aspect)), picture.height
            picture = picture.resize(size, Image.Resampling.LANCZOS)
        kind: StillKind = "PNG" if self._path.suffix.lower() == ".png" else "JPEG"
        file = encoded_still(picture, kind, original=self._info.path)
        with explained(self._path, errors=(OSError,)):
            self._path.write_bytes(file)


def encoded_still(picture: Image.Image, kind: StillKind, *, original: str | IO[bytes]) -> bytes:
    """The file of a picture.

    Args:
        picture: Upright RGB.
        kind: What file.
        original: The file that it was drawn on, whose profile, author and dates it keeps.
    """
    file = io.BytesIO()
    picture.save(file, kind, **_OPTIONS[kind], **_kept_of(original))
    return file.getvalue()


def _kept_of(file: str | IO[bytes]) -> dict[str, Any]:
    """What goes along of a photograph's own file: profile, title, author and dates, but no place.

    Its orientation does not, as the picture is upright already.
    """
    kept: dict[str, Any] = {}
    with _forgiving(), Image.open(file) as original:
        profile = original.info.get("icc_profile") or b""
        if profile[16:20] == _RGB_PROFILE:
            kept["icc_profile"] = profile
        if (exif := _kept_exif(original.getexif())).keys():
            kept["exif"] = exif
    return kept


@contextmanager
def _forgiving() -> Iterator[None]:
    """Go without what a video, a damaged or a large picture does not tell."""
    with suppress(Exception), warnings_muted(r"PIL\."):
        yield


def _kept_exif(original: Image.Exif) -> Image.Exif:
    exif = Image.Exif()
    for tag in _KEPT_TAGS:
        if tag in original:
            exif[tag] = original[tag]
    details = original.get_ifd(ExifTags.IFD.Exif)
    if dates := {int(tag): details[tag] for tag in _KEPT_DATES if tag in details}:
        exif[ExifTags.IFD.Exif] = dates
    return exif
