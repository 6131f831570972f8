"""`vidclf train DATA -o MODEL`: a model from labelled pictures and clips."""

from __future__ import annotations

import argparse
import shlex
from typing import TYPE_CHECKING, Any

from vidclf.cli.messages import complain, on_terminal, say
from vidclf.cli.options import add_output, command, size_of_text
from vidclf.core.counting import counted

if TYPE_CHECKING:
    from vidclf.api import TrainingResult
    from vidclf.cli.options import Commands

INTERRUPTED = 130

_EXAMPLES = """\
examples:
  vidclf train photos/ -o birds.keras              a folder for each class, of pictures or clips
  vidclf train clips.csv -o birds.keras            path,label and, if there, start,end,group,split
  vidclf train outputs/*_segments.csv -o mine.keras
                                                   tables of annotate, corrected by hand
  vidclf train photos/ -o birds.keras --fine-tune 6
  vidclf annotate clip.mp4 -m birds.keras

docs/train.md tells all, docs/labelled_data.md what data may look like.
"""
_OPTIONS = (
    "backbone", "from_scratch", "fine_tune", "dense", "dropout", "label_smoothing",
    "class_weights", "augment", "flip", "epochs", "batch_size", "learning_rate", "seed",
    "max_minutes", "fps", "split", "max_bad", "regression", "resize", "crop", "input_size",
)  # fmt: skip


def add(commands: Commands) -> None:
    """Add the command."""
    parser = command(
        commands, "train", "DATA... -o MODEL", "train a model on labelled pictures", _EXAMPLES
    )
    parser.add_argument(
        "data", nargs="+", metavar="DATA",
        help="a folder with a folder for each class, a table with path and label, or corrected "
        "…_segments.csv tables",
    )  # fmt: skip
    _add_data(parser.add_argument_group("data"))
    _add_network(parser.add_argument_group("network"))
    _add_training(parser.add_argument_group("training"))
    add_output(parser, "the model: .keras, .h5, or a folder for a SavedModel", is_needed=True)


def _add_data(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--split", metavar="HOW",
        help="grouped (default: clips and near-duplicates stay together), random, or the "
        "split.csv of an earlier training",
    )  # fmt: skip
    group.add_argument(
        "--fps", type=float, metavar="N", help="frames a second taken of clips (default: 2)"
    )
    group.add_argument(
        "--regression", action="store_true", default=None, help="labels are numbers to estimate"
    )
    group.add_argument(
        "--max-bad", type=float, metavar="SHARE",
        help="how much may be unreadable and left out (default: 0.01)",
    )  # fmt: skip
    group.add_argument(
        "--resize", metavar="RULE[:KERNEL]",
        help="as in annotate (default: stretch:area, or stretch:bicubic for pictures that are "
        "smaller than the input)",
    )  # fmt: skip
    group.add_argument("--crop", metavar="EDGE=N,...", help="as in annotate")


def _add_network(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--backbone", metavar="NAME",
        help="efficientnet-lite0 (default), or a network of keras.applications",
    )  # fmt: skip
    group.add_argument(
        "--fine-tune", type=int, metavar="BLOCKS", help="train the last blocks of it, too"
    )
    group.add_argument(
        "--from-scratch", action="store_true", default=None,
        help="train a small network without a backbone",
    )  # fmt: skip
    group.add_argument(
        "--input-size", type=size_of_text, metavar="WxH",
        help="what the network is shown (default: as the backbone; 128x128 from scratch)",
    )  # fmt: skip
    group.add_argument("--dense", type=int, metavar="UNITS", help="a hidden layer before the last")
    group.add_argument(
        "--dropout", type=float, metavar="SHARE", help="default: 0.6 for the head, else 0.3"
    )


def _add_training(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--epochs", type=int, metavar="N",
        help="at most, of each stage (default: 60 for the head and from scratch, 12 to fine-tune)",
    )  # fmt: skip
    group.add_argument("--batch-size", type=int, metavar="N", help="pictures a step (default: 32)")
    group.add_argument(
        "--learning-rate", type=float, metavar="R",
        help="at first (default: 0.0003, and 0.001 from scratch)",
    )  # fmt: skip
    group.add_argument("--max-minutes", type=float, metavar="M", help="end then, with the best")
    group.add_argument("--seed", type=int, metavar="N", help="of all that is drawn (default: 0)")
    group.add_argument("--label-smoothing", type=float, metavar="SHARE", help="default: 0.05")
    group.add_argument(
        "--class-weights", choices=("none", "balanced"),
        help="balanced: all classes count the same, however many pictures they have",
    )  # fmt: skip
    group.add_argument(
        "--no-augment", dest="augment", action="store_false", default=None,
        help="show pictures as they are: not cut, mirrored, recoloured or blurred",
    )  # fmt: skip
    group.add_argument(
        "--no-flip", dest="flip", action="store_false", default=None,
        help="never mirror: where left and right matter, as in steering or writing",
    )  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Train, and say how good the model is and what to do with it."""
    from vidclf.api import train
    from vidclf.cli.training_bars import TrainingBars

    given = {name: getattr(arguments, name) for name in _OPTIONS}
    options: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    data = arguments.data[0] if len(arguments.data) == 1 else arguments.data
    with TrainingBars(arguments, shown=not arguments.quiet and on_terminal()) as bars:
        result = train(
            data, arguments.output, overwrite=arguments.overwrite, watcher=bars, **options
        )
    _report(arguments, result)
    if result.was_interrupted:
        complain(f"interrupted: {result.path} has the best of {_epochs(result)}")
        return INTERRUPTED
    return 0


def _epochs(result: TrainingResult) -> str:
    best = [epoch for epoch in result.epochs if epoch.is_best][-1]
    return f"{counted(len(result.epochs), 'epoch')}, that of epoch {best.epoch} ({best.stage})"


def _report(arguments: argparse.Namespace, result: TrainingResult) -> None:
    counts = result.counts
    parts = [f"{counts[part]:,} {part}" for part in ("train", "val", "test") if counts[part]]
    say(arguments, f"{_labels(result)}, pictures: {', '.join(parts)}")
    for part, figures in result.metrics.items():
        say(arguments, f"{part}: {_figures(figures)}")
    say(arguments, f"{result.seconds:.0f} s → {result.path}")
    say(arguments, f"next: vidclf annotate CLIP -m {shlex.quote(str(result.path))}")


def _labels(result: TrainingResult) -> str:
    count = len(result.labels)
    if result.task == "classes":
        return f"{count} classes"
    return counted(count, "label" if result.task == "multi_label" else "value")


def _figures(figures: Any) -> str:
    names = {
        "accuracy": "accuracy", "balanced_accuracy": "balanced", "macro_f1": "macro F1",
        "ece": "calibration error", "mae": "mean absolute error", "r2": "R²",
    }  # fmt: skip
    shown = []
    for name, text in names.items():
        if figures.get(name) is None:
            continue
        interval = figures.get(f"{name}_interval")
        bounds = f" ({interval[0]:.3f} to {interval[1]:.3f})" if interval else ""
        shown.append(f"{text} {figures[name]:.3f}{bounds}")
    return ", ".join(shown)
