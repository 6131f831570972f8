"""How long does training take beside what courses write, and how good are both on new pictures?

    KERAS_HOME=... python benchmarks/training.py PICTURES [--test FOLDER] [--rounds N] [--fine-tune]

PICTURES has a folder for each class. Whole processes in turn: five epochs of a frozen MobileNetV2
in Keras (`programs/course.py`, whose weights Keras finds in its cache or downloads), `vidclf train`
with an empty cache, and `vidclf train` again with another head. Without --test, a fifth of the
pictures is put aside as new ones. Accuracy is measured with plain Keras for all of them.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from measure import Run, middle, timed

HERE = Path(__file__).resolve().parent
COURSE = HERE / "programs" / "course.py"
ACCURACY = HERE / "programs" / "accuracy.py"
TRAIN = [sys.executable, "-m", "vidclf", "train", "-q", "--overwrite"]


def main() -> None:
    """Measure, print a Markdown table."""
    options = _arguments()
    work = Path(tempfile.mkdtemp(prefix="vidclf-training-"))
    pictures, test = _divided(options.pictures.resolve(), options.test, work)
    programs = {
        "Keras, frozen MobileNetV2, 5 epochs": [sys.executable, str(COURSE), pictures],
        "vidclf train": [*TRAIN, pictures, "-o"],
        "vidclf train again, --dense 128": [*TRAIN, pictures, "--dense", "128", "-o"],
    }
    if options.fine_tune:
        programs["vidclf train --fine-tune 10"] = [*TRAIN, pictures, "--fine-tune", "10", "-o"]
    runs: dict[str, list[Run]] = {name: [] for name in programs}
    for _ in range(options.rounds):
        shutil.rmtree(work / "cache", ignore_errors=True)
        for number, (name, command) in enumerate(programs.items()):
            runs[name].append(_run([*command, str(work / f"{number}.keras")], work))
    print("| training | wall s | CPU s | peak MB | right on new pictures | calibration error |")
    print("|---|---:|---:|---:|---:|---:|")
    for number, (name, taken) in enumerate(runs.items()):
        figures = _accuracy(work / f"{number}.keras", test)
        wall, cpu, peak = (middle(taken, part) for part in ("wall", "cpu", "peak_mb"))
        print(
            f"| {name} | {wall:.1f} | {cpu:.1f} | {peak:.0f} | {figures['accuracy']:.3f} | "
            f"{figures['ece']:.3f} |"
        )
    shutil.rmtree(work)


def _run(command: list[str], work: Path) -> Run:
    wall, cpu, peak_mb = timed(command, log=work / "log.txt", work=work)
    return Run(wall=wall, cpu=cpu, peak_mb=peak_mb, output_mb=0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Time and accuracy of training.")
    parser.add_argument("pictures", type=Path, help="a folder with a folder for each class")
    parser.add_argument("--test", type=Path, help="such a folder of new pictures")
    parser.add_argument("--rounds", type=int, default=1, metavar="N")
    parser.add_argument("--fine-tune", action="store_true", help="measure that, too: minutes")
    return parser.parse_args()


def _divided(pictures: Path, test: Path | None, work: Path) -> tuple[str, Path]:
    """Links to the pictures, a fifth of each class apart, unless there are new ones."""
    if test is not None:
        return str(pictures), test
    lots = random.Random(0)
    for folder in sorted(path for path in pictures.iterdir() if path.is_dir()):
        files = sorted(folder.iterdir())
        lots.shuffle(files)
        for place, file in enumerate(files):
            part = work / ("new" if place < len(files) // 5 else "known") / folder.name
            part.mkdir(parents=True, exist_ok=True)
            (part / file.name).symlink_to(file.resolve())
    return str(work / "known"), work / "new"


def _accuracy(model: Path, test: Path) -> dict[str, float]:
    command = [sys.executable, str(ACCURACY), str(model), str(test)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


if __name__ == "__main__":
    main()
