"""Networks that would fill the machine are refused before they take its memory."""

from __future__ import annotations

import json
import shutil
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from vidclf.errors import ModelError
from vidclf.models.keras_files.loading import import_keras, load_keras

HUGE = 2**33
"""32 GiB of float32: what was not stopped would end the tests."""


def library(name: str) -> Any:
    return import_keras() if name == "keras" else pytest.importorskip("tf_keras")


def save(path: Path, keras: Any, *layers: Any) -> Path:
    model = keras.Sequential([keras.Input((8, 8, 3)), *layers])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that HDF5 is legacy
        model.save(path)
    return path


def edit(path: Path, change: Callable[[Any], None]) -> None:
    """Change the description in a file, and leave its weights."""
    if zipfile.is_zipfile(path):
        old = path.with_suffix(".old")
        shutil.move(path, old)
        with zipfile.ZipFile(old) as source, zipfile.ZipFile(path, "w") as target:
            for name in source.namelist():
                content = source.read(name)
                if name == "config.json":
                    config = json.loads(content)
                    change(config)
                    content = json.dumps(config).encode()
                target.writestr(name, content)
        return
    with h5py.File(path, "r+") as file:
        config = json.loads(file.attrs["model_config"])
        change(config)
        file.attrs["model_config"] = json.dumps(config)


def widen(config: Any, **values: Any) -> None:
    """Give every layer other sizes, in nested models, too."""
    for value in config.values() if isinstance(config, dict) else config:
        if isinstance(value, dict | list):
            widen(value, **values)
    if isinstance(config, dict):
        config.pop("build_config", None)
        config |= {name: value for name, value in values.items() if name in config}


FILES = [
    ("keras", "x.keras"), ("keras", "x.h5"), ("tf_keras", "x.keras"), ("tf_keras", "x.h5"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "file"), FILES)
@pytest.mark.parametrize("nested", [False, True])
def test_a_layer_far_larger_than_its_weights_is_refused(
    name: str, file: str, nested: bool, tmp_path: Path
) -> None:
    keras = library(name)
    layers = [keras.layers.Flatten(), keras.layers.Dense(2)]
    if nested:
        layers = [keras.Sequential([keras.Input((8, 8, 3)), *layers])]
    path = save(tmp_path / file, keras, *layers)
    edit(path, lambda config: widen(config, units=HUGE))
    with pytest.raises(ModelError, match=r"describes layers of .* but holds 38\d: it is damaged"):
        load_keras(path)


@pytest.mark.parametrize(("name", "file"), FILES)
def test_a_layer_of_huge_output_is_refused(name: str, file: str, tmp_path: Path) -> None:
    keras = library(name)
    layers = [keras.layers.UpSampling2D(2), keras.layers.GlobalAveragePooling2D()]
    path = save(tmp_path / file, keras, *layers, keras.layers.Dense(2))
    edit(path, lambda config: widen(config, size=[20_000, 20_000]))
    with pytest.raises(ModelError, match=r"makes 76,800,000,000 numbers of one input in the layer"):
        load_keras(path)


def test_weights_that_are_declared_and_not_stored_do_not_count(tmp_path: Path) -> None:
    keras = import_keras()
    path = save(tmp_path / "x.h5", keras, keras.layers.Flatten(), keras.layers.Dense(2))
    with h5py.File(path, "r+") as file:
        file.create_dataset("empty", shape=(2**26,), dtype="u1", chunks=(2**20,))
    edit(path, lambda config: widen(config, units=2**17))
    with pytest.raises(ModelError, match="describes layers of"):
        load_keras(path)


def test_watching_ends_with_the_loading(tmp_path: Path) -> None:
    keras = import_keras()
    path = save(tmp_path / "x.keras", keras, keras.layers.Flatten(), keras.layers.Dense(2))
    load_keras(path)
    assert keras.Variable(np.zeros(2**23, np.uint8)).shape == (2**23,)
