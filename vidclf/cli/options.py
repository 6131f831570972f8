"""The options that several commands have, grouped as people look for them."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast, get_args

from vidclf.core.addresses import local_path
from vidclf.core.preprocessing import SCALINGS, parse_size
from vidclf.errors import UsageError
from vidclf.files.places import place_of
from vidclf.inference.runtimes import RUNTIME_CHOICES
from vidclf.settings import Codec, Corner, Head, Precision, Settings, Style

Value = TypeVar("Value")

_DEFAULTS = Settings()

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[Any]


def command(
    commands: Commands, name: str, operands: str, purpose: str, examples: str
) -> argparse.ArgumentParser:
    """Add a command; `purpose` begins in lower case and has no full stop."""
    parser = commands.add_parser(
        name,
        usage=" ".join(f"vidclf {name} {operands} [options]".split()),
        help=purpose,
        description=purpose[0].upper() + purpose[1:] + ".",
        epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    return cast(argparse.ArgumentParser, parser)


def add_model(parser: argparse.ArgumentParser, *, with_table: bool = True) -> None:
    """Add the model, and how it predicts; without a table what is only of runs is left out."""
    group = parser.add_argument_group("model")
    group.add_argument(
        "-m", "--model", metavar="MODEL",
        help="a .keras, .h5, .tflite, .onnx or OpenVINO .xml file, a SavedModel folder, a network "
        f"of keras.applications such as mobilenet_v2, or the built-in {_DEFAULTS.model} (default)",
    )  # fmt: skip
    add_description(parser)
    group = parser.add_argument_group("predictions")
    group.add_argument(
        "--runtime", choices=RUNTIME_CHOICES,
        help="what computes (default: auto: TensorFlow where it sees a GPU, else OpenVINO)",
    )  # fmt: skip
    if with_table:
        group.add_argument(
            "--precision", choices=get_args(Precision),
            help="bf16 or f16: faster where the CPU has instructions for it, and compared with f32 "
            f"along the clip (default: {_DEFAULTS.precision}, exact)",
        )  # fmt: skip
    group.add_argument("--batch-size", type=int, metavar="N", help="frames a batch")
    group.add_argument(
        "--smooth", type=float, metavar="SECONDS",
        help=f"moving average over the scores (default: {_DEFAULTS.smooth:g}; 0 for none)",
    )  # fmt: skip
    group.add_argument(
        "--stride", type=int, metavar="N", help="infer every Nth frame, the others carry its answer"
    )
    group.add_argument(
        "--infer-fps", type=float, metavar="F", help="infer at most F frames a second of the clip"
    )
    group.add_argument(
        "--top-k", type=int, metavar="K", help=f"answers kept (default: {_DEFAULTS.top_k})"
    )
    if with_table:
        group.add_argument(
            "--scores", action="store_true", help="one more table column for each class"
        )
        group.add_argument("--parquet", action="store_true", help="write the table as Parquet, too")
    group.add_argument(
        "--threshold", type=float, metavar="T",
        help="below it a label is drawn as uncertain (default: 0.3), or does not count where each "
        "label has a score of its own (0.5)",
    )  # fmt: skip
    group = parser.add_argument_group("clip models (that see several frames at once)")
    group.add_argument(
        "--window-stride", type=int, metavar="N",
        help="frames of the window from one start to the next (default: half of it)",
    )  # fmt: skip
    group.add_argument("--frame-step", type=int, metavar="N", help="take every Nth frame")
    group.add_argument("--clip-fps", type=float, metavar="F", help="take F frames a second")


def add_description(parser: argparse.ArgumentParser) -> None:
    """Add what a user can say of a model."""
    group = parser.add_argument_group("what the model's file does not tell")
    group.add_argument(
        "--labels",
        type=option_type(place_of),
        metavar="FILE",
        help="labels: one a line, CSV, or JSON (list, dict)",
    )
    group.add_argument(
        "--preprocess", metavar="HOW",
        help="how the model's input is scaled: as its file tells (auto, the default), "
        f"{', '.join(SCALINGS)}, or MEAN/DEVIATION on the scale of 0 to 255; bgr: before any of "
        "them for pictures with blue first (cv2.imread)",
    )  # fmt: skip
    group.add_argument(
        "--crop", metavar="EDGE=N,...",
        help="cut edges off before the resize, in pixels of the frame or percent: "
        "top=60,bottom=25, or top=40%% (edges: top, bottom, left, right)",
    )  # fmt: skip
    group.add_argument(
        "--resize", metavar="RULE[:KERNEL]",
        help="stretch, crop or pad; area, bilinear or bicubic (default: stretch:area)",
    )  # fmt: skip
    group.add_argument(
        "--input-size",
        type=size_of_text,
        metavar="WxH",
        help="for a model that takes any; 64 is 64x64",
    )
    group.add_argument(
        "--head", choices=get_args(Head), help="what the outputs are, where the file does not tell"
    )
    group.add_argument(
        "--allow-unsafe-model", action="store_true",
        help="load a model file that runs Python code of its own; only if you trust who made it",
    )  # fmt: skip
    group.add_argument(
        "--window-size",
        type=int,
        metavar="T",
        help="frames a clip model sees at once, where it takes any number",
    )


def add_drawing(
    parser: argparse.ArgumentParser,
    *,
    default_style: str = _DEFAULTS.style,
    default_position: str = _DEFAULTS.position,
) -> None:
    """Add how labels are drawn; the defaults are what is said of options that are not given."""
    group = parser.add_argument_group("drawing")
    group.add_argument(
        "--style", choices=get_args(Style),
        help=f"label card, top-k bars, card and timeline, or all (default: {default_style})",
    )  # fmt: skip
    group.add_argument(
        "--position", choices=get_args(Corner),
        help=f"the card's corner (default: {default_position})",
    )  # fmt: skip
    group.add_argument(
        "--font", type=option_type(local_path), metavar="FILE", help="another TTF or OTF font"
    )


def add_video(parser: argparse.ArgumentParser) -> None:
    """Add how the video is written."""
    group = parser.add_argument_group("video")
    group.add_argument(
        "--codec", choices=get_args(Codec), help="default: h264, or vp9 for -o NAME.webm"
    )
    group.add_argument("--crf", type=int, metavar="N", help="quality: lower is better and larger")
    group.add_argument(
        "--preset",
        metavar="NAME",
        help="the encoder's speed, such as veryfast or slow (default: docs/outputs.md)",
    )
    group.add_argument(
        "--no-audio", dest="audio", action="store_false", default=None, help="leave the sound out"
    )


def add_gif(parser: argparse.ArgumentParser) -> None:
    """Add whether and how a GIF is written."""
    group = parser.add_argument_group("GIF")
    group.add_argument(
        "--gif", action="store_true", help="write a GIF, too (-o NAME.gif: instead of the video)"
    )
    group.add_argument(
        "--gif-width", type=int, metavar="PX", help=f"default: {_DEFAULTS.gif_width}"
    )
    group.add_argument("--gif-fps", type=float, metavar="N", help=f"default: {_DEFAULTS.gif_fps:g}")
    group.add_argument(
        "--gif-max-mb", type=float, metavar="MB",
        help="shrink the GIF until it is no larger than this",
    )  # fmt: skip


def add_output(parser: argparse.ArgumentParser, what: str, *, is_needed: bool = False) -> None:
    """Add where the outputs of a table go, and how much is said."""
    group = parser.add_argument_group("output")
    group.add_argument("-o", "--output", metavar="DIR_OR_FILE", required=is_needed, help=what)
    group.add_argument(
        "--overwrite", action="store_true", help="replace outputs that are there already"
    )
    add_talk(parser)


def add_talk(parser: argparse.ArgumentParser) -> None:
    """Add how much is said."""
    group = parser.add_argument_group("talk").add_mutually_exclusive_group()
    group.add_argument("-q", "--quiet", action="store_true", help="only say what failed")
    group.add_argument("-v", "--verbose", action="store_true", help="say what is done, with times")


def option_type(read: Callable[[str], Value]) -> Callable[[str], Value]:
    """Have argparse say what is wrong with a value, in the words of its error."""

    def read_text(text: str) -> Value:
        try:
            return read(text)
        except UsageError as exc:
            raise argparse.ArgumentTypeError(str(exc)) from exc

    return read_text


size_of_text = option_type(parse_size)
