"""The commands that start from a table: each module adds its arguments and runs.

Nothing heavy is imported up here, nor at the top of the modules.
"""

from __future__ import annotations

from types import ModuleType

from vidclf.commands import compare, segments

TABLE_COMMANDS: dict[str, ModuleType] = {
    "segments": segments,
    "compare": compare,
}
"""Name → a module with `add(commands)`, which adds its parser, and `run(arguments)` → exit code."""
