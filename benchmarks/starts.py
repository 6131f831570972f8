"""How long do commands take that have little to do, and clips that are short?

    python benchmarks/starts.py               # into docs/performance.md
    python benchmarks/starts.py --rounds 2    # only prints

Whole processes in turn, medians: a bare interpreter, `vidclf --help`, the commands that start from
the table of a clip of a second, `annotate` of its first seven frames and of all of it, and the
floor of speed.py (decode, scale, model, encode; no overlay, no sound, no table) of the same.
Distances are taken within a round.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from contestants import HERE, contestants
from inputs import clip_named, clip_path
from machine import Busyness, said_of_machine
from measure import Run, distance, middle, spread, timed
from report import put_into_document

CLIP = clip_named("720p_1s")
BARE, FLOOR, FLOOR_7 = "`python -c pass`", "floor, a second of 720p", "floor, 7 frames of it"
VIDCLF = (sys.executable, "-m", "vidclf")
Commands = Mapping[str, tuple[Sequence[str], str]]
"""What it is called → the command, and what its time is held against."""


def main() -> None:
    """Make the clip and its table, measure, print a Markdown table, write it."""
    options = _arguments()
    options.work.mkdir(parents=True, exist_ok=True)
    commands = _commands(options.work)
    runs: dict[str, list[Run]] = {title: [] for title in commands}
    for command, _ in commands.values():  # to warm up
        _run(command, options.work)
    busyness = Busyness()
    for _ in range(options.rounds):
        for title, (command, _) in commands.items():
            runs[title].append(_run(command, options.work))
    others = busyness.others_share(sum(run.cpu for own in runs.values() for run in own))
    text = "\n".join([*_table(commands, runs), "", said_of_machine(options.rounds, others)])
    print(text)
    if len(sys.argv) == 1:
        put_into_document(text, script="starts.py")


def _table(commands: Commands, runs: Mapping[str, Sequence[Run]]) -> Iterator[str]:
    yield "| | wall s | ± | CPU s | peak MB | wall s more | CPU s more | than |"
    yield "|---|---:|---:|---:|---:|---:|---:|---|"
    for title, (_, other) in commands.items():
        own = runs[title]
        more = [f"{distance(own, runs[other], q):.2f}" if other else "" for q in ("wall", "cpu")]
        yield (
            f"| {title} | {middle(own, 'wall'):.2f} | {spread(own, 'wall') / 2:.0%} "
            f"| {middle(own, 'cpu'):.2f} | {middle(own, 'peak_mb'):.0f} "
            f"| {more[0]} | {more[1]} | {other} |"
        )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="How long short work takes.")
    parser.add_argument("--rounds", type=int, default=7, metavar="N")
    default = Path(tempfile.gettempdir()) / "vidclf-speed"
    parser.add_argument("--work", type=Path, default=default, help="scratch folder, kept")
    options = parser.parse_args()
    options.work = options.work.absolute()
    return options


def _commands(work: Path) -> Commands:
    """All commands, ready to run; makes the clips and the table beforehand."""
    script = [sys.executable, str(HERE / "inputs.py"), str(work), CLIP.name]
    timed(script, log=work / "inputs.log", work=work)
    clip, made, output = clip_path(CLIP, work), work / "starts_table", work / "starts_output"
    annotate = [*VIDCLF, "annotate", str(clip), "-q", "--overwrite", "-o"]
    timed([*annotate, str(made)], log=work / "starts.log", work=work)
    [table] = made.glob("*_predictions.csv")
    [floor] = [program for program in contestants(work) if program.key == "floor"]
    floor_command = floor.command(clip, output)
    of_table = {
        f"`vidclf {name}`": ([*VIDCLF, name, str(table), "-o", str(output / file)], BARE)
        for name, file in (("segments", "s.csv"), ("plot", "p.png"), ("report", "r.html"))
    }
    return {
        BARE: ([sys.executable, "-c", "pass"], ""),
        "`vidclf --help`": ([*VIDCLF, "--help"], BARE),
        **of_table,
        FLOOR_7: ([*floor_command, "--frames", "7"], ""),
        "`vidclf annotate`, 7 frames": ([*annotate, str(output), "--frames", "7"], FLOOR_7),
        FLOOR: (floor_command, ""),
        "`vidclf annotate`, a second of 720p": ([*annotate, str(output)], FLOOR),
    }


def _run(command: Sequence[str], work: Path) -> Run:
    """Run a command once; the folder that it writes into is empty before."""
    output = work / "starts_output"
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir()
    wall, cpu, peak_mb = timed(command, log=work / "starts.log", work=work)
    return Run(wall=wall, cpu=cpu, peak_mb=peak_mb, output_mb=0)


if __name__ == "__main__":
    main()
