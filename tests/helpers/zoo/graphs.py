"""Models exported for other runtimes: TFLite, ONNX and OpenVINO."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from helpers.zoo import networks
from helpers.zoo.entries import Entry
from helpers.zoo.networks import behind, cnn, flat, nested
from vidclf.core.openvino_import import import_openvino
from vidclf.models.keras_files.loading import export_saved_model

_inside: Any = partial(Entry, found="inside", scaling="none", loader="openvino")
_known: Any = partial(Entry, found="backbone", loader="openvino")
_told: Any = partial(Entry, found="told", loader="openvino")


def export(model: Any, path: Path) -> None:
    """Write a model as TFLite, ONNX or OpenVINO's own form."""
    import tensorflow as tf

    if path.suffix == ".onnx":
        export_onnx(model, path)
        return
    folder = path.with_name("exported")
    export_saved_model(model, folder)
    if path.suffix == ".tflite":
        path.write_bytes(tf.lite.TFLiteConverter.from_saved_model(str(folder)).convert())
        return
    openvino = import_openvino()
    openvino.serialize(openvino.Core().read_model(str(folder)), str(path))


def export_onnx(model: Any, path: Path) -> None:
    """Write the ONNX form of a Sequential CNN, its channels first as PyTorch has them."""
    nodes, weights = [], []
    height, width, channels = model.inputs[0].shape[1:]
    taken = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", channels, height, width])

    def add(operation: str, constants: list[Any], **attributes: Any) -> None:
        before, after = (f"t{len(nodes)}" if nodes else "x"), f"t{len(nodes) + 1}"
        names = [f"{after}_{place}" for place in range(len(constants))]
        for name, value in zip(names, constants, strict=True):
            weights.append(numpy_helper.from_array(np.ascontiguousarray(value, np.float32), name))
        nodes.append(helper.make_node(operation, [before, *names], [after], **attributes))

    for layer in model.layers:
        kind, constants = type(layer).__name__, [np.asarray(w) for w in layer.get_weights()]
        if kind == "Rescaling":
            add("Mul", [layer.scale])
        elif kind == "Conv2D":
            add("Conv", [constants[0].transpose(3, 2, 0, 1), constants[1]])
            add("Relu", [])
        elif kind == "MaxPooling2D":
            add("MaxPool", [], kernel_shape=[2, 2], strides=[2, 2])
        elif kind == "GlobalAveragePooling2D":
            add("GlobalAveragePool", [])
            add("Flatten", [])
        elif kind == "Dense":
            add("Gemm", constants)
            name = layer.activation.__name__
            add({"relu": "Relu", "softmax": "Softmax", "linear": "Identity"}[name], [])
    last = f"t{len(nodes)}"
    given = helper.make_tensor_value_info(last, TensorProto.FLOAT, ["N", model.outputs[0].shape[1]])
    graph = helper.make_graph(nodes, "graph", [taken], [given], weights)
    opsets = [helper.make_opsetid("", 17)]
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=9), path)


EXPORTED: tuple[Entry, ...] = (
    _inside(
        name="MobileNet behind a resize", library="keras", kind=".tflite", size=(40, 40),
        build=behind(networks.RESIZED, networks.TO_MINUS_1),
    ),
    _inside(
        name="MobileNet behind a margin", library="tf_keras", kind=".xml", size=(40, 40),
        build=behind(networks.PADDED, networks.TO_MINUS_1),
    ),
    _told(  # its converter folds the Rescaling into the weights
        name="CNN, Rescaling", library="tf_keras", kind=".tflite", scaling="none",
        build=cnn(first=networks.rescaled), options={"preprocess": "none"},
    ),
    _inside(
        name="MobileNetV3Small, nested", library="keras", kind=".tflite",
        build=nested("MobileNetV3Small"),
    ),
    _told(
        name="CNN, multi-label", library="keras", kind=".tflite", scaling="0-1", head="sigmoid",
        build=cnn(activation="sigmoid"), options={"preprocess": "0-1"},
    ),
    _known(
        name="MobileNetV2, nested", library="tf_keras", kind=".tflite", scaling="-1-1",
        build=nested("MobileNetV2"),
    ),
    _told(
        name="CNN", library="keras", kind=".onnx", scaling="torch", layout="channels_first",
        build=cnn(), twin=cnn(), options={"preprocess": "torch"},
    ),
    _inside(
        name="CNN, Rescaling, logits", library="keras", kind=".onnx", head="logits",
        layout="channels_first", after="softmax", options={"head": "logits"},
        build=cnn(first=networks.rescaled, activation=None),
        twin=cnn(first=networks.rescaled, activation=None),
    ),
    _inside(
        name="MobileNetV3Small, flat", library="keras", kind=".xml",
        build=flat("MobileNetV3Small"),
    ),
    _told(  # OpenVINO's converter does not keep the names of layers
        name="MobileNet, flat", library="tf_keras", kind=".xml", scaling="-1-1",
        build=flat("MobileNet"), options={"preprocess": "-1-1"},
    ),
    _inside(
        name="clips: CNN and GRU", library="keras", kind=".xml", window=4,
        build=networks.clip(networks.gru),
    ),
)  # fmt: skip
