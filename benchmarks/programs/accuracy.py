"""How often a Keras model is right on a folder of pictures: Keras, Pillow, OpenCV and NumPy alone.

    python benchmarks/programs/accuracy.py MODEL.keras PICTURES

Pictures are brought to size as the description beside the model says, else as Keras does.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import cv2
import keras
import numpy as np
from PIL import Image

KERNELS = {"area": cv2.INTER_AREA, "bilinear": cv2.INTER_LINEAR_EXACT}
BINS = 15


def main(model_path: Path, folder: Path) -> None:
    """Print accuracy and expected calibration error as JSON."""
    model = keras.saving.load_model(model_path, compile=False)
    told = model_path.with_suffix(".json")
    resize = json.loads(told.read_text())["resize"]["kernel"] if told.exists() else "bilinear"
    classes = sorted(path.name for path in folder.iterdir() if path.is_dir())
    files = [(file, place) for place, name in enumerate(classes)
             for file in sorted((folder / name).iterdir())]  # fmt: skip
    size = model.input_shape[1:3]
    scores = []
    for begin in range(0, len(files), 64):
        pictures = [shown(file, size, resize) for file, _ in files[begin : begin + 64]]
        scores.append(np.asarray(model(np.stack(pictures).astype("float32"), training=False)))
    answers = np.concatenate(scores)
    right = answers.argmax(axis=1) == np.array([place for _, place in files])
    print(json.dumps({"accuracy": float(right.mean()), "ece": ece(answers.max(axis=1), right)}))


def shown(file: Path, size: tuple[int, int], kernel: str) -> np.ndarray:
    """(h, w, 3) uint8 RGB."""
    with Image.open(file) as image:
        picture = image.convert("RGB")
    if kernel == "bicubic":
        return np.asarray(picture.resize(size[::-1], Image.Resampling.BICUBIC))
    return cv2.resize(np.asarray(picture), size[::-1], interpolation=KERNELS[kernel])


def ece(confidences: np.ndarray, right: np.ndarray) -> float:
    """Guo et al. 2017, equation 3."""
    bins = np.minimum((confidences * BINS).astype(int), BINS - 1)
    gaps = [abs((right[bins == k] - confidences[bins == k]).sum()) for k in range(BINS)]
    return float(sum(gaps) / len(right))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
