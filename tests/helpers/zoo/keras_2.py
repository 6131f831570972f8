"""Models that Keras 2 saved: the files of 2019 to 2023, and of `tf_keras` today."""

from __future__ import annotations

from functools import partial
from typing import Any

from helpers.zoo import networks
from helpers.zoo.entries import Entry
from helpers.zoo.networks import behind, cnn, flat, nested, tutorial

_inside: Any = partial(Entry, library="tf_keras", found="inside", scaling="none")
_known: Any = partial(Entry, library="tf_keras", found="backbone")
_told: Any = partial(Entry, library="tf_keras", found="told")

KERAS_2: tuple[Entry, ...] = (
    # transfer learning
    _known(name="MobileNet, flat", kind=".h5", build=flat("MobileNet"), scaling="-1-1"),
    _known(name="MobileNetV2, nested", kind=".h5", build=nested("MobileNetV2"), scaling="-1-1"),
    _inside(name="MobileNetV3Small, nested", kind=".keras", build=nested("MobileNetV3Small")),
    _inside(name="EfficientNetB0, nested", kind=".h5", build=nested("EfficientNetB0")),
    _known(name="ResNet50, nested", kind=".h5", build=nested("ResNet50"), scaling="caffe"),
    _known(name="VGG16, flat", kind=".h5", build=flat("VGG16"), scaling="caffe"),
    _known(
        name="DenseNet121, nested", kind=".keras", build=nested("DenseNet121"), scaling="torch",
        slow=True,
    ),
    _known(
        name="Xception, flat", kind=".h5", build=flat("Xception", 71), size=(71, 71),
        scaling="-1-1",
    ),
    _known(
        name="InceptionV3, nested", kind=".h5", build=nested("InceptionV3", 75), size=(75, 75),
        scaling="-1-1",
    ),
    _inside(
        name="MobileNetV2, preprocess_input inside", kind=".h5",
        build=tutorial("MobileNetV2", scaling="preprocess_input"),
    ),
    _inside(
        name="VGG16, preprocess_input inside", kind=".h5",
        build=tutorial("VGG16", scaling="preprocess_input"),
    ),
    _inside(
        name="MobileNet, augmentation and Rescaling", kind="SavedModel",
        build=tutorial("MobileNet", scaling="Rescaling", augment=True),
    ),
    _known(
        name="MobileNet, 1,000 outputs", kind=".h5",
        build=flat("MobileNet", units=1000, whole=True), scaling="-1-1", labels=1000,
    ),
    _told(
        name="MobileNet, trained on 0 to 1", kind=".h5", build=nested("MobileNet"), scaling="0-1",
        options={"preprocess": "0-1"},
    ),
    # something before the scaling, or a scaling that does not tell
    _inside(
        name="MobileNet behind a centre crop", kind=".keras", size=(40, 40),
        build=behind(networks.CENTRE, networks.TO_MINUS_1),
    ),
    _told(
        name="MobileNet behind a scaling that does not tell", kind=".h5", size=(40, 40),
        scaling="-1-1", build=behind(networks.HALVED), options={"preprocess": "-1-1"},
    ),
    # of one's own
    _inside(name="CNN, Rescaling", kind=".h5", build=cnn(first=networks.rescaled)),
    _told(
        name="CNN", kind=".h5", build=cnn(), scaling="0-1",
        options={"preprocess": "0-1"},
        loss="categorical_crossentropy",
    ),
    _told(
        name="CNN, own mean and deviation", kind=".hdf5", build=cnn(),
        scaling="118,112,104/64",
        options={"preprocess": "118,112,104/64"},
    ),
    _told(
        name="CNN, Rescaling of 0 to 1", kind=".keras",
        build=cnn(first=networks.centred),
        scaling="0-1", found="inside",
    ),
    _inside(name="CNN, Normalization", kind=".keras", build=cnn(first=networks.adapted)),
    _inside(name="CNN, augmentation", kind=".keras", build=cnn(first=networks.augmented)),
    _inside(name="BatchNormalization, Dropout", kind=".h5", build=networks.regularised),
    _inside(name="branches", kind="SavedModel", build=networks.branched),
    _inside(name="squeeze and excite", kind=".h5", build=networks.squeezed),
    _inside(
        name="ViT", kind=".h5",
        build=networks.vision_transformer(networks.self_attention),
    ),
    _told(
        name="grey 28x28", kind=".h5", build=cnn(shape=(28, 28, 1), units=10),
        size=(28, 28),
        scaling="0-1", channels=1, labels=10, options={"preprocess": "0-1"},
    ),
    _told(
        name="channels first", kind=".h5", scaling="0-1", layout="channels_first",
        build=cnn(shape=(3, 32, 32), data_format="channels_first"), twin=cnn(),
        options={"preprocess": "0-1"},
    ),
    _inside(
        name="mixed precision", kind=".h5", only_on="tensorflow",
        build=networks.mixed_precision(cnn(first=networks.rescaled)),
    ),
    _inside(
        name="uint8 input", kind=".keras", dtype="uint8",
        build=cnn(first=networks.rescaled, dtype="uint8"),
    ),
    _inside(
        name="any size", kind=".h5", size=(36, 48),
        options={"input_size": (36, 48)},
        build=cnn(shape=(None, None, 3), first=networks.rescaled),
    ),
    # heads
    _inside(
        name="logits", kind=".h5", head="logits", after="softmax",
        build=cnn(first=networks.rescaled, activation=None),
        loss="sparse_categorical_crossentropy",
    ),
    _inside(
        name="multi-label", kind=".h5", head="sigmoid", loss="binary_crossentropy",
        build=cnn(first=networks.rescaled, activation="sigmoid"),
    ),
    _inside(
        name="binary", kind=".h5", head="binary", labels=2,
        loss="binary_crossentropy",
        build=cnn(first=networks.rescaled, units=1, activation="sigmoid"),
    ),
    _inside(
        name="binary logit", kind=".keras", head="binary", after="sigmoid",
        labels=2,
        build=cnn(first=networks.rescaled, units=1, activation=None),
        loss=networks.of_logits,
    ),
    _inside(
        name="regression of 3", kind=".h5", head="regression", labels=3, loss="mse",
        build=cnn(first=networks.rescaled, units=3, activation=None),
    ),
    _inside(
        name="regression of 1", kind="SavedModel", head="regression", labels=1,
        build=cnn(first=networks.rescaled, units=1, activation=None),
    ),
    _told(
        name="4 linear units", kind="SavedModel", head="regression", labels=4, scaling="none",
        build=cnn(first=networks.rescaled, units=4, activation=None), found="inside",
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
        name="clips: Conv3D", kind=".h5", build=networks.clip(networks.conv_3d),
        window=4,
    ),
    _inside(
        name="clips: ConvLSTM2D", kind="SavedModel", build=networks.clip(networks.conv_lstm),
        window=4,
    ),
    _known(
        name="clips: MobileNetV2 and GRU", kind=".h5", build=networks.clip_of("MobileNetV2"),
        scaling="-1-1", window=4,
    ),
)  # fmt: skip
