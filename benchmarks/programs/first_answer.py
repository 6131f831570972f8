"""The floor for a first answer: OpenVINO, a converted model, one batch, and nothing else.

    python first_answer.py MODEL.xml HEIGHT WIDTH

No clip is opened, no model file is looked at, nothing is checked and nothing is written.
"""

import sys

import numpy as np

from vidclf.core.openvino_import import import_openvino

xml, height, width = sys.argv[1:]
config = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"}
core = import_openvino().Core()
request = core.compile_model(core.read_model(xml), "CPU", config).create_infer_request()
print(request.infer([np.zeros((1, int(height), int(width), 3), np.float32)])[0].argmax())
