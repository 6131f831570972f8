"""The code blocks of a page of Markdown, and how one of Python is run."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class CodeBlock:
    """A fenced block of a page."""

    language: str
    """What stands behind its fence: `python`, `json`, `text`, or "" for commands of a shell."""
    text: str
    """What stands in it."""
    line: int
    """Where its fence is, from 1."""


def code_blocks(markdown: str) -> list[CodeBlock]:
    """The fenced blocks of a text, in order."""
    return [
        CodeBlock(language=m[1], text=m[2], line=markdown[: m.start()].count("\n") + 1)
        for m in _BLOCK.finditer(markdown)
    ]


def run_python(code: str, names: dict[str, Any], *, page: Path) -> Any:
    """Run a block as a notebook's cell: its last expression is its value."""
    tree = ast.parse(code)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, str(page), "exec"), names)
    if last is None:
        return None
    return eval(compile(ast.Expression(last.value), str(page), "eval"), names)
