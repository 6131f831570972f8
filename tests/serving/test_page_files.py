"""The page with videos and pictures, and the tables that it records."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from helpers.browser import Window, window
from helpers.live_page import (
    BLUE,
    CYAN,
    YELLOW,
    Conversation,
    color_clip,
    drop_file,
    hide_tab,
    listening,
    picture_bytes,
    wait_for,
    wait_for_label,
)
from helpers.live_server import LiveServer
from PIL import Image

import vidclf


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture and a clip of three colours, which lasts two seconds."""
    folder = tmp_path_factory.mktemp("shown")
    (folder / "blue.jpg").write_bytes(picture_bytes(BLUE))
    color_clip(folder / 'a, "b".mp4', [YELLOW, CYAN, BLUE], seconds=2 / 3)
    return folder


@pytest.fixture
def clip(folder: Path) -> Path:
    """The clip, whose name asks for care."""
    return folder / 'a, "b".mp4'


@pytest.fixture
def seen(chromium: Any, server: LiveServer) -> Iterator[Window]:
    """A wide window on the page."""
    with window(chromium, server.address) as seen:
        yield seen


@pytest.fixture
def talk(seen: Window) -> Iterator[Conversation]:
    """What page and server say to each other."""
    with listening(seen) as talk:
        yield talk


def pause(seen: Window) -> None:
    """Pause the video once it plays."""
    seen.page.get_by_role("button", name="Pause").click()


def seek(seen: Window, seconds: float) -> None:
    """Move the position there."""
    seen.page.get_by_label("Position").fill(str(seconds))


def test_a_dropped_picture_is_answered_once(seen: Window, talk: Conversation, folder: Path) -> None:
    drop_file(seen.page, folder / "blue.jpg")
    wait_for_label(seen, "class 3")
    assert len(talk.of("prediction")) == 1
    assert not seen.page.locator(".minute").is_visible()


def test_a_picture_is_sent_as_large_as_a_side_of_640_pixels(
    seen: Window, talk: Conversation, tmp_path: Path
) -> None:
    picture = Image.new("RGB", (2000, 1500), BLUE)
    picture.save(tmp_path / "large.jpg")
    drop_file(seen.page, tmp_path / "large.jpg")
    wait_for_label(seen, "class 3")
    (sent,) = talk.pictures.values()
    assert Image.open(io.BytesIO(sent)).size == (640, 480)


def test_a_setting_is_seen_on_a_picture_at_once(seen: Window, folder: Path) -> None:
    drop_file(seen.page, folder / "blue.jpg")
    wait_for_label(seen, "class 3")
    seen.page.get_by_label("Uncertain below").fill("1")
    seen.page.locator(".row-asks:visible").wait_for()


def test_a_file_that_is_no_picture_is_told(seen: Window, tmp_path: Path) -> None:
    (tmp_path / "broken.mp4").write_bytes(b"no video")
    drop_file(seen.page, tmp_path / "broken.mp4")
    seen.page.get_by_text("This browser cannot open broken.mp4").wait_for()
    assert seen.page.locator(".empty").is_visible()
    assert seen.complaints == []


def test_what_was_shown_before_leaves_quietly(seen: Window, clip: Path, folder: Path) -> None:
    drop_file(seen.page, clip)
    wait_for_label(seen, "class 0")
    drop_file(seen.page, folder / "blue.jpg")
    wait_for_label(seen, "class 3")
    drop_file(seen.page, clip)
    wait_for_label(seen, "class 0")
    assert seen.page.locator(".picture > video, .picture > img").count() == 1
    assert seen.complaints == []


def test_a_recording_is_a_table_that_agrees_with_predict(
    seen: Window, clip: Path, tiny_model: Path, tmp_path: Path
) -> None:
    seen.page.set_input_files("input[type=file]", clip)
    seen.page.get_by_role("button", name="Record").click()
    seen.page.get_by_text("The video is over").wait_for()
    with seen.page.expect_download() as saved:
        seen.page.get_by_role("button", name="Save").click()
    assert saved.value.suggested_filename.endswith("_predictions.csv")
    saved.value.save_as(tmp_path / "saved_predictions.csv")
    recorded = vidclf.read_predictions(tmp_path / "saved_predictions.csv")
    predicted = vidclf.predict(clip, model=tiny_model, smooth=0.0)
    assert set(recorded["video"]) == set(predicted["video"]) == {clip.name}
    assert set(recorded["label"]) == {"class 0", "class 1", "class 3"}
    both = pd.merge_asof(recorded, predicted, on="timestamp", direction="nearest", tolerance=1e-3)
    assert (both["label_x"].astype(str) == both["label_y"].astype(str)).all()
    assert (both["confidence_x"] - both["confidence_y"]).abs().max() < 0.05


def test_what_is_played_once_more_takes_the_place_of_what_was_recorded(
    seen: Window, clip: Path
) -> None:
    seen.page.set_input_files("input[type=file]", clip)
    seen.page.get_by_role("button", name="Record").click()
    wait_for_label(seen, "class 1")
    seek(seen, 0.2)
    seen.page.get_by_text("The video is over").wait_for()
    with seen.page.expect_download() as saved:
        seen.page.get_by_role("button", name="Save").click()
    recorded = vidclf.read_predictions(saved.value.path())
    assert recorded["timestamp"].is_monotonic_increasing
    assert recorded["frame"].to_list() == [*range(len(recorded))]


def test_a_paused_video_sends_nothing_and_a_sought_one_its_picture(
    seen: Window, talk: Conversation, clip: Path
) -> None:
    seen.page.set_input_files("input[type=file]", clip)
    wait_for_label(seen, "class 0")
    pause(seen)
    wait_for(seen, lambda: len(talk.of("prediction")) == len(talk.pictures))
    for seconds, label in ((1.7, "class 3"), (1.0, "class 1"), (0.3, "class 0")):
        seek(seen, seconds)
        wait_for_label(seen, label)
    assert talk.of("prediction")[-1]["timestamp"] == pytest.approx(0.3, abs=1 / 12)


def test_a_video_in_a_tab_that_nobody_sees_waits(seen: Window, clip: Path) -> None:
    seen.page.set_input_files("input[type=file]", clip)
    wait_for_label(seen, "class 0")
    hide_tab(seen.page, True)
    seen.page.get_by_role("button", name="Play").wait_for()
    hide_tab(seen.page, False)
    seen.page.get_by_role("button", name="Pause").wait_for()


def test_a_video_that_is_over_can_be_played_again(seen: Window, clip: Path) -> None:
    seen.page.set_input_files("input[type=file]", clip)
    wait_for_label(seen, "class 3")
    seen.page.get_by_role("button", name="Play").click()
    wait_for_label(seen, "class 0")
    assert seen.complaints == []
