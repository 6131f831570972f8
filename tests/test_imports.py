"""Starting must be cheap: what is loaded when, by name and not by a clock."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

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
}


def modules_after(code: str) -> set[str]:
    """Top-level modules loaded in a fresh interpreter once `code` has run."""
    script = f"import sys\n{code}\nprint('\\n'.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    return {line.split(".")[0] for line in done.stdout.splitlines()}


@pytest.mark.parametrize(
    "code",
    [
        "import vidclf",
        "from vidclf.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass",
        "from vidclf.cli import main\ntry: main(['annotate', '--help'])\nexcept SystemExit: pass",
    ],
)
def test_help_loads_nothing_heavy(code: str) -> None:
    assert not modules_after(code) & HEAVY


def test_reading_a_model_description_loads_no_framework() -> None:
    loaded = modules_after("from vidclf.models import open_model\nopen_model()")
    assert not loaded & {"tensorflow", "keras", "openvino", "moviepy"}


def test_the_first_run_ever_needs_no_tensorflow(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    monkeypatch.setenv("VIDCLF_CACHE", str(cache))
    code = f"import vidclf\nvidclf.annotate({str(clip)!r}, output={str(tmp_path / 'out')!r})"
    loaded = modules_after(code)
    assert "openvino" in loaded
    assert not loaded & {"tensorflow", "keras", "tf_keras", "moviepy", "pandas"}
    assert not cache.exists()  # nothing was converted


def test_the_public_names_are_there() -> None:
    import vidclf

    for name in vidclf.__all__:
        assert getattr(vidclf, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = vidclf.nonsense
