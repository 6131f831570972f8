"""`vidclf.serve`: a model answers frames until it is told to stop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Unpack

from vidclf.core.run_warnings import get_logger
from vidclf.errors import UsageError
from vidclf.serving.options import DEFAULT_HOST, DEFAULT_MAX_WAIT_MS, DEFAULT_PORT, ServeOptions
from vidclf.settings import Options, Settings, settings_from, shows_options

if TYPE_CHECKING:
    from vidclf.serving.running import OnStart, RunningServer, ServeSummary

logger = get_logger(__name__)


@shows_options(Options)
def serve(
    *,
    host: str = DEFAULT_HOST,
    port: int = DEFAULT_PORT,
    token: str | None = None,
    insecure: bool = False,
    allow_origins: Sequence[str] = (),
    max_wait_ms: float = DEFAULT_MAX_WAIT_MS,
    on_start: OnStart | None = None,
    settings: Settings | None = None,
    **options: Unpack[Options],
) -> ServeSummary:
    """Answer frames over HTTP, WebSocket and Socket.IO until Ctrl-C, or SIGTERM.

    In a notebook, too: interrupting the cell ends it.

    Args:
        host: the address to listen at; the default is for this machine alone.
        port: the port; 0 for any that is free.
        token: what clients must send; needed for any `host` but this machine's own.
        insecure: whether others than this machine may come without a token.
        allow_origins: whose pages may use the server beside its own.
        max_wait_ms: how long an idle model waits at most for frames that are being decoded.
        on_start: is called once the server answers, with its address and what stops it.
        settings: how frames are answered; the command's defaults without it.
        options: as for `annotate`; those of clips, pictures and files change nothing.

    Returns:
        How many frames were received, answered, dropped and refused.

    Raises:
        VidclfError: what went wrong, in a sentence.
    """
    reached = ServeOptions(
        host=host,
        port=port,
        token=token,
        insecure=insecure,
        allow_origins=tuple(allow_origins),
        max_wait_ms=max_wait_ms,
    )
    if reached.is_open:
        logger.warning("anybody who can reach %s may use this server: there is no token", host)
    chosen = settings_from(options, base=settings)
    if chosen.precision != "f32":
        raise UsageError(
            f"--precision {chosen.precision} is for clips, along which its answers are checked: "
            "the server computes in f32, leave it away"
        )
    try:
        from vidclf.serving.server import serve_until_stopped
    except ModuleNotFoundError as exc:
        missing = (exc.name or "").partition(".")[0]
        raise UsageError(
            f"the server needs {missing}, which is not installed: pip install 'vidclf[serve]'"
        ) from exc
    from vidclf.serving.service import open_model

    engine = open_model(chosen)

    def run(tell: OnStart) -> ServeSummary:
        return asyncio.run(serve_until_stopped(engine, chosen, reached, on_start=tell))

    tell = on_start or (lambda running: None)
    return _beside_event_loop(run, tell) if _is_in_event_loop() else run(tell)


def _beside_event_loop(run: Callable[[OnStart], ServeSummary], on_start: OnStart) -> ServeSummary:
    """Serve in a thread; interrupting this one, which alone gets signals, stops it."""
    started: Future[RunningServer] = Future()

    def tell(running: RunningServer) -> None:
        started.set_result(running)
        on_start(running)

    with ThreadPoolExecutor(1, thread_name_prefix="vidclf-serve") as thread:
        ended = thread.submit(run, tell)
        try:
            return ended.result()
        except KeyboardInterrupt:
            started.add_done_callback(lambda future: future.result().stop())  # now, or once it has
            return ended.result()


def _is_in_event_loop() -> bool:
    """Whether this thread runs an event loop already, as notebooks do."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
