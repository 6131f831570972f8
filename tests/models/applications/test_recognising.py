"""Networks of `keras.applications`, recognised by the names of their layers."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from vidclf.models.applications.recognising import Backbone, recognise
from vidclf.models.applications.table import APPLICATIONS
from vidclf.models.graphs.reading import graph_facts
from vidclf.models.keras_files.loading import import_keras
from vidclf.models.saved_models.facts import saved_model_facts

pytestmark = pytest.mark.uncounted

KERAS_2 = ("ConvNeXtTiny", "DenseNet121", "MobileNetV2", "MobileNetV3Small", "MobileNetV3Large")
"""Whose layers Keras 2 names otherwise, and one with a size in its name; others' are alike."""
GIANTS = {
    "ConvNeXtBase", "ConvNeXtLarge", "ConvNeXtXLarge", "DenseNet201", "EfficientNetB5",
    "EfficientNetB6", "EfficientNetB7", "EfficientNetV2M", "EfficientNetV2L", "NASNetLarge",
    "ResNet152", "ResNet152V2",
}  # fmt: skip
"""They take half of the time, and differ from the others in how many blocks they have."""
SCALING = {application.name: application.scaling for application in APPLICATIONS}
ALIKE = {
    "EfficientNetB1": "EfficientNetB",
    "EfficientNetB2": "EfficientNetB",
}
"""These two differ in width only, which names do not show."""


@cache
def keras_3(name: str, **settings: Any) -> tuple[str, tuple[str, ...]]:
    """Names of a network of Keras 3 and of its layers; its weights are never made."""
    keras = import_keras()
    with keras.StatelessScope():
        network = getattr(keras.applications, name)(weights=None, include_top=False, **settings)
        keras.backend.clear_session(free_memory=False)  # looking for garbage took half of the time
    return network.name, tuple(layer.name for layer in network.layers)


def keras_2(name: str) -> tuple[str, tuple[str, ...]]:
    """Names of a network of Keras 2 and of its layers."""
    import tf_keras

    network = getattr(tf_keras.applications, name)(
        weights=None, include_top=False, input_shape=(96, 96, 3)
    )
    return network.name, tuple(layer.name for layer in network.layers)


def flat(layers: Iterable[str]) -> list[str]:
    """Names as of a network that was taken apart and built on."""
    return ["input_2", *layers, "global_average_pooling2d", "dense_3"]


def nested(network: str, layers: Iterable[str]) -> list[str]:
    """Names as of a network within a model, those of its inside included."""
    return ["sequential", "rescaling_5", network, *layers, "dense"]


def paths(network: str, layers: Iterable[str]) -> list[str]:
    """Names as of the nodes of a graph."""
    return [f"StatefulPartitionedCall/functional_1/{network}_1/{n}_1/Op:0" for n in layers]


@pytest.mark.parametrize("name", [name for name in SCALING if name not in GIANTS])
def test_the_networks_of_keras_3_are_recognised(name: str) -> None:
    network, layers = keras_3(name)
    expected = Backbone(name=name, scaling=SCALING[name])

    assert recognise(flat(layers)) == Backbone(name=ALIKE.get(name, name), scaling=SCALING[name])
    assert recognise(nested(network, layers)) == expected
    assert recognise(paths(network, layers)) == expected


@pytest.mark.parametrize("name", KERAS_2)
def test_the_networks_of_keras_2_are_recognised(name: str) -> None:
    network, layers = keras_2(name)
    expected = Backbone(name=name, scaling=SCALING[name])

    assert recognise(flat(layers)) == expected
    assert recognise(nested(network, layers)) == expected
    assert recognise(paths(network, layers)) == expected


