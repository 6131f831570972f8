"""Files are read by the library that saved them, or refused where none reads them as meant."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from helpers.keras_2_layers import randomise
from helpers.keras_2_layers import save as save_model

from vidclf.errors import ModelError
from vidclf.models.keras_files.container import read_contents
from vidclf.models.keras_files.generation import choose_library
from vidclf.models.keras_files.loading import import_keras, load_keras


def save(library: str, path: Path, layer: Callable[[Any], Any] | None = None) -> Path:
    """A network of one layer, a convolution unless another is given."""
    import_keras()
    layers = pytest.importorskip(library).layers
    entry = layers.Input((4, 4, 3))
    last = layer(layers) if layer else layers.Conv2D(2, 3)
    return save_model(pytest.importorskip(library).Model(entry, last(entry)), path)


def repacked(path: Path, version: str | None, *replaced: tuple[str, str]) -> Path:
    """The same archive by another version of Keras, or none, its description changed."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    text = members["config.json"].decode()
    for before, after in replaced:
        text = text.replace(before, after)
    members["config.json"] = text.encode()
    del members["metadata.json"]
    if version:
        members["metadata.json"] = json.dumps({"keras_version": version}).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def chosen(path: Path) -> str:
    return choose_library(path, read_contents(path))


@pytest.mark.parametrize("library", ["keras", "tf_keras"])
@pytest.mark.parametrize("name", ["a.h5", "a.keras"])
def test_the_library_that_saved_a_file_reads_it(tmp_path: Path, library: str, name: str) -> None:
    assert chosen(save(library, tmp_path / name)) == library


@pytest.mark.parametrize("library", ["keras", "tf_keras"])
def test_an_archive_without_a_version_is_told_by_its_form(tmp_path: Path, library: str) -> None:
    assert chosen(repacked(save(library, tmp_path / "a.keras"), None)) == library


def test_an_archive_that_tells_nothing_is_refused(tmp_path: Path) -> None:
    path = repacked(save("keras", tmp_path / "a.keras"), None, ("batch_shape", "shape"))
    with pytest.raises(ModelError, match=r"does not say which Keras saved it.*save it again"):
        load_keras(path)


@pytest.mark.parametrize(("version", "root"), [("2.12.0", "keras."), ("2.15.0", "keras.src.")])
def test_archives_whose_modules_moved(tmp_path: Path, version: str, root: str) -> None:
    """Keras 2.12 had no `src`; tf_keras has another name."""
    path = save("tf_keras", tmp_path / "a.keras", lambda layers: lambda x: x[:, ::-1] * 2)
    batch = np.arange(48, dtype=np.float32).reshape(1, 4, 4, 3)
    repacked(path, version, ("tf_keras.src.", root))
    np.testing.assert_allclose(load_keras(path)(batch), batch[:, ::-1] * 2)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("keras_version", None, r"saved by Keras 1 .*, or does not say.*Keras 2\.3 on TensorFlow"),
        ("keras_version", "1.2.2", r"saved by Keras 1 \(2015 to 2017\)"),
        ("backend", "theano", r"trained on theano, whose convolutions.*Keras 2\.3 on TensorFlow"),
        ("backend", "cntk", "trained on cntk"),
    ],
)
def test_files_that_no_library_reads_as_meant(
    tmp_path: Path, name: str, value: str | None, message: str
) -> None:
    path = save("tf_keras", tmp_path / "a.h5")
    with h5py.File(path, "a") as file:
        del file.attrs[name]
        if value:
            file.attrs[name] = value
    with pytest.raises(ModelError, match=message):
        load_keras(path)


def test_hdf5_of_keras_3_by_the_name_of_an_archive(tmp_path: Path) -> None:
    path = save("keras", tmp_path / "a.h5").rename(tmp_path / "a.keras")
    with pytest.raises(ModelError, match=r"a\.keras is an HDF5 file, .*: rename it to a\.h5$"):
        load_keras(path)


def test_hdf5_of_keras_2_by_the_name_of_an_archive(tmp_path: Path) -> None:
    path = save("tf_keras", tmp_path / "a.h5").rename(tmp_path / "a.keras")
    assert load_keras(path).output_shape == (None, 2, 2, 2)


def test_several_axes_in_hdf5_of_keras_3(tmp_path: Path) -> None:
    """Keras 3 loads it, and takes the softmax over the last axis alone."""
    path = save("keras", tmp_path / "a.h5", lambda layers: layers.Softmax(axis=(1, 2), name="all"))
    with pytest.raises(ModelError, match=r"the axes \[1, 2\] in the layer 'all'.*'name\.keras'"):
        load_keras(path)


