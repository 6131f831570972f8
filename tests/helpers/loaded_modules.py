"""Which modules a piece of code loads, in an interpreter of its own."""

from __future__ import annotations

import subprocess
import sys

HEAVY = {
    "tensorflow",
    "keras",
    "openvino",
    "moviepy",
    "cv2",
    "av",
    "numpy",
    "pandas",
    "PIL",
    "imageio",
    "matplotlib",
    "pyarrow",
}


def modules_after(code: str) -> set[str]:
    """Top-level modules loaded in a fresh interpreter once `code` has run."""
    return {name.split(".")[0] for name in all_modules_after(code)}


def all_modules_after(code: str) -> set[str]:
    """All modules loaded in a fresh interpreter once `code` has run, with those in packages."""
    script = f"import sys\n{code}\nprint('\\n'.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stdout.splitlines())