def test_a_backbone_is_seen_in_a_savedmodel_and_in_the_tflite_file_made_of_it(
    tmp_path: Path,
) -> None:
    keras = import_keras()
    import tensorflow as tf

    base = keras.applications.MobileNet(weights=None, include_top=False, alpha=0.25)
    cut = keras.Model(base.input, base.get_layer("conv_pw_5").output)
    pool = keras.layers.GlobalAveragePooling2D()
    model = keras.Sequential([keras.Input((32, 32, 3)), cut, pool, keras.layers.Dense(2)])
    model.export(tmp_path / "saved", verbose=False)
    lite = tf.lite.TFLiteConverter.from_saved_model(str(tmp_path / "saved")).convert()
    (tmp_path / "model.tflite").write_bytes(lite)

    for facts in (saved_model_facts(tmp_path / "saved"), graph_facts(tmp_path / "model.tflite")):
        assert (facts.backbone, facts.backbone_scaling) == ("MobileNet", "-1-1")


@pytest.mark.parametrize("name", ["MobileNetV3Small", "EfficientNetV2B0", "ConvNeXtTiny"])
def test_without_its_own_preprocessing_nothing_is_known_of_the_scaling(name: str) -> None:
    _, layers = keras_3(name, include_preprocessing=False)

    assert recognise(flat(layers)) == Backbone(name=name, scaling=None)


@pytest.mark.parametrize(
    ("name", "last", "found"),
    [
        ("InceptionV3", "mixed7", "InceptionV3"),
        ("VGG16", "block4_pool", "VGG16"),
        ("VGG19", "block4_conv4", "VGG19"),
        ("MobileNetV2", "block_6_expand_relu", "MobileNetV2"),
        ("ResNet50", "conv4_block6_out", "ResNet"),
        ("ResNet50V2", "conv3_block4_out", "ResNetV2"),
        ("DenseNet121", "pool3_pool", "DenseNet"),
        ("EfficientNetB0", "block5c_add", "EfficientNetB0"),
        ("NASNetMobile", "normal_concat_3", "NASNet"),
    ],
)
def test_a_network_whose_top_was_cut_off_is_recognised(name: str, last: str, found: str) -> None:
    _, layers = keras_3(name)
    cut = layers[: layers.index(last) + 1]

    assert recognise(flat(cut)) == Backbone(name=found, scaling=SCALING[name])


@pytest.mark.parametrize("last", ["block1_pool", "block2_pool", "block3_pool"])
def test_the_first_blocks_of_vgg_are_not_enough(last: str) -> None:
    _, layers = keras_3("VGG16")

    assert recognise(layers[: layers.index(last) + 1]) is None


@pytest.mark.parametrize(
    ("name", "found", "scaling"),
    [
        ("mobilenetv2_1.00_224", "MobileNetV2", "-1-1"),
        ("mobilenetv2_0.35_96", "MobileNetV2", "-1-1"),
        ("mobilenet_1.00_224_1", "MobileNet", "-1-1"),
        ("MobilenetV3small", "MobileNetV3Small", None),
        ("MobileNetV3Large", "MobileNetV3Large", None),
        ("resnet50", "ResNet50", "caffe"),
        ("resnet101v2_2", "ResNet101V2", "-1-1"),
        ("vgg16", "VGG16", "caffe"),
        ("efficientnetb2", "EfficientNetB2", None),
        ("efficientnetv2-b3", "EfficientNetV2B3", None),
        ("NASNet", "NASNet", "-1-1"),
        ("nasnet_large", "NASNetLarge", "-1-1"),
        ("inception_resnet_v2", "InceptionResNetV2", "-1-1"),
        ("convnext_base", "ConvNeXtBase", None),
        ("densenet169", "DenseNet169", "torch"),
        ("xception", "Xception", "-1-1"),
    ],
)
def test_the_name_of_a_nested_model_whose_inside_is_hidden_is_believed(
    name: str, found: str, scaling: str | None
) -> None:
    names = ["input_2", "sequential", name, "global_average_pooling2d", "dropout", "dense"]

    assert recognise(names) == Backbone(name=found, scaling=scaling)


def test_a_hidden_network_beside_a_rescaling_layer_takes_0_to_255() -> None:
    assert recognise(["rescaling_1", "efficientnetb0", "dense"]) == Backbone(
        name="EfficientNetB0", scaling="none"
    )


