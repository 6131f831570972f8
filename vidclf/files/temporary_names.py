"""The hidden names under which outputs are written until they are whole."""

from __future__ import annotations

import hashlib
import re
import secrets
from pathlib import Path

from vidclf.files.places import SomePlace

_STEM_LENGTH = 48
_TEMPORARY_NAME = re.compile(
    r"\.(?P<stem>[^/\0]+)\.(?P<token>[0-9a-f]{8})-\d+\.part(?P<suffix>(?:\.\w+)?)"
)


def new_token() -> str:
    """What tells the hidden files of one run from those of others: eight hexadecimal digits."""
    return secrets.token_hex(4)


def token_for(*parts: object) -> str:
    """A token that is always the same for the same parts."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:8]


def temporary_name(final: SomePlace, *, token: str, number: int = 0) -> SomePlace:
    """A hidden name beside `final`, of at most 255 bytes: `a.mp4` → `.a.1f2e3d4c-0.part.mp4`.

    Args:
        final: the output.
        token: of the run, from `new_token`.
        number: which of the run's files it is; long names that begin alike differ in it.
    """
    return final.with_name(f".{final.stem[:_STEM_LENGTH]}.{token}-{number}.part{final.suffix}")


def token_of(name: str) -> str | None:
    """The token in a hidden file's name; None where it is no such name."""
    match = _TEMPORARY_NAME.fullmatch(name)
    return match["token"] if match else None


def shown_path(path: Path) -> Path:
    """The path as its user knows it: the final name in place of a temporary one."""
    match = _TEMPORARY_NAME.fullmatch(path.name)
    return path.with_name(match["stem"] + match["suffix"]) if match else path


def claim_name(final: Path) -> Path:
    """The hidden lock file of outputs, always the same: `a.mp4` → `.a.1f2e3d4c.lock`.

    Args:
        final: the output that the claim is named after.
    """
    digest = hashlib.sha256(final.name.encode()).hexdigest()[:8]  # as long names may begin alike
    return final.with_name(f".{final.stem[:_STEM_LENGTH]}.{digest}.lock")
