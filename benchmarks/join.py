"""`vidclf join` over many tables: seconds, and peak memory, beside a bare loop of pyarrow.

    python benchmarks/join.py [--tables 2000] [--rows 5000] [--rounds 3] [--work FOLDER]

Makes the tables (as runs write them: 13 columns, 30 frames a second, 40 labels), and joins them
in turn: by vidclf to Parquet, to parts and to CSV, and by `programs/bare_join.py`, which reads each
CSV with pyarrow and writes it to one Parquet file, without looking at a row. Then a tenth of the
tables alone: what memory grows by with ten times the rows. Ratios are of CPU time within a round.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median

from machine import facts
from measure import timed

LABELS = [f"label {number}" for number in range(40)]
HEADER = (
    "video,frame,timestamp,inferred,label,class_id,confidence,raw_label,raw_confidence,"
    "top2_label,top2_confidence,top3_label,top3_confidence\n"
)
PROGRAMS = Path(__file__).parent / "programs"


@dataclass(frozen=True, kw_only=True)
class Join:
    """What one join took."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds, user and system."""
    peak_mb: float
    """Largest resident memory, in 10^6 bytes."""
    output_mb: float
    """What it wrote, in 10^6 bytes."""


def main() -> None:
    """Print a table of the joins, and what ten times the rows cost."""
    parser = argparse.ArgumentParser(description="vidclf join beside a bare loop of pyarrow.")
    parser.add_argument("--tables", type=int, default=2000)
    parser.add_argument("--rows", type=int, default=5000, help="of each table")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--work", type=Path, help="where the tables are made, and kept")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = options.work or Path(temporary)
        all_tables, tenth = work / "all", work / "tenth"
        make_tables(all_tables, options.tables, options.rows)
        make_tables(tenth, max(1, options.tables // 10), options.rows)
        print_rounds(all_tables, work, options.rounds)
        small, large = (measured("vidclf, one file", f, work).peak_mb for f in (tenth, all_tables))
        print(f"\nPeak memory with ten times the rows: {small:.0f} → {large:.0f} MB")
        print("\n".join(f"{key}: {value}" for key, value in facts().items()))


def print_rounds(tables: Path, work: Path, rounds: int) -> None:
    """Each join in turn, `rounds` times, and the medians."""
    results: dict[str, list[Join]] = {title: [] for title in commands(tables, work)}
    for _ in range(rounds):
        for title, runs in results.items():
            runs.append(measured(title, tables, work))
    bare = results["bare loop of pyarrow"]
    print("| join | wall s | CPU s | CPU ÷ bare | peak MB | output MB |")
    print("|---|---:|---:|---:|---:|---:|")
    for title, runs in results.items():
        ratio = median(run.cpu / other.cpu for run, other in zip(runs, bare, strict=True))
        print(f"| {title} | {' | '.join(middles(runs, ratio))} |")


def middles(runs: list[Join], ratio: float) -> Iterator[str]:
    """The cells of a row."""
    yield f"{median(run.wall for run in runs):.1f}"
    yield f"{median(run.cpu for run in runs):.1f}"
    yield f"{ratio:.2f}"
    yield f"{median(run.peak_mb for run in runs):.0f}"
    yield f"{median(run.output_mb for run in runs):.0f}"


def commands(tables: Path, work: Path) -> dict[str, list[str]]:
    """What a join is called → its command, which ends with the output."""
    vidclf = [sys.executable, "-m", "vidclf", "join", str(tables), "-q", "-o"]
    bare = [sys.executable, str(PROGRAMS / "bare_join.py"), str(tables)]
    return {
        "bare loop of pyarrow": [*bare, str(work / "bare.parquet")],
        "vidclf, one file": [*vidclf, str(work / "joined.parquet")],
        "vidclf, parts": [*vidclf, str(work / "joined")],
        "vidclf, CSV": [*vidclf, str(work / "joined.csv")],
    }


def measured(title: str, tables: Path, work: Path) -> Join:
    """Run one join, whose output is removed."""
    command = commands(tables, work)[title]
    output = Path(command[-1])
    wall, cpu, peak_mb = timed(command, log=work / "log.txt", work=work)
    files = list(output.iterdir()) if output.is_dir() else [output]
    output_mb = sum(file.stat().st_size for file in files) / 1e6
    shutil.rmtree(output) if output.is_dir() else output.unlink()
    return Join(wall=wall, cpu=cpu, peak_mb=peak_mb, output_mb=output_mb)


def make_tables(folder: Path, tables: int, rows: int) -> None:
    """Write the tables that are not there yet, as text: data frames would count as our memory."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(tables):
        path = folder / f"clip_{number:06d}_predictions.csv"
        if not path.exists():
            path.write_text(HEADER + "".join(table_rows(number, rows)), encoding="utf-8")


def table_rows(number: int, rows: int) -> Iterator[str]:
    """Labels that hold for a second or so, with scores that never are the same."""
    random, ranked = Random(number), LABELS[:3]
    for frame in range(rows):
        if frame % 30 == 0:
            ranked = random.sample(LABELS, 3)
        first, second, third = ranked
        seconds = f"{frame * 1001 / 30000:.9f}".rstrip("0")
        score = 0.5 + random.random() / 2
        yield (
            f"clip_{number:06d}.mp4,{frame},{seconds}{'0' if seconds.endswith('.') else ''},TRUE,"
            f"{first},{LABELS.index(first)},{score:.6f},{first},{score * 0.9:.6f},"
            f"{second},{(1 - score) * 0.7:.6f},{third},{(1 - score) * 0.2:.6f}\n"
        )


if __name__ == "__main__":
    main()
