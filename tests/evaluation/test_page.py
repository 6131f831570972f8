"""The page of an evaluation in a real browser: what people see, click and type."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import imageio.v3 as iio
import numpy as np
import pytest
from helpers.browser import NARROW, WIDE, Window, window
from helpers.evaluations import LABELS, of_classes, of_clips, of_labels, of_values, stills

from vidclf.evaluation.page import write_page
from vidclf.evaluation.results import Evaluation, LabelIssue

HOSTILE = [
    "</script><img src=x onerror=alert(1)>",
    "<b>bold</b> &amp;",
    "\"onmouseover='x'",
    "猫" + "n" * 150,
]
TRUTH = [0, 0, 0, 1, 1, 2, 2, 2]
ANSWERS = [0, 1, 1, 1, 0, 2, 2, 2]
SURE = [0.9, 0.6, 0.95, 0.8, 0.7, 0.5, 0.99, 0.97]


def page_of(evaluation: Evaluation, folder: Path, name: str = "evaluation") -> Path:
    path = folder / f"{name}.html"
    write_page(evaluation, path, folder=folder)
    return path


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight pictures of three classes, three of them taken for another."""
    folder = tmp_path_factory.mktemp("evaluation")
    for place in range(len(TRUTH)):
        iio.imwrite(folder / f"{place}.png", np.full((20, 30, 3), 30 * place, np.uint8))
    evaluation = of_classes(
        TRUTH,
        ANSWERS,
        sure=SURE,
        cases=stills(len(TRUTH), folder),
        label_issues=(LabelIssue(case=2, given=0, suggested=1, margin=0.9),),
        near_duplicates=np.array([[2, 3]]),
    )
    return page_of(evaluation, folder)


@pytest.fixture
def seen(chromium: Any, page: Path) -> Iterator[Window]:
    """A wide window on that page."""
    with window(chromium, page) as seen:
        yield seen


def cell(seen: Window, row: int, column: int) -> Any:
    return seen.page.locator(f'[data-row="{row}"][data-column="{column}"]')


def confidences(seen: Window, box: str) -> list[str]:
    lines = seen.texts(f"{box} .case-line")
    return [line.split("\n")[-1] for line in lines if line.startswith("confidence")]


# --- pictures ----------------------------------------------------------------------------------


def test_a_cell_shows_its_cases(seen: Window) -> None:
    cell(seen, 1, 0).click()
    assert seen.text(".cell [role=status] h3") == "dog predicted as cat"
    assert seen.texts(".cell-cases .case-place") == ["4.png"]


def test_the_matrix_is_walked_through_by_keys(seen: Window) -> None:
    cell(seen, 0, 0).focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowDown", "ArrowRight", "ArrowRight", "Enter"):
        seen.page.keyboard.press(key)
    assert seen.text(".cell [role=status] h3") == "big bird predicted as big bird"
    assert confidences(seen, ".cell-cases") == ["50 %", "97 %", "99 %"]
    seen.page.keyboard.press("Tab")
    assert seen.page.evaluate("document.activeElement.closest('table')") is None


def test_the_matrix_tells_percentages_too(seen: Window) -> None:
    assert seen.texts(".matrix td") == ["1", "2", "", "1", "1", "", "", "", "3"]
    seen.page.get_by_role("button", name="% of the row").click()
    assert seen.texts(".matrix td") == ["33", "67", "", "50", "50", "", "", "", "100"]


def test_mistakes_come_by_confidence_with_their_pictures(seen: Window) -> None:
    box = "section[aria-labelledby=mistakes-title]"
    assert confidences(seen, box) == ["95 %", "70 %", "60 %"]
    loaded = seen.page.locator(f"{box} img").evaluate_all("all => all.map(i => i.naturalWidth)")
    assert loaded == [30, 30, 30]


def test_a_case_leads_to_its_file(seen: Window, page: Path) -> None:
    link = seen.page.locator("section[aria-labelledby=mistakes-title] a").first
    assert link.evaluate("a => a.href") == (page.parent / "2.png").as_uri()


def test_the_classes_sort_by_any_column(seen: Window) -> None:
    names = ".figure-table tbody th bdi"
    assert seen.texts(names) == list(LABELS)
    seen.page.get_by_role("button", name="Recall", exact=True).click()
    assert seen.texts(names) == ["cat", "dog", "big bird"]
    seen.page.get_by_role("button", name="Recall", exact=True).click()
    assert seen.texts(names) == ["big bird", "dog", "cat"]


