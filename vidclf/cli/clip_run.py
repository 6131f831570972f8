"""What `annotate` and `predict` share: a run over clips, and what is asked of it."""

from __future__ import annotations

import argparse
from dataclasses import fields
from typing import Any

from vidclf.cli.messages import complain, on_terminal
from vidclf.cli.questions import answer_question
from vidclf.cli.run_reporter import RunReporter
from vidclf.errors import BrokenRowsError, ModelQuestionError, VidclfError
from vidclf.settings import Settings


def run_clips(arguments: argparse.Namespace, *, video: bool) -> int:
    """Annotate the clips that were named, or only predict them; the exit code."""
    settings = Settings(**settings_given(arguments), video=video)
    while True:
        try:
            return _annotate_all(arguments, settings)
        except BrokenRowsError as exc:
            complain(f"error: {exc}", *(f"  {line}" for line in exc.listed()))
            return exc.exit_code
        except ModelQuestionError as exc:
            answer = answer_question(exc.question, arguments, settings)
            if answer is None:
                return exc.exit_code
            settings = answer


def _annotate_all(arguments: argparse.Namespace, settings: Settings) -> int:
    """Run over the clips, and say what became of them, also where the run is stopped."""
    from vidclf.batch import run
    from vidclf.cli.run_bars import RunBars
    from vidclf.sources.named import several_clips

    reporter = RunReporter(arguments)
    try:
        with RunBars(shown=not arguments.quiet and on_terminal()) as bars:
            reporter.bars = bars
            run.annotate_all(
                several_clips(arguments.inputs, "annotate_all"),
                manifest=arguments.manifest,
                output=arguments.output,
                recursive=arguments.recursive,
                settings=settings,
                options=_run_options(arguments),
                watcher=reporter,
            )
    except ModelQuestionError:
        raise
    except (VidclfError, KeyboardInterrupt):
        reporter.summarise(stopped=True)
        raise
    return reporter.summarise()


def _run_options(arguments: argparse.Namespace) -> Any:
    from vidclf.batch.options import RunOptions

    names = [field.name for field in fields(RunOptions)]
    return RunOptions(**{name: getattr(arguments, name) for name in names})


def settings_given(arguments: argparse.Namespace) -> dict[str, Any]:
    """The arguments that are settings, but those left at their default."""
    given = vars(arguments)
    names = [field.name for field in fields(Settings) if field.name in given]
    return {name: given[name] for name in names if given[name] is not None}
