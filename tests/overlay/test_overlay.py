"""The overlay as a whole: patches that stay inside the picture and say what they should."""

from __future__ import annotations

import itertools
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vidclf.core.annotation import Annotation, Answer, AnyPatch, PatchCut, Tile, TiledPatch
from vidclf.errors import UsageError
from vidclf.overlay.blend import blend
from vidclf.overlay.colors import palette_color
from vidclf.overlay.overlay import STYLES, Overlay
from vidclf.settings import Style

SIZES = st.tuples(st.integers(16, 900), st.integers(16, 900))
ASPECTS = st.sampled_from([Fraction(1), Fraction(64, 51), Fraction(128, 117), Fraction(3, 4)])
CONFIDENCES = st.floats(0, 1, width=32)
ODD_LABELS = [
    "",
    " \n\t ",
    "two\nlines\tand a tab",
    "قطة مصرية",
    "חתול",
    "三毛猫",
    "cat 🐱👩‍👩‍👧",
    "e\u0301" * 150,
    "q\u0301" * 150,
    "W" * 300,
    "i" * 5000,
    "\ud800 lone surrogate",
    "null\0char",
    "\u202eright to left override",
]


def annotation(
    *labels: str, pts_seconds: float = 0.0, confidence: float = 0.9, class_id: int = 0
) -> Annotation:
    answers = tuple(
        Answer(label=label, class_id=class_id + rank, confidence=confidence / (1 + rank))
        for rank, label in enumerate(labels or ("cat", "dog", "fox"))
    )
    return Annotation(pts_seconds=pts_seconds, answers=answers)


def pixels_of(patches: tuple[AnyPatch, ...], width: int = 1280, height: int = 720) -> np.ndarray:
    picture = np.full((height, width, 3), 90, np.uint8)
    blend(picture, patches)
    return picture


def card_of(overlay: Overlay, shown: Annotation) -> tuple[AnyPatch, ...]:
    return tuple(patch for patch in overlay.patches(shown) if patch.y < 300)


@settings(max_examples=60, deadline=None)
@given(size=SIZES, aspect=ASPECTS, style=st.sampled_from(STYLES), time=st.floats(-1, 12))
def test_patches_lie_inside_the_picture(
    size: tuple[int, int], aspect: Fraction, style: Style, time: float
) -> None:
    width, height = size
    overlay = Overlay(width=width, height=height, pixel_aspect=aspect, style=style, span=(0, 10))
    shown = annotation(pts_seconds=time)
    overlay.add(shown)
    for patch in overlay.patches(shown):
        assert patch.x >= 0
        assert patch.y >= 0
        assert patch.x + patch.rgba.shape[1] <= width
        assert patch.y + patch.rgba.shape[0] <= height


@settings(max_examples=40, deadline=None)
@given(size=SIZES, style=st.sampled_from(STYLES))
@example(size=(76, 38), style="card")
def test_card_leaves_most_of_the_picture_free(size: tuple[int, int], style: Style) -> None:
    overlay = Overlay(width=size[0], height=size[1], style=style)
    area = sum(patch.rgba[..., 0].size for patch in overlay.patches(annotation()))
    assert area <= 0.4 * size[0] * size[1]


@pytest.mark.parametrize("size", [(176, 144), (426, 240), (1080, 1920), (3840, 2160)])
def test_every_common_size_has_a_card_and_a_strip(size: tuple[int, int]) -> None:
    overlay = Overlay(width=size[0], height=size[1], style="full", span=(0, 10))
    patches = overlay.patches(annotation())
    assert min(patch.y for patch in patches) < size[1] / 8
    assert max(patch.y for patch in patches) > size[1] * 7 / 8


def test_rows_meet_without_gap_or_overlap() -> None:
    rows = Overlay(width=1280, height=720, style="bars").patches(annotation())
    assert len(rows) == 3
    for above, below in itertools.pairwise(rows):
        assert above.y + above.rgba.shape[0] == below.y


def test_patches_share_no_chroma_sample() -> None:
    overlay = Overlay(width=641, height=361, pixel_aspect=Fraction(64, 51), span=(0, 10))
    for patch in overlay.patches(annotation(pts_seconds=3.3)):
        assert [patch.x % 2, patch.y % 2] == [0, 0]
        assert [length % 2 for length in patch.rgba.shape] == [0, 0, 0]


def test_runners_up_are_dropped_where_they_would_cover_too_much() -> None:
    labels = [f"label {rank}" for rank in range(10)]
    small = Overlay(width=176, height=144, style="bars").patches(annotation(*labels))
    large = Overlay(width=1280, height=720, style="bars").patches(annotation(*labels))
    assert 1 <= len(small) < len(large)