def test_likely_wrong_labels_and_pictures_that_look_alike_are_shown(seen: Window) -> None:
    issue = seen.text("section[aria-labelledby=issues-title] .case").split("\n")
    assert issue[:4] == ["label", "cat", "rather", "dog"]
    pair = seen.page.locator(".twins")
    assert pair.locator("img").count() == 2
    assert pair.locator(".twins-note").inner_text() == "alike, with different labels"


def test_nothing_is_asked_of_the_network_and_nothing_complained_of(seen: Window) -> None:
    assert len(seen.requests) == 1
    assert seen.complaints == []


def test_on_paper_it_is_light_and_has_no_buttons(chromium: Any, page: Path) -> None:
    with window(chromium, page, dark=True) as seen:
        seen.page.emulate_media(media="print", color_scheme="dark")
        ink = seen.page.evaluate("getComputedStyle(document.querySelector('h1')).color")
        assert ink == "rgb(22, 24, 29)"
        cell(seen, 0, 2).wait_for()
        seen.page.wait_for_function(  # it is painted a moment later
            "() => document.querySelector('[data-column=\"2\"]').style.background"
            " === 'rgb(255, 255, 255)'"
        )
        assert not seen.page.get_by_role("button", name="% of the row").is_visible()
        seen.page.emulate_media(media="screen")  # the window is the next test's


def test_labels_stand_as_they_are_and_harm_nothing(chromium: Any, tmp_path: Path) -> None:
    evaluation = of_classes([0, 1, 2, 3], [1, 1, 3, 3], labels=HOSTILE)
    evaluation = replace(evaluation, model_name=HOSTILE[0], notes=tuple(HOSTILE))
    with window(chromium, page_of(evaluation, tmp_path), size=NARROW) as seen:
        heads = seen.page.locator(".answered bdi").evaluate_all(
            "all => all.map(n => n.textContent)"
        )
        assert heads == HOSTILE
        assert seen.page.locator("main b, main script, main img").count() == 0
        assert seen.complaints == []
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= NARROW[0]


def test_of_many_classes_all_can_be_shown_and_one_be_found(chromium: Any, tmp_path: Path) -> None:
    truth = list(range(60))
    labels = [f"class {place}" for place in truth]
    evaluation = of_classes(truth, [1, *truth[1:]], labels=labels)
    with window(chromium, page_of(evaluation, tmp_path)) as seen:
        assert len(seen.texts(".answered")) == 40
        rows = seen.page.locator(".figure-table").first.locator("tbody tr")
        assert rows.count() == 25
        seen.page.get_by_role("button", name="Show all 60").click()
        assert rows.count() == 60
        seen.page.fill("input[type=search]", "CLASS 59")
        assert rows.count() == 1


def test_a_comparison_is_told(chromium: Any, tmp_path: Path) -> None:
    figures = {"here": 0.9, "there": 0.8, "difference": 0.1, "interval": [0.05, 0.15]}
    comparison = {
        **{"other": "old/metrics.json", "other_model": "old.keras", "cases": 40},
        **{"only_here": 0, "only_there": 0, "better": "here", "decided_by": "McNemar"},
        "accuracy": figures,
    }
    path = tmp_path / "compared.html"
    write_page(of_classes([0, 1], [0, 1]), path, folder=tmp_path, comparison=comparison)
    with window(chromium, path) as seen:
        told = seen.text("section[aria-labelledby=comparison-title]").split("\n")
    assert told[-1] == "accuracy: 0.900 against 0.800, +0.1 (95 %: +0.05 to +0.15)"
    assert "This one is better than old.keras on 40 cases of both (McNemar)." in told


# --- other tasks -------------------------------------------------------------------------------

FRAMES = [0] * 20 + [1] * 20 + [2] * 20
SHOWN = [0] * 25 + [1] * 15 + [2] * 10 + [0] * 10


