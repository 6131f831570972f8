"""What stands beside the clip, at any width: the labels' shares and the list of segments."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from helpers.browser import NARROW, Window, window
from helpers.clips import ClipSpec, make_clip
from helpers.report_tables import FPS, class_rows, with_source, write_table

from vidclf import write_comparison, write_report

LABELS = ["Egyptian cat with a long name", "b", "Donaudampfschifffahrtsgesellschaftskapitän"]
WIDTHS = (320, 600, 901, 1000, 1100, 1280, 1440, 1920)
OUTSIDE_THEIR_CELLS = """() => [...document.querySelectorAll('.segments tr > *')].filter((cell) => {
  const text = document.createRange();
  text.selectNodeContents(cell);
  const [inner, outer] = [text.getBoundingClientRect(), cell.getBoundingClientRect()];
  return cell.scrollWidth > cell.clientWidth
    || inner.left < outer.left - 0.5 || inner.right > outer.right + 0.5;
}).map((cell) => cell.innerText)"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A report and a comparison with pictures, of a clip with a frame every 50 minutes."""
    folder = tmp_path_factory.mktemp("hours")
    spec = ClipSpec(frames=15, rate=Fraction(FPS), pts=[i * FPS * 3000 for i in range(15)])
    clip = make_clip(folder / "clip.mp4", spec)
    rows = class_rows([(label, 1, 1.0) for label in LABELS * 5], fps=1 / 3000)
    others = class_rows([(label, 1, 1.0) for label in LABELS[::-1] * 5], fps=1 / 3000)
    one = write_table(folder, rows, **with_source(clip))
    two = write_table(folder, others, stem="other")
    page = folder / "comparison.html"
    write_comparison(one, two, output=page)
    return {"report": write_report(one), "comparison": page}


@pytest.mark.parametrize("kind", ["report", "comparison"])
def test_what_the_list_says_stays_in_its_columns(
    chromium: Any, pages: dict[str, Path], kind: str
) -> None:
    with window(chromium, pages[kind]) as seen:
        assert "10:00:00.00" in seen.texts("td.col-start")[-5:]
        assert seen.page.locator("td img.still").count() == len(seen.texts(".jump")) > 9
        for width in WIDTHS:
            seen.page.set_viewport_size({"width": width, "height": 900})
            check_columns(seen, width)
    with window(chromium, pages[kind], size=NARROW, dark=True) as seen:
        check_columns(seen, NARROW[0])


def check_columns(seen: Window, width: int) -> None:
    """Nothing in the list stands outside its cell, and the page does not scroll sideways."""
    assert seen.page.evaluate(OUTSIDE_THEIR_CELLS) == [], width
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    for name in seen.page.locator(".jump bdi").all()[:3]:
        assert name.bounding_box()["width"] > 60 or name.inner_text() == "b", width


def test_a_share_that_rounds_to_ten_percent_is_told_as_such(chromium: Any, tmp_path: Path) -> None:
    runs = [("a", 249, 0.9), ("b", 250, 0.9), ("c", 248, 0.9), ("d", 1753, 0.9)]
    with window(chromium, write_report(write_table(tmp_path, class_rows(runs)))) as seen:
        assert seen.texts(".label-share") == ["70 %", "10 %", "10 %", "9.9 %"]
