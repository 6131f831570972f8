"""Layers of Keras 2, each as a line of Python, by the shape of what they are fed."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

Array = NDArray[Any]

_PICTURE = """
Activation("elu")
Activation("gelu")
Activation("hard_sigmoid")
Activation("mish")
Activation("relu")
Activation("selu")
Activation("softplus")
Activation("swish")
Activation("tanh")
Conv2D(3, 3, activation="hard_sigmoid")
ReLU(max_value=2, negative_slope=0.1, threshold=0.5)
LeakyReLU()
LeakyReLU(alpha=0.1)
ELU(0.5)
PReLU()
PReLU(shared_axes=[1, 2])
ThresholdedReLU(0.7)
Softmax()
Softmax(axis=1)
Softmax(axis=[1, 2])
Softmax(axis=(1, 2, 3))
MaxPooling2D((3, 2), strides=(2, 3), padding="same")
AveragePooling2D((3, 2), strides=(2, 3), padding="same")
GlobalMaxPooling2D()
GlobalAveragePooling2D(keepdims=True)
BatchNormalization()
BatchNormalization(axis=1, epsilon=0.1)
BatchNormalization(center=False, scale=False)
BatchNormalization(synchronized=True)
LayerNormalization()
LayerNormalization(axis=[1, 2], epsilon=0.1)
LayerNormalization(axis=(1, 2), center=False, scale=False)
GroupNormalization(2)
UnitNormalization()
UnitNormalization(axis=[1, 2])
Normalization(mean=[1, 2, 3, 4], variance=[1, 2, 3, 4])
Normalization(mean=[1, 2, 3, 4], variance=[1, 2, 3, 4], invert=True)
Normalization(axis=None, mean=1.0, variance=4.0)
adapted(Normalization())
adapted(Normalization(axis=None))
adapted(Normalization(axis=(1, 3)))
Rescaling(2, offset=-1)
Rescaling([1.0, 2.0, 3.0, 4.0], offset=[0.0, 1.0, 2.0, 3.0])
Resizing(5, 11)
Resizing(5, 11, interpolation="nearest")
Resizing(5, 11, interpolation="bicubic")
Resizing(5, 11, interpolation="area")
Resizing(5, 11, interpolation="lanczos3")
Resizing(5, 11, interpolation="gaussian")
Resizing(5, 11, interpolation="mitchellcubic")
Resizing(5, 11, crop_to_aspect_ratio=True)
CenterCrop(3, 5)
CenterCrop(10, 6)
RandomCrop(5, 6)
RandomCrop(10, 12)
UpSampling2D((2, 3))
UpSampling2D((2, 3), interpolation="bilinear")
UpSampling2D((2, 3), interpolation="bicubic")
UpSampling2D((2, 3), interpolation="lanczos3")
UpSampling2D((2, 3), interpolation="gaussian")
UpSampling2D((2, 3), interpolation="mitchellcubic")
Conv2D(4, 3, strides=2, padding="same")
Conv2D(4, (3, 2), dilation_rate=2, padding="same", use_bias=False)
Conv2D(4, 3, groups=2)
Conv2DTranspose(4, 3, strides=2, padding="same")
Conv2DTranspose(4, 3, strides=2, output_padding=1)
Conv2DTranspose(4, 3, dilation_rate=2)
SeparableConv2D(4, 3, depth_multiplier=2, strides=2, padding="same", activation="hard_sigmoid")
DepthwiseConv2D(3, strides=2, padding="same", depth_multiplier=2)
DepthwiseConv2D(3, dilation_rate=2)
LocallyConnected2D(4, 3)
LocallyConnected2D(4, 3, implementation=2, padding="same")
Flatten()
Flatten(data_format="channels_first")
Reshape((-1, 4))
Permute((3, 1, 2))
ZeroPadding2D(((1, 2), (0, 3)))
Cropping2D(((1, 2), (0, 3)))
Dropout(0.5)
SpatialDropout2D(0.5)
GaussianNoise(1.0)
GaussianDropout(0.5)
AlphaDropout(0.5)
ActivityRegularization(0.1)
Identity()
RandomFlip()
RandomRotation(0.2)
RandomZoom(0.2)
RandomContrast(0.2)
RandomBrightness(0.2)
RandomHeight(0.2)
RandomWidth(0.2)
MultiHeadAttention(2, 3, attention_axes=(1, 2))(x, x)
Add()([x, Conv2D(4, 1)(x)])
Subtract()([x, Conv2D(4, 1)(x)])
Multiply()([x, Conv2D(4, 1)(x)])
Average()([x, Conv2D(4, 1)(x)])
Minimum()([x, Conv2D(4, 1)(x)])
Concatenate(axis=1)([x, x])
x[:, 1:-1, ::2, ::-1]
(2 / (x * x + 1) - 1) ** 2 // 0.1 + -x
tf.nn.leaky_relu(tf.nn.relu6(x) - 1, 0.3)
tf.image.resize(x, (5, 6), method="bicubic", antialias=True)
tf.image.per_image_standardization(x)
tf.cumsum(tf.math.divide_no_nan(tf.sin(x), tf.abs(x)), axis=2)
tf.where(x > 0, x, tf.exp(x))
tf.nn.softmax(x, axis=1)
tf.nn.depth_to_space(x, 2)
tf.nn.local_response_normalization(x)
tf.concat(tf.split(x, 2, axis=-1)[::-1], 1)
tf.math.l2_normalize(x, axis=[1, 2])
activations.hard_sigmoid(x)
backend.hard_sigmoid(x)
"""
_SEQUENCE = """
Dense(4, activation="hard_sigmoid")
Dense(4, activation="softmax")
TimeDistributed(Dense(4, activation="hard_sigmoid"))
EinsumDense("abc,cd->abd", output_shape=(None, 4), bias_axes="d", activation="hard_sigmoid")
MaxPooling1D(3, strides=1, padding="same")
AveragePooling1D(3, padding="same")
GlobalMaxPooling1D()
GlobalAveragePooling1D(data_format="channels_first")
GlobalAveragePooling1D()(Masking()(x))
UpSampling1D(3)
Conv1D(4, 3, padding="causal", dilation_rate=2)
Conv1D(5, 3, strides=2, padding="same", groups=5)
Conv1DTranspose(4, 3, strides=2)
SeparableConv1D(4, 3, depth_multiplier=2)
SeparableConv1D(4, 3, padding="causal")
DepthwiseConv1D(3, depth_multiplier=2)
LocallyConnected1D(4, 3)
ZeroPadding1D((1, 2))
Cropping1D((1, 2))
LSTM(4)
LSTM(4, recurrent_activation="hard_sigmoid")
LSTM(4, activation="relu", go_backwards=True, use_bias=False)
LSTM(4)(Masking()(x))
GRU(4)
GRU(4, recurrent_activation="hard_sigmoid")
GRU(4, reset_after=False)
GRU(4, recurrent_activation="hard_sigmoid", reset_after=False)
SimpleRNN(4, dropout=0.5)
RNN(LSTMCell(4, recurrent_activation="hard_sigmoid"))
RNN([LSTMCell(4), GRUCell(3, reset_after=False), SimpleRNNCell(2)])
Bidirectional(LSTM(4, recurrent_activation="hard_sigmoid", return_sequences=True))
Bidirectional(GRU(4, recurrent_activation="hard_sigmoid"), merge_mode="sum")
Bidirectional(LSTM(4), backward_layer=GRU(4, go_backwards=True))
MultiHeadAttention(2, 3)(x, x)
MultiHeadAttention(2, 3)(x, value=Dense(5)(x))
MultiHeadAttention(2, 3, value_dim=2, output_shape=6)(query=x, value=Dense(5)(x), key=Dense(7)(x))
MultiHeadAttention(2, 3)(x, x, use_causal_mask=True)
MultiHeadAttention(2, 3)(x, x, attention_mask=tf.reduce_sum(x, -1, keepdims=True) > 0)
MultiHeadAttention(2, 3)(x, x, return_attention_scores=True)[1]
MultiHeadAttention(2, 3)(Masking()(x), x)
Attention()([x, Dense(5)(x)])
Attention(use_scale=True, score_mode="concat")([x, x])
Attention()([x, x, x], use_causal_mask=True)
AdditiveAttention()([x, Dense(5)(x)])
Dot(axes=1)([x, Dense(5)(x)])
Dot(axes=-1, normalize=True)([x, Dense(5)(x)])
RepeatVector(3)(Flatten()(x))
Discretization(bin_boundaries=[-1.0, 0.0, 1.0])
"""
_CLIP = """
TimeDistributed(Conv2D(3, 3, activation="hard_sigmoid"))
ConvLSTM2D(3, 3)
ConvLSTM2D(3, 3, recurrent_activation="sigmoid", strides=2, padding="same")
ConvLSTM1D(3, 3, recurrent_activation="hard_sigmoid")(Reshape((4, 6, 18))(x))
ConvLSTM3D(2, 2, padding="same")(Reshape((4, 6, 3, 2, 3))(x))
MaxPooling3D(2, padding="same")
AveragePooling3D(3, strides=1, padding="same")
GlobalAveragePooling3D()
GlobalMaxPooling3D()
BatchNormalization()
UpSampling3D((2, 1, 2))
Conv3D(4, 3, padding="same", activation="hard_sigmoid")
Conv3DTranspose(4, 3, strides=2)
ZeroPadding3D(1)
Cropping3D(1)
Dot(axes=(4, 3))([x, Permute((1, 2, 4, 3))(x)])
"""
_NUMBERS = """
Embedding(20, 4)
CategoryEncoding(20, output_mode="count")
Hashing(8)(tf.cast(x, "int64"))
IntegerLookup(vocabulary=[1, 2, 3])(tf.cast(x, "int64"))
"""
_SHAPES = {_PICTURE: (8, 8, 4), _SEQUENCE: (6, 5), _CLIP: (4, 6, 6, 3), _NUMBERS: (6,)}
LAYERS = [
    pytest.param(line, shape, id=line)
    for lines, shape in _SHAPES.items()
    for line in lines.strip().splitlines()
]
"""A layer, or what is made of the input `x`, and the shape of that."""
CANNOT_BE_READ_BACK = [
    ("MultiHeadAttention(2, 3)(x, x, attention_mask=np.tri(6)[None] > 0)", (6, 5)),
    ("experimental.RandomFourierFeatures(6)", (7,)),
    ('tf.einsum("bhw,bhv->bwv", x, x)', (6, 5)),
]
"""What tf_keras itself saves so that it cannot load it."""


def build(line: str, shape: tuple[int, ...]) -> Any:
    """Build a network of one line of the lists above, with random weights."""
    import tensorflow as tf
    import tf_keras

    x = tf_keras.Input(shape)
    names = {"tf": tf, "np": np, "x": x, "adapted": lambda layer: _adapt(layer, shape)}
    names |= {"activations": tf_keras.activations, "backend": tf_keras.backend}
    made = eval(line, vars(tf_keras.layers) | names)
    model = tf_keras.Model(x, made(x) if callable(made) else made)
    if "Normalization(a" not in line and "adapted" not in line:
        randomise(model)
    return model


def randomise(model: Any) -> None:
    """Give a network other weights than those that a fresh one has; variances are positive."""
    generator = np.random.default_rng(1)
    floats = [weight for weight in model.weights if weight.dtype.is_floating]
    for weight in floats:
        values = generator.uniform(-1, 1, weight.shape)
        weight.assign(values**2 + 0.1 if "variance" in weight.name else values)


def _adapt(layer: Any, shape: tuple[int, ...]) -> Any:
    layer.adapt(np.random.default_rng(2).normal(3, 2, (20, *shape)).astype(np.float32))
    return layer


def inputs(shape: tuple[int, ...], *, whole: bool) -> Array:
    """Make numbers between -3 and 3, where activations differ, or whole ones from 0 to 9."""
    generator = np.random.default_rng(0)
    if whole:
        return generator.integers(0, 10, (3, *shape)).astype(np.float32)
    values = generator.uniform(-3, 3, (3, *shape)).astype(np.float32)
    values[0, -1] = 0  # what `Masking` leaves out
    return values


def save(model: Any, path: Path) -> Path:
    """Save a model without Keras' remark that HDF5 is legacy."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.save(path)
    return path
