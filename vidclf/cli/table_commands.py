"""The commands that start from a table: each module adds its arguments and runs.

Nothing heavy is imported up here, nor at the top of the modules.
"""

from __future__ import annotations

from types import ModuleType

from vidclf.cli import compare, plot, render, report, segments, smooth

TABLE_COMMANDS: dict[str, ModuleType] = {
    "segments": segments,
    "smooth": smooth,
    "render": render,
    "report": report,
    "compare": compare,
    "plot": plot,
}
"""Name → a module with `add(commands)`, which adds its parser, and `run(arguments)` → exit code."""
