"""The command itself: cases one after the other, and what of them is kept."""

from __future__ import annotations

import argparse
import logging
import os
import resource
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from helpers.ray_machines import two_machines

from kill.cases import ON_RAY, VICTIMS, Case, Victim, make_case
from kill.victims import new_bench, try_case, with_machines

_KEPT = Path("kill-findings")
_EXAMPLES = """\
examples:
  python -m tests.kill --seed 1 --count 100                   100 cases of each kind
  python -m tests.kill --seed 1 --victim worker --only 12     the case of this number again
"""


def main(argv: list[str] | None = None) -> int:
    """Try the cases; 1 if any of them broke a rule."""
    arguments = _parse(argv)
    logging.getLogger("vidclf").setLevel(logging.ERROR)  # what is read here warns, too
    count = findings = 0
    with (
        suppress(KeyboardInterrupt),  # what was found so far is told
        TemporaryDirectory(prefix="vidclf-kill-") as name,
        ExitStack() as stack,
    ):
        os.environ["VIDCLF_CACHE"] = str(Path(name) / "cache")
        benches = {"here": new_bench(Path(name))}
        for victim, number in _numbers(arguments):
            if victim in ON_RAY and "there" not in benches:
                machines = stack.enter_context(two_machines())
                benches["there"] = with_machines(benches["here"], machines)
            bench = benches["there" if victim in ON_RAY else "here"]
            case = make_case(victim, arguments.seed, number)
            if wrong := try_case(case, bench):
                findings += 1
                _print(case, wrong)
                _keep(case, bench.folder, arguments.keep)
            count += 1
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    kept = f", kept in {arguments.keep}" if findings else ""
    print(
        f"{count} cases, {used.ru_utime + used.ru_stime:.0f} s of processor time: "
        f"{findings} with findings{kept}"
    )
    return 1 if findings else 0


def _parse(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.kill",
        description="Kill runs over a folder, and see that the same words again make all clips.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seed", type=int, default=0, help="which cases (default: 0)")
    parser.add_argument("--victim", choices=VICTIMS, nargs="+", default=VICTIMS, dest="victims")
    parser.add_argument("--count", type=int, default=2, help="cases of each victim (default: 2)")
    parser.add_argument("--start", type=int, default=0, help="number of the first case")
    parser.add_argument("--only", type=int, help="the one case of this number")
    parser.add_argument("--keep", type=Path, default=_KEPT, help="folder for what was found")
    return parser.parse_args(argv)


def _numbers(arguments: argparse.Namespace) -> Iterator[tuple[Victim, int]]:
    """Each victim and number to be tried, victims in turn."""
    numbers = range(arguments.start, arguments.start + arguments.count)
    for number in numbers if arguments.only is None else [arguments.only]:
        for victim in arguments.victims:
            yield victim, number


def _print(case: Case, wrong: list[str]) -> None:
    victim, seed, number = case.name.split()
    lines = [
        str(case),
        *(f"  ✗ {sentence}" for sentence in wrong[:12]),
        f"  again: python -m tests.kill --seed {seed} --victim {victim} --only {number}",
    ]
    print("\n".join(lines), end="\n\n", flush=True)


def _keep(case: Case, folder: Path, keep: Path) -> None:
    """Keep the files of a case, and what its runs said."""
    kept = keep / case.name.replace(" ", "-")
    shutil.rmtree(kept, ignore_errors=True)
    shutil.copytree(folder, kept)
    for talk in folder.parent.glob(f"{folder.name}.*.*"):
        shutil.copy(talk, kept)
