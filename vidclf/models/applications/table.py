"""The networks of `keras.applications`, and how they name their layers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Networks that name their layers alike."""

    name: str
    """What they have in common."""
    scaling: str
    """What the family's `preprocess_input` does."""
    members: Mapping[str, tuple[int, ...]]
    """Of each network: how many blocks each of its stages has."""
    layer: str
    """A layer that every block has, once; with groups `block` and, if there are any, `stage`."""
    least: int
    """How many blocks must be seen."""
    model: str
    """The names that Keras gives to the whole network."""
    first_stage: int = 1
    """The number of the first stage."""
    first_block: int = 1
    """The number of a stage's first block."""
    tells: Mapping[str, str] = field(default_factory=dict)
    """Of some networks: a layer that tells it from the others."""
    never: str = ""
    """A layer of a relative that Keras does not have."""
    scales_itself: str = ""
    """For networks that bring their scaling along: a layer that shows that it is there."""


_RESCALING = r"\w*rescaling"
"""Keras calls `Rescaling` layers so."""

FAMILIES = (
    Family(
        name="VGG",
        scaling="caffe",
        members={"VGG16": (2, 2, 3, 3, 3), "VGG19": (2, 2, 4, 4, 4)},
        layer=r"block(?P<stage>\d)_conv(?P<block>\d)",
        least=10,  # into the fourth stage: people call the layers of small networks so, too
        model=r"vgg(?:16|19)",
    ),
    Family(
        name="ResNet",
        scaling="caffe",
        members={"ResNet50": (3, 4, 6, 3), "ResNet101": (3, 4, 23, 3), "ResNet152": (3, 8, 36, 3)},
        layer=r"conv(?P<stage>[2-5])_block(?P<block>\d+)_(?:3_bn|add)",
        first_stage=2,
        least=3,
        model=r"resnet(?:50|101|152)",
        never=r"conv2_block1_2_reduce",  # ResNeXt
    ),
    Family(
        name="ResNet",
        scaling="caffe",
        members={"ResNet50": (3, 4, 6, 3)},
        layer=r"(?:res|bn)(?P<stage>[2-5])(?P<block>[a-z]\d*)_branch2c",  # until 2019
        first_stage=2,
        least=3,
        model=r"resnet50",
    ),
    Family(
        name="ResNetV2",
        scaling="-1-1",
        members={
            "ResNet50V2": (3, 4, 6, 3),
            "ResNet101V2": (3, 4, 23, 3),
            "ResNet152V2": (3, 8, 36, 3),
        },
        layer=r"conv(?P<stage>[2-5])_block(?P<block>\d+)_preact_(?:bn|relu)",
        first_stage=2,
        least=3,
        model=r"resnet(?:50|101|152)v2",
    ),
    Family(
        name="DenseNet",
        scaling="torch",
        members={
            "DenseNet121": (6, 12, 24, 16),
            "DenseNet169": (6, 12, 32, 32),
            "DenseNet201": (6, 12, 48, 32),
        },
        layer=r"conv(?P<stage>[2-5])_block(?P<block>\d+)_(?:concat|0_bn|0_relu)",
        first_stage=2,
        least=6,
        model=r"densenet(?:121|169|201)",
    ),
    Family(
        name="InceptionV3",
        scaling="-1-1",
        members={"InceptionV3": (11,)},
        layer=r"mixed(?P<block>\d+)",
        first_block=0,
        least=5,
        model=r"inception_v3",
    ),
    Family(
        name="InceptionResNetV2",
        scaling="-1-1",
        members={"InceptionResNetV2": (20,)},
        layer=r"block(?:35|17|8)_(?P<block>\d+)_(?:mixed|conv|ac)",
        least=5,
        model=r"inception_resnet_v2",
    ),
    Family(
        name="Xception",
        scaling="-1-1",
        members={"Xception": (2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3, 2, 2)},
        layer=r"block(?P<stage>\d+)_sepconv(?P<block>\d)",
        first_stage=2,
        least=6,
        model=r"xception",
    ),
    Family(
        name="MobileNet",
        scaling="-1-1",
        members={"MobileNet": (13,)},
        layer=r"conv_[dp]w_(?P<block>\d+)(?:_bn|_relu)?",
        least=5,
        model=r"mobilenet_\d\.\d\d_\w+",
    ),
    Family(
        name="MobileNetV2",
        scaling="-1-1",
        members={"MobileNetV2": (16,)},
        layer=r"(?:block|mobl\d+_conv)_(?P<block>\d+)_(?:expand|depthwise|project)(?:_BN|_relu)?",
        least=5,
        model=r"mobilenetv2_\d\.\d\d_\w+",
    ),
    Family(
        name="MobileNetV3",
        scaling="none",
        members={"MobileNetV3Small": (10,), "MobileNetV3Large": (14,)},
        layer=r"expanded_conv_(?P<block>\d+)[/_](?:expand|depthwise|project)",
        least=5,
        model=r"(?i:mobilenetv3(?:small|large))",
        tells={
            "MobileNetV3Small": r"expanded_conv[/_]squeeze_excite[/_]\w+",
            "MobileNetV3Large": r"expanded_conv[/_][Aa]dd",
        },
        scales_itself=_RESCALING,
    ),
    Family(
        name="NASNet",
        scaling="-1-1",
        members={"NASNetMobile": (13,), "NASNetLarge": (19,)},
        layer=r"normal_(?:conv|bn|add)_1_(?P<block>\d+)",
        first_block=0,
        least=4,
        model=r"nasnet_mobile|nasnet_large|NASNet",
        tells={
            "NASNetMobile": r"reduction_(?:conv|bn|add)_1_reduce_4",
            "NASNetLarge": r"reduction_(?:conv|bn|add)_1_reduce_6",
        },
    ),
    Family(
        name="EfficientNetB",
        scaling="none",
        members={
            "EfficientNetB0": (1, 2, 2, 3, 3, 4, 1),
            "EfficientNetB1": (2, 3, 3, 4, 4, 5, 2),
            "EfficientNetB2": (2, 3, 3, 4, 4, 5, 2),
            "EfficientNetB3": (2, 3, 3, 5, 5, 6, 2),
            "EfficientNetB4": (2, 4, 4, 6, 6, 8, 2),
            "EfficientNetB5": (3, 5, 5, 7, 7, 9, 3),
            "EfficientNetB6": (3, 6, 6, 8, 8, 11, 3),
            "EfficientNetB7": (4, 7, 7, 10, 10, 13, 4),
        },
        layer=r"block(?P<stage>\d)(?P<block>[a-z])_se_reduce",
        least=5,
        model=r"efficientnet-?b[0-7]",
        scales_itself=_RESCALING,
    ),
    Family(
        name="EfficientNetV2",
        scaling="none",
        members={
            "EfficientNetV2B0": (1, 2, 2, 3, 5, 8),
            "EfficientNetV2B1": (2, 3, 3, 4, 6, 9),
            "EfficientNetV2B2": (2, 3, 3, 4, 6, 10),
            "EfficientNetV2B3": (2, 3, 3, 5, 7, 12),
            "EfficientNetV2S": (2, 4, 4, 6, 9, 15),
            "EfficientNetV2M": (3, 5, 5, 7, 14, 18, 5),
            "EfficientNetV2L": (4, 7, 7, 10, 19, 25, 7),
        },
        layer=r"block(?P<stage>\d)(?P<block>[a-z])_project_(?:conv|bn)",
        least=5,
        model=r"efficientnetv2-(?:b[0-3]|s|m|l)",
        never=r"block1a_dwconv",  # the first EfficientNet
        scales_itself=_RESCALING,
    ),
    Family(
        name="ConvNeXt",
        scaling="none",
        members={
            "ConvNeXtTiny": (3, 3, 9, 3),
            "ConvNeXtSmall": (3, 3, 27, 3),
            "ConvNeXtBase": (3, 3, 27, 3),
            "ConvNeXtLarge": (3, 3, 27, 3),
            "ConvNeXtXLarge": (3, 3, 27, 3),
        },
        layer=r"convnext_[a-z]+_stage_(?P<stage>\d)_block_(?P<block>\d+)_depthwise_conv",
        first_stage=0,
        first_block=0,
        least=3,
        model=r"convnext_(?:tiny|small|base|large|xlarge)",
        tells={
            f"ConvNeXt{size}": rf"convnext_{size.lower()}_stage_0_block_0_\w+"
            for size in ("Tiny", "Small", "Base", "Large", "XLarge")
        },
        scales_itself=r"convnext_[a-z]+_prestem(?:_normalization)?",
    ),
)
