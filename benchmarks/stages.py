"""Where the time of a run went, from the manifests that vidclf writes.

    python benchmarks/stages.py outputs/clip_manifest.json [...]

Seconds are those in which a stage was at work. Stages overlap, in threads of their own, so they add
up to more than the run took; the largest one is what holds the others up.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def main() -> None:
    """Print one table for each manifest."""
    parser = argparse.ArgumentParser(description="The seconds of each stage of a vidclf run.")
    parser.add_argument("manifests", nargs="+", type=Path, metavar="MANIFEST")
    for path in parser.parse_args().manifests:
        manifest = json.loads(path.read_text("utf-8"))
        frames, seconds = manifest["frames_read"], manifest["seconds"]
        print(f"{manifest['video']}: {frames} frames in {seconds:.2f} s, {frames / seconds:.1f}/s")
        print()
        print(stage_table(manifest))
        print()


def stage_table(manifest: Mapping[str, Any]) -> str:
    """A Markdown table: seconds, milliseconds a frame, part of the whole run."""
    frames, whole = max(1, manifest["frames_read"]), manifest["seconds"]
    lines = ["| stage | s | ms a frame | of the run |", "|---|---:|---:|---:|"]
    for stage, seconds in manifest["stage_seconds"].items():
        each = 1000 * seconds / frames
        lines.append(f"| {stage} | {seconds:.2f} | {each:.2f} | {seconds / whole:.0%} |")
    lines.append(f"| the run | {whole:.2f} | {1000 * whole / frames:.2f} | |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
