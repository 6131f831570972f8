"""What `make` says of itself."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("target", ["demo", "test"])
def test_what_is_installed_is_told_before_pip_falls_silent(target: str, tmp_path: Path) -> None:
    command = ["make", "--dry-run", target, f"VENV={tmp_path}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    before, pip, _ = done.stdout.partition("pip install")
    assert pip
    assert "GB to download" in before
