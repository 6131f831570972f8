"""The blocks of the page of clusters, and the words of a command in them."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from helpers.code_blocks import code_blocks

PAGE = Path(__file__).parents[2] / "docs" / "clusters.md"
BLOCKS = [block.text for block in code_blocks(PAGE.read_text("utf-8")) if block.language == "text"]
LINES = [line for block in BLOCKS for line in block.splitlines()]
ON_RAY = "--executor ray --address auto"


def words_of(line: str, *, command: str) -> list[str]:
    """The words behind a command, up to what the shell does with them."""
    behind = line[line.index(f"{command} ") :].partition("' ")[0].partition(" &")[0].rstrip("'")
    return shlex.split(os.path.expandvars(behind), comments=True)[len(command.split()) :]
