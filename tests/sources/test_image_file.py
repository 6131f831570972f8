"""Stills, animations and picture sequences."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from helpers.clips import numbered_picture, read_number
from numpy.typing import NDArray
from PIL import Image

from vidclf.core.frames import Frame
from vidclf.errors import NoFramesError, SourceError
from vidclf.sources import Source, open_source

RED, GREEN = (200, 10, 20), (0, 250, 0)


def corners() -> Image.Image:
    """30x20 with a red upper left and a green lower right corner, else black."""
    pixels = np.zeros((20, 30, 3), np.uint8)
    pixels[:10, :15] = RED
    pixels[10:, 15:] = GREEN
    return Image.fromarray(pixels)


def read(path: Path, fps: Fraction | None = None) -> tuple[Source, list[Frame]]:
    with open_source(path, fps=fps) as source:
        return source, list(source.frames())


def picture(path: Path) -> NDArray[np.uint8]:
    frames = read(path)[1]
    assert len(frames) == 1
    return frames[0].picture.rgb()


def numbered(folder: Path, numbers: list[int], name: str = "shot_{:03d}.png") -> None:
    for number in numbers:
        Image.fromarray(numbered_picture(number)).save(folder / name.format(number))


def numbers_and_times(frames: list[Frame]) -> list[tuple[int, int, int]]:
    return [(read_number(f.picture.rgb()), f.pts, f.duration) for f in frames]


# ---- stills ----


def test_still_is_one_frame(tmp_path: Path) -> None:
    corners().save(tmp_path / "still.png")
    source, frames = read(tmp_path / "still.png")
    assert (len(frames), frames[0].pts, source.info.frame_count) == (1, 0, 1)
    assert (source.info.width, source.info.height) == (30, 20)
    assert np.array_equal(frames[0].picture.rgb(), np.asarray(corners()))


@pytest.mark.parametrize(("code", "mode"), [("gray", "L"), ("palette", "P"), ("cmyk", "CMYK")])
def test_every_kind_of_pixel_becomes_rgb(tmp_path: Path, code: str, mode: str) -> None:
    suffix = ".tif" if mode == "CMYK" else ".png"
    made = corners().convert(mode)
    made.save(tmp_path / f"{code}{suffix}")
    error = np.abs(
        picture(tmp_path / f"{code}{suffix}").astype(int) - np.asarray(made.convert("RGB"))
    )
    assert error.max() <= 1


def test_16_bit_gray_keeps_its_upper_bits(tmp_path: Path) -> None:
    deep = (np.arange(600, dtype=np.uint16) * 109).reshape(20, 30)
    Image.fromarray(deep).save(tmp_path / "deep.png")
    assert np.array_equal(picture(tmp_path / "deep.png")[:, :, 1], deep >> 8)


def test_16_bit_colour_keeps_its_upper_bits(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "deep.png"), np.full((20, 30, 3), (100, 40_000, 65_535), np.uint16))
    assert tuple(picture(tmp_path / "deep.png")[0, 0]) == (255, 156, 0)


@pytest.mark.parametrize(
    ("alpha", "red"), [(0, (255, 255, 255)), (255, RED), (51, (244, 206, 208))]
)
def test_transparent_pixels_stand_on_white(
    tmp_path: Path, alpha: int, red: tuple[int, int, int]
) -> None:
    clear = corners()
    clear.putalpha(alpha)
    clear.save(tmp_path / "clear.png")
    assert tuple(picture(tmp_path / "clear.png")[0, 0]) == red


@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_honoured(
    tmp_path: Path, orientation: int, suffix: str, mode: str
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    turned = exif_turned(np.asarray(corners()), orientation)
    path = tmp_path / f"photo{suffix}"
    Image.fromarray(turned).convert(mode).save(path, exif=exif, quality=95)
    wanted = np.asarray(corners().convert(mode).convert("RGB")).astype(int)
    assert np.abs(picture(path)[::19, ::29] - wanted[::19, ::29]).max() < 30


def exif_turned(pixels: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """A picture as a camera stores it under this tag: row 0 and column 0 as CIPA DC-008 says."""
    stored = pixels.swapaxes(0, 1) if orientation >= 5 else pixels
    rows_back = orientation in (3, 4, 6, 7)
    columns_back = orientation in (2, 3, 7, 8)
    return np.ascontiguousarray(stored[:: -1 if rows_back else 1, :: -1 if columns_back else 1])


def test_pages_are_no_animation(tmp_path: Path) -> None:
    corners().save(tmp_path / "scan.tif", save_all=True, append_images=[corners(), corners()])
    source, frames = read(tmp_path / "scan.tif")
    assert len(frames) == 1
    assert source.report.notes == ["3 pictures in one file; only the first is read"]


@pytest.mark.parametrize("name", ["bad.png", "bad.jpg", "bad.gif"])
def test_text_is_not_a_picture(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("no picture")
    with pytest.raises(SourceError, match=r"bad\.\w+: cannot be read as a picture"):
        open_source(tmp_path / name)


# ---- animations ----


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".png"])
def test_frames_have_their_own_delays(tmp_path: Path, suffix: str) -> None:
    first, *others = (Image.fromarray(numbered_picture(n)) for n in range(4))
    path = tmp_path / f"moving{suffix}"
    kind = {"lossless": True} if suffix == ".webp" else {}
    first.save(path, save_all=True, append_images=others, duration=[40, 70, 1000, 90], **kind)
    source, frames = read(path)
    assert numbers_and_times(frames) == [(0, 0, 40), (1, 40, 70), (2, 110, 1000), (3, 1110, 90)]
    assert source.info.time_base == Fraction(1, 1000)
    assert (source.info.duration_seconds, source.info.frame_count) == (1.2, 4)
    assert source.info.frame_rate == Fraction(4000, 1200)


def test_delay_too_short_to_be_meant_is_a_tenth_of_a_second(tmp_path: Path) -> None:
    first, *others = (Image.fromarray(numbered_picture(n)) for n in range(3))
    first.save(tmp_path / "a.gif", save_all=True, append_images=others, duration=[0, 10, 20])
    assert [frame.duration for frame in read(tmp_path / "a.gif")[1]] == [100, 100, 20]


def test_gif_frames_are_laid_over_each_other(tmp_path: Path) -> None:
    background, patch = corners().quantize(8), Image.new("RGBA", (30, 20), (0, 0, 0, 0))
    patch.paste((0, 0, 250, 255), (20, 0, 30, 10))
    background.save(
        tmp_path / "a.gif", save_all=True, append_images=[patch], duration=50, disposal=1
    )
    second = read(tmp_path / "a.gif")[1][1].picture.rgb()
    assert np.abs(second[2, 2].astype(int) - RED).max() < 4
    assert np.abs(second[2, 25].astype(int) - (0, 0, 250)).max() < 4


def test_cut_gif_gives_what_is_left(tmp_path: Path) -> None:
    first, *others = (Image.fromarray(numbered_picture(n)) for n in range(6))
    first.save(tmp_path / "a.gif", save_all=True, append_images=others, duration=50)
    data = (tmp_path / "a.gif").read_bytes()
    (tmp_path / "a.gif").write_bytes(data[: len(data) // 2])
    source, frames = read(tmp_path / "a.gif")
    assert [read_number(frame.picture.rgb()) for frame in frames] == list(range(len(frames)))
    assert 1 <= len(frames) < 6
    assert source.report.packets_lost == 1
    assert "damaged after picture" in source.report.notes[0]


def animation(path: Path, frames: int = 6) -> bytes:
    """An animation of numbered pictures; its bytes."""
    first, *others = (Image.fromarray(numbered_picture(n)) for n in range(frames))
    first.save(path, save_all=True, append_images=others, duration=50)
    return path.read_bytes()


@pytest.mark.parametrize(("end", "lost"), [(b"IEND", 0), (b"\x00\x00\x00\x1afcTL", 5)])
def test_apng_tells_how_many_pictures_it_had(tmp_path: Path, end: bytes, lost: int) -> None:
    data = animation(tmp_path / "a.png")
    place = data.index(end, data.index(b"IDAT"))
    (tmp_path / "a.png").write_bytes(data[:place] + (b"IEND" if not lost else b""))
    source, frames = read(tmp_path / "a.png")
    assert (len(frames), source.report.packets_lost) == (6 - lost, lost)


def test_damage_inside_an_apng_costs_no_picture_before_it(tmp_path: Path) -> None:
    data = bytearray(animation(tmp_path / "a.png"))
    place = data.index(b"fdAT", data.index(b"fdAT") + 1) + 8
    data[place : place + 200] = bytes(200)
    (tmp_path / "a.png").write_bytes(data)
    source, frames = read(tmp_path / "a.png")
    assert [read_number(frame.picture.rgb()) for frame in frames] == [0, 1]
    assert source.report.packets_lost == 4


def test_gif_that_ends_between_two_pictures_is_told(tmp_path: Path) -> None:
    data = animation(tmp_path / "a.gif")
    assert read(tmp_path / "a.gif")[0].report.early_end is None
    (tmp_path / "a.gif").write_bytes(data[: data.rindex(b"\x21\xf9\x04")])
    source, frames = read(tmp_path / "a.gif")
    assert (len(frames), source.report.early_end) == (5, "the mark that ends a GIF is absent")


def test_gif_whose_reader_loses_its_way_is_told(tmp_path: Path) -> None:
    data = bytearray(animation(tmp_path / "a.gif"))
    second = data.index(b"\x21\xf9\x04", data.index(b"\x21\xf9\x04") + 1)
    data[second] = 0x3B  # the end of a GIF
    (tmp_path / "a.gif").write_bytes(data)
    source, frames = read(tmp_path / "a.gif")
    assert (len(frames), source.report.packets_lost) == (1, 4)


def test_animation_that_goes_while_it_is_read(tmp_path: Path) -> None:
    animation(tmp_path / "a.gif")
    with open_source(tmp_path / "a.gif") as source:
        (tmp_path / "a.gif").write_bytes(b"")
        with pytest.raises(NoFramesError, match="not one of its pictures can be decoded"):
            list(source.frames())


# ---- sequences ----


def test_pattern_starts_at_any_number(tmp_path: Path) -> None:
    numbered(tmp_path, [98, 99, 100, 101])
    _, frames = read(tmp_path / "shot_%03d.png")
    assert numbers_and_times(frames) == [(98, 0, 1), (99, 1, 1), (100, 2, 1), (101, 3, 1)]


def test_missing_number_leaves_its_time_to_the_one_before(tmp_path: Path) -> None:
    numbered(tmp_path, [1, 2, 5])
    source, frames = read(tmp_path / "shot_%03d.png")
    assert numbers_and_times(frames) == [(1, 0, 1), (2, 1, 3), (5, 4, 1)]
    assert [frame.index for frame in frames] == [0, 1, 2]
    assert source.report.notes == ["2 numbers are missing between 1 and 5"]


def test_pattern_takes_only_its_own_digits(tmp_path: Path) -> None:
    numbered(tmp_path, [1, 2, 3])
    numbered(tmp_path, [4], name="shot_{:d}.png")
    assert len(read(tmp_path / "shot_%03d.png")[1]) == 3
    assert len(read(tmp_path / "shot_%d.png")[1]) == 1


def test_folder_is_read_in_natural_order(tmp_path: Path) -> None:
    numbered(tmp_path, [1, 2, 10, 9], name="b{:d}.png")
    (tmp_path / "notes.txt").write_text("left alone")
    (tmp_path / ".hidden.png").write_text("left alone")
    _, frames = read(tmp_path)
    assert [read_number(frame.picture.rgb()) for frame in frames] == [1, 2, 9, 10]


def test_rate_is_25_unless_asked(tmp_path: Path) -> None:
    numbered(tmp_path, [1, 2])
    assert read(tmp_path)[0].info.frame_rate == 25
    source, frames = read(tmp_path, fps=Fraction(30000, 1001))
    assert source.info.frame_rate == Fraction(30000, 1001)
    assert frames[1].pts * frames[1].time_base == Fraction(1001, 30000)


@pytest.mark.parametrize("bad", [0, 2, 3])
def test_bad_picture_is_left_out_and_noted(tmp_path: Path, bad: int) -> None:
    numbered(tmp_path, [0, 1, 2, 3])
    (tmp_path / f"shot_{bad:03d}.png").write_bytes(b"bad")
    source, frames = read(tmp_path / "shot_%03d.png")
    good = [n for n in range(4) if n != bad]
    assert [(number, pts) for number, pts, _ in numbers_and_times(frames)] == [(n, n) for n in good]
    assert source.report.packets_lost == 1
    assert f"shot_{bad:03d}.png: cannot be read as a picture" in source.report.notes[0]


def test_other_sizes_are_fitted_into_the_first(tmp_path: Path) -> None:
    Image.new("RGB", (40, 20), RED).save(tmp_path / "1.png")
    Image.new("RGB", (20, 20), GREEN).save(tmp_path / "2.png")
    source, frames = read(tmp_path)
    second = frames[1].picture.rgb()
    assert second.shape == (20, 40, 3)
    assert tuple(second[10, 20]) == GREEN
    assert not second[:, :9].any()
    assert not second[:, 31:].any()
    assert source.report.notes == ["pictures of another size are fitted into 40x20, on black"]


def test_only_bad_pictures(tmp_path: Path) -> None:
    (tmp_path / "1.png").write_bytes(b"bad")
    with pytest.raises(NoFramesError, match="not one of its pictures can be read"):
        open_source(tmp_path)


def test_folder_with_videos_is_not_a_sequence(tmp_path: Path) -> None:
    numbered(tmp_path, [1])
    (tmp_path / "clip.mp4").touch()
    with pytest.raises(SourceError, match="holds 1 videos and 1 pictures"):
        open_source(tmp_path)


def test_folder_with_neither(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="holds no videos and no pictures"):
        open_source(tmp_path)


@pytest.mark.parametrize("pattern", ["no_folder/shot_%03d.png", "shot_%d_%d.png"])
def test_pattern_that_cannot_be(tmp_path: Path, pattern: str) -> None:
    with pytest.raises(SourceError, match="a pattern is an existing folder and a name with one"):
        open_source(tmp_path / pattern)


def test_pattern_that_fits_no_file(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no file has such a name"):
        open_source(tmp_path / "shot_%03d.png")


def test_file_whose_name_looks_like_a_pattern_is_a_file(tmp_path: Path) -> None:
    corners().save(tmp_path / "100%d.png")
    assert len(read(tmp_path / "100%d.png")[1]) == 1


def test_an_annotated_still_of_an_earlier_run_is_no_picture_of_a_folder(tmp_path: Path) -> None:
    numbered(tmp_path, [1, 2])
    numbered(tmp_path, [3], "shot_001_annotated.png")
    numbered(tmp_path, [4], "own_annotated.png")
    (tmp_path / "shot_001_manifest.json").touch()
    assert [number for number, *_ in numbers_and_times(read(tmp_path)[1])] == [4, 1, 2]
