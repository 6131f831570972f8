"""Models that Keras 3 saved, and what is exported for other runtimes."""

from __future__ import annotations

from functools import partial
from typing import Any

from helpers.zoo import networks
from helpers.zoo.entries import Entry
from helpers.zoo.networks import behind, cnn, flat, nested, tutorial

_inside: Any = partial(Entry, library="keras", found="inside", scaling="none")
_known: Any = partial(Entry, library="keras", found="backbone")
_told: Any = partial(Entry, library="keras", found="told")

KERAS_3: tuple[Entry, ...] = (
    # transfer learning
    _known(
        name="MobileNetV2, nested", kind=".keras", build=nested("MobileNetV2", whole=True),
        scaling="-1-1",
    ),
    _known(name="MobileNet, flat", kind=".h5", build=flat("MobileNet"), scaling="-1-1"),
    _inside(name="MobileNetV3Small, flat", kind=".keras", build=flat("MobileNetV3Small")),
    _known(name="MobileNet, flat", kind="SavedModel", build=flat("MobileNet"), scaling="-1-1"),
    _inside(
        name="ConvNeXtTiny, flat", kind=".keras", build=flat("ConvNeXtTiny"), slow=True
    ),
    _known(name="VGG16, nested", kind=".keras", build=nested("VGG16"), scaling="caffe"),
    _inside(
        name="MobileNetV2, preprocess_input inside", kind=".keras",
        build=tutorial("MobileNetV2", scaling="preprocess_input"),
    ),
    _inside(
        name="VGG16, preprocess_input inside", kind=".keras",
        build=tutorial("VGG16", scaling="preprocess_input"),
    ),
    _inside(
        name="MobileNet, augmentation and Rescaling", kind=".h5",
        build=tutorial("MobileNet", scaling="Rescaling", augment=True),
    ),
    # something before the scaling, or a scaling that does not tell
    _inside(
        name="MobileNet behind cut edges", kind="SavedModel", size=(40, 40),
        build=behind(networks.CROPPED, networks.TO_MINUS_1),
    ),
    _told(
        name="MobileNet in one of two branches", kind=".keras", size=(40, 40), scaling="none",
        build=behind(networks.TO_MINUS_1, branch=True), options={"preprocess": "none"},
    ),
    _told(
        name="MobileNet behind a scaling that does not tell", kind=".keras", size=(40, 40),
        scaling="-1-1", build=behind(networks.HALVED), options={"preprocess": "-1-1"},
    ),
    # of one's own
    _inside(name="CNN, Rescaling", kind=".keras", build=cnn(first=networks.rescaled)),
    _told(
        name="CNN", kind=".h5", build=cnn(), scaling="0-1", options={"preprocess": "0-1"},
        loss="categorical_crossentropy",
    ),
    _told(
        name="CNN, Rescaling of 0 to 1", kind=".keras", build=cnn(first=networks.centred),
        scaling="0-1", found="inside",
    ),
    _inside(name="CNN, Normalization", kind=".keras", build=cnn(first=networks.adapted)),
    _inside(name="CNN, Normalization", kind="SavedModel", build=cnn(first=networks.adapted)),
    _inside(name="CNN, augmentation", kind=".keras", build=cnn(first=networks.augmented)),
    _inside(name="BatchNormalization, Dropout", kind=".h5", build=networks.regularised),
    _inside(name="branches", kind=".h5", build=networks.branched),
    _inside(name="squeeze and excite", kind=".keras", build=networks.squeezed),
    _inside(
        name="ViT", kind=".keras",
        build=networks.vision_transformer(networks.self_attention),
    ),
    _inside(
        name="grey 28x28", kind=".keras", size=(28, 28), channels=1, labels=10,
        build=cnn(shape=(28, 28, 1), units=10, first=networks.rescaled),
    ),
    _told(
        name="channels first", kind=".keras", scaling="-1-1", layout="channels_first",
        build=cnn(shape=(3, 32, 32), data_format="channels_first"), twin=cnn(),
        options={"preprocess": "-1-1"},
    ),
    _inside(
        name="mixed precision", kind=".keras", only_on="tensorflow",
        build=networks.mixed_precision(cnn(first=networks.rescaled)),
    ),
    _inside(
        name="uint8 input", kind=".keras", dtype="uint8",
        build=cnn(first=networks.rescaled, dtype="uint8"),
    ),
    _told(
        name="float16 input", kind=".keras", dtype="float16", scaling="-1-1",
        build=cnn(dtype="float16"), options={"preprocess": "-1-1"},
    ),
    _inside(
        name="any size", kind=".keras", size=(36, 48), options={"input_size": (36, 48)},
        build=cnn(shape=(None, None, 3), first=networks.rescaled),
    ),
    # heads
    _inside(
        name="logits", kind=".keras", head="logits", after="softmax",
        build=cnn(first=networks.rescaled, activation=None),
        loss="sparse_categorical_crossentropy",
    ),
    _inside(
        name="multi-label", kind="SavedModel", head="sigmoid",
        build=cnn(first=networks.rescaled, activation="sigmoid"),
    ),
    _inside(
        name="binary", kind=".keras", head="binary", labels=2, loss="binary_crossentropy",
        build=cnn(first=networks.rescaled, units=1, activation="sigmoid"),
    ),
    _inside(
        name="binary logit", kind=".h5", head="binary", after="sigmoid", labels=2,
        build=cnn(first=networks.rescaled, units=1, activation=None),
        loss=networks.of_logits,
    ),
    _inside(
        name="regression of 3", kind=".keras", head="regression", labels=3, loss="huber",
        build=cnn(first=networks.rescaled, units=3, activation=None),
    ),
    _told(
        name="regression of 3", kind="SavedModel", head="regression", labels=3, scaling="none",
        build=cnn(first=networks.rescaled, units=3, activation=None), found="inside",
        options={"head": "regression"},
    ),
    # clips
    _inside(
        name="clips: CNN and GRU", kind=".keras", build=networks.clip(networks.gru), window=4
    ),
    _inside(
        name="clips: CNN and LSTMs", kind=".h5", build=networks.clip(networks.lstms), window=4
    ),
    _inside(
        name="clips: Conv3D", kind="SavedModel", build=networks.clip(networks.conv_3d), window=4
    ),
    _inside(
        name="clips: ConvLSTM2D", kind=".keras", build=networks.clip(networks.conv_lstm), window=4
    ),
    _known(
        name="clips: MobileNet and GRU", kind=".keras", build=networks.clip_of("MobileNet"),
        scaling="-1-1", window=4,
    ),
    _inside(
        name="clips of any length: CNN and GRU", kind=".keras", window=6,
        build=networks.clip(networks.gru, window=None), options={"window_size": 6},
    ),
)  # fmt: skip
