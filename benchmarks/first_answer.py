"""How long does vidclf take to the first answer of a model that it knows?

    python benchmarks/first_answer.py [--rounds N] [--work FOLDER] [--tree FOLDER]

Whole processes in turn: `vidclf predict` of one frame of the sample, and a bare program that does
nothing but import OpenVINO, read and compile the same converted model, and compute one batch. The
ratio of the two is the figure to compare between versions, as it moves little when the machine is
busy. `--tree` measures another checkout of vidclf. A MobileNetV2 is 14 MB, a VGG16 553 MB.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from measure import Run, middle, ratio, timed

HERE = Path(__file__).resolve().parent
CLIP = HERE.parent / "samples" / "photographs.mp4"
MODELS = {"MobileNetV2": "-1-1", "VGG16": "caffe"}
"""Network of `keras.applications` → what it is fed. The weights are random: none are downloaded."""
SIZE = 224


def main() -> None:
    """Make the models, measure, print a Markdown table."""
    options = _arguments()
    print("| model | vidclf, s | bare program, s | ratio | CPU ratio |")
    print("|---|---:|---:|---:|---:|")
    for name in MODELS:
        ours, bare = _measured(name, options)
        print(
            f"| {name} | {middle(ours, 'wall'):.2f} | {middle(bare, 'wall'):.2f} | "
            f"{ratio(ours, bare, 'wall'):.2f} | {ratio(ours, bare, 'cpu'):.2f} |"
        )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Time to the first answer of a known model.")
    parser.add_argument("--rounds", type=int, default=7, metavar="N")
    parser.add_argument("--tree", type=Path, default=HERE.parent, help="the checkout to measure")
    default = Path(tempfile.gettempdir()) / "vidclf-first-answer"
    parser.add_argument("--work", type=Path, default=default, help="scratch folder, kept")
    return parser.parse_args()


def _measured(name: str, options: argparse.Namespace) -> tuple[list[Run], list[Run]]:
    """Measure both programs in turn; the first run of ours converts the model and is not kept."""
    work = options.work.absolute() / name
    work.mkdir(parents=True, exist_ok=True)
    model = _saved(name, work)
    os.environ["PYTHONPATH"] = str(options.tree.absolute())
    command = [
        sys.executable,
        "-m",
        "vidclf",
        "predict",
        str(CLIP),
        "-m",
        str(model),
        "--end",
        "1f",
    ]
    command += [f"--preprocess={MODELS[name]}", "-q", "--overwrite", "-o", str(work / "output")]
    _run(command, work)
    xml = max((work / "cache" / "openvino").glob("*/model.xml"), key=lambda x: x.stat().st_mtime)
    script = HERE / "programs" / "first_answer.py"
    bare = [sys.executable, str(script), str(xml), str(SIZE), str(SIZE)]
    pairs = [(_run(command, work), _run(bare, work)) for _ in range(options.rounds)]
    return [ours for ours, _ in pairs], [floor for _, floor in pairs]


def _saved(name: str, work: Path) -> Path:
    """Save a network, in a process of its own."""
    path = work / f"{name}.h5"
    code = f"import keras; keras.applications.{name}(weights=None).save({str(path)!r})"
    if not path.exists():
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    return path


def _run(command: list[str], work: Path) -> Run:
    wall, cpu, peak_mb = timed(command, log=work / "log.txt", work=work)
    return Run(wall=wall, cpu=cpu, peak_mb=peak_mb, output_mb=0.0)


if __name__ == "__main__":
    main()
