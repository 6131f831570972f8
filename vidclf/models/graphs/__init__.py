"""Graphs that OpenVINO runs as they are, are read here: ONNX, TFLite and OpenVINO files."""
