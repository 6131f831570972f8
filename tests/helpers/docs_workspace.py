"""The folder in which the blocks of README and docs run: clips, models and tables."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import imageio.v3 as iio
import numpy as np
import pandas as pd

import vidclf
from helpers.clips import ClipSpec, Track, make_clip, numbered_picture
from helpers.engines import annotated, described
from helpers.zoo.making import quietly_legacy
from vidclf.models.keras_files.loading import import_keras

SAMPLE = Path(__file__).parents[2] / "samples" / "photographs.mp4"
LABELS = ("Egyptian cat", "Samoyed", "lynx")
SPEEDS = [10.0, 20.0, 30.0]


def make_clips(folder: Path) -> None:
    """Make the clips: `clip.mp4` is of the sample, so that the built-in model knows it."""
    for name in ("samples", "footage/day_2", "shots"):
        (folder / name).mkdir(parents=True)
    for name in (SAMPLE.name, "clips.csv"):
        shutil.copy(SAMPLE.with_name(name), folder / "samples")
    make_excerpt(folder / "clip.mp4")
    make_clip(folder / "dog.mp4", ClipSpec(frames=300, rate=Fraction(2)))
    for name in ("cat.mp4", "day_2/cow.mp4"):
        make_clip(folder / "footage" / name, ClipSpec(frames=12, tracks=[Track()]))
    iio.imwrite(folder / "photo.jpg", numbered_picture(0))
    for number in range(1, 7):
        iio.imwrite(folder / "shots" / f"frame_{number:05d}.png", numbered_picture(number))


def make_excerpt(path: Path) -> None:
    """Write each fifth frame of the sample's first ten seconds, a quarter as wide."""
    with av.open(str(SAMPLE)) as source, av.open(str(path), "w") as target:
        stream = target.add_stream("libx264", rate=5)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for index, frame in enumerate(source.decode(video=0)):
            if index >= 250:
                break
            if index % 5 == 0:
                small = frame.reformat(width=320, height=180)
                small.pts, small.time_base = index // 5, Fraction(1, 5)
                target.mux(stream.encode(small))
        target.mux(stream.encode(None))


def make_models(folder: Path) -> None:
    """Make the model files, with labels beside those that have some."""
    colour_model(head="softmax").save(folder / "birds.keras")
    (folder / "birds.txt").write_text("sparrow\nrobin\nwren\n", encoding="utf-8")
    with quietly_legacy():
        colour_model(head="softmax").save(folder / "cats.h5")
    (folder / "class_names.json").write_text('["cat", "dog", "neither"]', encoding="utf-8")
    colour_model(head="softmax", window=8).save(folder / "actions.keras")


def make_labelled_data(folder: Path) -> None:
    """Make what is true: photographs in a folder for each label, and the segments of clips."""
    for place, label in enumerate(("cat", "dog", "neither")):
        (folder / "photos" / label).mkdir(parents=True)
        for number in range(8):
            picture = numbered_picture(8 * place + number)
            iio.imwrite(folder / "photos" / label / f"{number}.png", picture)
    (folder / "truth").mkdir()
    for clip, segments in {
        "dog": "0,40,Samoyed\n40,1:15.5,lynx\n2:00,2:30,Egyptian cat\n",
        "clip": "0,3.7,Egyptian cat\n4.2,9,espresso\n",
    }.items():
        text = "start,end,label\n" + segments
        (folder / "truth" / f"{clip}.csv").write_text(text, encoding="utf-8")


def make_tables(folder: Path) -> None:
    """Make the tables that recipes and the pages of commands name."""
    shutil.copy(folder / "dog.mp4", folder / "footage")
    known = {"model": folder / "birds.keras", "labels": list(LABELS), "video": False}
    for output, more in (
        ("outputs", {"smooth": 1.5}),
        ("small", {"smooth": 0}),
        ("large", {"smooth": 4}),
    ):
        vidclf.annotate(folder / "dog.mp4", output=folder / output, **known, **more)
    vidclf.annotate(SAMPLE, output=folder / "outputs", stride=3, **known)
    street = described(
        colour_model(head="sigmoid"), head="sigmoid", labels=("car", "bus", "big; dog")
    )
    annotated(folder / "dog.mp4", folder / "street", street, video=False)
    drive = described(
        colour_model(head="linear"), head="regression", labels=("speed", "angle", "height")
    )
    annotated(folder / "dog.mp4", folder / "drive", drive, video=False, smooth=1.0)
    for name in ("street", "drive"):
        (folder / name / "dog_predictions.csv").rename(folder / name / f"{name}_predictions.csv")
    dogs = pd.read_csv(folder / "outputs" / "dog_predictions.csv")
    german = dogs.replace({"inferred": {True: "WAHR", False: "FALSCH"}})
    german.to_csv(folder / "german.csv", sep=";", decimal=",", index=False)
    readings = {"timestamp": [0.01, 1.02, 2.3], "speed": SPEEDS}
    pd.DataFrame(readings).to_csv(folder / "drive" / "sensor.csv", index=False)


def colour_model(*, head: str, units: int = 3, window: int | None = None) -> Any:
    """A network that tells which of red, green and blue is strongest, in a picture or several."""
    keras = import_keras()
    shape = (24, 32, 3) if window is None else (window, 24, 32, 3)
    layers = keras.layers
    pool = layers.GlobalAveragePooling2D if window is None else layers.GlobalAveragePooling3D
    model = keras.Sequential(
        [
            layers.Input(shape),
            layers.Rescaling(1 / 255),
            pool(),
            layers.Dense(units, activation=head),
        ]
    )
    model.set_weights([30 * np.eye(3, units) - 10, np.zeros(units)])
    return model
