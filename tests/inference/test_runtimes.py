"""Runtimes: the same scores as Keras, converted once, safely."""

from __future__ import annotations

import importlib
import logging
import os
import subprocess
import sys
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.tiny_model import build_tiny_model
from hypothesis import given
from hypothesis import strategies as st

from vidclf.core.cache import cache_folder, cached_folder
from vidclf.core.preprocessing import SCALINGS, Resize
from vidclf.errors import ModelError, UsageError
from vidclf.inference.runtimes import Runtime, agreement, open_runtime
from vidclf.inference.runtimes.agreement import compare
from vidclf.inference.runtimes.batches import compute
from vidclf.inference.runtimes.openvino import OpenVinoRuntime, _cache_key
from vidclf.inference.tensors import to_input, to_scores
from vidclf.models import Model, open_model
from vidclf.models.info import ModelInfo
from vidclf.models.keras_files.loading import import_keras
from vidclf.models.network import KerasNetwork


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


def build_info(model: Any, **changes: Any) -> ModelInfo:
    *window, height, width, channels = model.input_shape[1:]
    if height in (1, 3):
        height, width, channels = width, channels, height
        changes["layout"] = "channels_first"
    return ModelInfo(
        **{
            "name": "built",
            "path": "built.keras",
            "digest": uuid.uuid4().hex,
            "labels": tuple(f"class {i}" for i in range(model.output_shape[1])),
            "input_size": (height, width),
            "channels": channels,
            "window": window[0] if window else None,
            "preprocessing": SCALINGS["-1-1"],
            "resize": Resize(),
            "head": "softmax",
        }
        | changes
    )


def open_built(name: str, model: Any, info: ModelInfo) -> Runtime:
    shape = (*((info.window,) if info.window else ()), *info.input_size, 3)
    return open_runtime(
        name, info=info, load=lambda: KerasNetwork(model), probe=lambda: noise(2, *shape)
    )


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(sum(shape)).integers(0, 256, shape, np.uint8)


def assert_both_agree(model: Any, *, atol: float = 1e-5, **changes: Any) -> None:
    """That OpenVINO runs a model itself, and that both give what calling it by hand gives."""
    info = build_info(model, **changes)
    shape = (*((info.window,) if info.window else ()), *info.input_size, 3)
    batch = noise(3, *shape)
    by_hand = np.asarray(model(to_input(batch, info), training=False), np.float32)
    assert np.ptp(by_hand, axis=0).max() > 1e-4  # or else the test would see nothing
    for name in ("openvino", "tensorflow"):
        runtime = open_built(name, model, info)
        assert runtime.name == name
        scores = runtime.scores(batch)
        assert scores.dtype == np.float32
        np.testing.assert_allclose(scores, to_scores(by_hand, info), atol=atol)


@pytest.mark.parametrize(
    ("activation", "head", "units"),
    [
        ("linear", "logits", 4),
        ("sigmoid", "sigmoid", 4),
        ("sigmoid", "binary", 1),
        ("linear", "regression", 2),
    ],
)
def test_other_heads_agree_too(activation: str, head: str, units: int) -> None:
    model = build_tiny_model(scaling=False, head=activation, units=units)
    labels = ("no", "yes") if head == "binary" else tuple("abcd"[:units])
    assert_both_agree(model, head=head, labels=labels, activation=activation)


def frame_network(library: Any) -> Any:
    layers = library.layers
    first = layers.Conv2D(6, 3, activation="relu", kernel_initializer="he_uniform")
    return library.Sequential([library.Input((12, 16, 3)), first, layers.GlobalMaxPooling2D()])


CLIP_NETWORKS: dict[str, Callable[[Any], list[Any]]] = {
    "Conv3D": lambda k: [k.layers.Conv3D(4, 3), k.layers.GlobalMaxPooling3D()],
    "ConvLSTM2D": lambda k: [k.layers.ConvLSTM2D(4, 3), k.layers.GlobalMaxPooling2D()],
    "GRU": lambda k: [k.layers.TimeDistributed(frame_network(k)), k.layers.GRU(6)],
    "LSTM": lambda k: [k.layers.TimeDistributed(frame_network(k)), k.layers.LSTM(6)],
    "SimpleRNN": lambda k: [k.layers.TimeDistributed(frame_network(k)), k.layers.SimpleRNN(6)],
    "both ways": lambda k: [
        k.layers.TimeDistributed(frame_network(k)),
        k.layers.Bidirectional(k.layers.LSTM(4, return_sequences=True)),
        k.layers.Bidirectional(k.layers.GRU(4)),
    ],
    "mean": lambda k: [
        k.layers.TimeDistributed(frame_network(k)),
        k.layers.GlobalAveragePooling1D(),
    ],
}


@pytest.mark.parametrize("library", ["keras", "tf_keras"])
@pytest.mark.parametrize("network", CLIP_NETWORKS)
def test_networks_of_clips_run_on_both(network: str, library: str) -> None:
    import_keras()
    keras = importlib.import_module(library)
    keras.utils.set_random_seed(2)
    head = keras.layers.Dense(4, activation="softmax", kernel_initializer="he_uniform")
    layers = [keras.Input((5, 12, 16, 3)), *CLIP_NETWORKS[network](keras), head]
    assert_both_agree(keras.Sequential(layers))