def test_a_picture_too_small_for_text_gets_no_card_and_a_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    overlay = Overlay(width=32, height=32, style="card")
    assert overlay.patches(annotation()) == ()
    assert "32x32 is too small for a readable label; scale it up until its shorter side" in (
        caplog.text
    )


@settings(max_examples=60, deadline=None)
@given(first=CONFIDENCES, second=CONFIDENCES, labels=st.tuples(st.text(), st.text()))
def test_equal_keys_mean_equal_pixels(first: float, second: float, labels: tuple[str, str]) -> None:
    drawn: dict[str, np.ndarray] = {}
    for overlay in (SHARED, OTHER):
        for confidence, label in zip((first, second), labels, strict=True):
            for patch in overlay.patches(annotation(label, confidence=confidence)):
                np.testing.assert_array_equal(drawn.setdefault(patch.key, patch.rgba), patch.rgba)


SHARED = Overlay(width=426, height=240, style="bars")
OTHER = Overlay(width=426, height=240, style="bars")


def headline_tiles(overlay: Overlay, *, confidence: float) -> tuple[Tile, ...]:
    headline, *_ = overlay.patches(annotation("cat", confidence=confidence))
    assert isinstance(headline, TiledPatch)
    return headline.tiles


def test_a_row_is_drawn_once() -> None:
    first, again = (headline_tiles(SHARED, confidence=0.5) for _ in range(2))
    assert all(a is b for a, b in zip(first, again, strict=True))


def test_of_a_row_only_what_changes_is_drawn_anew() -> None:
    first, later = (headline_tiles(SHARED, confidence=share) for share in (0.5, 0.6))
    assert (first[0] is later[0], first[-1] is later[-1]) == (True, True)  # label and foot
    was_drawn = [tile.whole for tile in first if isinstance(tile, PatchCut)]
    is_drawn = [tile.whole for tile in later if isinstance(tile, PatchCut)]
    assert [any(new is old for old in was_drawn) for new in is_drawn[:2]] == [False, True]  # 6, 0 %
    assert sum(any(new is old for old in was_drawn) for new in is_drawn[2:]) >= 2  # of its bar


@pytest.mark.parametrize("style", STYLES)
def test_tiles_fill_their_patch_once(style: Style) -> None:
    overlay = Overlay(width=426, height=240, style=style, span=(0.0, 9.0))
    for patch in overlay.patches(annotation(pts_seconds=3.0)):
        if isinstance(patch, TiledPatch):
            covered = np.zeros(patch.rgba.shape[:2], int)
            for tile in patch.tiles:
                assert tile.x % 2 == tile.y % 2 == 0
                top, left = tile.y - patch.y, tile.x - patch.x
                covered[top:, left:][: tile.rgba.shape[0], : tile.rgba.shape[1]] += 1
            assert (covered == 1).all()


@pytest.mark.parametrize("label", ODD_LABELS)
@pytest.mark.parametrize("style", STYLES)
def test_odd_labels_stay_on_one_line_in_the_same_place(label: str, style: Style) -> None:
    overlay = Overlay(width=640, height=360, style=style)
    odd, plain = overlay.patches(annotation(label)), overlay.patches(annotation("cat"))
    assert [(p.x, p.y, p.rgba.shape) for p in odd] == [(p.x, p.y, p.rgba.shape) for p in plain]


def test_a_class_without_a_label_is_shown_by_its_number() -> None:
    blank, named = (
        Overlay(width=640, height=360, style="card").patches(annotation(label, class_id=3))
        for label in ("", "class 3")
    )
    np.testing.assert_array_equal(blank[0].rgba, named[0].rgba)


@pytest.mark.parametrize("confidence", [-0.1, 1.5, float("nan"), float("inf")])
def test_confidences_off_the_scale_are_drawn(confidence: float) -> None:
    assert SHARED.patches(annotation("cat", confidence=confidence))


def test_uncertain_looks_different() -> None:
    sure = Overlay(width=640, height=360, style="card", threshold=0.4).patches(
        annotation(confidence=0.45)
    )
    unsure = Overlay(width=640, height=360, style="card", threshold=0.5).patches(
        annotation(confidence=0.45)
    )
    assert sure[0].rgba.shape == unsure[0].rgba.shape
    assert sure[0].key != unsure[0].key
    assert saturation(sure[0].rgba) > 100 > saturation(unsure[0].rgba)


def saturation(rgba: np.ndarray) -> int:
    rgb = rgba[..., :3].astype(int)
    return int((rgb.max(axis=2) - rgb.min(axis=2)).max())


def test_the_card_carries_the_color_of_its_label() -> None:
    overlay = Overlay(width=1280, height=720, style="card")
    overlay.add(annotation("dog"))
    (card,) = overlay.patches(annotation("cat"))
    assert (card.rgba[..., :3] == palette_color(1)).all(axis=2).any()


