"""docs/recipes.md, run block by block on real tables, each answer held to a plain loop."""

from __future__ import annotations

import math
import re
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import chdir
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pandas as pd
import pytest
from helpers.code_blocks import code_blocks, run_python
from helpers.docs_workspace import SPEEDS

PAGE = Path(__file__).parents[2] / "docs" / "recipes.md"

Rows = list[dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A heading of the page, and what its blocks left behind."""

    names: dict[str, Any]
    """All variables, after them."""
    shown: list[Any]
    """The value of the last line of each block, None where that is no expression."""


def blocks() -> dict[str, list[str]]:
    """Heading → its blocks of Python, of headings that have one."""
    parts = re.split(r"^## (.+)$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    found = {
        title: [block.text for block in code_blocks(text) if block.language == "python"]
        for title, text in zip(parts[::2], parts[1::2], strict=True)
    }
    return {title: codes for title, codes in found.items() if codes}


@pytest.fixture(scope="module")
def recipes(used: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Recipe]]:
    """Every recipe, run in order in the folder where the tables are."""
    folder = shutil.copytree(used, tmp_path_factory.mktemp("recipes") / "folder")
    names: dict[str, Any] = {}
    made: dict[str, Recipe] = {}
    with chdir(folder), mpl.rc_context({"backend": "agg"}):
        for title, codes in blocks().items():
            shown = [run_python(code, names, page=PAGE) for code in codes]
            made[title] = Recipe(names=dict(names), shown=shown)
        yield made


# --- the same answers by plain loops -----------------------------------------------------------


def rows_of(name: str) -> Rows:
    return pd.read_csv(name, keep_default_na=False).to_dict("records")


def lasting(rows: Rows) -> list[float]:
    """How long each row stands; the last one not at all."""
    ends = [row["timestamp"] for row in rows[1:]] + [rows[-1]["timestamp"]]
    return [end - row["timestamp"] for row, end in zip(rows, ends, strict=True)]


def seconds_per(rows: Rows, key: Callable[[dict[str, Any]], Any]) -> dict[Any, float]:
    totals: dict[Any, float] = defaultdict(float)
    for row, seconds in zip(rows, lasting(rows), strict=True):
        totals[key(row)] += seconds
    return totals


def near(number: float) -> Any:
    return pytest.approx(number, rel=1e-5, abs=1e-6)


def each_frame(recipe: Recipe) -> None:
    seconds = recipe.names["table"]["seconds"]
    assert list(seconds[:-1]) == near_all(lasting(rows_of("outputs/dog_predictions.csv"))[:-1])
    assert math.isnan(seconds.iloc[-1])


def near_all(numbers: list[float]) -> Any:
    return pytest.approx(numbers, rel=1e-5, abs=1e-6)


def share_of_time(recipe: Recipe) -> None:
    rows = rows_of("outputs/dog_predictions.csv")
    wanted, total = seconds_per(rows, lambda row: row["label"]), sum(lasting(rows))
    share = recipe.shown[0]
    assert len(share) >= 3
    assert dict(share) == {label: near(seconds / total) for label, seconds in wanted.items()}
    assert list(share) == sorted(share, reverse=True)


def per_minute(recipe: Recipe) -> None:
    rows = rows_of("outputs/dog_predictions.csv")
    wanted = seconds_per(rows, lambda row: (int(row["timestamp"] // 60), row["label"]))
    table = recipe.shown[0]
    assert list(table.index) == [0, 1, 2]
    for minute in table.index:
        for label in table.columns:
            assert table.loc[minute, label] == near(wanted.get((minute, label), 0))


def transitions(recipe: Recipe) -> None:
    labels = [row["label"] for row in rows_of("outputs/dog_predictions.csv")]
    wanted = Counter((a, b) for a, b in pairwise(labels) if a != b)
    table = recipe.shown[0]
    assert table.to_numpy().sum() == sum(wanted.values()) > 10
    assert all(table.loc[a, b] == count for (a, b), count in wanted.items())


def confidence_over_time(recipe: Recipe) -> None:
    rows = rows_of("outputs/dog_predictions.csv")
    rolled = recipe.shown[0]
    assert len(rolled) == len(rows)
    around = [r["confidence"] for r in rows if 59 < r["timestamp"] <= 61]  # open at the left
    assert rolled.loc[pd.Timedelta(seconds=60)] == near(sum(around) / len(around))


def uncertain(recipe: Recipe) -> None:
    rows = rows_of("outputs/dog_predictions.csv")
    stretches: list[list[Any]] = []
    was_low = False
    for row, seconds in zip(rows, lasting(rows), strict=True):
        is_low = row["confidence"] < 0.6
        if is_low and not was_low:
            stretches.append([row["timestamp"], 0.0, 1.0])
        if is_low:
            stretches[-1][1] += seconds
            stretches[-1][2] = min(stretches[-1][2], row["confidence"])
        was_low = is_low
    wanted = sorted(item for item in stretches if item[1] >= 0.25)
    found = recipe.shown[0].sort_values("start").to_numpy().tolist()
    assert len(found) > 2
    assert found == [near_all(item) for item in wanted]
    close = [r["timestamp"] for r in rows if r["confidence"] - r["top2_confidence"] < 0.1]
    assert recipe.shown[1]["timestamp"].tolist() == close != []


def segments(recipe: Recipe) -> None:
    rows = rows_of("outputs/dog_segments.csv")
    for label, found in recipe.shown[0].iterrows():
        own = [row for row in rows if row["label"] == label]
        assert found["bouts"] == len(own)
        assert found["longest"] == near(max(row["duration"] for row in own))
        assert found["first"] == near(min(row["start"] for row in own))
    assert recipe.shown[0]["bouts"].sum() == len(rows) > 10


def two_models(recipe: Recipe) -> None:
    small, large = (rows_of(f"{name}/dog_predictions.csv") for name in ("small", "large"))
    wanted = Counter((a["label"], b["label"]) for a, b in zip(small, large, strict=True))
    differences, table = recipe.shown
    apart = sum(count for (a, b), count in wanted.items() if a != b)
    assert differences["seconds"].sum() == near(apart * 0.5)
    assert differences["seconds"].is_monotonic_decreasing
    assert all(table.loc[a, b] == count for (a, b), count in wanted.items())
    assert table.to_numpy().sum() == 300


def folder(recipe: Recipe) -> None:
    table = recipe.shown[0]
    assert list(table.index) == ["dog.mp4", "photographs.mp4"]
    for video in table.index:
        rows = rows_of(f"outputs/{Path(video).stem}_predictions.csv")
        wanted, total = seconds_per(rows, lambda row: row["label"]), sum(lasting(rows))
        for label in table.columns:
            assert table.loc[video, label] == near(wanted.get(label, 0) / total)


def thousands(recipe: Recipe) -> None:
    spans, by_sql, by_polars = recipe.shown
    times = [row["timestamp"] for row in rows_of("outputs/dog_predictions.csv")]
    assert (spans["count"].sum(), spans["min"].min(), spans["max"].max()) == (
        len(times), times[0], times[-1],
    )  # fmt: skip
    found = list(by_sql.itertuples(index=False, name=None))
    assert found == [near_row(row) for row in by_polars.drop("seconds").rows()]
    for video in ("dog.mp4", "photographs.mp4"):
        rows = rows_of(f"outputs/{Path(video).stem}_predictions.csv")
        wanted, total = seconds_per(rows, lambda row: row["label"]), sum(lasting(rows))
        shares = {label: share for clip, label, share in found if clip == video}
        assert shares == {label: near(seconds / total) for label, seconds in wanted.items()}


def near_row(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return (*row[:-1], near(row[-1]))


def together(recipe: Recipe) -> None:
    rows = rows_of("street/street_predictions.csv")
    table = recipe.shown[0]
    assert len(table) > 1
    for one in table.index:
        for other in table.columns:
            held = [set(row["labels"].split("; ")) for row in rows]
            both = sum(s for h, s in zip(held, lasting(rows), strict=True) if {one, other} <= h)
            alone = sum(s for h, s in zip(held, lasting(rows), strict=True) if one in h)
            assert table.loc[one, other] == near(both / alone)


def values(recipe: Recipe) -> None:
    rows = rows_of("drive/drive_predictions.csv")
    wanted = [rows[0]["value_speed"] - SPEEDS[0], rows[2]["value_speed"] - SPEEDS[1]]
    found = recipe.shown[0]  # the third reading is 0.2 s away from any frame
    assert (found["min"], found["max"]) == (near(min(wanted)), near(max(wanted)))
    assert found["mean"] == near(sum(wanted) / 2)
    axes = recipe.names["axes"]
    assert [len(line.get_xdata()) for line in axes.lines] == [300, 300]
    assert Path("speed.pdf").read_bytes().startswith(b"%PDF")


CHECKS: dict[str, Callable[[Recipe], None]] = {
    "How long each frame stands": each_frame,
    "Share of time per label": share_of_time,
    "Time per label in each minute": per_minute,
    "Transitions": transitions,
    "Confidence over time": confidence_over_time,
    "Stretches of uncertainty": uncertain,
    "Segments": segments,
    "Two models on one clip": two_models,
    "All clips of a folder": folder,
    "Thousands of clips": thousands,
    "Labels that hold together (multi-label)": together,
    "Values beside a sensor's (regression)": values,
}


@pytest.mark.parametrize("title", CHECKS)
def test_the_recipe_gives_the_right_answer(title: str, recipes: dict[str, Recipe]) -> None:
    CHECKS[title](recipes[title])


def test_no_recipe_is_left_unchecked() -> None:
    assert list(blocks()) == list(CHECKS)
