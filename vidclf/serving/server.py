"""Runs the application: sockets, signals and the end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import uvicorn

from vidclf.errors import UsageError
from vidclf.serving.app import make_app
from vidclf.serving.http.protocol import BoundedHttp
from vidclf.serving.limits import MOST_HEADER_BYTES, MOST_TEXT_BYTES
from vidclf.serving.running import OnStart, RunningServer, ServeSummary
from vidclf.serving.service import Service
from vidclf.serving.streams.socket_protocol import EndableSocket

if TYPE_CHECKING:
    from vidclf.inference.engine import Engine
    from vidclf.serving.options import ServeOptions
    from vidclf.settings import Settings

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_LOGGERS = ("uvicorn", "uvicorn.error", "websockets")
_ALL_ADDRESSES = ("0.0.0.0", "::")
_STOP_SECONDS = 1
"""For which connections may take to close."""
_FLUSH_SECONDS = 0.05
"""For the last answers to leave."""


async def serve_until_stopped(
    engine: Engine, settings: Settings, options: ServeOptions, *, on_start: OnStart
) -> ServeSummary:
    """Serve until it is stopped, or a signal comes; what is in flight then is answered.

    Args:
        engine: the model.
        settings: how frames are answered.
        options: how the server is reached.
        on_start: is called once the server answers.

    Raises:
        UsageError: it cannot listen there.
        ModelError: the model cannot be computed.
    """
    with contextlib.closing(_bound(options)) as listening, _quiet_libraries():
        service = Service(engine, settings, options)
        server = _Server(_config(service), service)

        def stop() -> None:
            server.should_exit = True

        with _signals(stop):
            running = asyncio.create_task(server.serve(sockets=[listening]))
            await _started(server, running, options)
            address = _address(options, listening)
            on_start(RunningServer(address=address, model=service.info.name, stop=stop))
            await running
        return service.tally.summary()


class _Server(uvicorn.Server):
    """Uvicorn, which is told from outside when to stop, and answers what is in flight first."""

    def __init__(self, config: uvicorn.Config, service: Service) -> None:
        super().__init__(config)
        self._service = service

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop the service, then all connections."""
        await self._service.stop()
        await asyncio.sleep(_FLUSH_SECONDS)
        await super().shutdown(sockets)


def _config(service: Service) -> uvicorn.Config:
    return uvicorn.Config(
        make_app(service),
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        proxy_headers=False,
        http=BoundedHttp,
        h11_max_incomplete_event_size=MOST_HEADER_BYTES,
        ws_max_size=MOST_TEXT_BYTES,
        ws_per_message_deflate=False,
        ws=EndableSocket,
        timeout_graceful_shutdown=_STOP_SECONDS,
    )


async def _started(
    server: uvicorn.Server, running: asyncio.Task[None], options: ServeOptions
) -> None:
    """Wait until it accepts connections, or fails to."""
    while not server.started:
        if running.done():
            try:
                running.result()
            except OSError as exc:  # another program took the address meanwhile
                raise _cannot_listen(options, exc) from exc
        await asyncio.sleep(0.005)


@contextlib.contextmanager
def _signals(stop: Callable[[], None]) -> Iterator[None]:
    """Let Ctrl-C and SIGTERM stop the server; only the main thread gets signals."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, lambda *_: stop()) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _quiet_libraries() -> Iterator[None]:
    """Keep what clients do wrong out of the log; errors of our own stay in it."""
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _bound(options: ServeOptions) -> socket.socket:
    """A socket at the server's address, which takes connections once the model is open."""
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    # asyncio turns Nagle's algorithm off for sockets that say TCP; it delays answers by 40 ms
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((options.host, options.port))
    except OSError as exc:
        listening.close()
        raise _cannot_listen(options, exc) from exc
    return listening


def _cannot_listen(options: ServeOptions, error: OSError) -> UsageError:
    return UsageError(
        f"cannot listen at {options.host}, port {options.port} ({error.strerror}): give another "
        "--host or --port; --port 0 takes any that is free"
    )


def _address(options: ServeOptions, listening: socket.socket) -> str:
    """What to open in a browser; a server at all addresses has the machine's name."""
    host, port = options.host, listening.getsockname()[1]
    if host in _ALL_ADDRESSES:
        host = socket.gethostname()
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
