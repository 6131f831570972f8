"""WebSockets that can be ended although their client reads nothing.

What an ASGI application sends waits for the client, so that it can neither tell a client that does
not read why it is cut off, nor cut it off. uvicorn takes another protocol class for its own; this
one lends its connection to the application as an extension of the scope.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState

from vidclf.serving.limits import LINGER_SECONDS
from vidclf.serving.outcomes import Json
from vidclf.serving.problems import Problem

if TYPE_CHECKING:
    from uvicorn._types import ASGISendEvent

_STOP_SECONDS = 0.3
"""The same, when the server stops."""
_NO_TEXT = 1007
"""The code of a closing after text that is no UTF-8: RFC 6455, 7.4.1."""
_EXTENSION = "vidclf.end"


class EndableSocket(WebSocketsSansIOProtocol):
    """uvicorn's own protocol, and `end`."""

    async def run_asgi(self) -> None:
        """Run the application, with what ends the connection in its scope."""
        extensions: Json = self.scope["extensions"]
        extensions[_EXTENSION] = self.end
        await super().run_asgi()

    async def send(self, message: ASGISendEvent) -> None:
        """Send; after an answer that refuses, uvicorn would still log that none was given."""
        await super().send(message)
        if message["type"] == "websocket.http.response.body":
            self.handshake_complete = True

    def end(self, *texts: str, code: int, reason: str) -> None:
        """Send last words and close, now, and cut a client off that does not read them soon.

        Args:
            texts: messages.
            code: of the closing, 4000 to 4999.
            reason: what it is called, in at most 123 bytes.
        """
        if self.close_sent or self.disconnected or self.transport.is_closing():
            return
        try:
            for text in texts:
                self.conn.send_text(text.encode())
            self.conn.send_close(code, reason)
        except InvalidState:
            return
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.stop_keepalive()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self.close_timer = self.loop.call_later(LINGER_SECONDS, self.transport.abort)

    def send_receive_event_to_app(self) -> None:
        """Take a whole message; text that is none ends the connection, and is not worth a log."""
        if self.curr_msg_data_type == "text" and not _is_text(b"".join(self.frames)):
            self.frames = []
            self.end(code=_NO_TEXT, reason="text must be UTF-8")
        else:
            super().send_receive_event_to_app()

    def shutdown(self) -> None:
        """Close the connection, as the server stops."""
        super().shutdown()
        self.loop.call_later(_STOP_SECONDS, self.transport.abort)


def end_socket(scope: MutableMapping[str, Any], problem: Problem, *texts: str) -> None:
    """End the connection of a scope: its code is 4000 and the problem's status.

    Args:
        scope: of a connection that was accepted.
        problem: why; its kind is told as the reason.
        texts: messages before.
    """
    end = scope["extensions"][_EXTENSION]
    end(*texts, code=4000 + problem.status, reason=problem.kind)


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
