"""A careful script: OpenCV and a traced function on batches of 32, then MoviePy draws and writes.

The model is kept busy with whole batches, its function is traced once for any batch size, only the
label's rectangle is drawn on, and the sound is copied. The clip is decoded twice, as MoviePy asks
for pictures one at a time.

    python careful.py MODEL INPUT OUTPUT
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
from moviepy import VideoFileClip

BATCH_SIZE = 32


def small_pictures(path: str) -> Iterator[np.ndarray]:
    """Every frame at the model's size, (224, 224, 3) uint8 RGB."""
    capture = cv2.VideoCapture(path)
    while True:
        is_read, picture = capture.read()
        if not is_read:
            break
        small = cv2.resize(picture, (224, 224), interpolation=cv2.INTER_AREA)
        yield cv2.cvtColor(small, cv2.COLOR_BGR2RGB)
    capture.release()


def batches(pictures: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
    """Batches of at most 32, (N, 224, 224, 3) float32."""
    held = []
    for picture in pictures:
        held.append(picture)
        if len(held) == BATCH_SIZE:
            yield np.stack(held).astype(np.float32)
            held = []
    if held:
        yield np.stack(held).astype(np.float32)


def answers(model_path: str, input_path: str) -> list[str]:
    """What to write on each frame."""
    model = keras.saving.load_model(model_path, compile=False)
    labels = json.loads(Path(model_path).with_suffix(".json").read_text("utf-8"))["labels"]
    signature = [tf.TensorSpec((None, 224, 224, 3), tf.float32)]
    infer = tf.function(lambda batch: model(batch, training=False), input_signature=signature)
    texts = []
    for batch in batches(small_pictures(input_path)):
        for scores in infer(batch).numpy():
            best = int(scores.argmax())
            texts.append(f"{labels[best]} {scores[best]:.0%}")
    return texts


def draw(picture: np.ndarray, text: str) -> np.ndarray:
    """The picture with a label on it, drawn in place where it can be."""
    if not picture.flags.writeable:
        picture = picture.copy()
    scale = picture.shape[0] / 720
    (width, height), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, 2)
    cv2.rectangle(picture, (20, 20), (40 + width, 40 + 2 * height), (0, 0, 0), cv2.FILLED)
    place = (30, 30 + round(1.5 * height))
    white = (255, 255, 255)
    cv2.putText(picture, text, place, cv2.FONT_HERSHEY_SIMPLEX, scale, white, 2, cv2.LINE_AA)
    return picture


def main() -> None:
    """Predict the whole clip, then draw and write it."""
    model_path, input_path, output_path = sys.argv[1:]
    texts = answers(model_path, input_path)
    with VideoFileClip(input_path) as clip:
        last = len(texts) - 1
        clip.transform(
            lambda get_frame, t: draw(get_frame(t), texts[min(round(t * clip.fps), last)])
        ).write_videofile(
            output_path,
            codec="libx264",
            preset="veryfast",
            ffmpeg_params=["-crf", "20"],
            audio_codec="aac",
            logger=None,
        )


if __name__ == "__main__":
    main()