def test_one_axis_in_hdf5_of_keras_3(tmp_path: Path) -> None:
    path = save("keras", tmp_path / "a.h5", lambda layers: layers.Softmax(axis=(1,)))
    assert load_keras(path).output_shape == (None, 4, 4, 3)


def rewritten(path: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """The same HDF5 file with another description of its last layer."""
    with h5py.File(path, "a") as file:
        description = json.loads(file.attrs["model_config"])
        change(description["config"]["layers"][-1])
        file.attrs["model_config"] = json.dumps(description)
    return path


def test_a_gru_of_an_unknown_kind(tmp_path: Path) -> None:
    """Without biases, tf_keras loads it as the other kind."""
    path = save(
        "tf_keras",
        tmp_path / "a.h5",
        lambda layers: layers.TimeDistributed(layers.GRU(2, use_bias=False, name="memory")),
    )
    rewritten(path, lambda layer: layer["config"]["layer"]["config"].pop("reset_after"))
    with pytest.raises(ModelError, match=r"a GRU in the layer 'memory'.*Keras 2\.3"):
        load_keras(path)


@pytest.mark.parametrize(
    ("version", "interpolation", "is_refused"),
    [
        ("2.2.4", "bilinear", True),
        ("2.2.4-tf", "bilinear", True),
        ("2.2.4", "nearest", False),
        ("2.3.0-tf", "bilinear", False),
    ],
)
def test_bilinear_upsampling_of_early_tensorflow(
    tmp_path: Path, version: str, interpolation: str, is_refused: bool
) -> None:
    path = save(
        "tf_keras",
        tmp_path / "a.h5",
        lambda layers: layers.UpSampling2D(interpolation=interpolation, name="up"),
    )
    with h5py.File(path, "a") as file:
        file.attrs["keras_version"] = version
    if not is_refused:
        assert load_keras(path).output_shape == (None, 8, 8, 3)
        return
    with pytest.raises(ModelError, match=r"enlarges bilinearly in the layer 'up'.*SavedModel"):
        load_keras(path)


def test_relu6_of_the_first_mobilenet(tmp_path: Path) -> None:
    path = save("tf_keras", tmp_path / "a.h5", lambda layers: layers.Activation("relu"))
    model = load_keras(rewritten(path, lambda layer: layer["config"].update(activation="relu6")))
    values = np.linspace(-9, 9, 48, dtype=np.float32).reshape(1, 4, 4, 3)
    np.testing.assert_array_equal(model(values), np.clip(values, 0, 6))


def as_cudnn(path: Path, gates: int) -> Path:
    """The same HDF5 file as one whose last layer was cuDNN's LSTM or GRU."""
    with h5py.File(path, "a") as file:
        found: dict[str, h5py.Dataset] = {}
        file["model_weights"].visititems(
            lambda name, item: (
                found.update({name.split("/")[-1]: item})
                if isinstance(item, h5py.Dataset)
                else None
            )
        )
        kernels = np.hsplit(found["kernel:0"][()], gates)
        found["kernel:0"][...] = np.hstack([k.T.reshape(k.shape) for k in kernels])
        recurrent = np.hsplit(found["recurrent_kernel:0"][()], gates)
        found["recurrent_kernel:0"][...] = np.hstack([k.T for k in recurrent])
        name, bias = found["bias:0"].name, found["bias:0"][()]
        del file[name]
        file[name] = np.tile(bias / 2, 2) if bias.ndim == 1 else bias.ravel()
    kept = ("name", "trainable", "units", "return_sequences", "go_backwards", "stateful")

    def change(layer: dict[str, Any]) -> None:
        layer["class_name"] = f"CuDNN{layer['class_name']}"
        layer["config"] = {key: layer["config"][key] for key in kept}

    return rewritten(path, change)


@pytest.mark.parametrize(("name", "gates"), [("LSTM", 4), ("GRU", 3)])
def test_layers_of_cudnn_compute_on_any_machine(tmp_path: Path, name: str, gates: int) -> None:
    layers = pytest.importorskip("tf_keras").layers
    model = pytest.importorskip("tf_keras").Sequential(
        [layers.Input((4, 2)), getattr(layers, name)(3, name="memory")]
    )
    randomise(model)
    path = as_cudnn(save_model(model, tmp_path / "a.h5"), gates)
    batch = np.random.default_rng(0).uniform(-1, 1, (2, 4, 2)).astype(np.float32)
    np.testing.assert_allclose(load_keras(path)(batch), model(batch), atol=1e-6)
