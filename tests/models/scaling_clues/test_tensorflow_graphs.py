"""What a network does to its input before its first weights is followed, or said to be unclear."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.zoo.making import library, save_folder

from vidclf.models.keras_files.tracing import traced_facts
from vidclf.models.saved_models.facts import saved_model_facts
from vidclf.models.scaling_clues.conclusion import conclude

pytestmark = pytest.mark.uncounted

Begin = Callable[[Any, Any], Any]


def chain(*layers: tuple[str, Any]) -> Begin:
    """Layers by name, with their arguments, one after the other."""

    def begin(lib: Any, x: Any) -> Any:
        for name, arguments in layers:
            options = arguments if isinstance(arguments, dict) else {}
            values = () if options else arguments if isinstance(arguments, tuple) else (arguments,)
            x = getattr(lib.layers, name)(*values, **options)(x)
        return x

    return begin


def branches(*scales: tuple[float, float] | None) -> Begin:
    """The input scaled in several ways, side by side; None for a branch without scaling."""

    def begin(lib: Any, x: Any) -> Any:
        ways = [x if s is None else lib.layers.Rescaling(s[0], offset=s[1])(x) for s in scales]
        return lib.layers.Concatenate()(ways)

    return begin


def nested(lib: Any, x: Any) -> Any:
    layers = lib.layers
    parts = [layers.Resizing(20, 20), layers.RandomFlip(), layers.Rescaling(1 / 255)]
    return lib.Sequential([lib.Input((16, 16, 3)), *parts])(x)


def adapted(lib: Any, x: Any) -> Any:
    pictures = np.random.default_rng(0).uniform(0, 255, (4, 16, 16, 3)).astype(np.float32)
    normalization = lib.layers.Normalization()
    normalization.adapt(pictures)
    return normalization(x)


def quarter_often(x: Any) -> Any:
    """Python code with a loop, whose length the graph does not tell."""
    import tensorflow as tf

    rounds = tf.shape(x)[1] // 4
    return tf.while_loop(lambda i, _: i < rounds, lambda i, y: (i + 1, y / 4), (0, x))[1]


TO_1 = ("Rescaling", 1 / 255)
TELLING: dict[str, tuple[Begin, str]] = {
    "Resizing": (chain(("Resizing", (20, 20)), TO_1), "none"),
    "CenterCrop": (chain(("CenterCrop", (12, 12)), ("Rescaling", (1 / 127.5, -1))), "none"),
    "Cropping2D": (chain(("Cropping2D", 2), TO_1), "none"),
    "padding": (chain(("ZeroPadding2D", 2), ("Rescaling", (2.0, -1.0))), "0-1"),
    "pooling": (chain(("AveragePooling2D", 2), TO_1), "none"),
    "enlarging": (chain(("UpSampling2D", 2), TO_1), "none"),
    "turning": (chain(("Permute", ((2, 1, 3),)), TO_1), "none"),
    "augmentation": (
        chain(("RandomFlip", "horizontal"), ("RandomRotation", 0.1), ("GaussianNoise", 0.1), TO_1),
        "none",
    ),
    "nested model": (nested, "none"),
    "Normalization": (adapted, "none"),
    "both branches": (branches((1 / 255, 0.0), (1 / 127.5, -1.0)), "none"),
    "arithmetic": (lambda lib, x: x / 127.5 - 1.0, "none"),
    "Python code": (chain(("Lambda", lambda x: x / 255)), "none"),
}
UNCLEAR: dict[str, tuple[Begin, str]] = {
    "one branch": (branches((1 / 255, 0.0), None), "another one with the plain input"),
    "branches that differ": (branches((1 / 255, 0.0), (2.0, -1.0)), "which does not tell"),
    "half": (chain(("Rescaling", (0.5, 0.5))), "which does not tell"),
    "squares": (chain(("Lambda", lambda x: x * x)), "whose effect is not known"),
    "ReLU": (chain(("ReLU", ()), TO_1), "whose effect is not known"),
    "its own mean": (
        chain(("Lambda", lambda x: x - x[:, :1, :1])), "whose effect is not known",
    ),
    "a loop": (chain(("Lambda", quarter_often)), "whose effect is not known"),
    "BatchNormalization": (chain(("BatchNormalization", ())), ""),
    "nothing": (chain(), ""),
}  # fmt: skip


def network(lib: Any, begin: Begin) -> Any:
    """A small classifier that does something to its input first."""
    layers = lib.layers
    taken = lib.Input((16, 16, 3))
    x = layers.GlobalAveragePooling2D()(layers.Conv2D(4, 3)(begin(lib, taken)))
    return lib.Model(taken, layers.Dense(3, activation="softmax")(x))


@pytest.mark.parametrize("library_name", ["tf_keras", "keras"])
@pytest.mark.parametrize("case", TELLING)
def test_a_scaling_is_seen_behind_what_changes_no_values(library_name: Any, case: str) -> None:
    begin, scaling = TELLING[case]
    model = network(library(library_name), begin)
    found, evidence = conclude(traced_facts(model).first, dtype="float32")
    assert found == scaling
    assert evidence.startswith("the network begins with x * ")


@pytest.mark.parametrize("library_name", ["tf_keras", "keras"])
@pytest.mark.parametrize("case", UNCLEAR)
def test_nothing_is_concluded_from_what_is_not_understood(library_name: Any, case: str) -> None:
    begin, words = UNCLEAR[case]
    model = network(library(library_name), begin)
    found, evidence = conclude(traced_facts(model).first, dtype="float32")
    assert found is None
    assert words in evidence
    assert bool(words) == bool(evidence)


@pytest.mark.parametrize(
    ("library_name", "case"),
    [
        ("tf_keras", "CenterCrop"),
        ("tf_keras", "Normalization"),
        ("tf_keras", "one branch"),
        ("tf_keras", "half"),
        ("keras", "Resizing"),
        ("keras", "padding"),
        ("keras", "branches that differ"),
        ("keras", "BatchNormalization"),
    ],
)
def test_a_saved_model_says_the_same_as_the_model_in_memory(
    tmp_path: Path, library_name: Any, case: str
) -> None:
    begin, _ = {**TELLING, **UNCLEAR}[case]
    model = network(library(library_name), begin)
    save_folder(model, tmp_path / "model")
    facts = saved_model_facts(tmp_path / "model")
    expected, evidence = conclude(traced_facts(model).first, dtype="float32")
    assert facts.scaling == expected
    assert bool(facts.scaling_evidence) == bool(evidence)


def test_whole_numbers_are_pixels() -> None:
    lib = library("keras")
    model = network(lib, chain(("ReLU", ())))
    assert conclude(traced_facts(model).first, dtype="uint8") == ("none", "its input is uint8")


def test_a_recurrent_network_is_followed_into_its_loop() -> None:
    lib = library("tf_keras")
    layers = lib.layers
    taken = lib.Input((4, 16, 16, 3))
    x = layers.ConvLSTM2D(2, 3)(layers.Rescaling(1 / 255)(taken))
    model = lib.Model(taken, layers.Dense(3)(layers.Flatten()(x)))
    assert conclude(traced_facts(model).first, dtype="float32")[0] == "none"
