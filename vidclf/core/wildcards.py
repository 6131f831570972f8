"""Names with `*`, which a shell leaves to the program where they are quoted, and Windows always."""

from __future__ import annotations

import glob
import os
import re

from vidclf.core.addresses import address_kind

WILDCARD = re.compile(r"[*?]|\[.+\]")
"""What makes a name stand for all that it matches."""


def matching_files(named: str | os.PathLike[str]) -> list[str | os.PathLike[str]]:
    """The files and folders that a name with wildcards matches, in order; else the name itself.

    As in a shell, `*` matches no hidden file, and a name that matches nothing stands for itself. So
    does one that is the name of a file. `**` matches folders at any depth.
    """
    text = os.fspath(named)
    if not WILDCARD.search(text) or os.path.lexists(text) or address_kind(named):
        return [named]
    return [*sorted(glob.glob(text, recursive=True))] or [named]  # noqa: PTH207
