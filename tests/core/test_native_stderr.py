"""What TensorFlow prints while it is imported."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from vidclf.core.native_stderr import native_stderr_muted

PREDICT = "import sys, vidclf\nvidclf.predict(sys.argv[1], model=sys.argv[2], runtime='tensorflow')"
LEVEL = "TF_CPP_MIN_LOG_LEVEL"


def printed(clip: Path, model: Path, level: str | None) -> str:
    """What a program prints on standard error that runs a model with TensorFlow."""
    environment = {name: value for name, value in os.environ.items() if name != LEVEL}
    if level is not None:
        environment[LEVEL] = level
    done = subprocess.run(
        [sys.executable, "-c", PREDICT, clip, model],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stderr


def test_a_program_that_runs_tensorflow_prints_nothing(clip: Path, tiny_model: Path) -> None:
    assert printed(clip, tiny_model, None) == ""


def test_a_user_who_wants_tensorflow_s_log_gets_it(clip: Path, tiny_model: Path) -> None:
    assert printed(clip, tiny_model, "0") != ""


def test_threads_that_mute_at_once_give_standard_error_back(
    capfd: pytest.CaptureFixture[str],
) -> None:
    first, second = native_stderr_muted(), native_stderr_muted()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    os.write(2, b"still muted\n")
    second.__exit__(None, None, None)
    os.write(2, b"heard\n")
    assert capfd.readouterr().err == "heard\n"
