"""Folders of files that are names and nothing else, and what a plan makes of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from vidclf.batch.plan import Plan


def touch(folder: Path, *names: str) -> None:
    """Make empty files, and the folders that they lie in."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def names(plan: Plan) -> list[str]:
    """What the clips of a plan are called."""
    return [job.name for job in plan.jobs]


@contextmanager
def unreadable(folder: Path) -> Iterator[None]:
    """Take all rights to a folder away, from root, too: its process is nobody's meanwhile.

    Paths below the current folder stay open to nobody, also where those above it are closed.
    """
    if os.name != "posix":
        pytest.skip("rights are POSIX's here")
    mode, user = folder.stat().st_mode, os.geteuid()
    here = folder.relative_to(Path.cwd())
    folder.chmod(0)
    try:
        if user == 0:
            _become_nobody()
        if os.access(here, os.R_OK, effective_ids=True):
            pytest.skip("this user may read everything")
        yield
    finally:
        os.seteuid(user)
        folder.chmod(mode)


def _become_nobody() -> None:
    try:
        os.seteuid(65534)
    except OSError:
        pytest.skip("this system has no user but root")
