"""Pages of all kinds of tables and clips, in a real browser."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from helpers.browser import NARROW, WIDE, served, window
from helpers.clips import read_number
from helpers.report_tables import (
    FPS,
    class_rows,
    label_rows,
    numbered_clip,
    value_rows,
    with_source,
    write_table,
)

from vidclf import write_report
from vidclf.overlay.colors import NEUTRAL, PALETTE, Rgb

HOSTILE = [
    "</script><img src=x onerror=alert(1)>",
    "<!--<script>alert(2)//",
    "\"onmouseover='alert(3)' &amp; <b>bold</b>",
    "line\u2028end\u2029 and \\u003c",
    "${alert(4)} `{{title}}`",
]
WORLDLY = ["猫と犬", "כלב גדול", "قطة", "🐈‍⬛ cat", "a" * 200, ""]


def waves(count: int) -> dict[str, list[float]]:
    """Scores that overlap: the second follows the first by a quarter."""
    return {
        name: [round(0.5 + 0.5 * math.sin(i / 12 + turn), 6) for i in range(count)]
        for name, turn in (("rain", 0.0), ("night", 1.6), ("wind", 3.0))
    }


def violations(seen: Any) -> list[str]:
    """What axe finds."""
    from axe_playwright_python.sync_playwright import Axe

    return [item["id"] for item in Axe().run(seen.page).response["violations"]]


# --- labels ------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_labels_stand_as_they_are_and_harm_nothing(
    chromium: Any, tmp_path: Path, size: tuple[int, int]
) -> None:
    labels = HOSTILE + WORLDLY
    rows = class_rows([(label, 6, 0.5) for label in labels], video=HOSTILE[0] + ".mp4")
    model = {"name": HOSTILE[0], "digest": "<i>", "classes": 3, "head": HOSTILE[2]}
    table = write_table(tmp_path, rows, model=model, warnings=HOSTILE)
    with window(chromium, write_report(table), size=size) as seen:
        shown = seen.page.locator(".jump bdi").evaluate_all("all => all.map(n => n.textContent)")
        assert shown == [*labels[:-1], "(empty)"]
        for row in range(len(labels)):
            seen.page.locator(".jump").nth(row).click()
        seen.page.locator(".lane-room").hover()
        assert seen.page.title() == HOSTILE[0] + ".mp4"
        assert seen.page.locator("main img, main b, main i, main script").count() == 0
        assert seen.complaints == []
        assert len(seen.requests) == 1
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_each_segment_is_in_the_list_and_in_the_timeline(chromium: Any, tmp_path: Path) -> None:
    runs = (
        [("common", 40, 0.9)] * 99 + [("rare", 1, 0.4)] + [("common", 40, 0.9), ("b", 1, 0.5)] * 60
    )
    page = write_report(write_table(tmp_path, class_rows(runs)))
    with window(chromium, page, dark=True) as seen:  # on dark ground colours are the overlay's
        listed: list[str] = []
        while True:
            listed += seen.page.locator(".segments tbody tr").evaluate_all(
                "rows => rows.map(row => row.dataset.place)"
            )
            if seen.page.get_by_role("button", name="Next page").is_disabled():
                break
            seen.page.get_by_role("button", name="Next page").click()
        assert sorted(map(int, listed)) == list(range(len(listed)))
        assert len(listed) == 122
        seen.page.wait_for_function(_HAS_COLOR, arg=_css(PALETTE[1]))  # one frame of 6,500


def _css(color: Rgb) -> str:
    return "#" + bytes(color).hex()


_HAS_COLOR = """color => {
  const canvas = document.querySelector(".lane-room canvas");
  const wanted = [1, 3, 5].map((place) => parseInt(color.slice(place, place + 2), 16));
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  for (let i = 0; i < data.length; i += 4)
    if (wanted.every((part, place) => Math.abs(data[i + place] - part) < 3)) return true;
  return false;
}"""


def test_a_page_of_many_segments_is_packed_and_works(chromium: Any, tmp_path: Path) -> None:
    runs = [(f"label {i % 700}", 1, 0.3 + (i % 60) / 100) for i in range(24_000)]
    page = write_report(write_table(tmp_path, class_rows(runs)))
    assert page.stat().st_size < 1_000_000
    with window(chromium, page) as seen:
        assert seen.text(".status") == "24,000 segments"
        seen.page.fill("input[type=search]", "label 699")
        assert seen.text(".status") == "34 of 24,000 segments"
        seen.page.locator(".jump").last.click()
        assert seen.cursor_seconds == pytest.approx((33 * 700 + 699) / FPS, abs=0.01)
        assert seen.complaints == []


# --- kinds of tables ---------------------------------------------------------------------------


@pytest.mark.parametrize("dark", [False, True])
def test_labels_that_overlap_have_a_lane_each(chromium: Any, tmp_path: Path, dark: bool) -> None:
    clip = numbered_clip(tmp_path / "clip.mp4", frames=96)
    page = write_report(write_table(tmp_path, label_rows(waves(96)), **with_source(clip)))
    with window(chromium, page, dark=dark) as seen:
        seen.wait_for_video()
        room = seen.page.locator(".lane-room").bounding_box()
        assert room["height"] == 3 * 30
        seen.page.locator(".cursor").focus()
        seen.page.keyboard.press("Home")
        assert seen.page.locator("tr[aria-current]").count() == 3
        assert "counts from 50 %" in seen.text(".label >> nth=0")
        assert violations(seen) == []
        assert seen.complaints == []


def test_more_lanes_than_fit_are_scrolled_to(chromium: Any, tmp_path: Path) -> None:
    scores = {f"label {i:02}": [0.9] * (40 - i) + [0.1] * i for i in range(30)}
    with window(chromium, write_report(write_table(tmp_path, label_rows(scores)))) as seen:
        assert "30 lanes: scroll for more" in seen.text(".timeline")
        seen.page.get_by_role("button", name="Show all 30 labels").click()
        seen.page.locator(".label", has_text="label 25").click()
        assert seen.page.evaluate("document.querySelector('.lanes').scrollTop") > 20 * 30 - 1
        assert violations(seen) == []
        assert seen.complaints == []


def test_values_have_a_curve_each_with_their_units(chromium: Any, tmp_path: Path) -> None:
    values = {"speed": [20.0 + i / 4 for i in range(48)], "tilt": [-0.5] * 48}
    table = write_table(
        tmp_path,
        value_rows(values),
        **with_source(numbered_clip(tmp_path / "clip.mp4", frames=48)),
        model={"name": "drive", "units": ["km/h", ""]},
    )
    with window(chromium, write_report(table)) as seen:
        seen.wait_for_video()
        assert seen.page.locator(".chart").count() == 2
        assert seen.page.locator(".segments").count() == 0
        seen.page.locator(".cursor").focus()
        seen.page.keyboard.press("ArrowRight")
        seen.wait_for_cursor(1.0)
        assert [text.split("\n") for text in seen.texts(".legend")] == [
            ["speed", "26.0 km/h"],
            ["tilt", "−0.500"],
        ]
        assert violations(seen) == []
        assert seen.complaints == []


def test_a_table_of_one_frame_has_a_page(chromium: Any, tmp_path: Path) -> None:
    with window(
        chromium, write_report(write_table(tmp_path, class_rows([("cat", 1, 1.0)])))
    ) as seen:
        assert seen.text(".label-share") == "100 %"
        assert seen.complaints == []


# --- clips -------------------------------------------------------------------------------------


def test_without_a_clip_the_timeline_still_works(chromium: Any, tmp_path: Path) -> None:
    page = write_report(write_table(tmp_path, class_rows([("cat", 24, 0.9), ("dog", 24, 0.8)])))
    with window(chromium, page) as seen:
        assert "made without a clip" in seen.text(".problem")
        seen.page.locator(".jump").nth(1).click()
        assert seen.cursor_seconds == pytest.approx(1.0)
        assert not seen.page.get_by_role("button", name="Play").is_visible()
        assert violations(seen) == []
        assert seen.complaints == []


def test_a_clip_can_be_opened_where_there_is_none(chromium: Any, tmp_path: Path) -> None:
    clip = numbered_clip(tmp_path / "elsewhere.mp4", frames=48)
    page = write_report(write_table(tmp_path, class_rows([("cat", 24, 0.9), ("dog", 24, 0.8)])))
    with window(chromium, page) as seen:
        seen.page.set_input_files("input[type=file]", clip)
        seen.wait_for_video()
        seen.page.locator(".jump").nth(1).click()
        seen.wait_for_cursor(1.0, within=0.01)
        assert seen.complaints == []


def test_a_clip_that_was_moved_is_missed_in_words(chromium: Any, tmp_path: Path) -> None:
    clip = numbered_clip(tmp_path / "clip #1 100%.mp4", frames=24)
    page = write_report(write_table(tmp_path, class_rows([("cat", 24, 0.9)]), **with_source(clip)))
    clip.unlink()
    with window(chromium, page) as seen:
        seen.page.wait_for_selector(".problem:not([hidden])")
        assert "cannot play clip #1 100%.mp4" in seen.text(".problem")
        assert "--embed" in seen.text(".problem")


def test_a_clip_that_browsers_do_not_play_is_named_with_a_remedy(
    chromium: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clip = numbered_clip(tmp_path / "clip.avi", frames=24, codec="mpeg4", options={})
    page = write_report(write_table(tmp_path, class_rows([("cat", 24, 0.9)]), **with_source(clip)))
    assert "browsers do not play" in caplog.text
    assert "vidclf annotate" in caplog.text
    with window(chromium, page) as seen:
        seen.page.wait_for_selector(".problem:not([hidden])")
        assert "mpeg4 (yuv420p) in .avi" in seen.text(".problem")
        assert "vidclf annotate" in seen.text(".problem")
        assert violations(seen) == []


def test_a_name_of_any_letters_is_found(chromium: Any, tmp_path: Path) -> None:
    folder = tmp_path / "a & b #2"
    folder.mkdir()
    clip = numbered_clip(folder / "ça 100% ?猫.mp4", frames=24)
    page = write_report(write_table(tmp_path, class_rows([("cat", 24, 0.9)]), **with_source(clip)))
    with window(chromium, page) as seen:
        seen.wait_for_video()
        assert seen.complaints == []


def test_an_embedded_clip_needs_no_file(chromium: Any, tmp_path: Path) -> None:
    clip = numbered_clip(tmp_path / "clip.mp4", frames=48, sound=True)
    rows = class_rows([("cat", 24, 0.9), ("dog", 24, 0.8)])
    page = write_report(write_table(tmp_path, rows, **with_source(clip)), embed=True)
    moved = tmp_path / "sent" / "page.html"
    moved.parent.mkdir()
    page.rename(moved)
    with window(chromium, moved) as seen:
        seen.wait_for_video()
        seen.page.locator(".jump").nth(1).click()
        seen.wait_for_cursor(1.0, within=0.01)
        assert seen.requests == [moved.as_uri()]
        assert seen.complaints == []


@pytest.mark.parametrize(
    ("suffix", "codec", "sound"),
    [(".mp4", "libx264", False), (".mp4", "libx264", True), (".webm", "libvpx-vp9", False)],
)
def test_a_clip_that_begins_late_runs_by_its_own_clock(
    chromium: Any, tmp_path: Path, suffix: str, codec: str, sound: bool
) -> None:
    clip = numbered_clip(
        tmp_path / f"clip{suffix}", frames=48, first=240, sound=sound, codec=codec, options={}
    )
    rows = class_rows([("cat", 24, 0.9), ("dog", 24, 0.8)], start=10.0)
    write_report(write_table(tmp_path, rows, **with_source(clip)))
    assert _frame_of_second_segment(chromium, tmp_path) == (pytest.approx(11.0), 24)


def test_a_video_of_a_part_runs_by_the_clock_of_the_whole(chromium: Any, tmp_path: Path) -> None:
    video = numbered_clip(tmp_path / "clip_annotated.mp4", frames=48)  # as of --start 10
    rows = class_rows([("cat", 24, 0.9), ("dog", 24, 0.8)], start=10.0)
    write_report(write_table(tmp_path, rows, outputs={"video": str(video)}))
    assert _frame_of_second_segment(chromium, tmp_path) == (pytest.approx(11.0), 24)


def test_a_table_of_a_part_begins_at_that_part(chromium: Any, tmp_path: Path) -> None:
    clip = numbered_clip(tmp_path / "clip.mp4", frames=96)
    rows = class_rows([("cat", 24, 0.9), ("dog", 24, 0.8)], start=1.0)
    with window(chromium, write_report(write_table(tmp_path, rows, **with_source(clip)))) as seen:
        seen.wait_for_video()
        seen.wait_for_cursor(1.0, within=0.001)
        assert seen.video_seconds == pytest.approx(1.0)


def _frame_of_second_segment(chromium: Any, folder: Path) -> tuple[float, int]:
    with served(folder) as address, window(chromium, f"{address}/clip_report.html") as seen:
        seen.wait_for_video()
        seen.page.locator(".jump").nth(1).click()
        seen.wait_for_cursor(11.0, within=0.01)
        seen.wait_for_video()
        return seen.cursor_seconds, read_number(seen.shown_picture())


def test_a_server_that_sends_no_parts_is_told_of(chromium: Any, tmp_path: Path) -> None:
    clip = numbered_clip(tmp_path / "clip.mp4", frames=48)
    rows = class_rows([("cat", 24, 0.9), ("dog", 24, 0.8)])
    write_report(write_table(tmp_path, rows, **with_source(clip)))
    with (
        served(tmp_path, ranges=False) as address,
        window(chromium, f"{address}/clip_report.html") as seen,
    ):
        seen.wait_for_video()
        seen.page.locator(".jump").nth(1).click()
        assert "make it with --embed" in seen.text(".note")


@pytest.mark.parametrize("dark", [False, True])
def test_what_is_uncertain_is_grey_and_marked(chromium: Any, tmp_path: Path, dark: bool) -> None:
    rows = class_rows([("cat", 24, 0.9), ("packet", 24, 0.45), ("cat", 12, 0.45), ("cat", 24, 0.6)])
    page = write_report(write_table(tmp_path, rows, settings={"threshold": 0.5}))
    with window(chromium, page, dark=dark) as seen:
        assert seen.texts(".jump") == ["cat", "packet ?", "cat"]
        seen.page.wait_for_function(_HAS_COLOR, arg=_css(NEUTRAL))  # it is painted a moment later
        assert [text.split(", ")[-1] for text in seen.texts(".label-more")] == [
            "uncertain for 0.50 s",
            "uncertain throughout",
        ]
        for row, said in ((0, "cat 90 %"), (1, "packet ? 45 %"), (2, "cat ? 45 %")):
            seen.page.locator(".jump").nth(row).click()
            assert " ".join(seen.text(".now").split()) == said
        assert seen.page.get_attribute(".cursor", "aria-valuetext").endswith("cat (uncertain)")
        assert violations(seen) == []
        assert seen.complaints == []


# --- several clips -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a folder with a table of each kind."""
    folder = tmp_path_factory.mktemp("several")
    kinds: dict[str, pd.DataFrame] = {
        "one": class_rows([("cat", 24, 0.9), ("dog", 24, 0.8)], video="one.mp4"),
        "two": label_rows(waves(48), video="two.mp4"),
        "three": value_rows({"speed": [float(i) for i in range(48)]}, video="three.mp4"),
    }
    for stem, rows in kinds.items():
        clip = numbered_clip(folder / f"{stem}.mp4", frames=48)
        write_table(folder / "tables", rows, stem=stem, **with_source(clip))
    return write_report(folder / "tables", output=folder / "all.html")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_the_page_of_a_folder_has_a_row_for_each_clip(
    chromium: Any, several: Path, size: tuple[int, int], dark: bool
) -> None:
    with window(chromium, several, size=size, dark=dark) as seen:
        assert seen.texts(".card h2") == ["one.mp4", "three.mp4", "two.mp4"]
        assert "cat 50 % of the time" in seen.text(".card >> nth=0")
        assert violations(seen) == []
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= size[0]
        assert seen.requests == [several.as_uri()]
        assert seen.complaints == []


def test_from_the_folder_to_a_clip_and_back(chromium: Any, several: Path) -> None:
    with window(chromium, several) as seen:
        seen.page.fill("input[type=search]", "dog")
        assert seen.texts(".card:visible h2") == ["one.mp4"]
        seen.page.locator(".card:visible a").focus()
        seen.page.keyboard.press("Enter")
        seen.wait_for_video()
        seen.page.locator(".jump").nth(1).click()
        seen.wait_for_cursor(1.0)
        seen.page.get_by_role("link", name="All clips").click()
        seen.page.fill("input[type=search]", "")
        seen.page.locator(".card a").nth(2).click()
        seen.page.wait_for_selector(".lanes")
        seen.page.go_back()
        seen.page.wait_for_selector(".cards")
        assert seen.complaints == []
