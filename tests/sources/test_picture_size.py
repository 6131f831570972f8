"""Pictures of absurd size are refused, before the memory for them is taken."""

from __future__ import annotations

import re
import struct
import zlib
from pathlib import Path

import av
import pytest
from helpers.clips import ClipSpec, make_clip, numbered_picture
from PIL import Image

from vidclf.errors import NoFramesError, SourceError
from vidclf.sources import open_source
from vidclf.sources.still_picture import open_picture


def gif(path: Path, width: int, height: int) -> Path:
    """A GIF of a few bytes whose screen claims a size."""
    Image.new("P", (4, 4)).save(path)
    data = bytearray(path.read_bytes())
    struct.pack_into("<HH", data, 6, width, height)
    path.write_bytes(data)
    return path


def png(path: Path, width: int, height: int) -> Path:
    """A PNG of a few bytes whose header claims a size."""
    Image.new("L", (4, 4)).save(path)
    data = bytearray(path.read_bytes())
    struct.pack_into(">II", data, 16, width, height)
    struct.pack_into(">I", data, 29, zlib.crc32(data[12:29]))
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("size", [(13_000, 13_000), (9000, 4000), (65_535, 65_535)])
def test_a_gif_is_refused(tmp_path: Path, size: tuple[int, int]) -> None:
    with pytest.raises(SourceError, match=r"a\.gif: claims pictures of .*megapixels; scale it"):
        open_source(gif(tmp_path / "a.gif", *size))


@pytest.mark.parametrize("size", [(12_000, 12_000), (30_000, 30_000)])
def test_a_still_is_refused(tmp_path: Path, size: tuple[int, int]) -> None:
    with pytest.raises(SourceError, match=r"a\.png: claims .*134 megapixels; scale it down"):
        open_source(png(tmp_path / "a.png", *size))


def test_a_large_photograph_is_opened_without_a_warning(tmp_path: Path) -> None:
    path = png(tmp_path / "a.png", 11_600, 8700)
    with open_picture(path):
        pass


def test_an_animation_that_grows_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    frames = [Image.fromarray(numbered_picture(n)) for n in range(3)]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=40)
    data = bytearray(path.read_bytes())
    _, second, _ = re.finditer(rb"\x21\xf9\x04....\x00\x2c", data, re.DOTALL)
    struct.pack_into("<HHHH", data, second.end(), 0, 0, 9000, 9000)
    path.write_bytes(data)
    with pytest.raises(SourceError, match="9000x9000, and a video or an animation may have"):
        open_source(path)


def test_a_sequence_leaves_a_large_picture_out(tmp_path: Path) -> None:
    png(tmp_path / "0.png", 12_000, 12_000)
    Image.fromarray(numbered_picture(1)).save(tmp_path / "1.png")
    with open_source(tmp_path) as source:
        assert len(list(source.frames())) == 1
    assert "0.png: claims pictures of 12000x12000" in source.report.notes[0]


def test_a_sequence_of_large_pictures_is_refused(tmp_path: Path) -> None:
    png(tmp_path / "0.png", 12_000, 12_000)
    with pytest.raises(NoFramesError, match=r"not one of its pictures .* claims pictures of"):
        open_source(tmp_path)


@pytest.mark.parametrize("suffix", ["avi", "mkv"])
def test_a_video_is_refused(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", rate=25)
        stream.width, stream.height, stream.pix_fmt = 6000, 6000, "yuvj420p"
        container.mux(stream.encode(av.VideoFrame(6000, 6000, "yuvj420p")))
        container.mux(stream.encode(None))
    with pytest.raises(SourceError, match="6000x6000, and a video or an animation may have"):
        open_source(path)


def test_a_size_that_the_decoder_would_take_at_once_is_refused(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.avi", ClipSpec(codec="zmbv", pixel_format="bgr0", frames=2))
    data = bytearray(path.read_bytes())
    struct.pack_into("<II", data, data.index(b"strf") + 12, 16_000, 16_000)
    path.write_bytes(data)
    with pytest.raises(SourceError, match="claims pictures of 16000x16000, and a video"):
        open_source(path)


def test_a_wrong_size_in_the_container_alone_is_passed_over(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.avi", ClipSpec(frames=2))
    data = bytearray(path.read_bytes())
    struct.pack_into("<II", data, data.index(b"strf") + 12, 20_000, 20_000)
    path.write_bytes(data)
    with open_source(path) as source:
        assert (source.info.width, source.info.height) == (192, 144)
