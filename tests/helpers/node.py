"""Clients in JavaScript, which tests run under node; their packages are never shipped.

They are installed by `npm install --no-package-lock --ignore-scripts` in `tests/serving`, as
`.ci/run` does. Without node or packages the tests are skipped, unless `VIDCLF_NEED_NODE` is set.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[1] / "serving"
_MISSING = (
    "no node, or not its packages: apt-get install nodejs npm, then "
    "npm install --no-package-lock --ignore-scripts in tests/serving"
)


def run_node(script: str, *arguments: str) -> Any:
    """What a script of `tests/serving` prints as JSON; the test is skipped where it cannot run."""
    node = shutil.which("node")
    if node is None or not (FOLDER / "node_modules").is_dir():
        if os.environ.get("VIDCLF_NEED_NODE"):
            pytest.fail(_MISSING)
        pytest.skip(_MISSING)
    ran = subprocess.run(
        [node, script, *arguments], cwd=FOLDER, capture_output=True, text=True, timeout=60
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def tell_what_was_left_out(reporter: Any) -> None:
    """End the run's summary with how many tests found no node."""
    skipped = [str(report.longrepr) for report in reporter.stats.get("skipped", [])]
    if count := sum(_MISSING in text for text in skipped):
        reporter.write_line(f"{count} tests of JavaScript were left out: {_MISSING}", yellow=True)
