"""How fast is vidclf? Against what most people write, a careful script, ffmpeg, and the floor.

    python benchmarks/speed.py               # everything, into docs/performance.md
    python benchmarks/speed.py --continue    # what an interrupted run had not measured yet
    python benchmarks/speed.py --quick       # does it work? Two minutes; only prints
    python benchmarks/speed.py --clips 720p_30s --programs floor annotate    # a part; only prints

Clips are made, each program is run once on the shortest of them to warm up, and then on each clip
in turn, as a whole process: A B C A B C … Times are medians over the rounds, ratios are taken
within a round. Leave the machine alone meanwhile; the report says how much of it others used.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from chart import chart
from contestants import HERE, contestants
from inputs import CLIPS, Clip, clip_path
from machine import Busyness, facts
from measure import ProcessFailedError, Program, Run, measure, timed
from report import DOCUMENT, put_into_document, report

PICTURE = DOCUMENT.parent / "images" / "performance.svg"
ROUNDS = {
    "720p_1s": 7, "720p_10s": 3, "1080p60_10s": 2, "4k_10s": 2,
    "720p_30s": 3, "1080p60_30s": 2, "4k_30s": 2,
}  # fmt: skip
"""Fewer where one takes minutes, and differs less from the next one."""
ASIDE_CLIP = "720p_10s"
"""Where programs are measured that are measured on one clip only, once."""
OF_LONG_CLIPS = ("floor", "annotate", "same_encoder")
"""What is measured on clips of 30 s: what the goals are about."""
Runs = dict[str, dict[str, list[Run]]]


def main() -> int:
    """Measure, print, write."""
    options = arguments()
    options.work.mkdir(parents=True, exist_ok=True)
    kept, code = options.kept or options.work / "results.json", 0
    try:
        programs = [p for p in contestants(options.work) if p.key in (options.programs or p.key)]
        if not options.kept:
            measure_all(programs, options, kept)
    except ProcessFailedError as exc:
        print(f"error: {exc}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted: the same command with --continue measures the rest", file=sys.stderr)
        code = 130
    found = load(kept)
    titles = {program.key: program.title for program in programs}
    text = report(clips=CLIPS, titles=titles, **found)
    print(text)
    if not (code or options.quick or options.clips or options.programs):
        PICTURE.parent.mkdir(exist_ok=True)
        PICTURE.write_text(chart(found["results"], CLIPS, titles), "utf-8")
        text = f"![Wall and CPU seconds](images/{PICTURE.name})\n\n{text}"
        put_into_document(text, script="speed.py")
    return code


def arguments() -> argparse.Namespace:
    """What the user asks for."""
    names = [clip.name for clip in CLIPS]
    parser = argparse.ArgumentParser(description="Measure vidclf against other ways.")
    parser.add_argument("--quick", action="store_true", help="a second of 720p, once")
    parser.add_argument("--rounds", type=int, metavar="N", help="default: 2 to 7, by clip")
    parser.add_argument("--clips", nargs="+", choices=names, metavar="NAME", help=", ".join(names))
    parser.add_argument("--programs", nargs="+", metavar="KEY", help="such as floor annotate")
    way = parser.add_mutually_exclusive_group()
    way.add_argument(
        "--continue", dest="goes_on", action="store_true",
        help="measure only what the results.json in the scratch folder has not",
    )  # fmt: skip
    way.add_argument(
        "--from", dest="kept", type=Path, metavar="FILE",
        help="measure nothing: report the results.json that an earlier run left in its folder",
    )  # fmt: skip
    default = Path(tempfile.gettempdir()) / "vidclf-speed"
    parser.add_argument("--work", type=Path, default=default, help="scratch folder, kept")
    options = parser.parse_args()
    if options.quick:
        options.clips, options.rounds = [CLIPS[0].name], 1
    options.work = options.work.absolute()
    return options


def measure_all(programs: Sequence[Program], options: argparse.Namespace, kept: Path) -> None:
    """Every run of every program on every clip, kept one by one."""
    before = load(kept) if options.goes_on and kept.exists() else {}
    results: Runs = before.get("results", {})
    manifests: dict[str, Any] = before.get("manifests", {})
    others: list[float] = before.get("others", [])
    make_clips(options)
    keep(kept, results, manifests, others)
    warm_up(programs, options.work)
    busyness, spent = Busyness(), 0.0
    for clip, number, program in plan(programs, options):
        if len(results.get(clip.name, {}).get(program.key, ())) > number:
            continue
        run = measure(program, clip_path(clip, options.work), work=options.work)
        results.setdefault(clip.name, {}).setdefault(program.key, []).append(run)
        spent += run.cpu
        tell(clip.name, f"round {number + 1}", program, run)
        if program.key == "annotate":
            manifests[clip.name] = manifest_in(options.work / "output")
        share = busyness.others_share(spent)
        keep(kept, results, manifests, others + ([] if share is None else [share]))


def plan(
    programs: Sequence[Program], options: argparse.Namespace
) -> Iterator[tuple[Clip, int, Program]]:
    """A B C A B C …, clip by clip."""
    for clip in CLIPS:
        if options.clips and clip.name not in options.clips:
            continue
        for number in range(options.rounds or ROUNDS[clip.name]):
            for program in programs:
                if options.programs or options.quick or is_due(program, clip, number):
                    yield clip, number, program


def is_due(program: Program, clip: Clip, number: int) -> bool:
    """Whether a whole run measures a program in that round of a clip."""
    if program.is_aside:
        return clip.name == ASIDE_CLIP and number == 0
    return clip.seconds < 30 or program.key in OF_LONG_CLIPS


def warm_up(programs: Sequence[Program], work: Path) -> None:
    """Each program once, on the shortest clip: models are converted, caches filled."""
    for program in programs:
        run = measure(program, clip_path(CLIPS[0], work), work=work)
        tell(CLIPS[0].name, "warm-up", program, run)


def make_clips(options: argparse.Namespace) -> None:
    """Make the clips, in a process of its own."""
    names = dict.fromkeys([CLIPS[0].name, *(options.clips or [clip.name for clip in CLIPS])])
    command = [sys.executable, str(HERE / "inputs.py"), str(options.work), *names]
    timed(command, log=options.work / "inputs.log", work=options.work)


def manifest_in(output: Path) -> dict[str, Any]:
    """The manifest that vidclf wrote."""
    [path] = output.glob("*_manifest.json")
    manifest: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return manifest


def tell(clip: str, what: str, program: Program, run: Run) -> None:
    """One line of progress."""
    print(
        f"{clip:11} {what:8} {program.key:15} {run.wall:7.2f} s {run.cpu:7.2f} CPU s "
        f"{run.peak_mb:6.0f} MB",
        file=sys.stderr,
        flush=True,
    )


def keep(path: Path, results: Runs, manifests: dict[str, Any], others: Sequence[float]) -> None:
    """Everything as JSON, each single run too: for `--continue`, and for other statistics."""
    found = {"results": results, "machine": facts(), "manifests": manifests, "others": others}
    unfinished = path.with_suffix(".part")
    unfinished.write_text(json.dumps(found, indent=1, default=asdict), "utf-8")
    unfinished.replace(path)


def load(path: Path) -> dict[str, Any]:
    """What `keep` kept."""
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    found["results"] = {
        clip: {key: [Run(**run) for run in runs] for key, runs in programs.items()}
        for clip, programs in found["results"].items()
    }
    return found


if __name__ == "__main__":
    sys.exit(main())
