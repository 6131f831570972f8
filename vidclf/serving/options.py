"""How the server is reached, and what it lets in."""

from __future__ import annotations

import ipaddress
import math
from dataclasses import dataclass
from urllib.parse import urlsplit

from vidclf.errors import UsageError

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000
DEFAULT_MAX_WAIT_MS = 5.0
_LEAST_TOKEN_CHARACTERS = 8
_MOST_WAIT_MS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeOptions:
    """Where the server listens, and for whom.

    Raises:
        UsageError: something cannot be right, or would let anybody in unasked.
    """

    host: str = DEFAULT_HOST
    """The address to listen at: this machine alone, unless another one is given."""
    port: int = DEFAULT_PORT
    """The port; 0 for any that is free."""
    token: str | None = None
    """What clients must know; None for nothing."""
    insecure: bool = False
    """Whether others than this machine may come without a token."""
    allow_origins: tuple[str, ...] = ()
    """Whose pages may use the server beside its own: `https://lab.example`, or `*`."""
    max_wait_ms: float = DEFAULT_MAX_WAIT_MS
    """How long an idle model waits at most for frames that are being decoded."""

    def __post_init__(self) -> None:
        if not 0 <= self.port <= 65535:
            raise UsageError(f"--port {self.port}: must be 0 to 65535")
        if not (math.isfinite(self.max_wait_ms) and 0 <= self.max_wait_ms <= _MOST_WAIT_MS):
            raise UsageError(f"--max-wait {self.max_wait_ms}: must be 0 to {_MOST_WAIT_MS} ms")
        for origin in self.allow_origins:
            _check_origin(origin)
        self._check_token()

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach it."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def is_open(self) -> bool:
        """Whether anybody on other machines may use it."""
        return self.token is None and not self.is_local

    def _check_token(self) -> None:
        if self.token is not None:
            is_sendable = self.token.isascii() and self.token.isprintable()
            if len(self.token) < _LEAST_TOKEN_CHARACTERS or not is_sendable or " " in self.token:
                raise UsageError(
                    f"--token: must be {_LEAST_TOKEN_CHARACTERS} or more letters, digits and signs "
                    "of ASCII, without spaces"
                )
        elif self.is_open and not self.insecure:
            raise UsageError(
                f"--host {self.host} lets other machines in: give --token SECRET, which clients "
                "must then send, or --insecure to let anybody in who can reach it"
            )


def _check_origin(origin: str) -> None:
    if origin == "*":
        return
    parts = urlsplit(origin)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path not in ("", "/"):
        raise UsageError(
            f"--allow-origin {origin!r}: must be scheme and host of a page, such as "
            "https://lab.example:8443, or *"
        )
