"""Runs the application: sockets, signals and the end."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import uvicorn

from vidclf.errors import UsageError
from vidclf.serving.app import make_app
from vidclf.serving.http_protocol import BoundedHttp
from vidclf.serving.limits import MOST_HEADER_BYTES, MOST_TEXT_BYTES
from vidclf.serving.service import Service
from vidclf.serving.socket_protocol import EndableSocket

if TYPE_CHECKING:
    from vidclf.inference.engine import Engine
    from vidclf.serving.options import ServeOptions
    from vidclf.serving.tally import Tally
    from vidclf.settings import Settings

_STOP_SECONDS = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningServer:
    """A server that answers."""

    address: str
    """Where: `http://127.0.0.1:8000`."""
    stop: Callable[[], None]
    """Has it answer what is in flight and end; any thread may call it."""


OnStart = Callable[[RunningServer], None]


class _Server(uvicorn.Server):
    """Answers what is in flight before it closes connections."""

    def __init__(self, config: uvicorn.Config, service: Service) -> None:
        super().__init__(config)
        self._service = service

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop the service, then all connections."""
        await self._service.stop()
        await super().shutdown(sockets)


async def serve_until_stopped(
    engine: Engine, settings: Settings, options: ServeOptions, *, on_start: OnStart
) -> Tally:
    """Serve until a signal comes; what is in flight then is answered.

    Args:
        engine: the model.
        settings: how frames are answered.
        options: how the server is reached.
        on_start: is called once the server answers.

    Raises:
        UsageError: it cannot listen there.
    """
    listening = _listen(options)
    with contextlib.closing(listening):
        service = Service(engine, settings, options)
        config = uvicorn.Config(
            make_app(service),
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            http=BoundedHttp,
            h11_max_incomplete_event_size=MOST_HEADER_BYTES,
            ws_max_size=MOST_TEXT_BYTES,
            ws_per_message_deflate=False,
            ws=EndableSocket,
            timeout_graceful_shutdown=_STOP_SECONDS,
        )
        server = _Server(config, service)

        def stop() -> None:
            server.should_exit = True

        running = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started and not running.done():
            await asyncio.sleep(0.01)
        on_start(RunningServer(address=_address(options, listening), stop=stop))
        await running
        return service.tally


def _listen(options: ServeOptions) -> socket.socket:
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    # asyncio turns Nagle's algorithm off for sockets that say TCP; it delays answers by 40 ms
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((options.host, options.port))
        listening.listen(128)
    except OSError as exc:
        listening.close()
        raise UsageError(
            f"cannot listen at {options.host}, port {options.port} ({exc.strerror}): give another "
            "--port, or --port 0 for any that is free"
        ) from exc
    return listening


def _address(options: ServeOptions, listening: socket.socket) -> str:
    port = listening.getsockname()[1]
    host = f"[{options.host}]" if ":" in options.host else options.host
    return f"http://{host}:{port}"
