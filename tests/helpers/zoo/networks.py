"""Networks of the zoo, built alike out of Keras 2 (`tf_keras`) and Keras 3."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np

from helpers.zoo.entries import SCALINGS, pictures
from helpers.zoo.making import settle

Build = Callable[[Any], Any]

FAMILIES = {
    "MobileNet": ("mobilenet", "-1-1"),
    "MobileNetV2": ("mobilenet_v2", "-1-1"),
    "MobileNetV3Small": ("mobilenet_v3", "none"),
    "EfficientNetB0": ("efficientnet", "none"),
    "ConvNeXtTiny": ("convnext", "none"),
    "ResNet50": ("resnet50", "caffe"),
    "VGG16": ("vgg16", "caffe"),
    "DenseNet121": ("densenet", "torch"),
    "Xception": ("xception", "-1-1"),
    "InceptionV3": ("inception_v3", "-1-1"),
}
"""Of networks of `keras.applications`: their module, and how its `preprocess_input` scales."""
SMALL = {"MobileNet": 0.25, "MobileNetV2": 0.35}
"""The smallest `alpha` of those that have one."""
LAST = {
    "MobileNet": "conv_pw_5",
    "MobileNetV2": "block_5",
    "MobileNetV3Small": "expanded_conv_4",
    "EfficientNetB0": "block3b",
    "ConvNeXtTiny": "convnext_tiny_stage_1",
    "ResNet50": "conv3_block4",
    "DenseNet121": "pool2",
    "Xception": "block5",
    "InceptionV3": "mixed3",
}
"""Where they are cut off, by how layers' names begin: the later blocks are as the first ones."""


# --- on networks of keras.applications -------------------------------------------------------


@cache
def backbone(lib: Any, name: str, side: int, *, whole: bool = False) -> Any:
    """A network without its top, that has seen some pictures; its first blocks unless `whole`.

    Models share it: they train nothing, and building it takes most of the time of making them.
    """
    lib.utils.set_random_seed(3)
    options = {"alpha": SMALL[name]} if name in SMALL else {}
    network = getattr(lib.applications, name)(
        weights=None, include_top=False, input_shape=(side, side, 3), **options
    )
    scale = SCALINGS[FAMILIES[name][1]]
    if not whole and name in LAST:
        last = [layer for layer in network.layers if layer.name.startswith(LAST[name])][-1]
        network = lib.Model(network.input, last.output, name=network.name)
    settle(network, scale(pictures((side, side)).astype(np.float64)).astype(np.float32))
    return network


def flat(name: str, side: int = 32, units: int = 5, *, whole: bool = False) -> Build:
    """`Model(base.input, Dense(…)(…(base.output)))`: all layers in one model."""

    def build(lib: Any) -> Any:
        base = backbone(lib, name, side, whole=whole)
        x = lib.layers.GlobalAveragePooling2D()(base.output)
        x = lib.layers.Dropout(0.2)(x)
        return lib.Model(base.input, lib.layers.Dense(units, activation="softmax")(x))

    return build


def nested(name: str, side: int = 32, *, whole: bool = False) -> Build:
    """`Sequential([base, GlobalAveragePooling2D(), Dense(…)])`."""

    def build(lib: Any) -> Any:
        layers = lib.layers
        head = [layers.GlobalAveragePooling2D(), layers.Dense(8, activation="relu")]
        last = layers.Dense(5, activation="softmax")
        base = backbone(lib, name, side, whole=whole)
        return lib.Sequential([lib.Input((side, side, 3)), base, *head, layers.Dropout(0.5), last])

    return build


def tutorial(name: str, side: int = 32, *, scaling: str, augment: bool = False) -> Build:
    """A nested network in a functional model, with `preprocess_input` or a Rescaling in it."""

    def build(lib: Any) -> Any:
        layers = lib.layers
        x = taken = lib.Input((side, side, 3))
        if augment:
            changes = [layers.RandomFlip("horizontal"), layers.RandomRotation(0.1)]
            x = lib.Sequential(changes, name="data_augmentation")(x)
        if scaling == "preprocess_input":
            x = getattr(lib.applications, FAMILIES[name][0]).preprocess_input(x)
        elif scaling == "Rescaling":
            x = layers.Rescaling(1 / 127.5, offset=-1)(x)
        x = backbone(lib, name, side)(x, training=False)
        x = layers.Dropout(0.2)(layers.GlobalAveragePooling2D()(x))
        return lib.Model(taken, layers.Dense(5, activation="softmax")(x))

    return build