def build_convolutions(keras: Any, shape: tuple[int, ...], **options: Any) -> Any:
    keras.utils.set_random_seed(4)
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input(shape),
            layers.Conv2D(8, 3, strides=2, activation="relu", **options),
            layers.MaxPooling2D(2, **options),
            layers.GlobalAveragePooling2D(**options),
            layers.Dense(4, activation="softmax", kernel_initializer="he_uniform"),
        ]
    )


@pytest.mark.parametrize("library", ["keras", "tf_keras"])
def test_channels_may_come_first(library: str) -> None:
    import_keras()
    keras = importlib.import_module(library)
    assert_both_agree(build_convolutions(keras, (3, 24, 32), data_format="channels_first"))
    assert_both_agree(build_convolutions(keras, (1, 24, 32), data_format="channels_first"))


@pytest.mark.parametrize("library", ["keras", "tf_keras"])
def test_grey_models_agree(library: str) -> None:
    import_keras()
    assert_both_agree(build_convolutions(importlib.import_module(library), (24, 32, 1)))


@pytest.mark.parametrize("library", ["keras", "tf_keras"])
@pytest.mark.parametrize(("policy", "atol"), [("mixed_float16", 2e-3), ("mixed_bfloat16", 2e-2)])
def test_mixed_precision_gives_float32_scores(library: str, policy: str, atol: float) -> None:
    """OpenVINO computes in float32, so the difference is Keras' own rounding."""
    import_keras()
    keras = importlib.import_module(library)
    keras.mixed_precision.set_global_policy(policy)
    try:
        model = build_convolutions(keras, (24, 32, 3))
    finally:
        keras.mixed_precision.set_global_policy("float32")
    info = build_info(model)
    batch = noise(3, 24, 32, 3)
    scores = [open_built(name, model, info).scores(batch) for name in ("auto", "tensorflow")]
    assert [part.dtype for part in scores] == [np.float32] * 2
    np.testing.assert_allclose(*scores, atol=atol)


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
        "from vidclf.settings import Settings\n"
        "model = open_model(sys.argv[1], settings=Settings(preprocess='0-1'))\n"
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
    assert "TensorFlow cannot compute first on this computer (The Conv2D op " in done.stderr
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


def test_an_unknown_runtime_is_bad_usage(model: Model) -> None:
    with pytest.raises(UsageError, match="choose auto, openvino, tensorflow"):
        open_as("cuda", model)


def test_the_comparison_sees_nan_and_swapped_labels() -> None:
    good = np.float32([[0.6, 0.4]])
    assert compare(good, good, "softmax")["same_top"]
    assert not compare(good[:, ::-1], good, "softmax")["same_top"]
    assert np.isnan(compare(np.float32([[np.nan, 0.4]]), good, "softmax")["delta"])


def test_where_no_one_label_is_shown_none_has_to_agree() -> None:
    first, second = np.float32([[0.5, 0.5002]]), np.float32([[0.5002, 0.5]])
    for head, same in (("softmax", False), ("sigmoid", True), ("regression", True)):
        assert compare(first, second, head)["same_top"] is same


def test_values_of_a_regression_are_compared_by_their_size() -> None:
    reference = np.float32([[1000, 0.02], [2000, -0.01]])
    good = reference + np.float32([[1, 0], [0, 0]])
    assert compare(good, reference, "regression")["delta"] == pytest.approx(1 / 2000, rel=1e-3)
    bad = reference + np.float32([[0, 0.02], [0, 0]])
    assert compare(bad, reference, "regression")["delta"] == pytest.approx(0.02 / 2, rel=1e-3)
    assert compare(reference, reference, "regression")["delta"] == 0
    assert compare(reference * 0, reference * 0, "regression")["delta"] == 0


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
    assert _cache_key(replace(model.info, **change)) != _cache_key(model.info)


def test_what_people_call_it_does_not(model: Model) -> None:
    renamed = replace(model.info, name="x", path="/y/x.keras", labels=("1", "2", "3", "4"))
    assert _cache_key(renamed) == _cache_key(model.info)


@given(count=st.integers(1, 9), fixed=st.sampled_from([None, 1, 2, 4, 16]))
def test_batches_of_one_length_give_the_same_rows(count: int, fixed: int | None) -> None:
    lengths = []

    def network(batch: np.ndarray) -> np.ndarray:
        lengths.append(len(batch))
        return (batch * 2).astype(np.float16)[..., None, None]

    inputs = np.arange(count * 3, dtype=np.float32).reshape(count, 3)
    outputs = compute(network, inputs, fixed_batch=fixed)
    assert outputs.dtype == np.float32
    np.testing.assert_array_equal(outputs, inputs * 2)
    assert fixed is None or set(lengths) == {fixed}


def test_a_network_that_mixes_its_inputs_is_an_error() -> None:
    with pytest.raises(ModelError, match=r"gave 1 answers for 3 inputs at once: --batch-size 1"):
        compute(lambda batch: batch[:1], np.zeros((3, 2)), fixed_batch=None)


def test_one_answer_without_a_batch_is_one_row() -> None:
    assert compute(lambda batch: batch[0], np.zeros((1, 4)), fixed_batch=1).shape == (1, 4)


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
    code = "from vidclf.core.openvino_import import import_openvino as get; print(get().Core())"
    environment = {**os.environ, "HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, timeout=60)
    assert not list(tmp_path.iterdir())
