"""Every code block of README and docs runs, in order, in a fresh folder with what it names."""

from __future__ import annotations

import json
import shlex
import shutil
from contextlib import chdir
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from helpers.code_blocks import CodeBlock, code_blocks, run_python
from helpers.docs_workspace import colour_model

from vidclf.cli.app import main

pytestmark = pytest.mark.uncounted

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
RECIPES = ROOT / "docs" / "recipes.md"
"""Has a test of its own, which looks at the answers, too."""
PAGES = [path for path in sorted((ROOT / "docs").glob("*.md")) if path != RECIPES]

SET_UP = ("make", "pip", "conda")
"""What sets up or tests this very checkout; `.ci/run` runs it."""


def run_page(page: Path, folder: Path, names: dict[str, Any]) -> None:
    """Run all blocks of a page in a copy of a folder."""
    with chdir(folder), mpl.rc_context({"backend": "agg"}):
        for block in code_blocks(page.read_text(encoding="utf-8")):
            run_block(block, names, page=page)


def run_block(block: CodeBlock, names: dict[str, Any], *, page: Path) -> None:
    if block.language == "python":
        run_python(block.text, names, page=page)
    elif block.language == "json":
        json.loads(block.text)
    elif block.language == "":
        for line in block.text.splitlines():
            assert run_line(line) == 0, f"{page.name}, block of line {block.line}: {line}"
    else:
        assert block.language in ("text", "xml")


def run_line(line: str) -> int:
    """The exit code of a line for a shell; 0 for one that is tried elsewhere."""
    words = shlex.split(line, comments=True)
    if not words or words[0] in SET_UP:
        return 0
    if words[0] == "python":
        assert (ROOT / words[1]).is_file()
        return 0
    assert words[0] == "vidclf", f"no command of this project: {line}"
    return main(words[1:])


def test_the_readme_runs_from_top_to_bottom(
    fresh: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shutil.copytree(fresh, tmp_path / "folder")
    with chdir(folder):
        assert main(["predict", "samples/photographs.mp4"]) == 0  # as `make demo` has done
    run_page(README, folder, {"keras_model": colour_model(head="softmax", units=2)})
    printed = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    told = [line[2:] for line in README.read_text("utf-8").splitlines() if line.startswith("# ")]
    answer = told[told.index("              min    max  count") :][:4]
    assert answer == printed[printed.index(answer[0]) :][:4]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_page_runs_from_top_to_bottom(page: Path, used: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(used, tmp_path / "folder")
    names = {"pixels": np.zeros((720, 1280, 3), np.uint8)}
    run_page(page, folder, names)
