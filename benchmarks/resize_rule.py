"""Which way of resizing a whole video frame suits the built-in model best?

    python benchmarks/resize_rule.py FOLDER [--labels FILE]

FOLDER holds the pictures that the label file names. The label file is CSV with `file` (path below
FOLDER) and `labels` (the answers that are right, parted by `|`). resize_rule_labels.csv beside this
script lists the pictures behind docs/models.md, one folder for each package they came from.

Each picture is tried as it was shot, and cut to a video frame: its largest 16:9 centre where it is
wider than high, 9:16 where it is higher. Photographers put their subject in the middle; on video it
wanders, so there are also 16:9 cuts that bring the picture's middle to a third of the frame. Out
come Markdown tables: right at first, right among five, and the mean score of the right answers.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vidclf.core.frames import Pixels, Scores
from vidclf.core.preprocessing import Resize, ResizeKernel, ResizeRule

ASSETS = Path(__file__).resolve().parents[1] / "vidclf" / "assets" / "efficientnet-lite0"
SIZE = (224, 224)
KERNELS: tuple[ResizeKernel, ...] = ("area", "bilinear", "bicubic")
RULES: tuple[tuple[ResizeRule, float], ...] = (
    ("stretch", 1.0),
    ("crop", 1.0),
    ("crop", 0.95),
    ("crop", 0.875),
    ("pad", 1.0),
)


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A labelled picture."""

    pixels: Pixels
    """(H, W, 3) uint8 RGB."""
    right: list[int]
    """The class ids that are right."""

    @property
    def aspect(self) -> float:
        """Width over height."""
        height, width = self.pixels.shape[:2]
        return float(width / height)


def read_pictures(folder: Path, labels_file: Path, labels: Sequence[str]) -> Iterator[Picture]:
    """The labelled pictures that are there."""
    with labels_file.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            right = [labels.index(label) for label in row["labels"].split("|")]
            with Image.open(folder / row["file"]) as image:
                yield Picture(pixels=np.array(image.convert("RGB")), right=right)


def as_video_frame(picture: Picture) -> Picture:
    """The picture's largest 16:9 (or upright 9:16) centre."""
    aspect = 16 / 9 if picture.aspect > 1 else 9 / 16
    return cut(picture, aspect, width=1.0, place=0.5)


def off_centre(picture: Picture) -> Iterator[Picture]:
    """The 16:9 cuts of three quarters of the width, at the left and at the right edge.

    The picture's middle stands at 2/3 (0.5 / 0.75) of the one and at 1/3 of the other.
    """
    for place in (0.0, 1.0):
        yield cut(picture, 16 / 9, width=0.75, place=place)


def cut(picture: Picture, aspect: float, *, width: float, place: float) -> Picture:
    """Cut at most `width` of the picture's width at `place` (0 left, 1 right), mid-height."""
    full_height, full_width = picture.pixels.shape[:2]
    cut_width = round(min(full_width * width, full_height * aspect))
    cut_height = min(full_height, round(cut_width / aspect))
    top, left = (full_height - cut_height) // 2, round((full_width - cut_width) * place)
    pixels = picture.pixels[top : top + cut_height, left : left + cut_width]
    return Picture(pixels=pixels, right=picture.right)


class Judge:
    """The built-in model and its marks."""

    def __init__(self) -> None:
        import keras

        path = ASSETS / "model.keras"
        self.model = keras.saving.load_model(path, compile=False, safe_mode=True)

    def scores(self, pixels: NDArray[np.uint8]) -> Scores:
        """(N, 224, 224, 3) uint8 RGB → (N, 1000)."""
        batches = np.array_split(pixels, max(1, len(pixels) // 32))
        answers = [np.asarray(self.model(batch.astype(np.float32))) for batch in batches]
        return np.concatenate(answers)

    def mark(self, pictures: Sequence[Picture], resize: Resize) -> tuple[int, int, float]:
        """(right at first, right among five, mean score of the right answers)."""
        from vidclf.inference.resize import resize_frame

        pixels = np.stack([resize_frame(picture.pixels, SIZE, resize) for picture in pictures])
        first = five = 0
        given = 0.0
        for picture, scores in zip(pictures, self.scores(pixels), strict=True):
            best = np.argsort(-scores)[:5]
            first += int(best[0]) in picture.right
            five += bool(set(best.tolist()) & set(picture.right))
            given += float(scores[picture.right].sum())
        return first, five, given / len(pictures)


def print_table(judge: Judge, title: str, pictures: Sequence[Picture]) -> None:
    """One Markdown table for one group of pictures."""
    print(f"\n### {title}, {len(pictures)} pictures\n")
    print("| rule | kernel | right at first | among five | mean score of the right answer |")
    print("|---|---|---|---|---|")
    for rule, fraction in RULES:
        for kernel in KERNELS:
            resize = Resize(rule=rule, kernel=kernel, crop_fraction=fraction)
            first, five, given = judge.mark(pictures, resize)
            percent = 100 / len(pictures)
            name = f"{rule} {fraction:g}" if rule == "crop" else rule
            print(f"| {name} | {kernel} | {first} ({first * percent:.1f} %) ", end="")
            print(f"| {five} ({five * percent:.1f} %) | {given:.3f} |", flush=True)


def main() -> int:
    """Print the tables."""
    import json

    parser = argparse.ArgumentParser(description="Compare resize rules on labelled pictures.")
    parser.add_argument("folder", type=Path)
    beside = Path(__file__).with_name("resize_rule_labels.csv")
    parser.add_argument("--labels", type=Path, default=beside, metavar="FILE")
    args = parser.parse_args()
    labels = json.loads((ASSETS / "model.json").read_text("utf-8"))["labels"]
    pictures = list(read_pictures(args.folder, args.labels, labels))
    frames = [as_video_frame(picture) for picture in pictures]
    judge = Judge()
    print_table(judge, "As shot", pictures)
    wide = [picture for picture in pictures if picture.aspect >= 1.7]
    print_table(judge, "Shot at 16:9 or wider", wide)
    print_table(judge, "Landscape, cut to 16:9", [frame for frame in frames if frame.aspect > 1])
    landscape = [picture for picture in pictures if picture.aspect > 1]
    thirds = [frame for picture in landscape for frame in off_centre(picture)]
    print_table(judge, "Landscape, cut to 16:9 with the middle at a third", thirds)
    print_table(judge, "Upright, cut to 9:16", [frame for frame in frames if frame.aspect < 1])
    return 0


if __name__ == "__main__":
    sys.exit(main())
