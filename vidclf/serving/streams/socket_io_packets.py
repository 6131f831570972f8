"""Which packets of Socket.IO a client may send."""

from __future__ import annotations

import re

from vidclf.serving.problems import ProblemError

_TEXT = re.compile(
    r"""
    0 (/[^,]{0,100},)? (\{.*)?     # connect: namespace, and what is said first
    | 1 (/[^,]{0,100},?)?          # disconnect
    | (2 | (?P<binary> 51-))       # event, alone or with a picture that follows
      [0-9]{0,15} \[ \s* "(?P<event> [^"\\]{0,100})" .*   # its acknowledgement's id, name, and rest
    """,
    re.DOTALL | re.VERBOSE | re.ASCII,
)
"""Packets that a client may send: https://socket.io/docs/v4/socket-io-protocol/"""

_RESERVED = frozenset({"connect", "disconnect", "*"})
"""Handlers of ours, which python-socketio would let a client call as events, with any arguments."""


def check_message(message: object, *, awaits_picture: bool) -> bool:
    """Refuse what is no packet that a client may send.

    Returns:
        Whether a picture follows.

    Raises:
        ProblemError: it is none.
    """
    if isinstance(message, bytes):
        if not awaits_picture:
            raise ProblemError("bad-request", "a picture came that no event has announced")
        return False
    if awaits_picture:
        raise ProblemError("bad-request", "text came in place of a picture that was announced")
    found = _TEXT.fullmatch(message) if isinstance(message, str) else None
    if found is None:
        raise ProblemError(
            "bad-request",
            "no packet of Socket.IO that this server takes: send an event with a name, of JSON and "
            "at most one picture",
        )
    if found["event"] in _RESERVED:
        raise ProblemError("bad-request", f"no event can be called {found['event']}")
    return found["binary"] is not None
