"""The page at `/` with a camera, in a real Chromium whose camera shows two colours in turn."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from helpers.browser import NARROW, WIDE, Chromium, Window, launched, window
from helpers.live_page import (
    CYAN,
    LABEL_OF,
    YELLOW,
    Conversation,
    camera_film,
    color_of,
    hide_tab,
    listening,
    wait_for,
    wait_for_label,
)
from helpers.live_server import LiveServer, live_server

from vidclf.serving.service import Service

ELSEWHERE = "lab.test"
"""A machine that a browser takes for another one, and so for one that may not film."""
CARD = ".card .row:first-child"


@pytest.fixture(scope="module")
def with_camera(
    browser_driver: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Chromium]:
    """A browser whose camera shows yellow and cyan in turn, a second each."""
    film = camera_film(tmp_path_factory.mktemp("camera") / "film.mjpeg", [YELLOW, CYAN])
    flags = (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
        f"--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1",
    )
    with launched(browser_driver, *flags) as browser:
        yield browser


@pytest.fixture
def seen(with_camera: Chromium, server: LiveServer) -> Iterator[Window]:
    """A wide window on the page."""
    with window(with_camera, server.address) as seen:
        yield seen


@pytest.fixture
def talk(seen: Window) -> Iterator[Conversation]:
    """What page and server say to each other."""
    with listening(seen) as talk:
        yield talk


def use_camera(seen: Window) -> None:
    """Press the button, and wait for the first answer."""
    seen.page.get_by_role("button", name="Use the camera").click()
    seen.page.wait_for_selector(CARD)


# --- the camera --------------------------------------------------------------------------------


def test_nothing_is_filmed_before_a_button_is_pressed(seen: Window, talk: Conversation) -> None:
    wait_for(seen, lambda: talk.of("configured"))
    assert not talk.pictures
    assert seen.page.locator("video").count() == 0


def test_each_answer_is_that_of_the_picture_which_was_sent(
    seen: Window, talk: Conversation
) -> None:
    use_camera(seen)
    for label in ("class 0", "class 1", "class 0"):
        wait_for_label(seen, label)
    answers = talk.of("prediction")
    assert {one["label"] for one in answers} == {"class 0", "class 1"}
    assert [one["label"] for one in answers] == [
        LABEL_OF[color_of(talk.pictures[one["id"]])] for one in answers
    ]


def test_one_frame_is_on_its_way_at_a_time_and_others_are_skipped(
    seen: Window, talk: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = Service.answer

    async def late(*about: Any) -> Any:
        await asyncio.sleep(0.1)
        return await answer(*about)

    monkeypatch.setattr(Service, "answer", late)
    use_camera(seen)
    wait_for(seen, lambda: len(talk.of("prediction")) > 5)
    assert talk.most_on_their_way == 1
    wait_for(seen, lambda: seen.texts(".pace dd")[3] not in ("–", "0"))


def test_the_colours_are_those_of_the_videos(seen: Window) -> None:
    use_camera(seen)
    for label in ("class 0", "class 1"):
        wait_for_label(seen, label)
    fill = "getComputedStyle(document.querySelector('.row-fill')).backgroundColor"
    assert seen.page.evaluate(fill) in ("rgb(222, 155, 3)", "rgb(81, 225, 217)")


def test_a_stopped_camera_is_let_go(seen: Window) -> None:
    use_camera(seen)
    track = seen.page.evaluate_handle("document.querySelector('video').srcObject.getTracks()[0]")
    seen.page.get_by_role("button", name="Stop the camera").click()
    assert track.evaluate("track => track.readyState") == "ended"
    assert seen.page.locator(".empty").is_visible()


def test_without_a_camera_the_page_says_so(chromium: Any, server: LiveServer) -> None:
    with window(chromium, server.address) as seen:
        seen.page.get_by_role("button", name="Use the camera").click()
        seen.page.get_by_text("There is no camera on this machine").wait_for()


def test_on_a_page_that_is_not_safe_it_says_what_to_do(
    with_camera: Chromium, tiny_model: Path
) -> None:
    with live_server(model=tiny_model, host="0.0.0.0", insecure=True) as server:
        address = server.address.replace("0.0.0.0", ELSEWHERE)
        with window(with_camera, address) as seen:
            seen.page.get_by_role("button", name="Use the camera").click()
            seen.page.get_by_text("Browsers give the camera to safe pages only").wait_for()
            seen.page.locator(".link-state[data-state=open]").wait_for()


def test_a_front_camera_is_a_mirror_and_others_can_be_chosen(seen: Window) -> None:
    seen.page.evaluate(
        """() => {
            const settings = MediaStreamTrack.prototype.getSettings;
            MediaStreamTrack.prototype.getSettings = function () {
                return { ...settings.call(this), facingMode: "user" };
            };
            const devices = navigator.mediaDevices;
            const listed = devices.enumerateDevices.bind(devices);
            devices.enumerateDevices = async () => {
                const [one] = (await listed()).filter(({ kind }) => kind === "videoinput");
                const other = { kind: "videoinput", deviceId: "gone", label: "Back" };
                return [{ kind: "videoinput", deviceId: one.deviceId, label: "Front" }, other];
            };
        }"""
    )
    use_camera(seen)
    look = "getComputedStyle(document.querySelector('video')).transform"
    assert seen.page.evaluate(look) == "matrix(-1, 0, 0, 1, 0, 0)"
    cameras = seen.page.get_by_label("Which camera")
    assert cameras.locator("option").all_inner_texts() == ["Front", "Back"]
    assert cameras.locator("option:checked").inner_text() == "Front"
    cameras.select_option("Back")
    seen.page.get_by_text("That camera is gone").wait_for()


def test_on_a_phone_the_picture_stays_in_sight(with_camera: Chromium, server: LiveServer) -> None:
    with window(with_camera, server.address, size=NARROW) as seen:
        use_camera(seen)
        seen.page.locator(".pace").scroll_into_view_if_needed()
        picture = seen.page.locator("video").bounding_box()
        assert picture["y"] >= 0
        seen.page.get_by_label("Uncertain below").focus()
        box = seen.page.get_by_label("Uncertain below").bounding_box()
        assert box["y"] >= picture["y"] + picture["height"]


# --- settings ----------------------------------------------------------------------------------


def test_a_threshold_makes_labels_uncertain(seen: Window) -> None:
    use_camera(seen)
    assert not seen.page.locator(".row-asks:visible").count()
    seen.page.get_by_label("Uncertain below").fill("1")
    seen.page.locator(f"{CARD} .row-asks").wait_for()
    assert seen.page.evaluate(f"getComputedStyle(document.querySelector('{CARD}')).color") == (
        "rgb(166, 172, 184)"
    )


def test_smoothing_is_the_servers(seen: Window, talk: Conversation) -> None:
    use_camera(seen)
    seen.page.get_by_label("Smooth over").fill("3")
    wait_for(seen, lambda: any(one["smooth"] == 3 for one in talk.of("configured")))
    wait_for(seen, lambda: any(one["label"] != one["raw_label"] for one in talk.of("prediction")))


def test_as_many_answers_are_shown_as_are_asked_for(seen: Window) -> None:
    use_camera(seen)
    wait_for(seen, lambda: seen.page.locator(".row:visible").count() == 3)
    seen.page.get_by_label("Answers").fill("2")
    wait_for(seen, lambda: seen.page.locator(".row:visible").count() == 2)


def test_there_is_an_end_to_what_a_page_keeps(seen: Window) -> None:
    seen.page.evaluate(
        """() => {
            const parse = JSON.parse;
            JSON.parse = (text) => {
                const message = parse(text);
                if (message.row) message.row[message.row.length - 1] = "x".repeat(6_000_000);
                return message;
            };
        }"""
    )
    use_camera(seen)
    seen.page.get_by_role("button", name="Record").click()
    seen.page.get_by_text("the most a page keeps").wait_for()
    assert seen.page.get_by_text("9 rows").is_visible()


# --- visitors ----------------------------------------------------------------------------------


def test_all_can_be_done_by_keyboard_alone(seen: Window) -> None:
    keys = seen.page.keyboard
    go_to(seen, "Use the camera")
    keys.press("Enter")
    seen.page.wait_for_selector(CARD)
    go_to(seen, "Uncertain below")
    keys.press("End")
    seen.page.locator(f"{CARD} .row-asks").wait_for()
    go_to(seen, "Record")
    keys.press(" ")
    seen.page.get_by_text(re.compile("[0-9] rows")).wait_for()
    keys.press("Tab")
    with seen.page.expect_download():
        keys.press("Enter")


def go_to(seen: Window, name: str) -> None:
    """Press Tab until something of that name has the focus."""
    named = "document.activeElement.labels?.[0]?.textContent || document.activeElement.textContent"
    for _ in range(20):
        seen.page.keyboard.press("Tab")
        if seen.page.evaluate(named) == name:
            return
    raise AssertionError(f"{name} cannot be reached")


def test_a_new_label_is_said_at_most_once_a_second(seen: Window) -> None:
    seen.page.evaluate(
        "() => { window.said = []; new MutationObserver(() => said.push(performance.now()))"
        ".observe(document.querySelector('.unseen'), { childList: true }); }"
    )
    use_camera(seen)
    seen.page.wait_for_function("() => said.length > 2")
    times = seen.page.evaluate("said")
    assert min(b - a for a, b in pairwise(times)) > 990
    assert seen.page.locator(".unseen").text_content().split(",")[0] in ("class 0", "class 1")


@pytest.mark.parametrize(("size", "dark"), [(WIDE, False), (WIDE, True), (NARROW, False)])
def test_it_is_accessible_and_fits_the_screen(
    with_camera: Chromium, server: LiveServer, size: tuple[int, int], dark: bool
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    with window(with_camera, server.address, size=size, dark=dark) as seen:
        use_camera(seen)
        found = Axe().run(seen.page).response["violations"]
        assert [(item["id"], item["impact"]) for item in found] == []
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_a_tab_that_nobody_sees_sends_nothing(seen: Window, talk: Conversation) -> None:
    use_camera(seen)
    hide_tab(seen.page, True)
    wait_for_frames(seen)
    sent = len(talk.pictures)
    wait_for_frames(seen)
    assert len(talk.pictures) == sent
    hide_tab(seen.page, False)
    wait_for(seen, lambda: len(talk.pictures) > sent)


def wait_for_frames(seen: Window) -> None:
    """Wait until the camera has shown some more."""
    shown = "document.querySelector('video').getVideoPlaybackQuality().totalVideoFrames"
    before = seen.page.evaluate(shown)
    wait_for(seen, lambda: seen.page.evaluate(shown) > before + 5)


def test_nothing_is_asked_of_anybody_else_and_nothing_complained_of(
    seen: Window, server: LiveServer
) -> None:
    use_camera(seen)
    assert {one for one in seen.requests if not one.startswith(server.address)} == set()
    assert seen.complaints == []
