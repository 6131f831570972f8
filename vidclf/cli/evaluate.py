"""`vidclf evaluate MODEL DATA` and `vidclf evaluate TABLE TRUTH`: how good they are."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from vidclf.cli.clip_run import settings_given
from vidclf.cli.messages import on_terminal, show
from vidclf.cli.options import add_description, add_output, command
from vidclf.cli.questions import answer_question
from vidclf.errors import ModelQuestionError, UsageError
from vidclf.files.places import output_place
from vidclf.inference.runtimes import RUNTIME_CHOICES
from vidclf.settings import Settings

if TYPE_CHECKING:
    from vidclf.api import EvaluationSummary
    from vidclf.cli.options import Commands

_EXAMPLES = """\
examples:
  vidclf evaluate birds.keras photos/                     a folder for each class
  vidclf evaluate birds.keras test.csv -o birds_test/     path,label
  vidclf evaluate new.keras test.csv --compare birds_test/metrics.json
  vidclf evaluate outputs/dog_predictions.csv dog.eaf     true segments of ELAN
  vidclf evaluate outputs/ truth/                         tables and truths by name
"""
_OF_MODELS = {
    "sampled_fps": "--fps",
    "split": "--split",
    "max_bad": "--max-bad",
    "runtime": "--runtime",
    "batch_size": "--batch-size",
    "labels": "--labels",
    "preprocess": "--preprocess",
    "crop": "--crop",
    "resize": "--resize",
    "input_size": "--input-size",
    "head": "--head",
    "window_size": "--window-size",
}
"""Options that a table has no use for."""


def add(commands: Commands) -> None:
    """Add the command."""
    parser = command(
        commands,
        "evaluate",
        "MODEL DATA... | TABLE TRUTH",
        "say how good a model is on labelled data, or a table against true segments",
        _EXAMPLES,
    )
    parser.add_argument(
        "evaluated", metavar="MODEL_OR_TABLE",
        help="a model, as for annotate -m; or a …_predictions.csv or .parquet, or a folder of them",
    )  # fmt: skip
    parser.add_argument(
        "truth", nargs="+", metavar="DATA_OR_TRUTH",
        help="for a model, labelled data: a folder with a folder for each class, a table with path "
        "and label, or …_segments.csv tables; for tables, true segments: a …_segments.csv, a CSV "
        "of start,end,label, an ELAN .eaf, or a folder of them",
    )  # fmt: skip
    group = parser.add_argument_group("what is evaluated")
    group.add_argument(
        "--split", metavar="FILE", help="split.csv of a training: evaluate what it did not train on"
    )
    group.add_argument(
        "--fps", dest="sampled_fps", type=float, metavar="N",
        help="frames a second taken of clips in the data (default: 2)",
    )  # fmt: skip
    group.add_argument(
        "--max-bad", type=float, metavar="SHARE",
        help="how much of the data may be unreadable and left out (default: 0.01)",
    )  # fmt: skip
    group.add_argument(
        "--threshold", type=float, metavar="T",
        help="score from which a label counts, of several labels; of a table, below it a frame "
        "has none (default: as the model or the table says)",
    )  # fmt: skip
    group.add_argument(
        "--compare", metavar="OTHER.json",
        help="the metrics.json of another evaluation of the same cases: which one is better",
    )  # fmt: skip
    group = parser.add_argument_group("model")
    group.add_argument(
        "--runtime", choices=RUNTIME_CHOICES,
        help="what computes (default: auto: TensorFlow where it sees a GPU, else OpenVINO)",
    )  # fmt: skip
    group.add_argument("--batch-size", type=int, metavar="N", help="pictures a batch")
    add_description(parser)
    add_output(
        parser,
        "folder for metrics.json, figures and the page (default: outputs/MODEL_evaluation, or "
        "TABLE_evaluation beside the table)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Evaluate, and print the figures."""
    from vidclf.evaluation.kinds import default_folder, is_of_tables

    of_tables = is_of_tables(arguments.evaluated)
    if arguments.output is None:
        arguments.output = default_folder(arguments.evaluated, of_tables=of_tables)
    if of_tables:
        summary = _of_tables(arguments)
    else:
        answered = _of_model(arguments)
        if isinstance(answered, int):
            return answered
        summary = answered
    if not arguments.quiet:
        page = output_place(arguments.output) / "evaluation.html"
        show(f"{summary.as_text()}\n\n{page}: open it in a browser")
    return 0


def _of_tables(arguments: argparse.Namespace) -> EvaluationSummary:
    from vidclf.api import evaluate_table

    given = [flag for name, flag in _OF_MODELS.items() if getattr(arguments, name) is not None]
    if given:
        raise UsageError(f"{given[0]} is for models, and {arguments.evaluated} is a table")
    if len(arguments.truth) > 1:
        raise UsageError("tables take one file or folder of true segments: name one")
    return evaluate_table(
        arguments.evaluated,
        arguments.truth[0],
        output=arguments.output,
        compare=arguments.compare,
        threshold=arguments.threshold,
        overwrite=arguments.overwrite,
    )


def _of_model(arguments: argparse.Namespace) -> EvaluationSummary | int:
    """The summary, or the exit code where a question about the model is open."""
    from vidclf.api import evaluate
    from vidclf.cli.progress import ExampleBar

    given = settings_given(arguments)
    settings = Settings(**given | {"model": arguments.evaluated})
    data = arguments.truth[0] if len(arguments.truth) == 1 else arguments.truth
    named = {"fps": arguments.sampled_fps, "max_bad": arguments.max_bad}
    options: dict[str, Any] = {name: value for name, value in named.items() if value is not None}
    while True:
        try:
            with ExampleBar(shown=not arguments.quiet and on_terminal()) as bar:
                return evaluate(
                    arguments.evaluated,
                    data,
                    output=arguments.output,
                    compare=arguments.compare,
                    split=arguments.split,
                    overwrite=arguments.overwrite,
                    on_progress=bar.example,
                    settings=settings,
                    **options,
                )
        except ModelQuestionError as exc:
            answer = answer_question(exc.question, arguments, settings)
            if answer is None:
                return exc.exit_code
            settings = answer
