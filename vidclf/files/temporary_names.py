"""The hidden names under which outputs are written until they are whole."""

from __future__ import annotations

import re
import secrets
from pathlib import Path

_TEMPORARY_NAME = re.compile(
    r"\.(?P<stem>.+)\.(?P<token>[0-9a-f]{8})-\d+\.part(?P<suffix>(?:\.\w+)?)"
)


def new_token() -> str:
    """What tells the hidden files of one run from those of others: eight hexadecimal digits."""
    return secrets.token_hex(4)


def temporary_name(final: Path, *, token: str, number: int = 0) -> Path:
    """A hidden name beside `final`, of at most 255 bytes: `a.mp4` → `.a.1f2e3d4c-0.part.mp4`.

    Args:
        final: the output.
        token: of the run, from `new_token`.
        number: which of the run's files it is; long names that begin alike differ in it.
    """
    return final.with_name(f".{final.stem[:48]}.{token}-{number}.part{final.suffix}")


def token_of(path: Path) -> str | None:
    """The token in a hidden file's name; None where it is no such name."""
    match = _TEMPORARY_NAME.fullmatch(path.name)
    return match["token"] if match else None


def shown_path(path: Path) -> Path:
    """The path as its user knows it: the final name in place of a temporary one."""
    match = _TEMPORARY_NAME.fullmatch(path.name)
    return path.with_name(match["stem"] + match["suffix"]) if match else path
