"""List the networks of `keras.applications`: what they take, and how their layers are named.

This is all of Keras 3.15. A new network is one row of `APPLICATIONS`; if it names its layers in a
new way, it brings a `Family`.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Networks that scale their input alike and name their layers alike."""

    name: str
    """What the networks have in common."""
    scaling: str
    """What their `preprocess_input` does, by a name of `vidclf.core.preprocessing.SCALINGS`."""
    block_layer: str
    """Pattern of a layer that each block has once, with a group `block` and perhaps `stage`."""
    least_blocks: int
    """How many blocks must be seen before layers alone count as this family."""
    model_name: str
    """Pattern of the names that Keras gives to whole networks."""
    first_stage: int = 1
    """The number of the first stage."""
    first_block: int = 1
    """The number of a stage's first block."""
    foreign_layer: str = ""
    """Pattern of a layer that only a relative has which is not in Keras."""
    scaling_layer: str = ""
    """Pattern of the layer that scales, in networks that scale their input themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """A network of `keras.applications` with the weights that were trained on ImageNet."""

    name: str
    """Its name in Keras, such as `MobileNetV2`."""
    module: str
    """Where its `preprocess_input` is, such as `keras.applications.mobilenet_v2`."""
    family: Family
    """How it scales and names its layers."""
    input_size: tuple[int, int]
    """(height, width) in pixels that its weights were trained on: the default of its function."""
    stages: tuple[int, ...]
    """How many blocks each of its stages has."""
    own_layer: str = ""
    """Pattern of a layer that no other network of its family has."""
    older_block_layer: str = ""
    """What `Family.block_layer` was in earlier versions of Keras."""
    unchecked_weights: str = ""
    """The name of its file of weights, if it is one whose hash Keras does not check."""

    @property
    def scaling(self) -> str:
        """Return what its `preprocess_input` does, by a name of `SCALINGS`."""
        return self.family.scaling


def find_application(name: str) -> Application | None:
    """Find the network of a name; case, hyphens and underscores do not matter."""
    return _BY_PLAIN_NAME.get(_plain(name))


def similar_names(text: str) -> tuple[str, ...]:
    """Return names of networks that look like `text`, the likest first; perhaps none."""
    keys = difflib.get_close_matches(_plain(text), _BY_PLAIN_NAME, cutoff=0.75)
    return tuple(_BY_PLAIN_NAME[key].name for key in keys)


def _plain(name: str) -> str:
    return name.casefold().replace("_", "").replace("-", "")


def _row(
    name: str, module: str, family: Family, side: int, stages: tuple[int, ...], **more: str
) -> Application:
    """Make a row of the table; `more` are the fields that few networks have."""
    return Application(
        name=name,
        module=f"keras.applications.{module}",
        family=family,
        input_size=(side, side),
        stages=stages,
        **more,
    )


_RESCALING = r"\w*rescaling"
"""How Keras names `Rescaling` layers."""

_VGG = Family(
    name="VGG",
    scaling="caffe",
    block_layer=r"block(?P<stage>\d)_conv(?P<block>\d)",
    least_blocks=10,  # into the fourth stage: people name layers of small networks so, too
    model_name=r"vgg(?:16|19)",
)
_RESNET = Family(
    name="ResNet",
    scaling="caffe",
    block_layer=r"conv(?P<stage>[2-5])_block(?P<block>\d+)_(?:3_bn|add)",
    first_stage=2,
    least_blocks=3,
    model_name=r"resnet(?:50|101|152)",
    foreign_layer=r"conv2_block1_2_reduce",  # ResNeXt
)
_RESNET_V2 = Family(
    name="ResNetV2",
    scaling="-1-1",
    block_layer=r"conv(?P<stage>[2-5])_block(?P<block>\d+)_preact_(?:bn|relu)",
    first_stage=2,
    least_blocks=3,
    model_name=r"resnet(?:50|101|152)v2",
)
_DENSENET = Family(
    name="DenseNet",
    scaling="torch",
    block_layer=r"conv(?P<stage>[2-5])_block(?P<block>\d+)_(?:concat|0_bn|0_relu)",
    first_stage=2,
    least_blocks=6,
    model_name=r"densenet(?:121|169|201)",
)
_INCEPTION_V3 = Family(
    name="InceptionV3",
    scaling="-1-1",
    block_layer=r"mixed(?P<block>\d+)",
    first_block=0,
    least_blocks=5,
    model_name=r"inception_v3",
)
_INCEPTION_RESNET_V2 = Family(
    name="InceptionResNetV2",
    scaling="-1-1",
    block_layer=r"block(?:35|17|8)_(?P<block>\d+)_(?:mixed|conv|ac)",
    least_blocks=5,
    model_name=r"inception_resnet_v2",
)
_XCEPTION = Family(
    name="Xception",
    scaling="-1-1",
    block_layer=r"block(?P<stage>\d+)_sepconv(?P<block>\d)",
    first_stage=2,
    least_blocks=6,
    model_name=r"xception",
)
_MOBILENET = Family(
    name="MobileNet",
    scaling="-1-1",
    block_layer=r"conv_[dp]w_(?P<block>\d+)(?:_bn|_relu)?",
    least_blocks=5,
    model_name=r"mobilenet_\d\.\d\d_\w+",
)
_MOBILENET_V2 = Family(
    name="MobileNetV2",
    scaling="-1-1",
    block_layer=(
        r"(?:block|mobl\d+_conv)_(?P<block>\d+)_(?:expand|depthwise|project)(?:_BN|_relu)?"
    ),
    least_blocks=5,
    model_name=r"mobilenetv2_\d\.\d\d_\w+",
)
_MOBILENET_V3 = Family(
    name="MobileNetV3",
    scaling="none",
    block_layer=r"expanded_conv_(?P<block>\d+)[/_](?:expand|depthwise|project)",
    least_blocks=5,
    model_name=r"(?i:mobilenetv3(?:small|large))",
    scaling_layer=_RESCALING,
)
_NASNET = Family(
    name="NASNet",
    scaling="-1-1",
    block_layer=r"normal_(?:conv|bn|add)_1_(?P<block>\d+)",
    first_block=0,
    least_blocks=4,
    model_name=r"nasnet_mobile|nasnet_large|NASNet",
)
_EFFICIENTNET_B = Family(
    name="EfficientNetB",
    scaling="none",
    block_layer=r"block(?P<stage>\d)(?P<block>[a-z])_se_reduce",
    least_blocks=5,
    model_name=r"efficientnet-?b[0-7]",
    scaling_layer=_RESCALING,
)
_EFFICIENTNET_V2 = Family(
    name="EfficientNetV2",
    scaling="none",
    block_layer=r"block(?P<stage>\d)(?P<block>[a-z])_project_(?:conv|bn)",
    least_blocks=5,
    model_name=r"efficientnetv2-(?:b[0-3]|s|m|l)",
    foreign_layer=r"block1a_dwconv",  # the first EfficientNet
    scaling_layer=_RESCALING,
)
_CONVNEXT = Family(
    name="ConvNeXt",
    scaling="none",
    block_layer=r"convnext_[a-z]+_stage_(?P<stage>\d)_block_(?P<block>\d+)_depthwise_conv",
    first_stage=0,
    first_block=0,
    least_blocks=3,
    model_name=r"convnext_(?:tiny|small|base|large|xlarge)",
    scaling_layer=r"convnext_[a-z]+_prestem(?:_normalization)?",
)

APPLICATIONS = (
    # name, module, family, side of the input, blocks of each stage
    *(
        _row(f"ConvNeXt{size}", "convnext", _CONVNEXT, 224, (3, 3, blocks, 3),
             own_layer=rf"convnext_{size.lower()}_stage_0_block_0_\w+")
        for size, blocks in
        (("Tiny", 9), ("Small", 27), ("Base", 27), ("Large", 27), ("XLarge", 27))
    ),
    _row("DenseNet121", "densenet", _DENSENET, 224, (6, 12, 24, 16)),
    _row("DenseNet169", "densenet", _DENSENET, 224, (6, 12, 32, 32)),
    _row("DenseNet201", "densenet", _DENSENET, 224, (6, 12, 48, 32)),
    _row("EfficientNetB0", "efficientnet", _EFFICIENTNET_B, 224, (1, 2, 2, 3, 3, 4, 1)),
    _row("EfficientNetB1", "efficientnet", _EFFICIENTNET_B, 240, (2, 3, 3, 4, 4, 5, 2)),
    _row("EfficientNetB2", "efficientnet", _EFFICIENTNET_B, 260, (2, 3, 3, 4, 4, 5, 2)),
    _row("EfficientNetB3", "efficientnet", _EFFICIENTNET_B, 300, (2, 3, 3, 5, 5, 6, 2)),
    _row("EfficientNetB4", "efficientnet", _EFFICIENTNET_B, 380, (2, 4, 4, 6, 6, 8, 2)),
    _row("EfficientNetB5", "efficientnet", _EFFICIENTNET_B, 456, (3, 5, 5, 7, 7, 9, 3)),
    _row("EfficientNetB6", "efficientnet", _EFFICIENTNET_B, 528, (3, 6, 6, 8, 8, 11, 3)),
    _row("EfficientNetB7", "efficientnet", _EFFICIENTNET_B, 600, (4, 7, 7, 10, 10, 13, 4)),
    _row("EfficientNetV2B0", "efficientnet_v2", _EFFICIENTNET_V2, 224, (1, 2, 2, 3, 5, 8)),
    _row("EfficientNetV2B1", "efficientnet_v2", _EFFICIENTNET_V2, 240, (2, 3, 3, 4, 6, 9)),
    _row("EfficientNetV2B2", "efficientnet_v2", _EFFICIENTNET_V2, 260, (2, 3, 3, 4, 6, 10)),
    _row("EfficientNetV2B3", "efficientnet_v2", _EFFICIENTNET_V2, 300, (2, 3, 3, 5, 7, 12)),
    _row("EfficientNetV2S", "efficientnet_v2", _EFFICIENTNET_V2, 384, (2, 4, 4, 6, 9, 15)),
    _row("EfficientNetV2M", "efficientnet_v2", _EFFICIENTNET_V2, 480, (3, 5, 5, 7, 14, 18, 5)),
    _row("EfficientNetV2L", "efficientnet_v2", _EFFICIENTNET_V2, 480, (4, 7, 7, 10, 19, 25, 7)),
    _row("InceptionResNetV2", "inception_resnet_v2", _INCEPTION_RESNET_V2, 299, (20,)),
    _row("InceptionV3", "inception_v3", _INCEPTION_V3, 299, (11,)),
    _row("MobileNet", "mobilenet", _MOBILENET, 224, (13,),
         unchecked_weights="mobilenet_1_0_224_tf.h5"),
    _row("MobileNetV2", "mobilenet_v2", _MOBILENET_V2, 224, (16,),
         unchecked_weights="mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224.h5"),
    _row("MobileNetV3Small", "mobilenet_v3", _MOBILENET_V3, 224, (10,),
         own_layer=r"expanded_conv[/_]squeeze_excite[/_]\w+"),
    _row("MobileNetV3Large", "mobilenet_v3", _MOBILENET_V3, 224, (14,),
         own_layer=r"expanded_conv[/_][Aa]dd"),
    _row("NASNetMobile", "nasnet", _NASNET, 224, (13,),
         own_layer=r"reduction_(?:conv|bn|add)_1_reduce_4"),
    _row("NASNetLarge", "nasnet", _NASNET, 331, (19,),
         own_layer=r"reduction_(?:conv|bn|add)_1_reduce_6"),
    _row("ResNet50", "resnet", _RESNET, 224, (3, 4, 6, 3),  # until 2019 it had the older names
         older_block_layer=r"(?:res|bn)(?P<stage>[2-5])(?P<block>[a-z]\d*)_branch2c"),
    _row("ResNet101", "resnet", _RESNET, 224, (3, 4, 23, 3)),
    _row("ResNet152", "resnet", _RESNET, 224, (3, 8, 36, 3)),
    _row("ResNet50V2", "resnet_v2", _RESNET_V2, 224, (3, 4, 6, 3)),
    _row("ResNet101V2", "resnet_v2", _RESNET_V2, 224, (3, 4, 23, 3)),
    _row("ResNet152V2", "resnet_v2", _RESNET_V2, 224, (3, 8, 36, 3)),
    _row("VGG16", "vgg16", _VGG, 224, (2, 2, 3, 3, 3)),
    _row("VGG19", "vgg19", _VGG, 224, (2, 2, 4, 4, 4)),
    _row("Xception", "xception", _XCEPTION, 299, (2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3, 2, 2)),
)  # fmt: skip

_BY_PLAIN_NAME = {_plain(application.name): application for application in APPLICATIONS}
