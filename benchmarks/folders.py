"""What does a clip cost in a folder run, beside starting vidclf for it, and how do workers help?

    python benchmarks/folders.py [--clips N] [--starts N] [--jobs N ...] [--rounds N]

One clip of a second (320×180, 30 frames, with sound) is copied N times. In turn, as whole
processes: a run over the folder with each number of workers; `vidclf annotate` started for some of
the clips; and for as many the floor of speed.py, a bare program that decodes, runs the model and
encodes, with neither drawing, sound nor table. What is printed is for one clip. CPU seconds are
those of a process and of all that it started. The second table says where a clip's time goes, from
the manifests of the run with the fewest workers.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from contestants import HERE, contestants
from inputs import SHORT_CLIP, clip_path
from machine import Busyness
from measure import Program, Run, middle, ratio, timed

Runs = dict[str, list[Run]]
START = "`vidclf annotate` for each"


def main() -> None:
    """Make the clips, measure, print two Markdown tables."""
    options = _arguments()
    clips = copies(options.work, options.clips)
    [floor] = [program for program in contestants(options.work) if program.key == "floor"]
    busyness, spent, runs = Busyness(), 0.0, Runs()
    for number in range(-1, options.rounds):  # the first is to warm up
        found = _round(clips, floor, options)
        spent += sum(run.cpu * _count(title, options) for title, run in found.items())
        for title, run in found.items() if number >= 0 else ():
            runs.setdefault(title, []).append(run)
    _print_runs(runs)
    _print_stages(_manifests(options), middle(runs[_title(options.jobs[0])], "wall"))
    others = busyness.others_share(spent)
    if others is not None:
        print(f"\nOthers used {others:.0%} of the machine meanwhile.")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="What a clip costs in a folder run.")
    parser.add_argument("--clips", type=int, default=100, metavar="N", help="in the folder")
    parser.add_argument("--starts", type=int, default=20, metavar="N", help="clips done singly")
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2], metavar="N")
    default = Path(tempfile.gettempdir()) / "vidclf-folders"
    parser.add_argument("--work", type=Path, default=default, help="scratch folder, kept")
    options = parser.parse_args()
    options.work = options.work.absolute()
    return options


def copies(work: Path, count: int) -> list[Path]:
    """The clip under N names, in a folder of its own; made in a process of its own."""
    original, folder = clip_path(SHORT_CLIP, work), work / f"clips_{count}"
    command = [sys.executable, str(HERE / "inputs.py"), str(work), SHORT_CLIP.name]
    folder.mkdir(parents=True, exist_ok=True)
    timed(command, log=work / "inputs.log", work=work)
    copies = [folder / f"clip_{number:04d}.mp4" for number in range(count)]
    for copy in copies:
        shutil.copyfile(original, copy)
    return copies


def _round(clips: Sequence[Path], floor: Program, options: argparse.Namespace) -> dict[str, Run]:
    """Every way once, each as what one clip took."""
    work, some = options.work, clips[: options.starts]
    found = {}
    for jobs in options.jobs:
        command = [*_annotate(clips[0].parent, _output(work, jobs)), "--jobs", str(jobs)]
        found[_title(jobs)] = _each([command], work, count=len(clips))
    output = _fresh(work / "single")
    found[START] = _each([_annotate(clip, output) for clip in some], work, count=len(some))
    commands = [floor.command(clip, _fresh(work / "bare")) for clip in some]
    found["the floor for each"] = _each(commands, work, count=len(some))
    return found


def _each(commands: Sequence[Sequence[str]], work: Path, *, count: int) -> Run:
    """What commands took together, by the number of clips; memory is the largest of them."""
    runs = [timed(command, log=work / "folders.log", work=work) for command in commands]
    walls, cpus, peaks = zip(*runs, strict=True)
    return Run(wall=sum(walls) / count, cpu=sum(cpus) / count, peak_mb=max(peaks), output_mb=0)


def _annotate(what: Path, output: Path) -> list[str]:
    return [sys.executable, "-m", "vidclf", "annotate", str(what), "-o", str(output), "-q"]


def _title(jobs: int) -> str:
    return f"a run over the folder, `--jobs {jobs}`"


def _count(title: str, options: argparse.Namespace) -> int:
    """How many clips a line was measured on."""
    return int(options.clips if title.startswith("a run") else options.starts)


def _output(work: Path, jobs: int) -> Path:
    """A folder that does not hold what an earlier round made: that would be done already."""
    return _fresh(work / f"output_{jobs}")


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _print_runs(runs: Runs) -> None:
    print("| one clip | wall s | CPU s | peak MB | wall ÷ start | CPU ÷ start |")
    print("|---|---:|---:|---:|---:|---:|")
    for title, own in runs.items():
        ratios = " | ".join(f"{ratio(own, runs[START], what):.2f}" for what in ("wall", "cpu"))
        print(
            f"| {title} | {middle(own, 'wall'):.3f} | {middle(own, 'cpu'):.3f} | "
            f"{middle(own, 'peak_mb'):.0f} | {ratios} |"
        )


def _manifests(options: argparse.Namespace) -> list[dict[str, Any]]:
    """Those of the last run with the fewest workers, but the first: it opened the model."""
    folder = options.work / f"output_{options.jobs[0]}"
    paths = sorted(folder.glob("*_manifest.json"))
    return [json.loads(path.read_text("utf-8")) for path in paths[1:]]


def _print_stages(manifests: Sequence[dict[str, Any]], wall: float) -> None:
    print("\n| stage | ms a clip |\n|---|---:|")
    rows = {
        stage: median(manifest["stage_seconds"][stage] for manifest in manifests)
        for stage in manifests[0]["stage_seconds"]
    }
    rows["a clip, its stages side by side"] = median(m["seconds"] for m in manifests)
    rows["the run, by the number of its clips"] = wall
    for title, seconds in rows.items():
        print(f"| {title} | {1000 * seconds:.0f} |")


if __name__ == "__main__":
    main()
