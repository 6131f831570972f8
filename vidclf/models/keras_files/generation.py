"""Choose the library that reads a Keras file as it was meant: tf_keras for Keras 2, Keras for 3.

Each library reads most files of the other without complaint, and some of them wrongly: to Keras 3
`hard_sigmoid` is another function, and a layer of an HDF5 file has one axis at most.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from vidclf.errors import ModelError
from vidclf.models.keras_files.container import Contents
from vidclf.models.keras_files.safety import described_objects

Library = Literal["keras", "tf_keras"]
_BY_SHAPE_KEY: dict[str, Library] = {"batch_shape": "keras", "batch_input_shape": "tf_keras"}
"""How the two generations call the shape of an input in a description."""
_KERAS_2_AGAIN = "open it with Keras 2.3 on TensorFlow 1.15, and save it again from there"


def choose_library(path: Path, contents: Contents) -> Library:
    """Choose the library that reads a file, by the version of Keras that saved it.

    Raises:
        ModelError: the version is not known, or no library reads such a file as it was meant.
    """
    version = version_numbers(contents.saved_by)
    if version >= (3,):
        _check_ending(path, contents)
        _check_axes(path, contents)
        return "keras"
    if contents.is_archive and not version:
        return _library_by_form(path, contents)
    if version < (2,):
        raise ModelError(
            f"{path} was saved by Keras 1 (2015 to 2017), or does not say by which version, and "
            f"its weights would be read wrongly: {_KERAS_2_AGAIN}"
        )
    if contents.backend not in (None, "tensorflow"):
        raise ModelError(
            f"{path} was trained on {contents.backend}, whose convolutions and "
            f"padding are not those of TensorFlow: {_KERAS_2_AGAIN}, if its answers stay the same"
        )
    _check_gru(path, contents)
    if version < (2, 3):
        _check_upsampling(path, contents)
    return "tf_keras"


def version_numbers(text: str | None) -> tuple[int, ...]:
    """Read a version's numbers: `2.2.4-tf` → (2, 2, 4); nothing → ()."""
    return tuple(map(int, re.findall(r"\d+", text or "")[:3]))


def _library_by_form(path: Path, contents: Contents) -> Library:
    """Tell the generation of an archive without its `metadata.json` by how inputs are described."""
    items = [item for item, _ in described_objects(contents.description)]
    libraries = {
        library for key, library in _BY_SHAPE_KEY.items() if any(key in item for item in items)
    }
    if len(libraries) != 1:
        raise ModelError(
            f"{path} does not say which Keras saved it, as its metadata.json does in whole files, "
            "and Keras 2 and 3 would read it differently: save it again with "
            "model.save('name.keras')"
        )
    return libraries.pop()


def _check_ending(path: Path, contents: Contents) -> None:
    """Refuse an HDF5 file of Keras 3 called `.keras`: Keras 3 looks for an archive, as it is named.

    Keras 2 saved HDF5 under that name, too, and tf_keras reads it.
    """
    if not contents.is_archive and path.suffix == ".keras":
        raise ModelError(
            f"{path} is an HDF5 file, which Keras 3 reads only where its name says so: rename "
            f"it to {path.stem}.h5"
        )


def _check_axes(path: Path, contents: Contents) -> None:
    """Refuse an HDF5 file of Keras 3 that needs several axes: Keras 3 drops them when it reads."""
    if contents.is_archive:
        return
    for item, layer in described_objects(contents.description):
        axes = item.get("axis")
        if isinstance(axes, list) and len(axes) > 1:
            raise ModelError(
                f"{path} has the axes {axes} in the layer {layer!r}, which Keras 3 loses when it "
                "reads HDF5: save the model again with model.save('name.keras')"
            )


def _check_gru(path: Path, contents: Contents) -> None:
    """Refuse a GRU of before Keras 2.1.3, whose file does not say which of the two kinds it is."""
    for item, layer in described_objects(contents.description):
        is_gru = item.get("class_name") in ("GRU", "GRUCell")
        if is_gru and "reset_after" not in (item.get("config") or ()):
            raise ModelError(
                f"{path} has a GRU in the layer {layer!r} that does not say whether it resets "
                f"after the product, and would be computed in another way: {_KERAS_2_AGAIN}"
            )


def _check_upsampling(path: Path, contents: Contents) -> None:
    """Refuse bilinear upsampling of 2018 and 2019: pixels lie elsewhere since TensorFlow 1.15.

    `2.2.4-tf` was written by both (https://github.com/tensorflow/tensorflow/issues/33691).
    """
    for item, layer in described_objects(contents.description):
        if item.get("interpolation") == "bilinear" and "size" in item:
            raise ModelError(
                f"{path}, saved by Keras {contents.saved_by}, enlarges bilinearly in the layer "
                f"{layer!r}, which TensorFlow does in another way since 1.15: where it was trained "
                "with TensorFlow 2, save it again with 2.2 or later; else as a SavedModel"
            )
