"""The options of a run over clips: which ones, which part of them, where and in what order."""

from __future__ import annotations

import argparse
from typing import get_args

from vidclf.batch.options import DEFAULT_STALL_SECONDS, EXECUTOR_CHOICES
from vidclf.batch.shard import Shard
from vidclf.cli.options import option_type, size_of_text
from vidclf.settings import LiveMode, Position, seconds_of

_length = option_type(seconds_of)
_position = option_type(Position.parse)
_shard = option_type(Shard.parse)


def add_inputs(parser: argparse.ArgumentParser) -> None:
    """Add the clips, which part of them, and where the outputs go."""
    parser.add_argument(
        "inputs", nargs="*", metavar="INPUT",
        help="video, GIF, still, numbered pictures (frame_%%05d.png), or a folder of any of these; "
        "or one live input: camera:0, rtsp://…, rtmp://…, udp://…, https://….m3u8, - (what is "
        "piped in)",
    )  # fmt: skip
    group = parser.add_argument_group("input and output")
    group.add_argument(
        "--manifest", metavar="LIST",
        help="a list of clips in place of INPUT: a .csv or .parquet file with the column path, and "
        "perhaps start, end, name, label and others, which are carried into the table",
    )  # fmt: skip
    group.add_argument(
        "-o", "--output", metavar="DIR_OR_FILE",
        help="folder for all outputs (default: outputs/), or a file that sets name and kind",
    )  # fmt: skip
    group.add_argument(
        "--recursive", action="store_true", help="look for videos below the folders, too"
    )
    group.add_argument(
        "--update", action="store_true",
        help="make again what an earlier run made otherwise; what it made in this way stays",
    )  # fmt: skip
    group.add_argument(
        "--overwrite", action="store_true", help="make all again, and replace what is there"
    )
    add_bounds(group)
    group.add_argument("--frames", type=int, metavar="N", help="keep at most N frames")
    group.add_argument(
        "--duration", type=_length, metavar="TIME",
        help="keep at most so long: seconds, 90s, 10m, 1h or mm:ss",
    )  # fmt: skip
    group.add_argument(
        "--fps", type=float, metavar="N",
        help="frames per second of image folders and patterns (default: 25)",
    )  # fmt: skip


def add_live(parser: argparse.ArgumentParser) -> None:
    """Add how live inputs are read."""
    group = parser.add_argument_group("live inputs (cameras, streams, -)")
    group.add_argument(
        "--live", choices=get_args(LiveMode),
        help="where the model is slower: drop all but the latest frames, or keep all "
        "(default: latest; all for standard input)",
    )  # fmt: skip
    group.add_argument(
        "--split-every", type=_length, metavar="TIME",
        help="begin new outputs after so long: 600, 10m, 1h",
    )  # fmt: skip
    group.add_argument(
        "--camera-size", type=size_of_text, metavar="WxH", help="ask a camera for this size"
    )
    group.add_argument(
        "--camera-fps", type=float, metavar="N", help="ask a camera for so many frames a second"
    )


def add_many_clips(parser: argparse.ArgumentParser) -> None:
    """Add how a run goes through its clips."""
    group = parser.add_argument_group("many clips (the same command again goes on where it ended)")
    group.add_argument(
        "--jobs", type=int, metavar="N",
        help="clips made at once, each in a process of its own (default: by cores and memory)",
    )  # fmt: skip
    group.add_argument(
        "--stall-seconds", type=float, metavar="S", default=DEFAULT_STALL_SECONDS,
        help="give up a clip of which no frame was done for so long "
        f"(default: {DEFAULT_STALL_SECONDS:g})",
    )  # fmt: skip
    group.add_argument(
        "--skip-failed", action="store_true", help="pass over clips that failed in an earlier run"
    )
    group.add_argument(
        "--shard", type=_shard, metavar="I/N",
        help="make the Ith of N parts of the clips, as on one of N machines",
    )  # fmt: skip
    group.add_argument(
        "--executor", choices=EXECUTOR_CHOICES, default="auto",
        help="where clips are made (default: auto: processes where there are several)",
    )  # fmt: skip
    group.add_argument(
        "--address", metavar="ADDRESS", help="of the Ray cluster: auto, or HOST:PORT"
    )


def add_bounds(group: argparse._ArgumentGroup) -> None:
    """Add which part of a clip is taken."""
    group.add_argument(
        "--start", type=_position, metavar="TIME",
        help="first place kept: seconds, mm:ss, or a frame index such as 123f",
    )  # fmt: skip
    group.add_argument(
        "--end", type=_position, metavar="TIME", help="first place no longer kept (exclusive)"
    )
