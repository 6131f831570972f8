"""OpenVINO: converted once, checked against Keras, kept in the cache."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.runtimes import build_convolutions, open_as, pixels

from vidclf.core import cache_record
from vidclf.core.preprocessing import SCALINGS
from vidclf.inference.runtimes import agreement, open_runtime
from vidclf.inference.runtimes.converted_key import converted_key
from vidclf.inference.runtimes.openvino import OpenVinoRuntime
from vidclf.models import Model, open_model
from vidclf.models.keras_files.loading import import_keras

pytestmark = pytest.mark.uncounted


@pytest.fixture(scope="module")
def model(tiny_model: Path) -> Model:
    return open_model(tiny_model)


def test_without_onednn_channels_first_run_unchecked(tmp_path: Path) -> None:
    """TensorFlow's own kernels have no such convolutions on a CPU; OpenVINO has."""
    model = build_convolutions(import_keras(), (3, 24, 32), data_format="channels_first")
    model.save(tmp_path / "first.keras")
    code = (
        "import logging, sys, numpy as np\n"
        "logging.basicConfig()\n"
        "from vidclf.errors import ModelError\n"
        "from vidclf.models import open_model\n"
        "from vidclf.inference.runtimes import open_runtime\n"
        "from vidclf.settings import ModelSettings\n"
        "model = open_model(sys.argv[1], settings=ModelSettings(preprocess='0-1'))\n"
        "batch = np.zeros((2, 24, 32, 3), np.uint8)\n"
        "def use(name):\n"
        "    runtime = open_runtime(name, info=model.info, load=model.load, probe=lambda: batch)\n"
        "    return runtime.name, runtime.scores(batch).shape\n"
        "print(*use('auto'))\n"
        "try:\n"
        "    use('tensorflow')\n"
        "except ModelError as exc:\n"
        "    print(exc)\n"
    )
    environment = {**os.environ, "VIDCLF_CACHE": str(tmp_path), "TF_ENABLE_ONEDNN_OPTS": "0"}
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "first.keras")],
        env=environment, capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    first, second = done.stdout.splitlines()
    assert first == "openvino (2, 4)"
    model = tmp_path / "first.keras"
    assert f"TensorFlow cannot compute {model} on this computer (The Conv2D op " in done.stderr
    assert "OpenVINO runs the model, unchecked" in done.stderr
    assert second.endswith("leave --runtime out")


def test_a_cached_model_needs_neither_keras_nor_a_probe(model: Model) -> None:
    open_as("openvino", model)

    def never() -> None:
        raise AssertionError("not needed")

    again = open_runtime("openvino", info=model.info, load=never, probe=never)
    assert again.scores(pixels(1)).shape == (1, 4)


def test_a_conversion_that_disagrees_falls_back_to_tensorflow(
    model: Model, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:  # fmt: skip
    monkeypatch.setenv("VIDCLF_CACHE", str(tmp_path))
    monkeypatch.setattr(agreement, "LARGEST_SCORE_DELTA", -1.0)
    with caplog.at_level(logging.WARNING, "vidclf"):
        runtime = open_as("auto", model)
    assert runtime.name == "tensorflow"
    assert "differs from Keras" in caplog.text
    assert "TensorFlow runs the model instead" in caplog.text


def test_a_damaged_cache_is_removed_and_made_again(
    model: Model, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("VIDCLF_CACHE", str(tmp_path))
    open_as("openvino", model)
    [xml] = tmp_path.rglob("model.xml")
    xml.write_text("garbage", encoding="utf-8")
    assert open_as("openvino", model).name == "openvino"
    assert xml.read_text(encoding="utf-8") != "garbage"


@pytest.mark.parametrize("quick_bytes", [2**20, 0], ids=["small", "checked meanwhile"])
def test_negated_weights_in_the_cache_are_never_used(
    quick_bytes: int, model: Model, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("VIDCLF_CACHE", str(tmp_path))
    monkeypatch.setattr(cache_record, "_QUICK_BYTES", quick_bytes)
    before = open_as("openvino", model).scores(pixels(2))
    [weights] = tmp_path.rglob("model.bin")
    whole = np.fromfile(weights, np.float32)
    is_weight = (np.abs(whole) > 1e-3) & (np.abs(whole) < 100)  # and no shape among the integers
    np.where(is_weight, -whole, whole).tofile(weights)
    again = open_as("openvino", model)
    for _ in range(2):
        np.testing.assert_array_equal(again.scores(pixels(2)), before)
    np.testing.assert_array_equal(np.fromfile(weights, np.float32), whole)


def test_nan_scores_are_not_trusted(
    model: Model, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("VIDCLF_CACHE", str(tmp_path))
    monkeypatch.setattr(
        OpenVinoRuntime, "scores", lambda self, batch: np.full((len(batch), 4), np.nan, np.float32)
    )
    assert open_as("openvino", model).name == "tensorflow"


@pytest.mark.parametrize(
    "change",
    [
        {"preprocessing": SCALINGS["0-1"]},
        {"head": "sigmoid"},
        {"input_size": (24, 40)},
        {"window": 8},
        {"dtype": "uint8"},
        {"layout": "channels_first"},
        {"digest": "other"},
        {"fixed_batch": 1},
    ],
)
def test_what_changes_the_numbers_has_a_converted_form_of_its_own(
    model: Model, change: dict[str, Any]
) -> None:
    assert converted_key(replace(model.info, **change)).folder != converted_key(model.info).folder


def test_what_people_call_it_does_not(model: Model) -> None:
    renamed = replace(model.info, name="x", path="/y/x.keras", labels=("1", "2", "3", "4"))
    assert converted_key(renamed).folder == converted_key(model.info).folder


def test_two_processes_may_convert_at_once(tiny_model: Path, tmp_path: Path) -> None:
    code = (
        "import sys, numpy as np\n"
        "from vidclf.models import open_model\n"
        "from vidclf.inference.runtimes import open_runtime\n"
        "model = open_model(sys.argv[1])\n"
        "batch = np.zeros((2, 24, 32, 3), np.uint8)\n"
        "open_it = lambda: open_runtime('openvino', info=model.info, load=model.load,"
        " probe=lambda: batch)\n"
        "runtime = open_it()\n"
        "print(runtime.name, runtime.scores(batch).shape)\n"
    )
    command = [sys.executable, "-c", code, str(tiny_model)]
    environment = {**os.environ, "VIDCLF_CACHE": str(tmp_path)}
    both = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    assert [process.communicate(timeout=120)[0] for process in both] == ["openvino (2, 4)\n"] * 2
    assert len(list((tmp_path / "openvino").iterdir())) == 1  # nothing half-built is left


def test_openvino_reports_to_nobody(tmp_path: Path) -> None:
    """Its telemetry would leave a client number in the home folder."""
    code = "from vidclf.core.openvino_import import import_openvino as get; print(get().Core())"
    environment = {**os.environ, "HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, timeout=60)
    assert not list(tmp_path.iterdir())
