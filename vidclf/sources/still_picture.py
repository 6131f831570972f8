"""Pictures in files, as upright RGB, read through imageio's Pillow plugin."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import cv2
import imageio.v3 as iio
import numpy as np
from imageio.plugins.pillow import PillowPlugin
from numpy.typing import NDArray
from PIL import Image

from vidclf.core.frames import ColorInfo, Pixels
from vidclf.core.muted_warnings import warnings_muted
from vidclf.core.native_stderr import native_stderr_muted
from vidclf.errors import SourceError
from vidclf.sources.end_marks import begun_pictures
from vidclf.sources.orientation import Orientation
from vidclf.sources.path_checks import check_file, check_readable
from vidclf.sources.picture_size import MOST_STILL_PIXELS, check_still_size

SRGB = ColorInfo(matrix=0, primaries=1, transfer=13, full_range=True)
"""What RGB pictures are taken for."""

_EXIF = {
    2: Orientation(mirrored=True),
    3: Orientation(rotation=180),
    4: Orientation(rotation=180, mirrored=True),
    5: Orientation(rotation=90, mirrored=True),
    6: Orientation(rotation=90),
    7: Orientation(rotation=270, mirrored=True),
    8: Orientation(rotation=270),
}
"""EXIF tag 0x0112 (CIPA DC-008, 4.6.4 A) as a turn and a flip; 1 is upright."""

_DEEP_MODES = ("I;16", "I;16L", "I;16B", "I;16N", "I")
_OPAQUE_MODES = ("RGB", "L", "CMYK")
_TALKING_FORMATS = ("AVIF", "TIFF")
"""Whose libraries, dav1d and libtiff, print what they think of a damaged picture."""
_NO_WHITE = "which do not say what is white: 8 or 16 bits are needed"
_PAPER = 255
"""Transparent pixels stand on white, as on a web page."""


@contextmanager
def open_picture(path: str | Path, *, name: str | None = None) -> Iterator[PillowPlugin]:
    """Open a picture file.

    Args:
        path: the file.
        name: what it is called in messages; its path unless given.

    Raises:
        SourceError: it is missing, not a picture, or too large; also from the body, where its data
            is damaged.
    """
    check_file(os.fspath(path))
    check_readable(os.fspath(path))
    name = name or os.fspath(path)
    try:
        with pillow_muted():
            check_still_size(name, *_first_size(path))
            # a Path, as text like "https://…" would be fetched, though a file is called so
            file = iio.imopen(Path(path), "r", plugin="pillow")
        with file:
            assert isinstance(file, PillowPlugin)
            yield file
    except Image.DecompressionBombError as exc:
        raise SourceError(
            f"{name}: claims pictures of more than {MOST_STILL_PIXELS / 1e6:.3g} megapixels; scale "
            f"it down first"
        ) from exc
    except (SourceError, MemoryError, GeneratorExit):
        raise
    except Exception as exc:  # Pillow's readers raise nearly anything on damaged data.
        reason = " ".join(str(exc.__cause__ or exc).split()) or type(exc).__name__
        raise SourceError(f"{name}: cannot be read as a picture ({reason}); save it again") from exc


@contextmanager
def pillow_muted() -> Iterator[None]:
    """Keep Pillow from warning of sizes within our own bound, and of tags that pictures can lack.

    Of what costs a picture, its errors tell.
    """
    with warnings_muted(r"PIL\."):
        yield


def _first_size(path: str | Path) -> tuple[int, int]:
    """Width and height as the header tells; imageio would decode the picture to say so."""
    with Image.open(path) as image:
        return image.width, image.height


def claimed_pictures(path: str | Path) -> int:
    """How many pictures an APNG, WebP or AVIF claims in its header, or a GIF begins."""
    if Path(path).suffix.lower() == ".gif":
        return begun_pictures(Path(path))
    with pillow_muted(), Image.open(path) as image:
        return int(getattr(image, "n_frames", 1))


def holds_several(path: str | Path) -> bool:
    """Whether a file holds more than one picture, as far as its beginning tells."""
    with pillow_muted(), Image.open(path) as image:
        return bool(getattr(image, "is_animated", False))


def picture_size(file: PillowPlugin, *, index: int) -> tuple[int, int]:
    """Width and height of one of several pictures; EOFError behind the last."""
    width, height = _metadata(file, index)["shape"]
    return width, height


def delay_ms(file: PillowPlugin, *, index: int) -> float | None:
    """How long one of several pictures is shown, where the file tells."""
    _decoded(file, index, mode=None)  # Pillow learns the delays of a WebP only by decoding
    delay: float | None = _metadata(file, index).get("duration")
    return delay


def read_picture(path: str | Path) -> Pixels:
    """The (first) picture of a file, upright.

    Raises:
        SourceError: it cannot be read.
    """
    with open_picture(path) as file:
        return read_rgb(file, index=0)


def read_rgb(file: PillowPlugin, *, index: int) -> Pixels:
    """One picture as (H, W, 3) uint8 RGB: upright by its EXIF tag, transparency over white.

    16-bit gray keeps its upper 8 bits.

    Raises:
        ValueError: its samples are floats, or do not fit into 16 bits: nothing says what is white.
    """
    metadata = _metadata(file, index)
    mode = str(metadata.get("mode", ""))
    if mode in _DEEP_MODES:
        gray = _upper_bits(_decoded(file, index, mode=None))
        pixels = np.repeat(gray[:, :, None], 3, axis=2)
    elif mode == "F":
        raise ValueError(f"its samples are floats, {_NO_WHITE}")
    elif mode in _OPAQUE_MODES and "transparency" not in metadata:
        pixels = _decoded(file, index, mode="RGB")
    else:
        pixels = over_paper(_decoded(file, index, mode="RGBA"))
    tag = _metadata(file, index).get("Orientation", 1)
    return _EXIF.get(tag, Orientation()).turn(pixels)


def _upper_bits(samples: NDArray[Any]) -> NDArray[np.uint8]:
    """The upper 8 bits of 16, however wide the numbers are that hold them."""
    if samples.min() < 0 or samples.max() > 0xFFFF:
        raise ValueError(f"its samples have 32 bits, {_NO_WHITE}")
    return (samples.astype(np.uint16) >> 8).astype(np.uint8)


def _metadata(file: PillowPlugin, index: int) -> dict[str, Any]:
    with pillow_muted():
        return dict(file.metadata(index=index, exclude_applied=False))


def _decoded(file: PillowPlugin, index: int, *, mode: str | None) -> NDArray[Any]:
    """One picture as stored, or as Pillow brings it to a mode."""
    how: dict[str, Any] = {} if mode is None else {"mode": mode}
    talks = file._image is not None and file._image.format in _TALKING_FORMATS
    with pillow_muted(), native_stderr_muted() if talks else nullcontext():
        return np.asarray(file.read(index=index, **how))


def over_paper(rgba: NDArray[np.uint8]) -> Pixels:
    """(H, W, 4) RGBA with straight alpha laid over white, (H, W, 3) uint8."""
    alpha = rgba[:, :, 3:].astype(np.uint16)
    if alpha.min() == 255:
        return np.ascontiguousarray(rgba[:, :, :3])
    blended = (rgba[:, :, :3] * alpha + _PAPER * (255 - alpha) + 127) // 255
    return blended.astype(np.uint8)


def letterbox(pixels: Pixels, *, width: int, height: int) -> Pixels:
    """The picture scaled to fit into width x height, centred on black."""
    if pixels.shape[:2] == (height, width):
        return pixels
    scale = min(width / pixels.shape[1], height / pixels.shape[0])
    size = (
        min(width, max(1, round(pixels.shape[1] * scale))),
        min(height, max(1, round(pixels.shape[0] * scale))),
    )
    scaled = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    left, top = (width - size[0]) // 2, (height - size[1]) // 2
    canvas = np.zeros((height, width, 3), np.uint8)
    canvas[top : top + size[1], left : left + size[0]] = scaled
    return canvas
