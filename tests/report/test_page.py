"""The report in a real browser: what people see, click and type."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers.browser import NARROW, WIDE, Window, served, window
from helpers.clips import read_number
from helpers.report_tables import FPS, class_rows, numbered_clip, with_source, write_table

from vidclf import write_report

RUNS = [("cat", 24, 0.9), ("dog", 36, 0.55), ("cat", 12, 0.7), ("big bird", 24, 0.8)]
STARTS = [0.0, 1.0, 2.5, 3.0]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip of four seconds, its table and its page."""
    folder = tmp_path_factory.mktemp("report")
    clip = numbered_clip(folder / "clip.mp4", frames=96, sound=True)
    write_report(write_table(folder, class_rows(RUNS), **with_source(clip)))
    return folder


@pytest.fixture
def seen(chromium: Any, folder: Path) -> Iterator[Window]:
    """A wide window on that page."""
    with window(chromium, folder / "clip_report.html") as seen:
        seen.wait_for_video()
        yield seen


def rows(seen: Window) -> list[str]:
    """The labels of the listed segments."""
    return seen.texts(".jump bdi")


# --- clicking and playing ----------------------------------------------------------------------


@pytest.mark.parametrize(("row", "seconds"), list(enumerate(STARTS)))
def test_a_click_on_a_segment_goes_to_its_first_frame(
    seen: Window, row: int, seconds: float
) -> None:
    seen.page.locator(".jump").nth((row + 1) % 4).click()
    seen.page.locator(".jump").nth(row).click()
    seen.wait_for_cursor(seconds, within=0.01)
    assert seen.video_seconds == pytest.approx(seconds, abs=0.01)
    assert seen.text(".now bdi") == RUNS[row][0]


def test_at_its_first_frame_a_segment_is_what_is_said(chromium: Any, tmp_path: Path) -> None:
    runs = [(f"label {i}", 1 + i % 3, 0.5) for i in range(60)]
    rows = class_rows(runs, start=1.1, fps=30_000 / 1001)
    with window(chromium, write_report(write_table(tmp_path, rows))) as seen:
        said = seen.page.evaluate(
            "() => [...document.querySelectorAll('.jump')].map((jump) => {"
            " jump.click(); return document.querySelector('.now bdi')?.textContent; })"
        )
    assert said == [label for label, _, _ in runs]


def test_a_click_on_the_timeline_goes_there(seen: Window) -> None:
    box = seen.page.locator(".lane-room").bounding_box()
    seen.page.mouse.click(box["x"] + box["width"] * 0.75, box["y"] + 10)
    seen.wait_for_cursor(3.0)
    assert seen.video_seconds == pytest.approx(3.0, abs=1 / FPS)
    assert seen.text(".now").startswith("big bird")


def test_dragging_moves_the_clip_along(seen: Window) -> None:
    box = seen.page.locator(".chart canvas").bounding_box()
    seen.page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 10)
    seen.page.mouse.down()
    seen.page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 10)
    seen.page.mouse.up()
    seen.wait_for_cursor(2.0)


def test_playing_moves_the_cursor_and_pausing_stops_it(seen: Window) -> None:
    seen.page.get_by_role("button", name="Play").click()
    seen.page.wait_for_function("() => document.querySelector('.cursor').ariaValueNow > 0.3")
    seen.page.get_by_role("button", name="Pause").click()
    seen.page.wait_for_function("() => document.querySelector('video').paused")
    assert seen.cursor_seconds == pytest.approx(seen.video_seconds, abs=2 / FPS)


def test_the_segment_at_the_cursor_is_marked_in_the_list(seen: Window) -> None:
    seen.page.locator(".doubt").first.click()
    seen.page.wait_for_selector("tr[aria-current]")
    seen.page.locator(".jump").nth(2).click()
    seen.wait_for_cursor(2.5)
    assert seen.page.locator("tr[aria-current]").get_attribute("data-place") == "2"


def test_a_doubtful_moment_is_gone_to(seen: Window) -> None:
    card = seen.page.locator(".doubt").nth(1)
    minutes, seconds = card.locator(".doubt-time").inner_text().split()[0].split(":")
    card.click()
    seen.wait_for_cursor(int(minutes) * 60 + float(seconds))


# --- the list ----------------------------------------------------------------------------------


def test_the_list_filters_by_label(seen: Window) -> None:
    seen.page.fill("input[type=search]", "BIRD")
    assert rows(seen) == ["big bird"]
    assert seen.text(".status").startswith("1 of 4 segments")
    seen.page.fill("input[type=search]", "")
    assert len(rows(seen)) == 4


@pytest.mark.parametrize(
    ("column", "first", "last"),
    [("Label", "big bird", "dog"), ("Length", "dog", "cat"), ("Confidence", "dog", "cat")],
)
def test_the_list_sorts_by_any_column_and_back(
    seen: Window, column: str, first: str, last: str
) -> None:
    seen.page.get_by_role("button", name=column, exact=True).click()
    found = rows(seen)
    assert (found[0], found[-1]) == (first, last)
    seen.page.get_by_role("button", name=column, exact=True).click()
    assert rows(seen) == found[::-1]


def test_a_label_is_shown_alone_and_all_again(seen: Window) -> None:
    seen.page.locator(".label", has_text="dog").click()
    assert rows(seen) == ["dog"]
    seen.page.get_by_role("button", name="Show all labels again").click()
    assert len(rows(seen)) == 4


def test_shares_are_shares_of_the_time(seen: Window) -> None:
    names, shares = seen.texts(".label-name"), seen.texts(".label-share")
    assert list(zip(names, shares, strict=True)) == [
        ("cat", "38 %"),
        ("dog", "38 %"),
        ("big bird", "25 %"),
    ]


# --- the keyboard ------------------------------------------------------------------------------


