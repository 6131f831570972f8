"""What must hold for every command, whatever files it is given: the whole oracle.

A rule is a function whose docstring is the rule. It gives a sentence for each way in which a run
broke it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from fuzz.outputs import what_is_wrong
from fuzz.runs import Run

_TEMPORARY = re.compile(r"\.part(\.|$)|^\.|/\.")
_RAW = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Characters that steer a terminal, or turn the order of what it shows."""
_UNEXPECTED = re.compile(r"Traceback|unexpected \w*(Error|Exception|Warning)|Fatal Python error")
_FILE_NAME = re.compile(r"\w\.[a-z]")
_QUESTION = re.compile(r"^ +--(preprocess|head)\b", re.MULTILINE)
"""The table of a question about a model, which has lines of its own."""
_OF_CLIPS = ("annotate", "predict")
Breaches = Iterator[str]


def breaches(run: Run, folder: Path, names: list[str]) -> list[str]:
    """Say in sentences which rules a run broke.

    Args:
        run: what a command did.
        folder: where it ran.
        names: of the files that it was given.
    """
    return [breach for rule in RULES for breach in rule(run, folder, names)]


def ends_by_itself(run: Run, folder: Path, names: list[str]) -> Breaches:
    """A command ends by itself, within bounds of time, memory and disk, and never by a crash."""
    if run.over:
        yield run.over
    elif run.exit_code < 0:
        yield f"was ended by signal {-run.exit_code}"


def says_by_its_exit_code(run: Run, folder: Path, names: list[str]) -> Breaches:
    """The exit code is 0 for all done, 1 for a failure, 2 for bad usage or a question."""
    if run.exit_code > 2:
        yield f"ended with exit code {run.exit_code}"


def tells_failures_in_a_line(run: Run, folder: Path, names: list[str]) -> Breaches:
    """A failure is told in one line on standard error, which names a file that was given, or one
    that was to be made of it."""
    if run.exit_code <= 0:
        return
    lines = [line for line in run.err.splitlines() if line.startswith("vidclf")]
    if not lines:
        yield "failed without a word"
    elif not _names_a_file(lines[-1], [*names, *filter(_FILE_NAME.search, run.argv)]):
        yield f"names none of its files: {lines[-1][:200]}"
    if sum(line.startswith("vidclf: error: ") for line in lines) > 1:
        yield "failed with several errors"


def _names_a_file(line: str, names: list[str]) -> bool:
    paths = [Path(name) for name in names]
    made = {rf"\b{re.escape(path.stem)}_\w+\.\w+" for path in paths}
    folders = {rf"\b{re.escape(str(path.parent))}\b" for path in paths if path.parent.name}
    return any(name in line for name in names) or any(
        re.search(pattern, line) for pattern in made | folders
    )


def says_nothing_else(run: Run, folder: Path, names: list[str]) -> Breaches:
    """Each line on standard error begins with `vidclf`: no library talks there, and no line is
    broken in two."""
    if run.exit_code == 2 and _QUESTION.search(run.err):
        return
    for line in run.err.split("\n")[:-1]:
        if not line.startswith("vidclf: "):
            yield f"a line that is not vidclf's own: {line[:200]!r}"
            return


def shows_no_bug(run: Run, folder: Path, names: list[str]) -> Breaches:
    """No traceback and no unexpected error."""
    if found := _UNEXPECTED.search(run.err + run.out):
        yield f"says {found[0]!r}: {run.err[-300:]!r}"


def steers_no_terminal(run: Run, folder: Path, names: list[str]) -> Breaches:
    """Nothing that is printed holds control characters, whatever files and labels are called."""
    if found := _RAW.search(run.err + run.out):
        yield f"prints {found[0]!r}"


def leaves_nothing_unfinished(run: Run, folder: Path, names: list[str]) -> Breaches:
    """No temporary file is left, and none at all of a clip or table that failed."""
    for name in run.new_files:
        if _TEMPORARY.search(name):
            yield f"left {name}"
        elif run.exit_code != 0:
            yield f"failed, and left {name}"


def writes_whole_files(run: Run, folder: Path, names: list[str]) -> Breaches:
    """All outputs are there and whole, and agree with each other."""
    if run.exit_code == 0:
        if not run.new_files and not run.out.strip():
            yield "did nothing, and said that all is well"
        yield from what_is_wrong(folder, run.new_files, of_clip=run.argv[0] in _OF_CLIPS)


RULES: tuple[Callable[[Run, Path, list[str]], Breaches], ...] = (
    ends_by_itself,
    says_by_its_exit_code,
    tells_failures_in_a_line,
    says_nothing_else,
    shows_no_bug,
    steers_no_terminal,
    leaves_nothing_unfinished,
    writes_whole_files,
)
