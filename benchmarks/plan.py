"""How long does it take to plan a run over very many clips, and how much memory?

    python benchmarks/plan.py [--clips N ...] [--rounds N] [--work FOLDER]

Empty files are made once: N videos in 1,000 folders of two levels. Then whole processes in turn:
`vidclf.batch.plan`, and a bare program that walks and sorts. Seconds are those of the work, without
imports; memory is the process's largest. The ratio of CPU times is what to compare between
versions. In the second line of each size, manifests of an earlier run lie beside the clips, and the
output folder is the clips' own.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from measure import Run, middle, ratio, timed

HERE = Path(__file__).resolve().parent
PROGRAM = HERE / "programs" / "plan.py"
FOLDERS = 1000


def main() -> None:
    """Make the files, measure, print a Markdown table."""
    options = _arguments()
    print("| clips | | wall s | CPU s | peak MB | CPU ÷ bare walk |")
    print("|---:|---|---:|---:|---:|---:|")
    for count in options.clips:
        bare = _tree(options.work, count, manifests=False)
        _print(count, "results elsewhere", _measured(bare, bare.parent / "out", options))
        full = _tree(options.work, count, manifests=True)
        _print(count, "results beside the clips", _measured(full, full, options))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Time and memory of planning a run.")
    parser.add_argument("--clips", type=int, nargs="+", default=[100_000], metavar="N")
    parser.add_argument("--rounds", type=int, default=5, metavar="N")
    default = Path(tempfile.gettempdir()) / "vidclf-plan"
    parser.add_argument("--work", type=Path, default=default, help="scratch folder, kept")
    return parser.parse_args()


def _tree(work: Path, count: int, *, manifests: bool) -> Path:
    """A folder of empty videos, made once."""
    root = work.absolute() / f"{count}{'_done' * manifests}" / "footage"
    finished = root.parent / "finished"
    for number in range(0 if finished.exists() else count):
        folder = root / f"camera_{number % FOLDERS % 10}" / f"day_{number % FOLDERS:04d}"
        if number < FOLDERS:
            folder.mkdir(parents=True, exist_ok=True)
        clip = folder / f"clip_{number // FOLDERS:05d}.mp4"
        clip.touch()
        if manifests:
            manifest = clip.with_name(f"{clip.stem}_manifest.json")
            manifest.write_text(json.dumps({"format": 1, "source": str(clip)}))
    finished.touch()
    return root


def _measured(
    folder: Path, output: Path, options: argparse.Namespace
) -> tuple[list[Run], list[Run]]:
    """Both programs in turn, after one of each that only warms up."""
    pairs = [
        (_run("plan", folder, output), _run("walk", folder, output))
        for _ in range(options.rounds + 1)
    ]
    return [ours for ours, _ in pairs[1:]], [bare for _, bare in pairs[1:]]


def _run(way: str, folder: Path, output: Path) -> Run:
    log = folder.parent / "log.txt"
    command = [sys.executable, str(PROGRAM), way, str(folder), str(output)]
    _, _, peak_mb = timed(command, log=log, work=folder.parent)
    told = json.loads(log.read_text())
    return Run(wall=told["wall"], cpu=told["cpu"], peak_mb=peak_mb, output_mb=0.0)


def _print(count: int, title: str, measured: tuple[list[Run], list[Run]]) -> None:
    ours, bare = measured
    print(
        f"| {count:,} | {title} | {middle(ours, 'wall'):.1f} | {middle(ours, 'cpu'):.1f} | "
        f"{middle(ours, 'peak_mb'):.0f} | {ratio(ours, bare, 'cpu'):.1f} |",
        flush=True,
    )


if __name__ == "__main__":
    main()
