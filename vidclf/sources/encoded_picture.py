"""A picture that came as bytes, as from a camera over a network, and never was a file."""

from __future__ import annotations

import io

import cv2
import imageio.v3 as iio
import numpy as np
from imageio.plugins.pillow import PillowPlugin
from PIL import Image

from vidclf.core.frames import RgbPicture
from vidclf.errors import SourceError
from vidclf.sources.picture_size import MOST_MOVING_PIXELS, check_moving_size
from vidclf.sources.still_picture import pillow_muted, read_rgb

FORMATS = ("JPEG", "PNG", "WEBP")
"""What is taken, by Pillow's names. Others would let anybody reach rarely tried decoders."""

_JPEG_FORMATS = ("JPEG", "MPO")
"""A phone's JPEG may hold a second picture, which makes it an MPO."""
_PLAIN_MODES = ("RGB", "L")
_JPEG_END = b"\xff\xd9"
_MOST_PADDING = 64
"""Bytes that cameras append to a JPEG."""


def decode_picture(data: bytes, *, name: str) -> RgbPicture:
    """Decode a JPEG, PNG or WebP as its file would be: upright, transparency over white.

    OpenCV decodes JPEG in less than half of Pillow's time, to the same pixels; what it would read
    in another way, or though its end is missing, is left to Pillow.

    Args:
        data: the encoded picture. Of an animation the first picture counts.
        name: what it is called in messages: `frame 7`.

    Raises:
        SourceError: it is none, damaged, or has more than `MOST_MOVING_PIXELS`.
    """
    if _is_plain_jpeg(data, name):
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB)
        if pixels is not None:
            return RgbPicture(np.asarray(pixels, np.uint8))
    try:
        with pillow_muted(), iio.imopen(data, "r", plugin="pillow") as file:
            assert isinstance(file, PillowPlugin)
            return RgbPicture(read_rgb(file, index=0))
    except MemoryError:
        raise
    except Exception as exc:  # Pillow's readers raise nearly anything on damaged data.
        reason = " ".join(str(exc.__cause__ or exc).split()) or type(exc).__name__
        raise SourceError(f"{name} cannot be decoded ({reason}): it is damaged") from exc


def _is_plain_jpeg(data: bytes, name: str) -> bool:
    """Check kind and size by the header, which costs 0.03 ms."""
    try:
        with pillow_muted(), Image.open(io.BytesIO(data), formats=FORMATS) as header:
            check_moving_size(name, header.width, header.height)
            is_plain = header.format in _JPEG_FORMATS and header.mode in _PLAIN_MODES
    except Image.DecompressionBombError as exc:
        raise SourceError(
            f"{name}: claims more than {MOST_MOVING_PIXELS / 1e6:.3g} megapixels; scale it down"
        ) from exc
    except (SourceError, MemoryError):
        raise
    except Exception as exc:  # as above
        raise SourceError(f"{name} is no picture that can be read: send JPEG, PNG or WebP") from exc
    return is_plain and _JPEG_END in data[-_MOST_PADDING:]
