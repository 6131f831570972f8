"""Networks with attention load from their files, whose call arguments name tensors, not code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.keras_2_layers import save
from helpers.zoo.networks import self_attention, vision_transformer

from vidclf.errors import ModelError
from vidclf.models.keras_files.loading import import_keras, load_keras, loader_of

pytestmark = pytest.mark.uncounted

FILES = [(library, kind) for library in ("tf_keras", "keras") for kind in (".h5", ".keras")]


WAYS = {
    "to itself": self_attention,
    "by name": lambda layers, x: layers.MultiHeadAttention(2, 4)(query=x, value=x, key=x),
    "across": lambda layers, x: layers.MultiHeadAttention(2, 4)(
        x, value=layers.Dense(6)(x), key=layers.Dense(7)(x), use_causal_mask=True
    ),
    "masked": lambda layers, x: layers.MultiHeadAttention(2, 4)(
        x, x, attention_mask=layers.Dense(64)(x)
    ),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("library", "kind"), FILES)
def test_a_vision_transformer_loads(tmp_path: Path, library: str, kind: str, way: str) -> None:
    import_keras()
    lib = pytest.importorskip(library)
    lib.utils.set_random_seed(5)
    model = vision_transformer(WAYS[way])(lib)
    loaded = load_keras(save(model, tmp_path / f"model{kind}"))
    batch = np.random.default_rng(0).uniform(0, 255, (2, 32, 32, 3)).astype(np.float32)
    assert loader_of(loaded).split()[0] == library
    np.testing.assert_allclose(loaded(batch, training=False), model(batch, training=False), 1e-5)


def test_a_lambda_among_call_arguments_is_refused(tmp_path: Path) -> None:
    tf_keras = pytest.importorskip("tf_keras")

    class Calling(tf_keras.layers.Layer):  # type: ignore[misc]
        def call(self, x: Any, value: Any) -> Any:
            return value(x)

    entry = tf_keras.Input((2,))
    model = tf_keras.Model(entry, Calling(name="calling")(entry, value=lambda x: x * 2))
    with pytest.raises(ModelError, match="carries Python code of its own in the layer 'calling'"):
        load_keras(save(model, tmp_path / "model.keras"))
