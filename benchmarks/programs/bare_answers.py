"""What cannot be left out of an answer: decode, resize, infer, one after another.

    python bare_answers.py MODEL.xml PICTURE FRAMES

Prints JSON: the median and the 99th percentile in milliseconds, and frames a second.
"""

import json
import sys
import time
from pathlib import Path

import cv2
import numpy as np

from vidclf.core.openvino_import import import_openvino

model, picture, frames = sys.argv[1:]
settings = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"}
compiled = import_openvino().Core().compile_model(model, "CPU", settings)
request = compiled.create_infer_request()
data = np.frombuffer(Path(picture).read_bytes(), np.uint8)
taken = []
for number in range(-20, int(frames)):
    began = time.perf_counter()
    pixels = cv2.imdecode(data, cv2.IMREAD_COLOR_RGB)
    small = cv2.resize(pixels, (224, 224), interpolation=cv2.INTER_AREA)
    request.infer([((small[None].astype(np.float32)) - 127) / 128])
    int(request.get_output_tensor(0).data.argmax())
    if number >= 0:
        taken.append(time.perf_counter() - began)
milliseconds = 1000 * np.array(taken)
print(
    json.dumps(
        {
            "median_ms": float(np.median(milliseconds)),
            "p99_ms": float(np.percentile(milliseconds, 99)),
            "fps": float(1000 / milliseconds.mean()),
        }
    )
)
