"""Networks as OpenVINO graphs: ONNX, TFLite and OpenVINO files."""
