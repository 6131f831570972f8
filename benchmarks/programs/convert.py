"""Make the OpenVINO form that floor.py runs, from a Keras model, by way of a SavedModel.

python convert.py MODEL.keras MODEL.xml
"""

import sys
import tempfile

from vidclf.core.openvino_import import import_openvino
from vidclf.models.keras_files.loading import load_keras

keras_path, xml_path = sys.argv[1:]
openvino = import_openvino()
with tempfile.TemporaryDirectory() as saved_model:
    load_keras(keras_path).export(saved_model, format="tf_saved_model", verbose=False)
    openvino.serialize(openvino.Core().read_model(saved_model), xml_path)
