"""RGB to YUV against the formulas of ITU-T H.273, written out here a second time."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.media_checks import Pixels, clip_info

from vidclf.core.frames import ColorInfo
from vidclf.sinks.encoded_color import YuvConverter, output_color

KR_KB = {1: (0.2126, 0.0722), 4: (0.30, 0.11), 5: (0.299, 0.114), 6: (0.299, 0.114)}
KR_KB |= {7: (0.212, 0.087), 9: (0.2627, 0.0593)}


def by_formula(pixels: Pixels, matrix: int, *, full_range: bool) -> np.ndarray:
    """(h, w, 3) float64 luma, blue and red difference, in 8-bit levels."""
    kr, kb = KR_KB[matrix]
    red, green, blue = np.moveaxis(pixels / 255, -1, 0)
    luma = kr * red + (1 - kr - kb) * green + kb * blue
    chroma = (blue - luma) / (2 * (1 - kb)), (red - luma) / (2 * (1 - kr))
    luma_scale, foot, chroma_scale = (255, 0, 255) if full_range else (219, 16, 224)
    return np.stack([luma * luma_scale + foot, *(c * chroma_scale + 128 for c in chroma)], -1)


def patches() -> Pixels:
    """(144, 256, 3) squares of 8x8 pixels of one colour each, the cube's corners first."""
    colors = np.random.default_rng(0).integers(0, 256, (18 * 32, 3), np.uint8)
    colors[:8] = [[255 * (corner >> bit & 1) for bit in range(3)] for corner in range(8)]
    return colors.reshape(18, 32, 3).repeat(8, 0).repeat(8, 1)


@pytest.mark.parametrize("matrix", KR_KB)
@pytest.mark.parametrize("full_range", [False, True])
def test_each_matrix_and_range_follows_its_formula(matrix: int, full_range: bool) -> None:
    info = clip_info(color=ColorInfo(matrix=matrix, full_range=full_range), pixel_format="yuv420p")
    planes = YuvConverter(output_color(info)).convert(patches()).to_ndarray()
    luma, blue, red = planes[:144], planes[144:180].reshape(72, 128), planes[180:].reshape(72, 128)
    expected = by_formula(patches(), matrix, full_range=full_range)[4::8, 4::8]
    found = np.stack([luma[4::8, 4::8], blue[2::4, 2::4], red[2::4, 2::4]], -1)
    assert np.abs(found - expected.clip(0, 255)).max() <= 2


@pytest.mark.parametrize("full_range", [None, False, True])
@pytest.mark.parametrize("matrix", [1, 2, 5, 6, 9])
def test_tags_of_a_yuv_clip_go_on_unchanged(matrix: int, full_range: bool | None) -> None:
    color = ColorInfo(matrix=matrix, primaries=5, transfer=6, full_range=full_range)
    out = output_color(clip_info(color=color, pixel_format="yuv420p"))
    assert out.tags == color
    frame = YuvConverter(out).convert(patches())
    assert (frame.colorspace, frame.color_primaries, frame.color_trc) == (matrix, 5, 6)
    assert frame.color_range == {None: 0, False: 1, True: 2}[full_range]


@pytest.mark.parametrize(
    ("width", "height", "rotation", "matrix"),
    [
        (720, 576, 0, 6),
        (1280, 576, 0, 1),
        (640, 578, 0, 1),
        (576, 720, 90, 6),
        (576, 720, 0, 1),
        (1080, 1920, 270, 1),
    ],
)
def test_an_unnamed_matrix_goes_by_the_decoded_size(
    width: int, height: int, rotation: int, matrix: int
) -> None:
    info = clip_info(width=width, height=height, rotation=rotation, pixel_format="yuv420p")
    assert output_color(info).matrix == matrix


@pytest.mark.parametrize(
    ("pixel_format", "matrix"),
    [("rgb24", 2), ("gbrp", 0), ("pal8", 2), ("bgra", 0), ("yuv444p", 8)],
)
def test_rgb_and_matrices_that_yuv_encoders_do_not_share_become_bt709(
    pixel_format: str, matrix: int
) -> None:
    color = ColorInfo(matrix=matrix, full_range=True)
    out = output_color(clip_info(color=color, pixel_format=pixel_format))
    assert (out.matrix, out.full_range) == (1, False)
    assert out.tags == ColorInfo(matrix=1, primaries=1, transfer=1, full_range=False)
