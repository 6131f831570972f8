"""The short lane: drawn into the decoded planes, it looks as the lane through MoviePy does."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from helpers.clips import ClipSpec, make_clip, read_number
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vidclf.core.annotation import Annotation, Answer, Patch
from vidclf.core.ffmpeg import plane_samples
from vidclf.core.frames import Frame, Pixels
from vidclf.overlay.moviepy_effect import Compositor
from vidclf.overlay.overlay import STYLES, Overlay
from vidclf.overlay.plane_blend import PlaneBlender, rgb_to_yuv
from vidclf.overlay.plane_compositor import PlaneCompositor
from vidclf.settings import Style
from vidclf.sinks.encoded_color import YuvConverter, output_color
from vidclf.sources import open_source

ANSWERS = tuple(
    Answer(label=name, class_id=i, confidence=c)
    for i, (name, c) in enumerate([("Egyptian cat", 0.87), ("tabby", 0.09), ("lynx", 0.02)])
)
SIZE = {"width": 640, "height": 360}


def planes_of(frame: av.VideoFrame) -> tuple[Pixels, Pixels, Pixels]:
    y, u, v = (plane_samples(plane) for plane in frame.planes[:3])
    return y, u, v


def last_frame(path: Path) -> tuple[Any, Frame]:
    with open_source(path) as source:
        return source.info, list(source.frames())[-1]


def overlay_for(info: Any) -> Overlay:
    overlay = Overlay(
        width=info.width, height=info.height, pixel_aspect=info.pixel_aspect, span=(0.0, 1.0)
    )
    overlay.add(Annotation(pts_seconds=0.0, answers=ANSWERS))
    return overlay


CLIPS = {
    "8 bit": ClipSpec(**SIZE),
    "10 bit": ClipSpec(**SIZE, codec="libx265", pixel_format="yuv420p10le",
                       options={"x265-params": "log-level=none"}),
    "4:2:2": ClipSpec(**SIZE, pixel_format="yuv422p"),
    "4:4:4": ClipSpec(**SIZE, pixel_format="yuv444p"),
    "full range": ClipSpec(**SIZE, codec="mjpeg", pixel_format="yuvj420p", options={}),
    "turned": ClipSpec(**SIZE, rotation=90),
    "mirrored": ClipSpec(**SIZE, rotation=180, mirrored=True),
    "odd": ClipSpec(width=641, height=361, pixel_format="yuv444p"),
    "wide pixels": ClipSpec(**SIZE, pixel_aspect=Fraction(64, 51)),
}  # fmt: skip


@pytest.mark.parametrize("kind", CLIPS)
def test_both_lanes_look_the_same(tmp_path: Path, kind: str) -> None:
    suffix = "avi" if kind == "full range" else "mp4"
    info, frame = last_frame(make_clip(tmp_path / f"clip.{suffix}", CLIPS[kind]))
    annotation = Annotation(pts_seconds=frame.pts_seconds, answers=ANSWERS)
    color = output_color(info)
    seconds = frame.pts_seconds
    short = PlaneCompositor(
        info, overlay_for(info), matrix=color.matrix, full_range=color.full_range
    ).picture(frame, annotation, seconds=seconds)
    pixels = Compositor(info, overlay_for(info), seconds=1.0).picture(
        frame, annotation, seconds=seconds
    )
    long = YuvConverter(color).convert(pixels)
    assert (short.width, short.height) == (long.width, long.height)
    card = np.s_[16:60, 16:160]
    for part, (a, b) in zip(
        "YUV", zip(planes_of(short), planes_of(long), strict=True), strict=True
    ):
        inside = card if part == "Y" else tuple(slice(s.start // 2, s.stop // 2) for s in card)
        assert psnr(a[inside], b[inside]) >= 40, part


def psnr(a: Pixels, b: Pixels) -> float:
    error = np.mean((a.astype(float) - b.astype(float)) ** 2)
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


@pytest.mark.parametrize("kind", ["8 bit", "turned"])
def test_untouched_samples_are_the_decoders(tmp_path: Path, kind: str) -> None:
    info, frame = last_frame(make_clip(tmp_path / "clip.mp4", CLIPS[kind]))
    overlay = overlay_for(info)
    annotation = Annotation(pts_seconds=frame.pts_seconds, answers=ANSWERS)
    drawn = PlaneCompositor(info, overlay, matrix=6, full_range=False).picture(
        frame, annotation, seconds=0.0
    )
    plain = frame.picture.yuv420()
    assert plain is not None
    touched = np.zeros((info.height, info.width), bool)
    for patch in overlay.patches(annotation):
        height, width = patch.rgba.shape[:2]
        touched[patch.y : patch.y + height, patch.x : patch.x + width] = True
    for a, b in zip(planes_of(drawn), planes_of(plain), strict=True):
        step = info.height // a.shape[0]
        outside = ~touched[::step, ::step]
        np.testing.assert_array_equal(a[outside], b[outside])
    if kind == "8 bit":
        native = planes_of(frame.picture.native)
        for a, b in zip(planes_of(plain), native, strict=True):
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("kind", CLIPS)
def test_planes_are_upright_and_even(tmp_path: Path, kind: str) -> None:
    suffix = "avi" if kind == "full range" else "mp4"
    info, frame = last_frame(make_clip(tmp_path / f"clip.{suffix}", CLIPS[kind]))
    picture = frame.picture.yuv420()
    assert picture is not None
    assert (picture.width, picture.height) == (
        info.width + info.width % 2,
        info.height + info.height % 2,
    )
    seen = picture.to_ndarray(format="rgb24")[: info.height, : info.width]
    assert read_number(seen) == 23


def test_rgb_has_no_planes(tmp_path: Path) -> None:
    spec = ClipSpec(codec="png", pixel_format="rgb24", options={})
    _, frame = last_frame(make_clip(tmp_path / "clip.mov", spec))
    assert frame.picture.yuv420() is None


def test_odd_and_turned_has_no_planes(tmp_path: Path) -> None:
    spec = ClipSpec(width=161, height=121, pixel_format="yuv444p", rotation=90)
    _, frame = last_frame(make_clip(tmp_path / "clip.mp4", spec))
    assert frame.picture.yuv420() is None


@pytest.mark.parametrize("matrix", [1, 4, 6, 7, 9])
@pytest.mark.parametrize("full_range", [False, True])
def test_the_map_to_yuv_keeps_grey_and_ends(matrix: int, full_range: bool) -> None:
    to_yuv = rgb_to_yuv(matrix, full_range=full_range)
    low, high = (0, 255) if full_range else (16, 235)
    for level, luma in ((0, low), (255, high)):
        np.testing.assert_allclose(to_yuv @ [level, level, level, 1], [luma, 128, 128], atol=1e-9)
    blue = to_yuv @ [0, 0, 255, 1]
    assert blue[1] == pytest.approx(255.5 if full_range else 240)


@given(
    rgba=arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(4))),
    x=st.integers(-6, 14),
    y=st.integers(-6, 10),
    full_range=st.booleans(),
)
def test_blending_planes_matches_the_formula(
    rgba: Pixels, x: int, y: int, full_range: bool
) -> None:
    planes = [np.full((12, 16), 90, np.uint8), np.full((6, 8), 70, np.uint8),
              np.full((6, 8), 180, np.uint8)]  # fmt: skip
    expected = reference(planes, rgba, x=x, y=y, full_range=full_range)
    blender = PlaneBlender(matrix=6, full_range=full_range)
    blender.blend((planes[0], planes[1], planes[2]), [Patch(x=x, y=y, rgba=rgba, key="one")])
    for plane, wanted in zip(planes, expected, strict=True):
        assert np.abs(plane - wanted).max() <= 1.6  # the map, the alpha and the result are rounded


def reference(
    planes: list[Pixels], rgba: Pixels, *, x: int, y: int, full_range: bool
) -> list[np.ndarray]:
    """The same in floats: over each pixel, then chroma averaged over its four pixels."""
    to_yuv = rgb_to_yuv(6, full_range=full_range)
    canvas = np.zeros((40, 44, 4))  # the picture at (12, 14), and room around it
    height, width = rgba.shape[:2]
    ones = np.ones((height, width, 1))
    yuv = np.clip(np.concatenate([rgba[..., :3], ones], axis=2) @ to_yuv.T, 0, 255)
    alpha = rgba[..., 3:] / 255
    canvas[y + 12 : y + 12 + height, x + 14 : x + 14 + width] = np.concatenate(
        [yuv * alpha, alpha], axis=2
    )
    whole = canvas[12:24, 14:30]
    quarter = whole.reshape(6, 2, 8, 2, 4).mean(axis=(1, 3))
    parts = [whole, quarter, quarter]
    return [
        plane * (1 - part[..., 3]) + part[..., i]
        for i, (plane, part) in enumerate(zip(planes, parts, strict=True))
    ]


def test_a_kept_patch_is_not_mistaken_for_another() -> None:
    blender = PlaneBlender(matrix=6, full_range=True)
    for key, level in (("a", 250), ("b", 10), ("a", 250)):
        luma, chroma = np.zeros((4, 4), np.uint8), np.zeros((2, 2), np.uint8)
        rgba = np.full((4, 4, 4), 255, np.uint8)
        rgba[..., :3] = level
        blender.blend((luma, chroma, chroma.copy()), [Patch(x=0, y=0, rgba=rgba, key=key)])
        assert (luma == level).all()


@pytest.mark.parametrize("style", STYLES)
def test_a_blender_that_drew_other_frames_draws_the_same(style: Style) -> None:
    overlay = Overlay(width=426, height=240, style=style, span=(0.0, 10.0))
    kept = PlaneBlender(matrix=6, full_range=False)
    for second, confidence in enumerate((0.9, 0.91, 0.2, 0.91, 0.5)):
        answers = tuple(
            Answer(label=label, class_id=place, confidence=confidence / (1 + place))
            for place, label in enumerate("abcd"[: 2 + second % 2])
        )
        shown = Annotation(pts_seconds=2.0 * second, answers=answers)
        overlay.add(shown)
        patches = overlay.patches(shown)
        drawn = []
        for blender in (kept, PlaneBlender(matrix=6, full_range=False)):
            luma, *chroma = (np.full((240 // s, 426 // s), 90, np.uint8) for s in (1, 2, 2))
            blender.blend((luma, chroma[0], chroma[1]), patches)
            drawn.append([luma, *chroma])
        for a, b in zip(*drawn, strict=True):
            np.testing.assert_array_equal(a, b)
