"""What tells this machine from others, also after it was started anew."""

from __future__ import annotations

import hashlib
import platform
from functools import cache
from pathlib import Path

_MACHINE_IDS = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))


@cache
def machine_digest() -> str | None:
    """A digest of the machine's identifier and name, 16 hexadecimal digits.

    Copies of a machine share its identifier, and containers often have none, but they differ in
    their names. Where there is no identifier, the name alone must do.

    Returns:
        None where nothing tells the machine from others.
    """
    host, identifier = platform.node(), _machine_id()
    if not identifier and host.partition(".")[0] in ("", "localhost"):
        return None
    return hashlib.sha256(f"{identifier}\n{host}".encode()).hexdigest()[:16]


def _machine_id() -> str:
    for path in _MACHINE_IDS:
        try:
            return path.read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            continue
    return ""