def test_all_can_be_done_by_keyboard_alone(seen: Window) -> None:
    focus = "document.activeElement.className"
    keys = seen.page.keyboard
    for _ in range(60):
        keys.press("Tab")
        if "cursor" in seen.page.evaluate(focus):
            break
    keys.press("ArrowRight")
    seen.wait_for_cursor(1.0)
    keys.press("ArrowDown")
    seen.wait_for_cursor(2.5)
    keys.press(",")
    seen.wait_for_cursor(2.5 - 1 / FPS)
    keys.press("End")
    seen.wait_for_cursor(4.0)
    keys.press("+")
    seen.page.wait_for_function("() => !document.querySelectorAll('.tools button')[2].disabled")
    keys.press("0")
    seen.page.wait_for_function("() => document.querySelectorAll('.tools button')[2].disabled")
    for _ in range(60):
        keys.press("Tab")
        if "jump" in seen.page.evaluate(focus):
            break
    keys.press("Home")
    keys.press("ArrowDown")
    keys.press("Enter")
    seen.wait_for_cursor(1.0)
    keys.press("/")
    keys.type("bird")
    assert rows(seen) == ["big bird"]


CLICKED = [
    ".jump >> nth=2",
    ".col-length >> nth=2",
    "video",
    ".lane-room",
    "h1",
    ".play",
    "[aria-label='Next segment']",
    "[aria-label='Zoom in']",
    ".doubt >> nth=0",
    "summary",
    "text=Show current",
    ".sorter >> nth=0",
    ".label >> nth=0",
]


def test_keys_work_right_after_loading_and_after_any_click(seen: Window) -> None:
    assert moments_of_keys(seen) == [0, 1, 0, 1, 0, "plays", "rests"]
    for place in CLICKED:
        seen.page.locator(place).click()
        if place == "video":  # which plays a moment later, should it be a double click
            seen.page.wait_for_function("() => !document.querySelector('video').paused")
        assert moments_of_keys(seen) == [0, 1, 0, 1, 0, "plays", "rests"], place


def moments_of_keys(seen: Window) -> list[float | str]:
    """Where the cursor stands after each key, and whether the video plays after Space."""
    keys, moments = seen.page.keyboard, []
    seen.page.evaluate("document.querySelector('video').pause()")
    for key in ("Home", "ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp"):
        keys.press(key)
        moments.append(seen.cursor_seconds)
    for _ in range(2):
        keys.press(" ")
        is_paused = seen.page.evaluate("document.querySelector('video').paused")
        moments.append("rests" if is_paused else "plays")
    return moments


def test_who_comes_to_a_button_by_keyboard_presses_it_by_space(seen: Window) -> None:
    seen.page.get_by_role("button", name="Next segment").focus()
    seen.page.keyboard.press("Tab")
    seen.page.keyboard.press("Shift+Tab")
    seen.page.keyboard.press(" ")
    seen.wait_for_cursor(1.0)
    assert seen.page.evaluate("document.querySelector('video').paused")


def test_text_fields_keep_their_keys(seen: Window) -> None:
    seen.page.locator("input[type=search]").click()
    seen.page.keyboard.type("big bird")
    assert rows(seen) == ["big bird"]
    assert seen.page.evaluate("document.querySelector('video').paused")


def test_zooming_keeps_what_is_under_the_pointer(seen: Window) -> None:
    box = seen.page.locator(".lane-room").bounding_box()
    place = box["x"] + box["width"] * 0.5, box["y"] + 10
    seen.page.mouse.move(*place)
    seen.page.keyboard.down("Control")
    seen.page.mouse.wheel(0, -300)
    seen.page.keyboard.up("Control")
    seen.page.wait_for_function("() => !document.querySelectorAll('.tools button')[2].disabled")
    seen.page.mouse.click(*place)
    seen.wait_for_cursor(2.0)


# --- what it must not do -----------------------------------------------------------------------


def test_nothing_is_asked_of_the_network_and_nothing_complained_of(
    seen: Window, folder: Path
) -> None:
    seen.page.get_by_role("button", name="Play").click()
    seen.page.wait_for_function("() => document.querySelector('video').currentTime > 0.2")
    page, clip = (folder / name for name in ("clip_report.html", "clip.mp4"))
    assert set(seen.requests) == {page.as_uri(), clip.as_uri()}
    assert seen.complaints == []


def test_over_http_it_plays_the_very_frame(chromium: Any, folder: Path) -> None:
    with served(folder) as address, window(chromium, f"{address}/clip_report.html") as seen:
        seen.wait_for_video()
        seen.page.locator(".jump").nth(2).click()
        seen.wait_for_cursor(2.5, within=0.01)
        seen.wait_for_video()
        assert read_number(seen.shown_picture()) == 60
        assert all(request.startswith(address) for request in seen.requests)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_it_is_accessible_and_fits_the_screen(
    chromium: Any, folder: Path, size: tuple[int, int], dark: bool
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    with window(chromium, folder / "clip_report.html", size=size, dark=dark) as seen:
        seen.wait_for_video()
        seen.page.locator(".help summary").click()
        found = Axe().run(seen.page).response["violations"]
        assert [(item["id"], item["impact"]) for item in found] == []
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_video_and_cursor_stay_in_sight_while_the_list_scrolls(chromium: Any, folder: Path) -> None:
    for size, selector in ((WIDE, ".lane-room"), (NARROW, ".strip")):
        with window(chromium, folder / "clip_report.html", size=size) as seen:
            seen.wait_for_video()
            seen.page.locator(".segments tbody tr").last.scroll_into_view_if_needed()
            for part in ("video", selector):
                box = seen.page.locator(part).bounding_box()
                assert box["y"] >= 0
                assert box["y"] + box["height"] <= size[1]
