"""`vidclf serve`: a model answers frames while they are being filmed."""

from __future__ import annotations

import argparse
import os
from contextlib import nullcontext
from typing import TYPE_CHECKING

from vidclf.cli.clip_run import settings_given
from vidclf.cli.messages import say
from vidclf.cli.options import add_drawing, add_model, add_talk, command
from vidclf.cli.standard_streams import native_talk_dropped
from vidclf.core.counting import counted
from vidclf.serving.options import DEFAULT_HOST, DEFAULT_MAX_WAIT_MS, DEFAULT_PORT
from vidclf.settings import Settings

if TYPE_CHECKING:
    from vidclf.api import RunningServer
    from vidclf.cli.options import Commands

_TOKEN_VARIABLE = "VIDCLF_TOKEN"
_EXAMPLES = """\
examples:
  vidclf serve -m birds.keras                    then open http://127.0.0.1:8000
  vidclf serve -m birds.keras --port 0           at a port that is free
  curl --data-binary @bird.jpg http://127.0.0.1:8000/v1/predict
  VIDCLF_TOKEN=a-long-secret vidclf serve -m birds.keras --host 0.0.0.0
                                                 for other machines, which send the token

docs/live.md tells how programs send frames: HTTP, WebSocket, Socket.IO.
"""


def add(commands: Commands) -> None:
    """Add the command."""
    parser = command(
        commands, "serve", "", "answer frames live, over HTTP, WebSocket and Socket.IO", _EXAMPLES
    )
    _add_server(parser.add_argument_group("server"))
    add_model(parser, with_table=False)
    add_drawing(parser)
    add_talk(parser)


def _add_server(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--host", metavar="ADDRESS", default=DEFAULT_HOST,
        help="where to listen (default: 127.0.0.1, for this machine alone; 0.0.0.0 for others)",
    )  # fmt: skip
    group.add_argument(
        "--port", type=int, metavar="N", default=DEFAULT_PORT,
        help=f"default: {DEFAULT_PORT}; 0 for any that is free",
    )  # fmt: skip
    group.add_argument(
        "--token", metavar="SECRET",
        help=f"what clients must send; {_TOKEN_VARIABLE} of the environment keeps it from the "
        "list of processes",
    )  # fmt: skip
    group.add_argument(
        "--insecure", action="store_true",
        help="let anybody in who can reach --host, without a token",
    )  # fmt: skip
    group.add_argument(
        "--allow-origin", metavar="ORIGIN", action="append", default=[], dest="allow_origins",
        help="whose pages may use it beside its own: https://lab.example, or * (may be repeated)",
    )  # fmt: skip
    group.add_argument(
        "--max-wait", type=float, metavar="MS", default=DEFAULT_MAX_WAIT_MS, dest="max_wait_ms",
        help="an idle model waits at most so long for frames that are being decoded "
        f"(default: {DEFAULT_MAX_WAIT_MS:g})",
    )  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Serve until Ctrl-C, which is the normal end."""
    from vidclf.api import serve

    def on_start(running: RunningServer) -> None:
        say(arguments, f"{running.model} answers at {running.address} (Ctrl-C ends it)")

    with nullcontext() if arguments.verbose else native_talk_dropped():
        done = serve(
            host=arguments.host,
            port=arguments.port,
            token=_token(arguments),
            insecure=arguments.insecure,
            allow_origins=arguments.allow_origins,
            max_wait_ms=arguments.max_wait_ms,
            on_start=on_start,
            settings=Settings(**settings_given(arguments)),
        )
    say(
        arguments,
        f"{counted(done.frames_answered, 'frame')} answered, {done.frames_dropped:,} dropped for "
        f"newer ones, {done.frames_refused:,} refused",
    )
    return 0


def _token(arguments: argparse.Namespace) -> str | None:
    """The token; one that was given and is empty (`--token "$UNSET"`) is not taken for none."""
    if arguments.token is not None:
        return str(arguments.token)
    return os.environ.get(_TOKEN_VARIABLE) or None
