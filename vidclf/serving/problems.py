"""What is said of a frame, request or connection that is refused.

The form is that of RFC 9457 (`application/problem+json`), over HTTP and in every other protocol.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal[
    "bad-request",
    "unauthorized",
    "forbidden-origin",
    "not-found",
    "method-not-allowed",
    "timeout",
    "too-large",
    "unsupported-type",
    "headers-too-large",
    "unreadable-picture",
    "bad-settings",
    "too-many-events",
    "too-many-clients",
    "overloaded",
    "not-ready",
    "slow-reader",
    "session-taken",
    "model-failed",
    "stopping",
    "internal",
]

_STATUS: dict[Kind, int] = {
    "bad-request": 400,
    "unauthorized": 401,
    "forbidden-origin": 403,
    "not-found": 404,
    "method-not-allowed": 405,
    "timeout": 408,
    "too-large": 413,
    "unsupported-type": 415,
    "headers-too-large": 431,
    "unreadable-picture": 422,
    "bad-settings": 422,
    "too-many-events": 429,
    "too-many-clients": 503,
    "overloaded": 503,
    "not-ready": 503,
    "slow-reader": 503,
    "session-taken": 409,
    "model-failed": 500,
    "stopping": 503,
    "internal": 500,
}
_TITLES: dict[Kind, str] = {
    "bad-request": "The request cannot be understood",
    "unauthorized": "A token is needed",
    "forbidden-origin": "Pages of this origin may not use the server",
    "not-found": "There is nothing at this address",
    "method-not-allowed": "This address does not take this method",
    "timeout": "The request took too long to come",
    "too-large": "It is larger than the server takes",
    "unsupported-type": "The server does not take bodies of this type",
    "headers-too-large": "The request's headers are larger than the server takes",
    "unreadable-picture": "The picture cannot be decoded",
    "bad-settings": "The settings cannot be right",
    "too-many-events": "The client sends more than the server takes",
    "too-many-clients": "As many clients as the server takes are connected",
    "overloaded": "More pictures wait than the server takes",
    "not-ready": "The model is not open yet",
    "slow-reader": "The client does not read its answers",
    "session-taken": "Another connection has taken up the session",
    "model-failed": "The model cannot compute the picture",
    "stopping": "The server is stopping",
    "internal": "The server failed; its log tells more",
}
_CLOSING: frozenset[Kind] = frozenset(
    {"unauthorized", "timeout", "too-many-events", "too-many-clients", "slow-reader",
     "session-taken", "stopping"}
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that was refused, and why."""

    kind: Kind
    """What it is."""
    detail: str
    """The value, the rule and the remedy, in a sentence; never a secret."""

    @property
    def status(self) -> int:
        """The status of HTTP that belongs to it."""
        return _STATUS[self.kind]

    @property
    def closes(self) -> bool:
        """Whether a connection that streams ends with it."""
        return self.kind in _CLOSING

    def as_json(self) -> dict[str, Any]:
        """The members of RFC 9457, 3.1; the type is a URN, as it stands for no page."""
        return {
            "type": f"urn:vidclf:problem:{self.kind}",
            "title": _TITLES[self.kind],
            "status": self.status,
            "detail": self.detail,
        }


class ProblemError(Exception):
    """Raised where the server refuses something; it never leaves this room."""

    def __init__(self, kind: Kind, detail: str) -> None:
        super().__init__(detail)
        self.problem = Problem(kind=kind, detail=detail)


STOPPING = Problem(kind="stopping", detail="frames are no longer taken: come back later")
"""What is said once the server is told to stop."""
INTERNAL = Problem(kind="internal", detail="an error that nobody explained: the log tells of it")
"""What a client is told of a bug."""
