"""All protocols of the server as one ASGI application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute

from vidclf.serving.access import Access
from vidclf.serving.guard import Guard
from vidclf.serving.http.routes import PROBLEM_HANDLERS, http_routes, no_stream
from vidclf.serving.streams.socket_io import with_socket_io
from vidclf.serving.streams.web_socket import StreamEndpoint

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from vidclf.serving.service import Service


def make_app(service: Service) -> ASGIApp:
    """The application of a service."""
    access = Access(service.options)
    stream = StreamEndpoint(service, access)
    routes = [
        WebSocketRoute("/v1/stream", stream.serve),
        WebSocketRoute("/{rest:path}", no_stream),
        *http_routes(service, access),
    ]
    app = Starlette(routes=routes, exception_handlers=PROBLEM_HANDLERS)
    app.router.redirect_slashes = False
    return Guard(with_socket_io(app, service, access), service.options, access)
