"""The command: arguments → settings → call → exit code. Nothing heavy is imported up here."""

from __future__ import annotations

import argparse
import io
import logging
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import fields
from types import FrameType
from typing import TYPE_CHECKING, Any

from vidclf._version import __version__
from vidclf.cli.options import build_parser, join_negative_values
from vidclf.cli.table_commands import TABLE_COMMANDS
from vidclf.errors import VidclfError
from vidclf.settings import Settings

if TYPE_CHECKING:
    from vidclf.batch.run import BatchSummary

INTERRUPTED = 130
_STOPPING = (signal.SIGINT, signal.SIGTERM)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0 all done, 1 some failed, 2 usage, 130 stopped."""
    _make_output_forgiving()
    parser = build_parser(__version__, [module.add for module in TABLE_COMMANDS.values()])
    arguments = parser.parse_args(join_negative_values(sys.argv[1:] if argv is None else argv))
    _set_up_logging(arguments)
    stop = _Stop()
    for name in _STOPPING:
        signal.signal(name, stop)
    try:
        exit_code = int(_COMMANDS[arguments.command](arguments))
        sys.stdout.flush()
    except VidclfError as exc:
        _complain(f"error: {exc}")
        return exc.exit_code
    except KeyboardInterrupt:
        _complain("interrupted: unfinished outputs are removed")
        return INTERRUPTED
    except BrokenPipeError:
        _stop_printing()
        return INTERRUPTED
    except OSError as exc:  # of files, vidclf's own errors tell; this is standard output
        _stop_printing()
        _complain(f"error: cannot print ({exc.strerror})")
        return 1
    return exit_code


def _make_output_forgiving() -> None:
    """Print what a terminal's encoding lacks as "?" instead of failing on it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _stop_printing() -> None:
    """Nobody takes our output any more; Python would complain of it once more on leaving."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _annotate(arguments: argparse.Namespace) -> int:
    return _run_batch(arguments, video=not arguments.no_video)


def _predict(arguments: argparse.Namespace) -> int:
    return _run_batch(arguments, video=False)


def _inspect(arguments: argparse.Namespace) -> int:
    from vidclf.inspection import as_json, as_text, inspect

    settings = Settings(**_settings_of(arguments))
    known: dict[str, Any] = {}
    for target in arguments.targets:
        try:
            known[target] = inspect(target, settings)
        except VidclfError as exc:
            _complain(f"error: {exc}")
            known[target] = exc
    errors = [what for what in known.values() if isinstance(what, VidclfError)]
    if arguments.json:
        print(as_json(known))
    elif shown := [as_text(what) for what in known.values() if what not in errors]:
        print("\n\n".join(shown))
    return errors[-1].exit_code if errors else 0


_COMMANDS = {
    "annotate": _annotate,
    "predict": _predict,
    "inspect": _inspect,
    **{name: module.run for name, module in TABLE_COMMANDS.items()},
}


def _run_batch(arguments: argparse.Namespace, *, video: bool) -> int:
    from vidclf.api import annotate_all
    from vidclf.cli.progress import Bars

    settings = Settings(**_settings_of(arguments), video=video)
    whole = arguments.start is None and arguments.end is None
    with Bars(shown=not arguments.quiet and _on_terminal(), whole=whole) as bars:
        batch = annotate_all(
            arguments.inputs,
            output=arguments.output,
            recursive=arguments.recursive,
            settings=settings,
            watcher=_Reporter(bars, arguments),
        )
    return _summarise(batch, arguments)


def _settings_of(arguments: argparse.Namespace) -> dict[str, Any]:
    """The arguments that are settings, but those left at their default."""
    given = vars(arguments)
    names = [field.name for field in fields(Settings) if field.name in given]
    return {name: given[name] for name in names if given[name] is not None}


class _Reporter:
    """Says what became of each clip, above the progress bar."""

    def __init__(self, bars: Any, arguments: argparse.Namespace) -> None:
        self._bars = bars
        self._arguments = arguments

    def started(self, name: str, place: int, count: int) -> None:
        self._bars.started(name if count == 1 else f"[{place}/{count}] {name}")

    def frame(self, info: Any, frame: Any) -> None:
        self._bars.frame(info, frame)

    def done(self, summary: Any) -> None:
        self._bars.stopped()
        if self._arguments.quiet:
            return
        rate = summary.frames_read / summary.seconds
        outputs = ", ".join(summary.outputs.values())
        print(f"{summary.video}: {summary.frames_read} frames, {rate:.0f} frames/s → {outputs}")
        if self._arguments.verbose:
            stages = ", ".join(f"{name} {s:.2f} s" for name, s in summary.stage_seconds.items())
            print(f"  {summary.runtime}: {stages}, in all {summary.seconds:.2f} s")

    def failed(self, name: str, error: Exception) -> None:
        self._bars.stopped()
        if isinstance(error, VidclfError):
            _complain(str(error))
        else:
            _complain(f"{name}: unexpected {type(error).__name__}: {error} (-v tells where)")


def _summarise(batch: BatchSummary, arguments: argparse.Namespace) -> int:
    done, failed = len(batch.done), len(batch.failed)
    if done + failed > 1 and not arguments.quiet:
        frames = sum(summary.frames_read for summary in batch.done)
        print(f"{done} of {done + failed} clips done, {frames} frames, {failed} failed")
    if failed and done + failed > 1:
        _complain("failed: " + ", ".join(name for name, _ in batch.failed))
    return 1 if failed else 0


def _set_up_logging(arguments: argparse.Namespace) -> None:
    level = logging.INFO if getattr(arguments, "verbose", False) else logging.WARNING
    if getattr(arguments, "quiet", False):
        level = logging.ERROR
    logging.basicConfig(level=logging.WARNING, format="vidclf: %(message)s")
    logging.getLogger("vidclf").setLevel(level)
    if level == logging.WARNING and _on_terminal():
        logging.getLogger("vidclf.inference.runtimes").setLevel(
            logging.INFO
        )  # why the first run waits


def _on_terminal() -> bool:
    """Whether somebody watches standard error; it is None where it was closed (`2>&-`)."""
    return sys.stderr is not None and sys.stderr.isatty()


class _Stop:
    """Interrupts once: a second signal must not disturb the cleaning up."""

    def __init__(self) -> None:
        self._begun = False

    def __call__(self, signum: int, frame: FrameType | None) -> None:
        if not self._begun:
            self._begun = True
            raise KeyboardInterrupt


def _complain(text: str) -> None:
    if sys.stderr is not None:
        print(f"vidclf: {text}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
