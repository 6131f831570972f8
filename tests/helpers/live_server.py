"""A real server in a thread of the test run, on loopback, at a port of its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from vidclf.serving.running import RunningServer, ServeSummary
from vidclf.serving.serve import serve


@dataclass
class LiveServer:
    """A server that runs."""

    address: str
    """Such as `http://127.0.0.1:41234`."""
    ended: Future[ServeSummary] = field(repr=False)
    """What it did, once it has ended."""
    stop: Any = field(repr=False)
    """Ends it."""

    @property
    def stream(self) -> str:
        """The address of its WebSocket."""
        return self.address.replace("http", "ws", 1) + "/v1/stream"


@contextmanager
def live_server(**options: Any) -> Iterator[LiveServer]:
    """Serve with the arguments of `vidclf.serve` while the block runs."""
    started: Future[RunningServer] = Future()
    ended: Future[ServeSummary] = Future()

    def run() -> None:
        try:
            ended.set_result(serve(on_start=started.set_result, **{"port": 0} | options))
        except BaseException as exc:
            for waited in (started, ended):
                if not waited.done():
                    waited.set_exception(exc)

    thread = threading.Thread(target=run, name="live-server")
    thread.start()
    try:
        running = started.result(timeout=60)
        yield LiveServer(running.address, ended, running.stop)
    finally:
        if started.done() and not started.exception():
            started.result().stop()
        thread.join(timeout=30)
    assert not thread.is_alive(), "the server did not end"
    ended.result(timeout=0)
