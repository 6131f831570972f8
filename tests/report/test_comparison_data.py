"""The page of two tables of one clip, in a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from helpers.browser import NARROW, WIDE, window
from helpers.report_tables import (
    class_rows,
    label_rows,
    numbered_clip,
    value_rows,
    with_source,
    write_table,
)

from vidclf import write_comparison
from vidclf.cli.app import main
from vidclf.errors import OutputExistsError

A = [("cat", 24, 0.9), ("dog", 36, 0.5), ("bird", 36, 0.8)]
B = [("cat", 36, 0.8), ("dog", 24, 0.6), ("bird", 24, 0.8), ("</script><b>", 12, 0.4)]
KINDS = {
    "classes": (class_rows(A), class_rows(B)),
    "labels": (
        label_rows({"rain": [0.9] * 96, "wind": [0.2] * 96}),
        label_rows({"rain": [0.9] * 48 + [0.1] * 48, "wind": [0.2] * 96}),
    ),
    "values": (
        value_rows({"speed": [float(i) for i in range(96)]}),
        value_rows({"speed": [float(i) + (9 if i == 60 else 0) for i in range(96)]}),
    ),
}


def tables(folder: Path, of_a: pd.DataFrame, of_b: pd.DataFrame) -> tuple[Path, Path]:
    """Two tables of one clip."""
    clip = numbered_clip(folder / "clip.mp4", frames=96)
    models = ({"name": f"net {side}", "units": ["km/h"]} for side in "ab")
    a, b = (
        write_table(folder / side, rows, **with_source(clip, model=model))
        for side, rows, model in zip("ab", (of_a, of_b), models, strict=True)
    )
    return a, b


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Kind → page."""
    folder = tmp_path_factory.mktemp("compared")
    return {
        kind: write_comparison(
            *tables(folder / kind, *rows), output=folder / kind / "page.html"
        ).path
        for kind, rows in KINDS.items()
        if (folder / kind).mkdir() is None
    }


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("size", "dark"), [(WIDE, False), (NARROW, True)])
def test_the_page_of_a_comparison_is_sound(
    chromium: Any, pages: dict[str, Path], kind: str, size: tuple[int, int], dark: bool
) -> None:
    with window(chromium, pages[kind], size=size, dark=dark) as seen:
        seen.wait_for_video()
        found = Axe().run(seen.page).response["violations"]
        assert [item["id"] for item in found] == []
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= size[0]
        assert seen.complaints == []
        assert {request.rpartition("/")[2] for request in seen.requests} == {
            "page.html",
            "clip.mp4",
        }


def test_each_stretch_that_differs_is_listed_and_gone_to(
    chromium: Any, pages: dict[str, Path]
) -> None:
    with window(chromium, pages["classes"]) as seen:
        seen.wait_for_video()
        assert [text.split() for text in seen.texts(".jump")] == [
            ["A", "dog", "B", "cat"],
            ["A", "bird", "B", "</script><b>"],
        ]
        seen.page.locator(".jump").nth(1).click()
        seen.wait_for_cursor(3.5, within=0.01)
        assert [text.split() for text in seen.texts(".now .share")] == [
            ["A", "bird", "80", "%"],
            ["B", "</script><b>", "40", "%"],
        ]
        assert "same label: 75.0 % of the time" in seen.text("header")


def test_labels_that_one_lacks_are_nothing_there(chromium: Any, pages: dict[str, Path]) -> None:
    with window(chromium, pages["labels"]) as seen:
        seen.wait_for_video()
        assert seen.text(".jump").split() == ["A", "rain", "B", "nothing"]


def test_values_furthest_apart_are_gone_to(chromium: Any, pages: dict[str, Path]) -> None:
    with window(chromium, pages["values"]) as seen:
        seen.wait_for_video()
        assert seen.page.locator(".chart").count() == 1
        seen.page.locator(".doubt").click()
        seen.wait_for_cursor(2.5)
        assert "B 69.00 km/h" in seen.text(".doubt")


def test_the_command_prints_and_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a, b = tables(tmp_path, *KINDS["classes"])
    page = tmp_path / "compared.html"
    assert main(["compare", str(a), str(b), "-o", str(page)]) == 0
    said = capsys.readouterr().out
    assert "They agree for 75.0 % of the time" in said
    assert said.endswith(f"{page}: open it in a browser\n")
    with pytest.raises(OutputExistsError, match="--overwrite"):
        write_comparison(a, b, output=page)
    assert main(["compare", str(a), str(b), "-o", f"{tmp_path}/", "-q"]) == 0
    assert (tmp_path / "clip_comparison.html").is_file()
    assert capsys.readouterr().out == ""