@pytest.mark.parametrize("background", [0, 255])
def test_text_stands_out_from_any_picture(background: int) -> None:
    (card,) = Overlay(width=1280, height=720, style="card").patches(annotation("MMMM"))
    picture = np.full((720, 1280, 3), background, np.uint8)
    blend(picture, [card])
    height, width = card.rgba.shape[:2]
    inside = picture[card.y : card.y + height, card.x : card.x + width]
    assert inside.max() > 250
    assert np.median(inside) < 70


@pytest.mark.parametrize("aspect", [Fraction(64, 51), Fraction(128, 117), Fraction(1, 2)])
def test_a_card_is_squeezed_so_that_the_player_stretches_it_right(aspect: Fraction) -> None:
    stored = Overlay(width=640, height=480, pixel_aspect=aspect, style="card").patches(annotation())
    shown = Overlay(width=round(640 * aspect), height=480, style="card").patches(annotation())
    stored_height, stored_width = stored[0].rgba.shape[:2]
    shown_height, shown_width = shown[0].rgba.shape[:2]
    assert stored_height == pytest.approx(shown_height, abs=2)
    assert stored_width * float(aspect) == pytest.approx(shown_width, abs=4)


def test_a_file_that_is_no_font_is_refused(tmp_path: Path) -> None:
    fake = tmp_path / "fake.ttf"
    fake.write_text("not a font")
    with pytest.raises(UsageError, match=r"fake\.ttf: not a font file; give a \.ttf"):
        Overlay(width=640, height=360, font=fake)


@pytest.mark.parametrize("name", ["missing.ttf", "."])
def test_a_missing_font_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="no such file"):
        Overlay(width=640, height=360, font=tmp_path / name)


def test_another_font_draws_other_letters() -> None:
    light = Path(__file__).parents[2] / "vidclf/assets/fonts/Inter-Medium.ttf"
    own = Overlay(width=640, height=360, style="card").patches(annotation())
    other = Overlay(width=640, height=360, style="card", font=light).patches(annotation())
    assert own[0].key != other[0].key
    assert not np.array_equal(own[0].rgba, other[0].rgba)


def test_an_unknown_style_is_refused() -> None:
    with pytest.raises(UsageError, match="choose one of card, bars, timeline, full"):
        Overlay(width=640, height=360, style="neon")  # type: ignore[arg-type]


@pytest.mark.parametrize("span", [None, (0.0, 0.0), (2.0, 1.0)])
def test_without_a_span_there_is_no_strip(span: tuple[float, float] | None) -> None:
    overlay = Overlay(width=640, height=360, style="timeline", span=span)
    overlay.add(annotation())
    assert len(overlay.patches(annotation())) == 1


def test_nothing_is_drawn_where_nothing_is_shown() -> None:
    overlay = Overlay(width=640, height=360, style="bars")
    assert overlay.patches(Annotation(pts_seconds=1.0)) == ()


def test_the_strip_is_empty_where_nothing_is_shown() -> None:
    def answers(class_id: int) -> tuple[Answer, ...]:
        return (Answer(label=f"label {class_id}", class_id=class_id, confidence=0.9),)

    annotations = [
        Annotation(pts_seconds=0.0, answers=answers(0)),
        Annotation(pts_seconds=4.0),
        Annotation(pts_seconds=6.0, answers=answers(1)),
    ]
    overlay = Overlay(width=640, height=360, style="timeline", span=(0.0, 10.0))
    overlay.know(annotations, end_seconds=10.0)
    band, _ = overlay.patches(Annotation(pts_seconds=9.99))
    middle = band.rgba[band.rgba.shape[0] // 2]
    at = [middle[round(len(middle) * share)] for share in (0.2, 0.5, 0.8)]
    assert tuple(at[0][:3]) == palette_color(0)
    assert np.ptp(at[1][:3].astype(int)) < 40
    assert tuple(at[2][:3]) == palette_color(1)


def test_what_is_known_beforehand_is_there_at_once_and_stays() -> None:
    overlay = Overlay(width=640, height=360, style="timeline", span=(0.0, 10.0))
    annotations = [
        Annotation(pts_seconds=float(t), answers=(Answer(label="a", class_id=t, confidence=0.9),))
        for t in range(10)
    ]
    overlay.know(annotations, end_seconds=10.0)
    first = overlay.patches(annotations[0])[-2].rgba.copy()
    for annotation in (annotations[7], annotations[2], annotations[9]):  # a playhead that jumps
        overlay.add(annotation)
        overlay.patches(annotation)
    np.testing.assert_array_equal(overlay.patches(annotations[0])[-2].rgba, first)
