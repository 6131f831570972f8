"""No model file runs code or reaches out of itself, unless its user says so."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import sys
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from vidclf.errors import ModelError
from vidclf.models.keras_files.loading import import_keras, load_keras, loader_of
from vidclf.models.keras_files.safety import find_unsafe_parts

Config = dict[str, Any]


def functional(*layers: Config) -> Config:
    """The description of a network of Keras 2 that holds these layers, too."""
    first = {"batch_input_shape": [None, 2], "dtype": "float32", "name": "input"}
    entry = {"class_name": "InputLayer", "config": first, "name": "input", "inbound_nodes": []}
    config = {
        "name": "model",
        "layers": [entry, *layers],
        "input_layers": [["input", 0, 0]],
        "output_layers": [["input", 0, 0]],
    }
    return {
        "module": "keras.src.engine.functional", "class_name": "Functional", "config": config,
        "registered_name": "Functional",
    }  # fmt: skip


def called(function: str, argument: str, **more: Any) -> Config:
    """A layer that calls a function of TensorFlow with constants, while the file is loaded."""
    nodes = [["_CONSTANT_VALUE", -1, argument, more]]
    config = {"name": "evil", "trainable": True, "dtype": "float32", "function": function}
    return {"class_name": "TFOpLambda", "config": config, "name": "evil", "inbound_nodes": nodes}


def save(path: Path, description: Config) -> Path:
    """Write a description as a file of Keras 2 without weights."""
    if path.suffix == ".keras":
        weights = io.BytesIO()
        with h5py.File(weights, "w") as file:
            file.create_group("vars")
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("metadata.json", '{"keras_version": "2.15.0"}')
            archive.writestr("config.json", json.dumps(description))
            archive.writestr("model.weights.h5", weights.getvalue())
        return path
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(description)
        file.attrs["keras_version"] = "2.15.0"
        file.create_group("model_weights").attrs["layer_names"] = []
    return path


def lambda_model(keras: Any, path: Path, function: Callable[[Any], Any]) -> Path:
    layers = keras.layers
    model = keras.Sequential(
        [layers.Input((2,)), layers.Lambda(function, name="sneaky"), layers.Dense(1)]
    )
    model.layers[-1].set_weights([np.ones((2, 1)), np.zeros(1)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that HDF5 is legacy
        model.save(path)
    return path


def write_file(folder: Path, name: str) -> Path:
    layer = called("io.write_file", str(folder / "marker"), contents="x")
    return save(folder / name, functional(layer))


def make_folder(folder: Path, name: str) -> Path:
    return save(folder / name, functional(called("io.gfile.makedirs", str(folder / "marker"))))


def fetch(folder: Path, name: str) -> Path:
    (folder / "source").write_text("anything")
    where = {"cache_dir": str(folder), "cache_subdir": "."}
    origin = (folder / "source").as_uri()
    layer = called("keras.utils.get_file", "marker", origin=origin, **where)
    return save(folder / name, functional(layer))


def import_module(folder: Path, name: str) -> Path:
    (folder / "vidclf_evil.py").write_text(f"open({str(folder / 'marker')!r}, 'w').close()\n")
    description = functional() | {"module": "vidclf_evil", "class_name": "Thing"}
    return save(folder / name, description)


def bytecode(folder: Path, name: str) -> Path:
    tf_keras = pytest.importorskip("tf_keras")
    marker = str(folder / "marker")
    code = compile(f"lambda x: (open({marker!r}, 'w').close(), x)[1]", "x", "eval")
    path = lambda_model(tf_keras, folder / name, eval(code))
    (folder / "marker").unlink()  # building ran it
    return path


def bytecode_in_a_cell(folder: Path, name: str) -> Path:
    pytest.importorskip("tf_keras")
    generic_utils = pytest.importorskip("tf_keras.src.utils.generic_utils")
    text = f"lambda x, y: (open({str(folder / 'marker')!r}, 'w').close(), y)[1]"
    code, defaults, closure = generic_utils.func_dump(eval(text))
    inner = {"class_name": "SimpleRNNCell", "config": {"name": "inner", "units": 2}}
    called = {"residual_fn": [code, defaults, closure], "residual_fn_type": "lambda"}
    cell = {"class_name": "ResidualWrapper", "config": {"name": "cell", "cell": inner, **called}}
    node = [["entry", 0, 0, {}]]
    rnn = {"class_name": "RNN", "config": {"name": "rnn", "cell": cell}, "inbound_nodes": [node]}
    first = {"batch_input_shape": [None, 3, 2], "dtype": "float32", "name": "entry"}
    entry = {"class_name": "InputLayer", "config": first, "inbound_nodes": []}
    layers = [entry | {"name": "entry"}, rnn | {"name": "rnn"}]
    return save(folder / name, functional(*layers))


EXPLOITS = [
    (write_file, "a.h5"),
    (write_file, "a.keras"),
    (make_folder, "a.h5"),
    (fetch, "a.keras"),
    (import_module, "a.keras"),
    (bytecode, "a.h5"),
    (bytecode_in_a_cell, "a.h5"),
]


@pytest.mark.parametrize(("make", "name"), EXPLOITS)
def test_code_in_a_file_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Any, name: str
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    path = make(tmp_path, name)
    with pytest.raises(ModelError, match=r"--allow-unsafe-model|part of its own"):
        load_keras(path)
    assert not (tmp_path / "marker").exists()


@pytest.mark.parametrize(("make", "name"), EXPLOITS)
def test_these_files_would_run_code_in_keras_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Any, name: str
) -> None:
    tf_keras = pytest.importorskip("tf_keras")
    monkeypatch.syspath_prepend(tmp_path)
    sys.modules.pop("vidclf_evil", None)
    path = make(tmp_path, name)
    with contextlib.suppress(Exception):  # after the deed
        tf_keras.models.load_model(path, compile=False)
    assert (tmp_path / "marker").exists()


def one(class_name: str, *, module: str | None = None, **more: Any) -> Config:
    return {"module": module, "class_name": class_name, "config": {"name": "it"}, **more}


@pytest.mark.parametrize(
    ("part", "kind"),
    [
        (one("Lambda"), "code"),
        ({"class_name": "__lambda__", "config": {"value": "4wE"}}, "code"),
        (one("TorchModuleWrapper"), "code"),
        (one("Lambda", config={"function": ["4wE", None, None]}), "code"),
        (one("Lambda", config={"function": "preprocess_input"}), "custom"),
        ({"value": ["4wE", None, None]}, "custom"),
        ({"value": ["4wE", [1, 2], None]}, "custom"),
        ({"value": ["4wE", None, [0]]}, "custom"),
        (one("ResidualWrapper", config={"residual_fn": ["4wE", None, None]}), "code"),
        (one("DropoutWrapper", config={"dropout_fn": "anything"}), "code"),
        (one("TFSMLayer", module="keras.layers"), "outside"),
        (one("function", module="builtins", config="exec"), "outside"),
        (one("function", module="os", config="system"), "outside"),
        (one("function", module="builtins", config="relu", registered_name="exec"), "outside"),
        (one("get_file", module="keras.utils"), "outside"),
        (one("Dense", module="keras.utils", registered_name="get_file"), "outside"),
        (one("Dense", module="subprocess"), "outside"),
        (one("__typespec__", module="os", spec_name="x"), "outside"),
        (one("TFOpLambda", config={"function": "raw_ops.WriteFile"}), "outside"),
        (one("TFOpLambda", config={"function": "numpy_function"}), "outside"),
        (one("SlicingOpLambda", config={"function": "io.read_file"}), "outside"),
        (one("TFOpLambda", registered_name="x", config={"function": "cast"}), "custom"),
        (one("TensorFlowOpLayer", config={"node_def": {"op": "ReadFile"}}), "outside"),
        (one("TensorFlowOpLayer", config={"node_def": "\n\x01w\x12\tWriteFile"}), "outside"),
        (one("InstanceMethod", config={"attr_name": "numpy"}), "outside"),
        (one("StringLookup", config={"vocabulary": "/etc/passwd"}), "outside"),
        (one("TextVectorization", config={"vocabulary": "https://x/y"}), "outside"),
        (one("Thing"), "custom"),
        (one("Custom>Thing"), "custom"),
        (one("Dense", registered_name="mine>Dense"), "custom"),
        (one("Thing", module="mine.layers", registered_name="mine>Thing"), "custom"),
        (one("function", module="builtins", config="mine", registered_name="function"), "custom"),
        (one("FutureLayer", module="keras.layers"), "newer"),
    ],
)
def test_what_is_not_built_in_is_found_at_any_depth(part: Config, kind: str) -> None:
    (found,) = find_unsafe_parts(
        functional(one("Bidirectional", config={"deep": [[{"in": part}]]}))
    )
    assert found.kind == kind


@pytest.mark.parametrize(
    "part",
    [
        one("Constant", module="tensorflow.python.ops.init_ops_v2", registered_name="Constant"),
        one("LayerScale", module="keras.src.applications.convnext", registered_name="LayerScale"),
        one("CustomScaleLayer", registered_name="Custom>CustomScaleLayer"),
        one("Custom>CustomScaleLayer"),
        {"value": ["patches", 0, 0]},
        one("StringLookup", config={"vocabulary": ["cat", "dog"]}),
        one("TensorFlowOpLayer", config={"node_def": {"op": "Mul"}}),
        one("TensorFlowOpLayer", config={"node_def": "\n\x01w\x12\x03Mul"}),
        one("TFOpLambda", config={"function": "compat.v1.squeeze"}),
        one("Relu", module="keras.src.ops.nn", registered_name="Relu"),
        one("function", module="builtins", config="relu6", registered_name="relu6"),
    ],
)
def test_what_only_computes_is_let_through(part: Config) -> None:
    assert find_unsafe_parts(functional(part)) == []


@pytest.mark.parametrize(
    ("library", "name", "loader"),
    [
        ("keras", "a.h5", "keras"),
        ("keras", "a.keras", "keras"),
        ("tf_keras", "a.h5", "tf_keras"),
        ("tf_keras", "a.keras", "tf_keras"),
    ],
)
def test_a_lambda_is_run_when_the_user_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, library: str, name: str, loader: str
) -> None:
    import_keras()
    path = lambda_model(pytest.importorskip(library), tmp_path / name, lambda x: x * 3.0)
    with pytest.raises(ModelError, match=r"in the layer 'sneaky' \(Lambda\).*if you trust who"):
        load_keras(path)
    with caplog.at_level(logging.WARNING, "vidclf"):
        model = load_keras(path, allow_unsafe=True)
    assert loader_of(model).split()[0] == loader
    assert [record.levelname for record in caplog.records if "sneaky" in record.message] == [
        "WARNING"
    ]
    np.testing.assert_allclose(model(np.array([[1.0, 2.0]])), [[9.0]])


def test_a_file_that_describes_no_network(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="describes a dict, not a network"):
        load_keras(save(tmp_path / "a.keras", {}))