def behind(*first: tuple[str, Any], branch: bool = False) -> Build:
    """A MobileNet behind layers that are given by name and options; perhaps in one of two branches.

    `Rescaling(1/255)` and its like must be seen behind them, and no habit be put on top.
    """

    def build(lib: Any) -> Any:
        layers = lib.layers
        x = taken = lib.Input((40, 40, 3))
        for kind, options in first:
            x = getattr(layers, kind)(**options)(x)
        base = backbone(lib, "MobileNet", int(x.shape[1]))
        parts = [layers.GlobalAveragePooling2D()(base(x, training=False))]
        if branch:
            parts.append(layers.GlobalAveragePooling2D()(layers.Conv2D(4, 5, strides=4)(taken)))
            parts = [layers.Concatenate()(parts)]
        return lib.Model(taken, layers.Dense(5, activation="softmax")(parts[0]))

    return build


TO_MINUS_1 = ("Rescaling", {"scale": 1 / 127.5, "offset": -1.0})
HALVED = ("Rescaling", {"scale": 0.5, "offset": 0.5})
RESIZED = ("Resizing", {"height": 32, "width": 32})
CENTRE = ("CenterCrop", {"height": 32, "width": 32})
CROPPED = ("Cropping2D", {"cropping": 4})
PADDED = ("ZeroPadding2D", {"padding": 2})


# --- networks of one's own -------------------------------------------------------------------


def cnn(
    *,
    shape: tuple[int | None, ...] = (32, 32, 3),
    first: Callable[[Any], list[Any]] = lambda layers: [],
    units: int = 5,
    activation: str | None = "softmax",
    dtype: str | None = None,
    data_format: str = "channels_last",
) -> Build:
    """A Sequential CNN as in any first course."""

    def build(lib: Any) -> Any:
        layers = lib.layers
        where = {"data_format": data_format}
        convolution = partial(layers.Conv2D, kernel_size=3, activation="relu", **where)
        return lib.Sequential(
            [
                lib.Input(shape, dtype=dtype),
                *first(layers),
                convolution(8),
                layers.MaxPooling2D(**where),
                convolution(16),
                layers.GlobalAveragePooling2D(**where),
                layers.Dense(16, activation="relu"),
                layers.Dense(units, activation=activation, dtype="float32"),
            ]
        )

    return build


def rescaled(layers: Any) -> list[Any]:
    """0 to 255 → 0 to 1."""
    return [layers.Rescaling(1 / 255)]


def centred(layers: Any) -> list[Any]:
    """0 to 1 → -1 to 1."""
    return [layers.Rescaling(2.0, offset=-1.0)]


def adapted(layers: Any) -> list[Any]:
    """A Normalization that has seen real pictures."""
    normalization = layers.Normalization()
    normalization.adapt(pictures((32, 32)).astype(np.float32))
    return [normalization]


def augmented(layers: Any) -> list[Any]:
    """What changes pictures in training only, and a Rescaling."""
    changes = [layers.RandomFlip("horizontal"), layers.RandomRotation(0.1), layers.RandomZoom(0.1)]
    return [*changes, layers.Rescaling(1 / 127.5, offset=-1)]


def mixed_precision(build: Build) -> Build:
    """The same network, computing in float16."""

    def built(lib: Any) -> Any:
        lib.mixed_precision.set_global_policy("mixed_float16")
        return build(lib)

    return built


def of_logits(lib: Any) -> Any:
    """A loss that says that the outputs still want a sigmoid."""
    return lib.losses.BinaryCrossentropy(from_logits=True)


def regularised(lib: Any) -> Any:
    """BatchNormalization and Dropout, flattened; the softmax is a layer of its own."""
    layers = lib.layers
    model = lib.Sequential(
        [
            lib.Input((32, 32, 3)),
            layers.Rescaling(1 / 255),
            layers.Conv2D(8, 5, strides=3, use_bias=False),
            layers.BatchNormalization(),
            layers.Activation("relu"),
            layers.SpatialDropout2D(0.2),
            layers.SeparableConv2D(8, 3),
            layers.LeakyReLU(),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(5),
            layers.Activation("softmax"),
        ]
    )
    settle(model, pictures((32, 32)).astype(np.float32))
    return model


