"""What tutorials write: Flask-SocketIO, base64, and `model.predict` on one frame at a time.

    python tutorial_server.py MODEL.keras PORT

It speaks the events of `vidclf serve`, so that the same clients ask both.
"""

import base64
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import cv2
import keras
import numpy as np
from flask import Flask
from flask_socketio import SocketIO, emit

model_path, port = sys.argv[1:]
model = keras.saving.load_model(model_path, compile=False)
model.predict(np.zeros((1, 224, 224, 3), np.float32), verbose=0)
app = Flask(__name__)
server = SocketIO(app, async_mode="threading", max_http_buffer_size=10_000_000)


@server.on("frame")
def frame(data):
    """Answer a frame."""
    picture = np.frombuffer(base64.b64decode(data["image"]), np.uint8)
    pixels = cv2.cvtColor(cv2.imdecode(picture, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    small = cv2.resize(pixels, (224, 224)).astype(np.float32)
    scores = model.predict(small[None], verbose=0)[0]
    answer = {"id": data["id"], "class_id": int(scores.argmax()), "confidence": float(scores.max())}
    emit("prediction", answer)
    return answer


print("ready", flush=True)
server.run(app, host="127.0.0.1", port=int(port), allow_unsafe_werkzeug=True)