def test_truth_and_prediction_are_ribbons(chromium: Any, tmp_path: Path) -> None:
    with window(chromium, page_of(of_clips(FRAMES, SHOWN, fps=10), tmp_path)) as seen:
        box = seen.page.locator(".clip-canvas").bounding_box()
        seen.page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + 40)
        told = [seen.text(".readout strong"), *seen.texts(".readout bdi")]
        assert told == ["0:02.40", "dog", "cat"]
        assert seen.texts(".lane-names li") == ["true", "predicted", "differs"]


def test_where_a_clip_differs_longest_is_listed(chromium: Any, tmp_path: Path) -> None:
    with window(chromium, page_of(of_clips(FRAMES, SHOWN, fps=10), tmp_path)) as seen:
        seen.page.locator(".clip summary").click()
        seen.page.wait_for_selector(".clip tbody td")
        assert seen.texts(".clip tbody td") == [
            *("0:05.00", "1.00 s", "big bird", "cat"),
            *("0:02.00", "0.50 s", "dog", "cat"),
        ]


def test_a_stretch_is_shown_large_and_the_whole_clip_again(chromium: Any, tmp_path: Path) -> None:
    true, told = [0] * 600, [0] * 300 + [1] * 10 + [0] * 290
    with window(chromium, page_of(of_clips(true, told, fps=10), tmp_path)) as seen:
        seen.page.locator(".clip summary").click()
        seen.page.locator(".clip tbody button").click()
        assert middle_of_ribbons(seen) == ["0:30.50", "cat", "dog"]
        seen.page.get_by_role("button", name="Whole clip").click()
        assert middle_of_ribbons(seen) == ["0:30.00", "cat", "dog"]
        assert not seen.page.get_by_role("button", name="Whole clip").is_visible()


def middle_of_ribbons(seen: Window) -> list[str]:
    """What is said in the middle of the ribbons: the time, what is true, and what was predicted."""
    box = seen.page.locator(".clip-canvas").bounding_box()
    seen.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 40)
    return [seen.text(".readout strong"), *seen.texts(".readout bdi")]


def test_of_several_labels_wrong_scores_and_thresholds_are_told(
    chromium: Any, tmp_path: Path
) -> None:
    truth = np.array([[True, False], [True, True], [False, True]])
    scores = np.array([[0.9, 0.1], [0.25, 0.8], [0.3, 0.9]])
    with window(chromium, page_of(of_labels(truth, scores), tmp_path)) as seen:
        lines = [text.split("\n") for text in seen.texts(".case .case-line")]
        assert lines == [["true", "cat", "dog"], ["predicted", "dog"], ["cat", "scored 25 %"]]
        heads = seen.texts(".figure-table >> nth=0 >> thead th")
        assert {"Threshold", "Best threshold"} <= set(heads)


def test_of_numbers_the_worst_cases_come_first(chromium: Any, tmp_path: Path) -> None:
    truth = np.array([[0.0], [1.0], [2.0]])
    page = page_of(of_values(truth, truth + np.array([[0.1], [-0.5], [0.2]])), tmp_path)
    with window(chromium, page) as seen:
        assert seen.texts(".case .case-line")[0].split("\n") == ["angle", "0.5 instead of 1 rad"]
        assert seen.page.locator(".dot").count() == 3


def everything(folder: Path) -> Sequence[Path]:
    """A page for every task."""
    truth = np.array([[True, False], [True, True], [False, True]])
    made = {
        "clips": of_clips(FRAMES, SHOWN, fps=10),
        "labels": of_labels(truth, np.array([[0.9, 0.1], [0.25, 0.8], [0.3, 0.9]])),
        "values": of_values(np.array([[0.0], [1.0]]), np.array([[0.1], [0.8]])),
    }
    return [page_of(evaluation, folder, name) for name, evaluation in made.items()]


@pytest.mark.parametrize(("size", "dark"), [(WIDE, False), (NARROW, True)])
def test_it_is_accessible_and_fits_the_screen(
    chromium: Any, page: Path, tmp_path: Path, size: tuple[int, int], dark: bool
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    for path in [page, *everything(tmp_path)]:
        with window(chromium, path, size=size, dark=dark) as seen:
            seen.page.locator("summary").evaluate_all("all => all.map(one => one.click())")
            found = Axe().run(seen.page).response["violations"]
            assert [(item["id"], item["impact"]) for item in found] == [], path.name
            assert seen.page.evaluate("document.documentElement.scrollWidth") <= size[0]
            assert seen.complaints == []
