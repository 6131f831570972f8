"""What holds for every runtime: the scores of plain Keras, as float32, in any batch."""

from __future__ import annotations

import importlib
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.loaded_modules import HEAVY, modules_after
from helpers.runtimes import build_convolutions, open_as, pixels
from helpers.tiny_model import build_tiny_model
from hypothesis import given
from hypothesis import strategies as st

from vidclf.core.preprocessing import SCALINGS, Resize
from vidclf.errors import UsageError
from vidclf.inference.engine import open_engine
from vidclf.inference.runtimes import RUNTIMES, open_runtime
from vidclf.inference.runtimes.base import Runtime
from vidclf.inference.tensors import to_input, to_scores
from vidclf.models import Model, open_model
from vidclf.models.info import ModelInfo
from vidclf.models.keras_files.loading import import_keras
from vidclf.models.network import KerasNetwork
from vidclf.settings import ModelSettings, Settings

pytestmark = pytest.mark.uncounted


@pytest.fixture(scope="module")
def model(tiny_model: Path) -> Model:
    return open_model(tiny_model)


@pytest.fixture(scope="module", params=[*RUNTIMES, "openvino for one input at a time"])
def runtime(request: pytest.FixtureRequest, model: Model) -> Runtime:
    name, _, one_at_a_time = request.param.partition(" ")
    return open_as(name, model, low_latency=bool(one_at_a_time))


def test_the_table_alone_loads_nothing_heavy() -> None:
    assert not modules_after("import vidclf.inference.runtimes") & HEAVY


@pytest.mark.parametrize("name", list(RUNTIMES))
def test_a_runtime_is_opened_by_its_name(name: str, model: Model) -> None:
    runtime = open_as(name, model)
    assert runtime.name == name
    assert runtime.batch_size >= 1


def test_tensorflow_computes_no_lower_precision_and_says_so(
    model: Model, caplog: pytest.LogCaptureFixture
) -> None:
    runtime = open_as("tensorflow", model, precision="bf16")
    assert runtime.reference is None
    assert "--precision bf16: nothing is gained, as TensorFlow runs the model" in caplog.text


def test_an_unknown_runtime_is_refused_before_the_model_is_opened() -> None:
    settings = Settings(runtime="cuda", model="not there")
    with pytest.raises(UsageError, match="--runtime 'cuda' is none of auto, openvino, tensorflow"):
        open_engine(settings)


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


def assert_all_agree(model: Any, *, atol: float = 1e-5, **changes: Any) -> None:
    """That each runtime runs a model itself, and gives what calling it by hand gives."""
    info = build_info(model, **changes)
    shape = (*((info.window,) if info.window else ()), *info.input_size, 3)
    batch = noise(3, *shape)
    by_hand = np.asarray(model(to_input(batch, info), training=False), np.float32)
    assert np.ptp(by_hand, axis=0).max() > 1e-4  # or else the test would see nothing
    for name in RUNTIMES:
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
    assert_all_agree(model, head=head, labels=labels, activation=activation)


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
def test_networks_of_clips_run_on_all(network: str, library: str) -> None:
    import_keras()
    keras = importlib.import_module(library)
    keras.utils.set_random_seed(2)
    head = keras.layers.Dense(4, activation="softmax", kernel_initializer="he_uniform")
    layers = [keras.Input((5, 12, 16, 3)), *CLIP_NETWORKS[network](keras), head]
    assert_all_agree(keras.Sequential(layers))


@pytest.mark.parametrize("library", ["keras", "tf_keras"])
def test_channels_may_come_first(library: str) -> None:
    import_keras()
    keras = importlib.import_module(library)
    assert_all_agree(build_convolutions(keras, (3, 24, 32), data_format="channels_first"))
    assert_all_agree(build_convolutions(keras, (1, 24, 32), data_format="channels_first"))


@pytest.mark.parametrize("library", ["keras", "tf_keras"])
def test_grey_models_agree(library: str) -> None:
    import_keras()
    assert_all_agree(build_convolutions(importlib.import_module(library), (24, 32, 1)))


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


@pytest.mark.parametrize("library", ["keras", "tf_keras"])
@pytest.mark.parametrize(
    "held", [lambda x: {"cls": x}, lambda x: [x], lambda x: (x,)], ids=["dict", "list", "tuple"]
)
def test_the_one_output_may_be_held_by_a_dict_or_a_list(
    library: str, held: Callable[[Any], Any], tmp_path: Path
) -> None:
    import_keras()
    keras = importlib.import_module(library)
    plain = build_convolutions(keras, (24, 32, 3))
    path = tmp_path / "m.keras"
    keras.Model(plain.inputs[0], held(plain.outputs[0])).save(path)
    opened = open_model(path, settings=ModelSettings(preprocess="0-1"))
    assert (opened.info.head, opened.info.head_is_known) == ("softmax", True)
    batch = pixels(3)
    by_hand = np.asarray(plain(to_input(batch, opened.info), training=False))
    for name in RUNTIMES:
        runtime = open_as(name, opened)
        assert runtime.name == name
        np.testing.assert_allclose(runtime.scores(batch), by_hand, atol=1e-5)
