"""The table of `keras.applications` agrees with Keras, and names are found in it."""

from __future__ import annotations

import importlib
import inspect
from typing import Any

import numpy as np
import pytest

from vidclf.core.preprocessing import Scaling
from vidclf.models.applications.table import (
    APPLICATIONS,
    Application,
    find_application,
    similar_names,
)
from vidclf.models.keras_files.loading import import_keras


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("mobilenet_v2", "MobileNetV2"),
        ("MobileNetV2", "MobileNetV2"),
        ("MOBILENET-V2", "MobileNetV2"),
        ("mobilenet", "MobileNet"),
        ("efficientnet_v2b0", "EfficientNetV2B0"),
        ("efficientnetv2-b0", "EfficientNetV2B0"),
        ("resnet50", "ResNet50"),
        ("resnet50_v2", "ResNet50V2"),
        ("vgg16", "VGG16"),
        ("nasnet_mobile", "NASNetMobile"),
        ("convnext_tiny", "ConvNeXtTiny"),
    ],
)
def test_case_and_dashes_of_a_name_do_not_matter(text: str, name: str) -> None:
    application = find_application(text)
    assert application is not None
    assert application.name == name


@pytest.mark.parametrize("text", ["", "resnet", "model.h5", "./vgg16", "efficientnet-lite0"])
def test_other_names_are_no_network(text: str) -> None:
    assert find_application(text) is None


def test_a_mistyped_name_brings_the_nearest() -> None:
    assert similar_names("mobilnet_v2")[0] == "MobileNetV2"
    assert similar_names("resnet_51")[0] == "ResNet50"
    assert similar_names("holiday.mp4") == ()


def test_the_table_is_all_that_keras_has() -> None:
    applications = import_keras().applications
    functions = {name for name, part in vars(applications).items() if inspect.isfunction(part)}

    assert {application.name for application in APPLICATIONS} == functions


class _Asked(Exception):  # noqa: N818  (it carries an answer)
    pass


@pytest.mark.parametrize("application", APPLICATIONS, ids=lambda a: a.name)
def test_input_sizes_are_the_defaults_of_keras(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    keras = import_keras()
    if application.name.startswith("MobileNetV3"):
        pytest.skip("Keras leaves its size free; its weights are named after 224")

    def stop(_: Any, default_size: int, **__: Any) -> None:
        raise _Asked(default_size)

    monkeypatch.setattr("keras.src.applications.imagenet_utils.obtain_input_shape", stop)
    with pytest.raises(_Asked) as asked:
        getattr(keras.applications, application.name)(weights=None)

    assert application.input_size == (asked.value.args[0],) * 2


@pytest.mark.parametrize("application", APPLICATIONS, ids=lambda a: a.name)
def test_scaling_is_what_preprocess_input_does(application: Application) -> None:
    import_keras()
    pixels = np.random.default_rng(5).integers(0, 256, (2, 6, 7, 3)).astype(np.uint8)
    module = importlib.import_module(application.module)

    expected = np.asarray(module.preprocess_input(pixels.astype(np.float32)))

    np.testing.assert_allclose(
        Scaling.parse(application.scaling).apply(pixels), expected, atol=1e-4
    )
