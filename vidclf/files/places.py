"""A place of a file: on a disk of this machine, or elsewhere."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TypeAlias

from vidclf.core.addresses import address_kind, refusal
from vidclf.errors import UsageError
from vidclf.remote.path import RemotePath

Place: TypeAlias = Path | RemotePath
"""Both have `name`, `stem`, `suffix`, `parent`, `with_name`, `with_suffix` and `/`; `str` gives
what may be shown."""


def place_of(named: str | os.PathLike[str] | RemotePath) -> Place:
    """The place that a name stands for; whether something is there is not looked at.

    Raises:
        UsageError: a live input is named.
    """
    if isinstance(named, RemotePath):
        return named
    kind = address_kind(named)
    if kind == "url":
        return RemotePath(os.fspath(named))
    if kind:
        raise UsageError(refusal(os.fspath(named)))
    return Path(named)
