"""The hidden names under which outputs are written until they are whole."""

from __future__ import annotations

import re
import secrets
from pathlib import Path

_TEMPORARY_NAME = re.compile(r"\.(?P<stem>.+)\.[0-9a-f]{8}\.part")


def temporary_name(final: Path) -> Path:
    """A hidden name beside `final`, of at most 255 bytes: `a.mp4` → `.a.1f2e3d4c.part.mp4`."""
    return final.with_name(f".{final.stem[:48]}.{secrets.token_hex(4)}.part{final.suffix}")


def shown_path(path: Path) -> Path:
    """The path as its user knows it: the final name in place of a temporary one."""
    match = _TEMPORARY_NAME.fullmatch(path.stem)
    return path.with_name(match["stem"] + path.suffix) if match else path
