"""What most people write: MoviePy, and `model.predict` on one frame at a time.

python naive.py MODEL INPUT OUTPUT
"""

import json
import os
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import cv2
import keras
import numpy as np
from moviepy import VideoFileClip
from PIL import Image, ImageDraw, ImageFont

model_path, input_path, output_path = sys.argv[1:]
model = keras.saving.load_model(model_path, compile=False)
labels = json.loads(Path(model_path).with_suffix(".json").read_text("utf-8"))["labels"]


def annotate(picture: np.ndarray) -> np.ndarray:
    """Draw the answer on a picture, (height, width, 3) uint8 RGB."""
    small = cv2.resize(picture, (224, 224), interpolation=cv2.INTER_AREA)
    scores = model.predict(small[None].astype(np.float32), verbose=0)[0]
    best = int(scores.argmax())
    image = Image.fromarray(picture)
    draw = ImageDraw.Draw(image)
    draw.rectangle((20, 20, 20 + 14 * font.size, 20 + 2 * font.size), fill=(0, 0, 0))
    text = f"{labels[best]} {scores[best]:.0%}"
    draw.text((20 + font.size // 2, 20 + font.size // 2), text, font=font, fill=(255, 255, 255))
    return np.array(image)


with VideoFileClip(input_path) as clip:
    font = ImageFont.load_default(size=clip.h // 30)
    clip.image_transform(annotate).write_videofile(
        output_path,
        codec="libx264",
        preset="veryfast",
        ffmpeg_params=["-crf", "20"],
        audio_codec="aac",
        logger=None,
    )
