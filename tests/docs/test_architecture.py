"""ARCHITECTURE.md and CONTRIBUTING.md speak of the rooms and files that there are."""

from __future__ import annotations

import configparser
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

ROOT = Path(__file__).parents[2]
PICTURE = ROOT / "docs" / "images" / "architecture.svg"
PAGES = ("ARCHITECTURE.md", "CONTRIBUTING.md", "README.md", "docs/decisions.md")
NO_ROOMS = {"assets", "py.typed"}
FOLDERS = ("", "vidclf", "vidclf/models", "tests", "docs", "benchmarks", "tools")


def rooms() -> set[str]:
    """Folders and modules directly in the package, but for those that only start it."""
    names = {path.stem for path in (ROOT / "vidclf").iterdir() if not path.name.startswith("_")}
    return names - {Path(name).stem for name in NO_ROOMS}


def test_the_picture_shows_every_room_and_no_other() -> None:
    texts = ET.parse(PICTURE).iter("{http://www.w3.org/2000/svg}text")
    assert {text.text for text in texts if text.get("class") == "name"} == rooms()


def test_the_picture_has_the_linters_floors() -> None:
    contract = configparser.ConfigParser()
    contract.read(ROOT / ".importlinter")
    layers = contract["importlinter:contract:rooms"]["layers"].split("\n")
    floors = [{name.strip() for name in line.split("|")} for line in layers if line.strip()]
    heights: dict[int, set[str]] = {}
    texts = ET.parse(PICTURE).iter("{http://www.w3.org/2000/svg}text")
    for text in texts:
        if text.get("class") == "name":
            heights.setdefault(round(float(text.get("y", 0)) / 20), set()).add(str(text.text))
    assert [heights[height] for height in sorted(heights)] == floors


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_page_names_is_there(page: str) -> None:
    named = re.findall(r"`((?:[\w.]+/)+(?:[\w-]+\.\w+)?)`", (ROOT / page).read_text("utf-8"))
    made_up = ("outputs/", "results/", "footage/")
    files = [p for p in named if not p.startswith(made_up) and not p.endswith("/NAME.py")]
    missing = [path for path in files if not any((ROOT / f / path).exists() for f in FOLDERS)]
    assert not missing
    assert files or page == "README.md"
