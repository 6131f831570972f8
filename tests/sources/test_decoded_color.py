"""Colours of decoded pictures, against the formulas of the standards."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import av
import numpy as np
import pytest
from helpers.clips import ClipSpec, make_clip, read_number

from vidclf.sources import open_source
from vidclf.sources.decoded_color import known_matrix, plain_rgb_pixels, read_color, rgb_pixels
from vidclf.sources.decoded_picture import DecodedPicture

WEIGHTS = {1: (0.2126, 0.0722), 5: (0.299, 0.114), 6: (0.299, 0.114), 9: (0.2627, 0.0593)}
"""Red and blue weights of BT.709, BT.601 and BT.2020."""
LIMITED, FULL, UNTOLD = 1, 2, 0


def flat(
    pixel_format: str,
    values: tuple[int, ...],
    *,
    matrix: int = 2,
    color_range: int = UNTOLD,
    size: tuple[int, int] = (64, 48),
) -> av.VideoFrame:
    frame = av.VideoFrame(*size, pixel_format)
    deep = frame.format.components[0].bits > 8
    for plane, value in zip(frame.planes, values, strict=True):
        count = plane.buffer_size // (2 if deep else 1)
        plane.update(np.full(count, value, np.uint16 if deep else np.uint8).tobytes())
    frame.colorspace, frame.color_range = matrix, color_range
    return frame


def expected_rgb(values: tuple[int, ...], *, matrix: int, full: bool, bits: int) -> np.ndarray:
    """ITU-R BT.601-7, BT.709-6 and BT.2020-2, with the ranges of ITU-T H.273."""
    red, blue = WEIGHTS[matrix]
    step, most = 2 ** (bits - 8), 2**bits - 1
    low, luma, chroma = (0, most, most) if full else (16 * step, 219 * step, 224 * step)
    y = (values[0] - low) / luma
    u, v = ((value - 128 * step) / chroma for value in values[1:])
    r, b = y + 2 * (1 - red) * v, y + 2 * (1 - blue) * u
    g = (y - red * r - blue * b) / (1 - red - blue)
    return np.clip(np.array([r, g, b]) * 255, 0, 255)


def worst_error(pixel_format: str, *, matrix: int, full: bool, tag: int, tag_range: int) -> float:
    bits = av.VideoFormat(pixel_format).components[0].bits
    step = 2 ** (bits - 8)
    errors = []
    for y, u, v in itertools.product((40, 120, 200), (70, 128, 190), (70, 128, 190)):
        values = (y * step, u * step, v * step)
        frame = flat(pixel_format, values, matrix=tag, color_range=tag_range)
        made = DecodedPicture(frame).rgb()[24, 32]
        wanted = expected_rgb(values, matrix=matrix, full=full, bits=bits)
        errors.append(np.abs(made - wanted).max())
    return float(max(errors))


@pytest.mark.parametrize("full", [False, True], ids=["limited", "full"])
@pytest.mark.parametrize("matrix", WEIGHTS)
@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv422p", "yuv444p", "yuv420p10le"])
def test_tagged_colours(pixel_format: str, matrix: int, full: bool) -> None:
    tag_range = FULL if full else LIMITED
    error = worst_error(pixel_format, matrix=matrix, full=full, tag=matrix, tag_range=tag_range)
    assert error <= 1.5


@pytest.mark.parametrize("tag", [0, 2, 3, 8, 14])
def test_untold_and_rare_matrix_is_601_in_a_small_picture(tag: int) -> None:
    error = worst_error("yuv420p", matrix=6, full=False, tag=tag, tag_range=UNTOLD)
    assert error <= 1.5


def test_yuvj_is_full_range_untold() -> None:
    assert worst_error("yuvj420p", matrix=6, full=True, tag=2, tag_range=UNTOLD) <= 1.5


@pytest.mark.parametrize(
    ("width", "height", "matrix"),
    [(720, 576, 6), (1278, 480, 6), (1280, 480, 1), (720, 578, 1), (1920, 1080, 1)],
)
def test_untold_matrix_goes_by_size(width: int, height: int, matrix: int) -> None:
    assert known_matrix(2, width=width, height=height) == matrix
    frame = flat("yuv420p", (120, 90, 190), size=(width, height))
    wanted = expected_rgb((120, 90, 190), matrix=matrix, full=False, bits=8)
    assert np.abs(DecodedPicture(frame).rgb()[24, 32] - wanted).max() <= 1.5


@pytest.mark.parametrize(
    ("pixel_format", "values", "rgb"),
    [
        ("gbrp", (100, 150, 200), (200, 100, 150)),
        ("gray", (77,), (77, 77, 77)),
        ("gray16le", (77 * 257,), (77, 77, 77)),
        ("rgb24", (90,), (90, 90, 90)),
        ("bgra", (90,), (90, 90, 90)),
    ],
)
def test_rgb_and_gray_are_taken_as_they_are(
    pixel_format: str, values: tuple[int, ...], rgb: tuple[int, ...]
) -> None:
    made = DecodedPicture(flat(pixel_format, values)).rgb()[24, 32]
    assert np.abs(made.astype(int) - rgb).max() <= 1


@pytest.mark.parametrize("bits", ["444", "555", "565"])
@pytest.mark.parametrize("order", ["rgb", "bgr"])
@pytest.mark.parametrize("endian", ["le", "be"])
def test_rgb_of_few_bits_is_as_bright_as_it_was(bits: str, order: str, endian: str) -> None:
    ramp = np.repeat(np.arange(64, dtype=np.uint8)[None, :, None] * 4 + 3, 48, axis=0)
    colors = np.concatenate([ramp, 255 - ramp, ramp], axis=2)
    frame = av.VideoFrame.from_ndarray(colors, format="rgb24")
    picture = DecodedPicture(frame.reformat(format=f"{order}{bits}{endian}"))
    steps = 2 * 256 / 2 ** int(min(bits))  # swscale dithers
    for made in (picture.rgb(), picture.plain_rgb()):
        assert np.abs(made.astype(int) - colors).max() <= steps
    assert picture.rgb().max() == 255


def test_alpha_is_dropped() -> None:
    opaque = DecodedPicture(flat("yuva420p", (120, 90, 190, 255))).rgb()
    clear = DecodedPicture(flat("yuva420p", (120, 90, 190, 0))).rgb()
    assert np.array_equal(opaque, clear)


@pytest.mark.parametrize("turn", [0, 90])
def test_plain_rgb_is_what_pyav_gives_upright(tmp_path: Path, turn: int) -> None:
    path = make_clip(tmp_path / "clip.mp4", ClipSpec(frames=4, rotation=turn))
    with open_source(path) as source:
        picture = list(source.frames())[3].picture
    assert isinstance(picture, DecodedPicture)
    plain = picture.plain_rgb()
    expected = picture.native.to_ndarray(format="rgb24")
    assert np.array_equal(plain, np.rot90(expected, -1) if turn else expected)
    assert read_number(plain) == 3
    assert np.abs(plain.astype(int) - picture.rgb()).mean() < 4


def noise(pixel_format: str, *, size: tuple[int, int], seed: int, matrix: int = 2) -> av.VideoFrame:
    """A frame of random samples, each within the bits that its format has."""
    frame = av.VideoFrame(*size, pixel_format)
    bits = frame.format.components[0].bits
    random = np.random.default_rng(seed)
    for plane in frame.planes:
        kind = np.uint16 if bits > 8 else np.uint8
        count = plane.buffer_size // np.dtype(kind).itemsize
        samples = random.integers(0, 2**bits, count, kind)
        plane.update((samples << 6 if pixel_format == "p010le" else samples).tobytes())
    frame.colorspace = matrix
    return frame


NATIVE_FORMATS = (
    *("yuv420p", "yuv422p", "yuv444p", "yuvj420p", "yuvj444p", "nv12", "yuv420p10le", "p010le"),
    *("yuva420p", "gray", "rgb24", "bgr24", "rgba", "gbrp", "gbrp10le"),
)
SIZES = ((64, 48), (65, 49), (1, 1), (641, 361), (130, 3))


@pytest.mark.parametrize("pixel_format", NATIVE_FORMATS)
def test_plain_rgb_is_pyavs_to_the_bit_whatever_came_before(pixel_format: str) -> None:
    for seed, (size, matrix) in enumerate(itertools.product(SIZES, (1, 2, 6, 9, 13))):
        frame = noise(pixel_format, size=size, seed=seed, matrix=matrix)
        try:
            expected = frame.to_ndarray(format="rgb24")
        except av.FFmpegError:
            expected = rgb_pixels(frame)
        np.testing.assert_array_equal(plain_rgb_pixels(frame), expected)


def test_plain_rgb_is_the_same_in_several_threads_at_once() -> None:
    frames = [
        noise(pixel_format, size=size, seed=seed)
        for seed, (size, pixel_format) in enumerate(itertools.product(SIZES, NATIVE_FORMATS))
    ]
    expected = [frame.to_ndarray(format="rgb24") for frame in frames]
    with ThreadPoolExecutor(4) as threads:
        for made, wanted in zip(threads.map(plain_rgb_pixels, frames), expected, strict=True):
            np.testing.assert_array_equal(made, wanted)


def test_plain_rgb_outlives_the_frames_after_it() -> None:
    first = plain_rgb_pixels(noise("yuv420p", size=(65, 49), seed=1))
    before = first.copy()
    plain_rgb_pixels(noise("yuv420p", size=(65, 49), seed=2))
    np.testing.assert_array_equal(first, before)


def test_plain_rgb_of_reserved_tags_falls_back() -> None:
    picture = DecodedPicture(flat("yuv420p", (120, 90, 190), matrix=13))
    assert np.array_equal(picture.plain_rgb(), picture.rgb())


def test_drawing_on_rgb_leaves_an_rgb_frame_alone() -> None:
    frame = flat("rgb24", (90,))
    DecodedPicture(frame).rgb()[:] = 0
    assert DecodedPicture(frame).rgb().min() == 90


def test_tags_are_told_as_the_file_has_them() -> None:
    color = read_color(flat("yuv420p", (0, 0, 0), matrix=9, color_range=LIMITED))
    assert (color.matrix, color.full_range) == (9, False)
    assert read_color(flat("yuv420p", (0, 0, 0))).full_range is None
    assert read_color(flat("yuvj420p", (0, 0, 0))).full_range is True


@pytest.mark.parametrize(("transfer", "name"), [("smpte2084", "PQ"), ("arib-std-b67", "HLG")])
def test_high_dynamic_range_is_noted(tmp_path: Path, transfer: str, name: str) -> None:
    params = f"log-level=none:transfer={transfer}:colorprim=bt2020:colormatrix=bt2020nc"
    spec = ClipSpec(
        codec="libx265", pixel_format="yuv420p10le", frames=3, options={"x265-params": params}
    )
    with open_source(make_clip(tmp_path / "clip.mp4", spec)) as source:
        assert source.info.color.matrix == 9
    assert source.report.notes == [
        f"high dynamic range ({name}); its colours are taken without tone mapping"
    ]
