"""The command itself: cases one after the other, and what of them is kept."""

from __future__ import annotations

import argparse
import logging
import os
import shlex
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from fuzz.cases import KINDS, Case, Kind, make_case
from fuzz.rules import breaches
from fuzz.runs import Runner

_KEPT = Path("fuzz-findings")
_EXAMPLES = """\
examples:
  python -m tests.fuzz --seed 7 --count 200               200 clips, 200 tables, 200 models
  python -m tests.fuzz --seed 7 --seconds 60 --kind clips
  python -m tests.fuzz --seed 7 --kind tables --only 12   the case of this number again
"""


def main(argv: list[str] | None = None) -> int:
    """Try the cases; 1 if any of them broke a rule."""
    arguments = _parse(argv)
    logging.getLogger("vidclf").setLevel(logging.ERROR)  # what is read here warns, too
    counts: Counter[str] = Counter()
    with TemporaryDirectory(prefix="vidclf-fuzz-") as folder:
        os.environ["VIDCLF_CACHE"] = str(Path(folder) / "cache")
        runner = Runner()
        for kind, number in _numbers(arguments):
            case = make_case(kind, arguments.seed, number, runner)
            counts["cases"] += 1
            if _try(case, Path(folder) / "case", runner, counts):
                counts["findings"] += 1
                _keep(case, Path(folder) / "case", arguments.keep)
    kept = f", kept in {arguments.keep}" if counts["findings"] else ""
    print(
        f"{counts['cases']} cases, {counts['done']} commands done and {counts['refused']} refused: "
        f"{counts['findings']} cases with findings{kept}"
    )
    return 1 if counts["findings"] else 0


def _parse(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz",
        description="Damage clips, tables and model files, and see that vidclf bears it.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seed", type=int, default=0, help="which cases (default: 0)")
    parser.add_argument("--kind", choices=[*KINDS, "all"], default="all")
    parser.add_argument("--count", type=int, help="cases of each kind")
    parser.add_argument("--seconds", type=float, help="how long, where no count is given (60)")
    parser.add_argument("--start", type=int, default=0, help="number of the first case")
    parser.add_argument("--only", type=int, help="the one case of this number")
    parser.add_argument("--keep", type=Path, default=_KEPT, help="folder for what was found")
    return parser.parse_args(argv)


def _numbers(arguments: argparse.Namespace) -> Iterator[tuple[Kind, int]]:
    """Each kind and number to be tried, kinds in turn."""
    kinds = KINDS if arguments.kind == "all" else (arguments.kind,)
    seconds = 60.0 if arguments.seconds is None else arguments.seconds
    deadline = time.monotonic() + seconds if arguments.count is None else None
    numbers = count(arguments.start)
    if arguments.only is not None:
        numbers, deadline = iter([arguments.only]), None
    for number in numbers:
        if arguments.count is not None and number >= arguments.start + arguments.count:
            return
        for kind in kinds:
            if deadline is not None and time.monotonic() > deadline:
                return
            yield kind, number


def _try(case: Case, folder: Path, runner: Runner, counts: Counter[str]) -> bool:
    """Run a case; whether it broke a rule, which is then printed."""
    _write(case, folder)
    found = False
    names = [*case.files, *{Path(name).name for name in case.files}]
    for argv in case.commands:
        if any(operand.startswith("out/") and not (folder / operand).exists() for operand in argv):
            continue  # the run that was to make it has failed
        run = runner.run(argv, folder, case.limits)
        counts["refused" if run.exit_code else "done"] += 1
        if broken := breaches(run, folder, names):
            _print(case, argv, broken)
            found = True
    return found


def _print(case: Case, argv: list[str], broken: list[str]) -> None:
    kind, seed, number = case.name.split()
    lines = [
        f"{case.name} ({case.told})",
        f"  vidclf {shlex.join(argv)}",
        *(f"  ✗ {breach}" for breach in broken),
        f"  again: python -m tests.fuzz --seed {seed} --kind {kind} --only {number}",
    ]
    print("\n".join(lines), end="\n\n", flush=True)


def _keep(case: Case, folder: Path, keep: Path) -> None:
    """Keep the files of a case, and what its commands made of them."""
    kept = keep / case.name.replace(" ", "-")
    shutil.rmtree(kept, ignore_errors=True)
    shutil.copytree(folder, kept)


def _write(case: Case, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    for name, content in case.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