def resnet50_of_2019() -> list[str]:
    blocks = [f"{stage}{block}" for stage, blocks in (
        (2, "abc"), (3, "abcd"), (4, "abcdef"), (5, "abc")
    ) for block in blocks]  # fmt: skip
    branches = [f"{kind}{b}_branch2{c}" for b in blocks for c in "abc" for kind in ("res", "bn")]
    return ["input_1", "conv1_pad", "conv1", "bn_conv1", "activation_1", *branches, "fc1000"]


def mobilenet_v2_of_early_2018() -> list[str]:
    parts = ("expand", "depthwise", "project")
    return ["conv1", *(f"mobl{i}_conv_{i}_{part}" for i in range(17) for part in parts)]


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (resnet50_of_2019(), Backbone(name="ResNet50", scaling="caffe")),
        (mobilenet_v2_of_early_2018(), Backbone(name="MobileNetV2", scaling="-1-1")),
        (
            ["mobilenet_1.00_224", *(f"conv_pw_{i}" for i in range(1, 14))],
            Backbone(name="MobileNet", scaling="-1-1"),
        ),
        ([f"mixed{i}" for i in range(11)], Backbone(name="InceptionV3", scaling="-1-1")),
    ],
    ids=["ResNet50", "MobileNetV2", "MobileNet", "InceptionV3"],
)
def test_names_of_keras_2_of_2019_and_before_are_known(names: list[str], found: Backbone) -> None:
    assert recognise(names) == found


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("StatefulPartitionedCall/model/vgg16/block5_conv3/Relu", "VGG16"),
        ("functional_1/mobilenetv2_1.00_224/block_3_expand/Conv2D", "MobileNetV2"),
        ("model/mobilenetv2_1.00_224/block_1_expand_relu/Relu6;model/bn_Conv1/x", "MobileNetV2"),
    ],
)
def test_one_node_under_the_networks_own_name_is_enough(path: str, found: str) -> None:
    recognised = recognise(["serving_default_input:0", path])

    assert recognised is not None
    assert recognised.name == found


LETTERS = [f"block{stage}{block}" for stage in range(1, 8) for block in "abcd"]


@pytest.mark.parametrize(
    "names",
    [
        [],
        ["conv2d", "conv2d_1", "max_pooling2d", "flatten", "dense", "dense_1"],
        ["rescaling", "conv1", "pool1", "conv2", "pool2", "conv3", "fc1", "fc2", "predictions"],
        ["block1_conv1"],
        [f"block{b}_conv{c}" for b in (1, 2, 3) for c in (1, 2)],
        [f"block{b}_conv{c}" for b in range(1, 7) for c in (1, 2, 3)],
        ["conv1_conv", "conv2_block1_add", "conv2_block2_add", "conv3_block1_add"],
        [f"conv{s}_block{b}_add" for s in (2, 3, 4, 5) for b in (1, 2)],
        [f"conv{s}_block{b}_{n}" for s in (2, 3) for b in (1, 2, 3) for n in ("add", "2_reduce")],
        ["mixed0", "mixed1", "conv_dw_1", "block_1_expand"],
        [*(f"{block}_project_conv" for block in LETTERS), "stem_conv", "top_conv"],
        ["resnet50", "conv2d", "batch_normalization", "conv2d_1", "dense"],
        ["vgg16", "conv1_1", "conv1_2", "conv2_1"],
        [f"keras_layer/MobilenetV2/expanded_conv_{i}/expand/Conv2D" for i in range(1, 17)],
        ["resnet50", "vgg16", "concatenate", "dense"],
        ["resnet50", "resnet101", "average"],
        [*resnet50_of_2019(), *(f"mixed{i}" for i in range(11))],
        [*resnet50_of_2019(), *(f"res4b{i}_branch2c" for i in range(1, 23))],
        ["my_vgg16", "resnet", "efficientnet", "mobilenet", "mobilenet_v2", "inception", "dense"],
    ],
)
def test_nothing_certain_is_nothing(names: list[str]) -> None:
    assert recognise(names) is None
