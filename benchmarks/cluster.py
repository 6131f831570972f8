"""What does a Ray cluster cost, against worker processes, where both have the same two cores?

    python benchmarks/cluster.py [--clips N] [--rounds N]

One clip of a second (320×180, 30 frames, with sound) is copied N times. In turn, as whole
processes: a run over the folder with two worker processes, and one on a Ray cluster that runs
already, of two machines of one core each, both on this one. What is printed is for one clip; the
ratio is that of the wall times of a round, and its median.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from folders import copies
from measure import timed

WORKERS = "two worker processes"
RAY = "two machines of one core, on Ray"


def main() -> None:
    """Make the clips, start the cluster, measure, print a Markdown table."""
    options = _arguments()
    folder = copies(options.work, options.clips)[0].parent
    walls: dict[str, list[float]] = {WORKERS: [], RAY: []}
    with _cluster(options.work) as address:
        ways = {WORKERS: ["--jobs", "2"], RAY: ["--executor", "ray", "--address", address]}
        for number in range(options.rounds):
            for way in list(ways) if number % 2 == 0 else reversed(ways):
                walls[way].append(_seconds(folder, ways[way], options.work) / options.clips)
    print("| one clip | wall s | speed ÷ worker processes |\n|---|---:|---:|")
    for way, own in walls.items():
        ratio = median(w / o for w, o in zip(walls[WORKERS], own, strict=True))
        print(f"| {way} | {median(own):.3f} | {ratio:.2f} |")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="What a Ray cluster costs.")
    parser.add_argument("--clips", type=int, default=100, metavar="N", help="in the folder")
    parser.add_argument("--rounds", type=int, default=4, metavar="N")
    default = Path(tempfile.gettempdir()) / "vidclf-folders"
    parser.add_argument("--work", type=Path, default=default, help="scratch folder, kept")
    options = parser.parse_args()
    options.work = options.work.absolute()
    return options


@contextmanager
def _cluster(work: Path) -> Iterator[str]:
    """The address of a cluster of two machines, which are processes here."""
    os.environ["VIDCLF_CACHE"] = str(work / "cache")  # that of the commands
    os.environ["RAY_AUTH_MODE"] = "disabled"  # such a cluster has no tokens
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    from ray.cluster_utils import Cluster

    machine = {"num_cpus": 1, "object_store_memory": 100_000_000, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args=machine)
    cluster.add_node(**machine)
    yield str(cluster.address)
    cluster.shutdown()


def _seconds(folder: Path, options: Sequence[str], work: Path) -> float:
    """The wall time of a run into a new folder."""
    output = work / "output_cluster"
    shutil.rmtree(output, ignore_errors=True)
    command = [sys.executable, "-m", "vidclf", "annotate", str(folder), "-o", str(output), "-q"]
    wall, _, _ = timed([*command, *options], log=work / "cluster.log", work=work)
    return wall


if __name__ == "__main__":
    main()
