"""As careful.py, but in one pass: OpenCV reads, MoviePy's writer is handed each frame.

The fastest that these libraries gave: the clip is decoded once, frames wait for their batch, and
FFmpeg encodes in its own process and copies the sound while Python goes on.

    python one_pass.py MODEL INPUT OUTPUT
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import cv2
import keras
import numpy as np
import tensorflow as tf
from careful import BATCH_SIZE, draw
from moviepy.video.io.ffmpeg_writer import FFMPEG_VideoWriter


def batches(capture: cv2.VideoCapture) -> Iterator[list[np.ndarray]]:
    """Runs of at most 32 frames, each (height, width, 3) uint8 BGR."""
    held: list[np.ndarray] = []
    while True:
        is_read, picture = capture.read()
        if not is_read:
            break
        held.append(picture)
        if len(held) == BATCH_SIZE:
            yield held
            held = []
    if held:
        yield held


def model_input(pictures: list[np.ndarray]) -> np.ndarray:
    """The frames as the model takes them, (N, 224, 224, 3) float32 RGB."""
    small = [cv2.resize(picture, (224, 224), interpolation=cv2.INTER_AREA) for picture in pictures]
    return np.stack(small)[..., ::-1].astype(np.float32)


def main() -> None:
    """Read, predict, draw and write."""
    model_path, input_path, output_path = sys.argv[1:]
    model = keras.saving.load_model(model_path, compile=False)
    labels = json.loads(Path(model_path).with_suffix(".json").read_text("utf-8"))["labels"]
    signature = [tf.TensorSpec((None, 224, 224, 3), tf.float32)]
    infer = tf.function(lambda batch: model(batch, training=False), input_signature=signature)
    capture = cv2.VideoCapture(input_path)
    size = [
        int(capture.get(side)) for side in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT)
    ]
    with FFMPEG_VideoWriter(
        output_path,
        size,
        capture.get(cv2.CAP_PROP_FPS),
        preset="veryfast",
        ffmpeg_params=["-crf", "20"],
        audiofile=input_path,
        audio_codec="copy",
    ) as writer:
        for pictures in batches(capture):
            for picture, scores in zip(pictures, infer(model_input(pictures)).numpy(), strict=True):
                best = int(scores.argmax())
                draw(picture, f"{labels[best]} {scores[best]:.0%}")
                writer.write_frame(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB))
    capture.release()


if __name__ == "__main__":
    main()
