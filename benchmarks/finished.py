"""How long does a run take to find that everything is done already, and in how much memory?

    python benchmarks/finished.py [--clips N ...] [--rounds N] [--work FOLDER]

One clip is annotated once; its outputs then lie there for N clips in 1,000 folders, as links to a
few files, each with a manifest of its own. Whole processes in turn: `vidclf annotate`, which has to
find that nothing is left to do, and a bare program that walks, parses each manifest and reads each
clip. The ratio of CPU times is what to compare between versions.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from imageio_ffmpeg import get_ffmpeg_exe
from measure import Run, middle, ratio, timed

HERE = Path(__file__).resolve().parent
BARE = HERE / "programs" / "finished.py"
SAMPLE = HERE.parent / "samples" / "photographs.mp4"
ANNOTATE = [sys.executable, "-m", "vidclf", "annotate", "-q"]
FOLDERS = 1000
_LINKS = 1000
"""Names of one file; disks have a limit."""
_KINDS = ("annotated.mp4", "predictions.csv", "segments.csv")


def main() -> None:
    """Make the files, measure, print a Markdown table."""
    options = _arguments()
    print("| clips | wall s | CPU s | peak MB | CPU ÷ bare program |")
    print("|---:|---:|---:|---:|---:|")
    for count in options.clips:
        root = _tree(options.work.absolute() / str(count), count)
        ours = [*ANNOTATE, "footage", "--recursive", "-o", "out"]
        bare = [sys.executable, str(BARE), "footage", "out"]
        pairs = [(_run(ours, root), _run(bare, root)) for _ in range(options.rounds)]
        _print(count, [run for run, _ in pairs], [run for _, run in pairs])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Time and memory of finding that all is done.")
    parser.add_argument("--clips", type=int, nargs="+", default=[100_000], metavar="N")
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    default = Path(tempfile.gettempdir()) / "vidclf-finished"
    parser.add_argument("--work", type=Path, default=default, help="scratch folder, kept")
    return parser.parse_args()


def _tree(root: Path, count: int) -> Path:
    """Clips and their results, made once."""
    if (root / "finished").exists():
        return root
    root.mkdir(parents=True, exist_ok=True)
    clip = root / "clip.mp4"
    size = ["-vf", "scale=320:-2", "-frames:v", "30", "-crf", "28"]
    subprocess.run([get_ffmpeg_exe(), "-y", "-v", "error", "-i", SAMPLE, *size, clip], check=True)
    subprocess.run([*ANNOTATE, "clip.mp4", "-o", "once"], cwd=root, check=True)
    manifest = json.loads((root / "once" / "clip_manifest.json").read_text("utf-8"))
    for number in range(count):
        place = f"camera_{number % FOLDERS % 10}/day_{number % FOLDERS:04d}"
        stem = f"clip_{number // FOLDERS:05d}"
        for folder in (root / "footage" / place, root / "out" / place):
            folder.mkdir(parents=True, exist_ok=True)
        link = root / "footage" / place / f"{stem}.mp4"
        _link(root, clip, link, number)
        for kind in _KINDS:
            _link(root, root / "once" / f"clip_{kind}", root / "out" / place / f"{stem}_{kind}",
                  number)  # fmt: skip
        manifest["video"] = f"{place}/{stem}.mp4"
        manifest["clip_stamp"]["modified_ns"] = link.stat().st_mtime_ns
        text = json.dumps(manifest, indent=2)
        (root / "out" / place / f"{stem}_manifest.json").write_text(text, encoding="utf-8")
    (root / "finished").touch()
    return root


def _link(root: Path, file: Path, link: Path, number: int) -> None:
    """Give a copy of a file, one for so many clips, one more name."""
    copy = root / "copies" / f"{number // _LINKS}_{file.name}"
    if not copy.exists():
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(file.read_bytes())
    if not link.exists():
        os.link(copy, link)


def _run(command: list[str], root: Path) -> Run:
    wall, cpu, peak_mb = timed(command, log=root / "log.txt", work=root)
    return Run(wall=wall, cpu=cpu, peak_mb=peak_mb, output_mb=0.0)


def _print(count: int, ours: list[Run], bare: list[Run]) -> None:
    print(
        f"| {count:,} | {middle(ours, 'wall'):.1f} | {middle(ours, 'cpu'):.1f} | "
        f"{middle(ours, 'peak_mb'):.0f} | {ratio(ours, bare, 'cpu'):.1f} |",
        flush=True,
    )


if __name__ == "__main__":
    main()
