"""How fast is vidclf? Against what most people write, a careful script, ffmpeg, and the floor.

    python benchmarks/speed.py            # everything: most of an hour, into docs/performance.md
    python benchmarks/speed.py --quick    # does it work? A minute; only prints
    python benchmarks/speed.py --clips 720p --programs floor annotate    # a part; only prints

Clips are made, then every program is run on each clip in turn, as a whole process: A B C A B C …
Times are medians over the rounds, ratios are taken within a round. Leave the machine alone
meanwhile; the report says how much of it others used.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from chart import chart
from contestants import HERE, contestants
from inputs import CLIPS, QUICK_CLIP, Clip, clip_path
from machine import Busyness, facts
from measure import ProcessFailedError, Program, Run, rounds, timed
from report import put_into, report

DOCUMENT = HERE.parent / "docs" / "performance.md"
PICTURE = HERE.parent / "docs" / "images" / "performance.svg"
Runs = dict[str, dict[str, list[Run]]]


def main() -> int:
    """Measure, print, write."""
    options = arguments()
    clips = chosen(options)
    options.work.mkdir(parents=True, exist_ok=True)
    try:
        programs = [p for p in contestants(options.work) if p.key in (options.programs or p.key)]
        found = measured(clips, programs, options) if not options.kept else load(options.kept)
    except ProcessFailedError as exc:
        print(f"error: {exc}", file=sys.stderr)
        return 1
    titles = {program.key: program.title for program in programs}
    text = report(clips=clips, titles=titles, **found)
    print(text)
    if not (options.quick or options.clips or options.programs):
        PICTURE.parent.mkdir(exist_ok=True)
        PICTURE.write_text(chart(found["results"], clips, titles), "utf-8")
        put_into(DOCUMENT, f"![Wall and CPU seconds](images/{PICTURE.name})\n\n{text}")
    return 0


def arguments() -> argparse.Namespace:
    """What the user asks for."""
    parser = argparse.ArgumentParser(description="Measure vidclf against other ways.")
    parser.add_argument("--quick", action="store_true", help="3 s at 720p, 2 rounds")
    parser.add_argument("--rounds", type=int, metavar="N", help="default: 5; 2 with --quick")
    parser.add_argument("--clips", nargs="+", metavar="NAME", help="720p, 1080p60, 4k")
    parser.add_argument("--programs", nargs="+", metavar="KEY", help="such as floor annotate")
    parser.add_argument(
        "--from", dest="kept", type=Path, metavar="FILE",
        help="measure nothing: report the results.json that an earlier run left in its folder",
    )  # fmt: skip
    default = Path(tempfile.gettempdir()) / "vidclf-speed"
    parser.add_argument("--work", type=Path, default=default, help="scratch folder, kept")
    options = parser.parse_args()
    options.rounds = options.rounds or (2 if options.quick else 5)
    options.work = options.work.absolute()
    return options


def chosen(options: argparse.Namespace) -> Sequence[Clip]:
    """The clips to measure on."""
    if options.quick:
        return [QUICK_CLIP]
    return [clip for clip in CLIPS if clip.name in (options.clips or clip.name)]


def measured(
    clips: Sequence[Clip], programs: Sequence[Program], options: argparse.Namespace
) -> dict[str, Any]:
    """Every run of every program on every clip, and what is known of them."""
    results: Runs = {}
    manifests = {}
    make_clips(clips, options.work)
    busyness = Busyness()
    spent = 0.0
    for clip in clips:
        path = clip_path(clip, options.work)
        for number, program, run in rounds(programs, path, count=options.rounds, work=options.work):
            spent += run.cpu
            tell(clip, number, program, run)
            if program.key == "annotate":
                manifests[clip.name] = manifest_in(options.work / "output")
            if number >= 0:
                results.setdefault(clip.name, {}).setdefault(program.key, []).append(run)
        found = {
            "results": results,
            "machine": facts() | conditions(options.rounds, busyness.others_share(spent)),
            "manifests": manifests,
        }
        keep(found, options.work / "results.json")
    return found


def conditions(count: int, others: float | None) -> dict[str, str]:
    """How it was measured, in words."""
    known = f"others used {others:.1%} of the machine" if others is not None else "not known"
    return {"measured": f"medians of {count} rounds after one to warm up; {known} meanwhile"}


def make_clips(clips: Sequence[Clip], work: Path) -> None:
    """Make the clips, in a process of its own."""
    names = [clip.name for clip in clips]
    command = [sys.executable, str(HERE / "inputs.py"), str(work), *names]
    timed(command, log=work / "inputs.log", work=work)


def manifest_in(output: Path) -> dict[str, Any]:
    """The manifest that vidclf wrote."""
    [path] = output.glob("*_manifest.json")
    manifest: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return manifest


def tell(clip: Clip, number: int, program: Program, run: Run) -> None:
    """One line of progress."""
    name = "warm-up" if number < 0 else f"round {number + 1}"
    print(
        f"{clip.name:8} {name:8} {program.key:15} {run.wall:7.2f} s {run.cpu:7.2f} CPU s "
        f"{run.peak_mb:6.0f} MB",
        file=sys.stderr,
        flush=True,
    )


def keep(found: dict[str, Any], path: Path) -> None:
    """Everything as JSON, each single run too: for `--from`, and for other statistics."""
    path.write_text(json.dumps(found, indent=1, default=asdict), "utf-8")


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