def branched(lib: Any) -> Any:
    """A functional model whose branches are added and joined."""
    layers = lib.layers
    taken = lib.Input((32, 32, 3))
    x = layers.Rescaling(1 / 255)(taken)
    left = layers.Conv2D(8, 3, padding="same", activation="relu")(x)
    right = layers.Conv2D(8, 5, padding="same", activation="relu")(x)
    added = layers.Add()([left, right])
    pooled = [layers.GlobalAveragePooling2D()(added), layers.GlobalMaxPooling2D()(left)]
    x = layers.Concatenate()(pooled)
    return lib.Model(taken, layers.Dense(5, activation="softmax")(x))


def squeezed(lib: Any) -> Any:
    """Squeeze-and-excite by multiplication and Reshape, with ReLU6 and hard swish by hand."""
    layers = lib.layers
    taken = lib.Input((32, 32, 3))
    x = layers.Conv2D(8, 3, strides=2)(layers.Rescaling(1 / 127.5, offset=-1)(taken))
    x = layers.PReLU(shared_axes=[1, 2])(x)
    gate = layers.Dense(8, activation="sigmoid")(layers.GlobalAveragePooling2D()(x))
    x = layers.Multiply()([x, layers.Reshape((1, 1, 8))(gate)])
    x = layers.ReLU(max_value=6.0)(layers.DepthwiseConv2D(3)(x))
    x = layers.GlobalAveragePooling2D()(x)
    return lib.Model(taken, layers.Softmax()(layers.Dense(5)(x)))


def vision_transformer(attend: Callable[[Any, Any], Any]) -> Build:
    """A ViT of one block: patches, attention as `attend` makes it, a mean and a Dense."""

    def build(lib: Any) -> Any:
        layers = lib.layers
        taken = lib.Input((32, 32, 3))
        x = layers.Conv2D(8, 4, strides=4)(layers.Rescaling(1 / 127.5, offset=-1)(taken))
        patches = layers.Reshape((64, 8))(x)
        x = layers.Add()([attend(layers, layers.LayerNormalization()(patches)), patches])
        x = layers.Dense(16, activation="gelu")(layers.LayerNormalization()(x))
        x = layers.GlobalAveragePooling1D()(layers.Dropout(0.1)(x))
        return lib.Model(taken, layers.Dense(5, activation="softmax")(x))

    return build


def self_attention(layers: Any, x: Any) -> Any:
    """Let every patch attend to all."""
    return layers.MultiHeadAttention(2, 4)(x, x)


# --- clip models -----------------------------------------------------------------------------

WINDOW = 4


def clip(body: Callable[[Any], list[Any]], *, window: int | None = WINDOW) -> Build:
    """A Sequential clip model, its scaling inside."""

    def build(lib: Any) -> Any:
        head = lib.layers.Dense(5, activation="softmax")
        return lib.Sequential([lib.Input((window, 32, 32, 3)), *body(lib.layers), head])

    return build


def conv_3d(layers: Any) -> list[Any]:
    """Convolutions over time, too."""
    x = [layers.Rescaling(1 / 255), layers.Conv3D(8, 3, activation="relu")]
    return [*x, layers.MaxPooling3D((1, 2, 2)), layers.GlobalAveragePooling3D()]


def conv_lstm(layers: Any) -> list[Any]:
    """A recurrent network whose state is a picture."""
    x = [layers.Rescaling(1 / 255), layers.ConvLSTM2D(4, 3, strides=2)]
    return [*x, layers.GlobalAveragePooling2D()]


def each_frame(layers: Any) -> list[Any]:
    """A CNN over each frame."""
    wrap = layers.TimeDistributed
    x = [wrap(layers.Rescaling(1 / 255)), wrap(layers.Conv2D(8, 3, strides=2, activation="relu"))]
    return [*x, wrap(layers.GlobalAveragePooling2D())]


def gru(layers: Any) -> list[Any]:
    """A CNN over each frame, then a GRU."""
    return [*each_frame(layers), layers.GRU(8)]


def lstms(layers: Any) -> list[Any]:
    """A CNN over each frame, then LSTMs in both directions."""
    both = layers.Bidirectional(layers.LSTM(6, return_sequences=True))
    return [*each_frame(layers), both, layers.LSTM(6)]


def clip_of(name: str) -> Build:
    """A network of `keras.applications` over each frame, then a GRU."""

    def build(lib: Any) -> Any:
        layers, base = lib.layers, backbone(lib, name, 32)
        x = taken = lib.Input((WINDOW, 32, 32, 3))
        x = layers.TimeDistributed(base)(x)
        x = layers.TimeDistributed(layers.GlobalAveragePooling2D())(x)
        return lib.Model(taken, layers.Dense(5, activation="softmax")(layers.GRU(8)(x)))

    return build
