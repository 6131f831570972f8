"""The names of losses and metrics are read however Keras wrote them."""

from __future__ import annotations

from typing import Any

import pytest

from vidclf.models.keras_files.training import loss_name, metric_names


@pytest.mark.parametrize(
    ("loss", "name"),
    [
        ("mse", "mse"),
        ({"class_name": "BinaryCrossentropy", "config": {}}, "binary_crossentropy"),
        ({"class_name": "function", "config": "huber"}, "huber"),
        ([{"dense": "mae"}], "mae"),
        (["mse", "mae"], None),
        (None, None),
    ],
)  # fmt: skip
def test_a_loss_has_the_name_of_its_function(loss: Any, name: str | None) -> None:
    assert loss_name({"loss": loss}) == name


@pytest.mark.parametrize(
    ("metrics", "names"),
    [
        (["mae", "accuracy"], ("accuracy", "mae")),
        ([[{"class_name": "MeanMetricWrapper", "config": {"name": "mae", "fn": "f"}}]], ("mae",)),
        ({"dense": [{"class_name": "RootMeanSquaredError"}]}, ("root_mean_squared_error",)),
        (None, ()),
    ],
)
def test_metrics_are_found_however_they_are_nested(metrics: Any, names: tuple[str, ...]) -> None:
    assert metric_names({"metrics": metrics}) == names


def test_a_file_without_training_has_neither() -> None:
    assert (loss_name(None), metric_names(None)) == (None, ())
