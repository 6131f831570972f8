"""The page with models that give several labels, or values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from helpers.browser import Window, window
from helpers.live_page import BLUE, drop_file, listening, picture_bytes, wait_for
from helpers.live_server import live_server
from helpers.tiny_model import build_tiny_model

import vidclf

LABELS = tuple(f"label {place}" for place in range(12))


def show_blue(seen: Window, folder: Path) -> list[str]:
    """What the card says of a blue picture, row by row."""
    (folder / "blue.jpg").write_bytes(picture_bytes(BLUE))
    drop_file(seen.page, folder / "blue.jpg")
    seen.page.wait_for_selector(".card .row")
    return seen.texts(".card .row:not([hidden])")


def recorded(seen: Window) -> pd.DataFrame:
    """The table of what is shown."""
    seen.page.get_by_role("button", name="Record").click()
    seen.page.get_by_text("1 row,").wait_for()
    with seen.page.expect_download() as saved:
        seen.page.get_by_role("button", name="Save").click()
    return vidclf.read_predictions(saved.value.path())


def test_all_labels_that_count_are_shown_as_far_as_there_is_room(
    chromium: Any, tmp_path: Path
) -> None:
    path = tmp_path / "labels.keras"
    build_tiny_model(head="sigmoid", units=len(LABELS)).save(path)
    with (
        live_server(model=path, head="sigmoid", labels=LABELS, threshold=0.01) as server,
        window(chromium, server.address) as seen,
        listening(seen) as talk,
    ):
        rows = show_blue(seen, tmp_path)
        (answer,) = talk.of("prediction")
        count = len(answer["labels"])
        assert count > 8
        assert [row.split("\n")[0] for row in rows] == [*answer["labels"][:7], f"+{count - 7} more"]
        assert recorded(seen)["labels"].to_list() == ["; ".join(answer["labels"])]
        seen.page.get_by_label("Labels count from").fill("1")
        wait_for(seen, lambda: seen.page.locator(".row-asks:visible").count())
        assert len(seen.texts(".card .row:not([hidden])")) == 1


def test_values_are_gauges_with_the_colours_of_the_videos(chromium: Any, tmp_path: Path) -> None:
    path = tmp_path / "values.keras"
    build_tiny_model(head="linear", units=2).save(path)
    with (
        live_server(model=path, head="regression", labels=("left", "right")) as server,
        window(chromium, server.address) as seen,
        listening(seen) as talk,
    ):
        rows = show_blue(seen, tmp_path)
        values = talk.of("prediction")[0]["values"]
        shown = [float(row.split("\n")[1].replace("−", "-")) for row in rows]
        assert [row.split("\n")[0] for row in rows] == ["left", "right"]
        assert all(abs(a - b) < 0.01 for a, b in zip(shown, values.values(), strict=True))
        fills = ".card .row:not([hidden]) .row-fill"
        assert seen.page.locator(fills).evaluate_all(
            "all => all.map(one => one.style.background)"
        ) == [
            "rgb(222, 155, 3)",
            "rgb(81, 225, 217)",
        ]
        assert recorded(seen)["value_left"].to_list() == pytest.approx([values["left"]])
        assert not seen.page.get_by_label("Uncertain below").is_visible()
        assert seen.complaints == []
