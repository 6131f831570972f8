"""Runtimes: the same scores as Keras, converted once, safely."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import build_tiny_model
from hypothesis import given
from hypothesis import strategies as st

from vidclf.cache import cache_folder, cached_folder
from vidclf.errors import UsageError
from vidclf.models import Model, open_model
from vidclf.runtimes import Runtime, open_runtime
from vidclf.runtimes import openvino as openvino_runtime
from vidclf.runtimes.openvino import OpenVinoRuntime, compare


def pixels(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, 24, 32, 3), np.uint8)


def open_as(name: str, model: Model) -> Runtime:
    return open_runtime(name, info=model.info, load=model.load, probe=lambda: pixels(4))


@pytest.fixture(scope="module")
def model(tiny_model: Path) -> Model:
    return open_model(tiny_model)


@pytest.fixture(scope="module", params=["openvino", "tensorflow"])
def runtime(request: pytest.FixtureRequest, model: Model) -> Runtime:
    return open_as(request.param, model)


@given(count=st.integers(1, 9), seed=st.integers(0, 99))
def test_scores_are_those_of_plain_keras(
    runtime: Runtime, model: Model, count: int, seed: int
) -> None:
    batch = pixels(count, seed)
    reference = np.asarray(model.load()(batch.astype(np.float32)))
    scores = runtime.scores(batch)
    assert scores.dtype == np.float32
    np.testing.assert_allclose(scores, reference, atol=1e-5)


def test_scores_do_not_depend_on_the_batch(runtime: Runtime) -> None:
    batch = pixels(7)
    whole = runtime.scores(batch)
    one_by_one = np.concatenate([runtime.scores(batch[i : i + 1]) for i in range(7)])
    np.testing.assert_allclose(whole, one_by_one, atol=1e-6)


def test_scores_of_one_call_outlive_the_next(runtime: Runtime) -> None:
    first = runtime.scores(pixels(2, 1))
    kept = first.copy()
    runtime.scores(pixels(2, 2))
    np.testing.assert_array_equal(first, kept)


@pytest.mark.parametrize("head", ["linear", "sigmoid"])
def test_other_heads_agree_too(tmp_path: Path, head: str) -> None:
    path = tmp_path / "model.keras"
    build_tiny_model(scaling=False, head=head).save(path)
    model = open_model(path, preprocessing="-1-1")
    batch = pixels(3)
    scores = [open_as(name, model).scores(batch) for name in ("openvino", "tensorflow")]
    np.testing.assert_allclose(*scores, atol=1e-5)


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
    monkeypatch.setattr(openvino_runtime, "LARGEST_SCORE_DELTA", -1.0)
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


def test_an_unknown_runtime_is_bad_usage(model: Model) -> None:
    with pytest.raises(UsageError, match="choose auto, openvino or tensorflow"):
        open_as("cuda", model)


def test_the_comparison_sees_nan_and_swapped_labels() -> None:
    good = np.float32([[0.6, 0.4]])
    assert compare(good, good)["same_top"]
    assert not compare(good[:, ::-1], good)["same_top"]
    assert np.isnan(compare(np.float32([[np.nan, 0.4]]), good)["delta"])


def test_nan_scores_are_not_trusted(
    model: Model, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("VIDCLF_CACHE", str(tmp_path))
    monkeypatch.setattr(
        OpenVinoRuntime, "scores", lambda self, batch: np.full((len(batch), 4), np.nan, np.float32)
    )
    assert open_as("openvino", model).name == "tensorflow"


def test_two_processes_may_convert_at_once(tiny_model: Path, tmp_path: Path) -> None:
    code = (
        "import sys, numpy as np\n"
        "from vidclf.models import open_model\n"
        "from vidclf.runtimes import open_runtime\n"
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


def test_a_cached_folder_is_whole_or_not_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("VIDCLF_CACHE", str(tmp_path))

    def fail(work: Path) -> None:
        (work / "half").touch()
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        cached_folder("a/key", fail)
    assert not list((cache_folder() / "a").iterdir())


def test_openvino_reports_to_nobody(tmp_path: Path) -> None:
    """Its telemetry would leave a client number in the home folder."""
    code = "from vidclf.runtimes.openvino import import_openvino as get; print(get().Core())"
    environment = {**os.environ, "HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, timeout=60)
    assert not list(tmp_path.iterdir())
