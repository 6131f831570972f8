"""Networks of Keras run without its remarks about a model that somebody else made."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest
from helpers.keras_models import head_layers, keras, save_model

import vidclf
from vidclf.core.muted_warnings import keras_muted
from vidclf.errors import ModelError


@pytest.mark.parametrize("runtime", ["openvino", "tensorflow"])
def test_keras_remarks_nothing_of_an_input_in_a_dictionary(
    clip: Path, tmp_path: Path, runtime: str
) -> None:
    picture = keras().layers.Input((24, 32, 3), name="img")
    scaled = keras().layers.Rescaling(1 / 255)(picture)
    model = keras().Model({"img": picture}, keras().Sequential(head_layers())(scaled))
    model.save(tmp_path / "named.keras")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        vidclf.predict(clip, model=tmp_path / "named.keras", runtime=runtime, frames=3)
    assert [str(warning.message) for warning in caught] == []


def test_keras_remarks_nothing_of_a_softmax_over_one_output(tmp_path: Path) -> None:
    with keras_muted():
        path = save_model(tmp_path, *head_layers(1))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with pytest.raises(ModelError, match="softmax over one output"):
            vidclf.inspect(path)
    assert [str(warning.message) for warning in caught] == []
