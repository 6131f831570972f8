"""A picture that came as bytes is read as its file would be."""

from __future__ import annotations

import io
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.clips import numbered_picture
from PIL import Image

from vidclf.errors import SourceError
from vidclf.sources.encoded_picture import decode_picture
from vidclf.sources.still_picture import read_picture

PICTURE = Image.fromarray(numbered_picture(77, width=95, height=61))


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def see_through() -> Image.Image:
    image = PICTURE.convert("RGBA")
    image.putalpha(Image.linear_gradient("L").resize(PICTURE.size))
    return image


def turned(tag: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = tag
    return encoded(PICTURE, "JPEG", quality=90, exif=exif.tobytes())


def sixteen_bits() -> Image.Image:
    return Image.fromarray(np.arange(60 * 80, dtype=np.uint16).reshape(60, 80) * 13)


KINDS = {
    "jpeg": encoded(PICTURE, "JPEG", quality=85),
    "progressive.jpeg": encoded(PICTURE, "JPEG", quality=60, progressive=True),
    "full_chroma.jpeg": encoded(PICTURE, "JPEG", quality=95, subsampling=0),
    "grey.jpeg": encoded(PICTURE.convert("L"), "JPEG"),
    "cmyk.jpeg": encoded(PICTURE.convert("CMYK"), "JPEG"),
    "padded.jpeg": encoded(PICTURE, "JPEG") + b"\0" * 20,
    "two.mpo": encoded(PICTURE, "MPO", save_all=True, append_images=[see_through().convert("RGB")]),
    **{f"turned_{tag}.jpeg": turned(tag) for tag in range(1, 9)},
    "png": encoded(PICTURE, "PNG"),
    "alpha.png": encoded(see_through(), "PNG"),
    "palette.png": encoded(PICTURE.convert("P"), "PNG", transparency=3),
    "deep.png": encoded(sixteen_bits(), "PNG"),
    "bits.png": encoded(PICTURE.convert("1"), "PNG"),
    "webp": encoded(PICTURE, "WEBP", quality=80),
    "lossless.webp": encoded(see_through(), "WEBP", lossless=True),
    "two.webp": encoded(PICTURE, "WEBP", save_all=True, append_images=[see_through()]),
}


@pytest.mark.parametrize("name", KINDS)
def test_it_is_read_as_its_file(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"picture.{name}"
    path.write_bytes(KINDS[name])
    np.testing.assert_array_equal(
        decode_picture(KINDS[name], name="frame 1").pixels, read_picture(path)
    )


@pytest.mark.parametrize("name", ["jpeg", "png", "webp", "alpha.png", "grey.jpeg"])
@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_half_a_picture_is_damaged(name: str, share: float) -> None:
    whole = KINDS[name]
    with pytest.raises(SourceError, match="frame 1 "):
        decode_picture(whole[: int(share * len(whole))], name="frame 1")


@pytest.mark.parametrize(
    "data",
    [
        b"x",
        b"\xff\xd8\xff\xd9",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        encoded(PICTURE, "GIF"),
        encoded(PICTURE, "BMP"),
        encoded(PICTURE, "TIFF"),
        encoded(PICTURE, "JPEG2000"),
    ],
)
def test_other_things_are_refused(data: bytes) -> None:
    with pytest.raises(SourceError, match="frame 1 is no picture that can be read: send JPEG"):
        decode_picture(data, name="frame 1")


def png_claiming(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        crc = zlib.crc32(kind + body).to_bytes(4, "big")
        return len(body).to_bytes(4, "big") + kind + body + crc

    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 2, 0, 0, 0])
    rows = zlib.compress(bytes(3 * width + 1) * 10)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("sides", [(8192, 4400), (12_000, 9_000), (60_000, 60_000)])
def test_a_picture_of_too_many_pixels_is_refused_unread(sides: tuple[int, int]) -> None:
    with pytest.raises(SourceError, match="megapixels; scale it down"):
        decode_picture(png_claiming(*sides), name="frame 1")


def test_random_damage_gives_a_picture_or_an_error() -> None:
    draw = np.random.default_rng(5)
    for name, whole in KINDS.items():
        for _ in range(20):
            data = bytearray(whole)
            for place in draw.integers(0, len(data), 6):
                data[place] = draw.integers(256)
            try:
                pixels = decode_picture(bytes(data), name=name).pixels
            except SourceError:
                continue
            assert pixels.ndim == 3
            assert pixels.dtype == np.uint8
