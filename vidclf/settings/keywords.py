"""The settings as keyword arguments: what checkers, editors and `help` show, and how they are read.

Types are wider than those of `Settings`: paths may be text, places in a clip text or numbers.
tests/test_settings.py holds names, types and texts to those of `Settings`.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace
from numbers import Integral
from pathlib import Path
from typing import Any, TypedDict, TypeVar, get_type_hints

from vidclf.core.addresses import address_kind, local_path
from vidclf.core.keras_model import KerasModel
from vidclf.core.preprocessing import parse_size
from vidclf.errors import UsageError
from vidclf.remote.path import RemotePath
from vidclf.settings.choices import Codec, Corner, Head, LiveMode, Precision, Style
from vidclf.settings.lengths import seconds_of
from vidclf.settings.position import Position
from vidclf.settings.settings import Settings

Function = TypeVar("Function", bound=Callable[..., Any])

_NO_ROWS = (Mapping, set, frozenset, bytes, bytearray, memoryview)
"""What can be iterated over, but not as names in an order."""


class ModelOptions(TypedDict, total=False):
    """What is said of a model."""

    labels: str | os.PathLike[str] | RemotePath | tuple[str, ...] | Iterable[str] | None
    """Labels to use instead of the model's own, or a file of them. As text or a `Path` it is
    the file, else a list or array of names."""
    preprocess: str
    """How the model's input is scaled: as its file or description tells (`auto`), `none`,
    `0-1`, `-1-1`, `caffe`, `torch`, or `MEAN/DEVIATION` on the scale of 0 to 255; `bgr:` before
    any of them for pictures with blue first. Default: `auto`."""
    input_size: tuple[int, int] | str | int | None
    """(height, width) of the input in pixels, for a model that takes any size. As text
    `"WIDTHxHEIGHT"`, as a number a square."""
    crop: str | None
    """What is cut off the edges of a frame before it is resized, such as `top=60,bottom=25` or
    `top=40%`; None for the model's own way."""
    resize: str | None
    """How frames are brought to size: `RULE` or `RULE:KERNEL`; None for the model's own way."""
    head: Head | None
    """What the model's outputs are, where its file tells it wrongly or not at all."""
    allow_unsafe_model: bool
    """Whether a model file may run Python code of its own. Default: False."""
    window_size: int | None
    """Frames in one input of a clip model that takes any number of them."""


class DrawingOptions(TypedDict, total=False):
    """How pictures are drawn and written."""

    style: Style
    """What is drawn. Default: `full`."""
    position: Corner
    """The corner that the card stands in. Default: `top-left`."""
    font: str | os.PathLike[str] | None
    """A TrueType or OpenType file instead of the package's own."""
    codec: Codec | None
    """Video codec; None for H.264 in MP4 and VP9 in WebM."""
    crf: int | None
    """Constant rate factor, the encoder's own scale; None for its default here."""
    preset: str | None
    """The encoder's speed preset; None for its default here."""
    audio: bool
    """Whether the clip's sound is kept. Default: True."""
    gif: bool
    """Whether an annotated GIF is written. Default: False."""
    gif_width: int
    """Width of the GIF in pixels; never wider than the clip. Default: 480."""
    gif_fps: float
    """Frames per second of the GIF; never more than the clip's. Default: 12.0."""
    gif_max_mb: float | None
    """Largest size of the GIF in megabytes of 10^6 bytes."""


class Options(ModelOptions, DrawingOptions, total=False):
    """All of them: keyword arguments of `annotate`, `annotate_all` and `predict`."""

    model: str | Path | KerasModel
    """The built-in model's name, one of `keras.applications`, the path of a model file, or a Keras
    model in memory. Default: `efficientnet-lite0`."""
    window_stride: int | None
    """Frames of a clip model's window from the start of one to that of the next; None for
    half."""
    frame_step: int
    """A clip model sees every so many frames. Default: 1."""
    clip_fps: float | None
    """A clip model sees so many frames a second, instead of a step."""
    runtime: str
    """What computes: a name in `vidclf.inference.runtimes.RUNTIMES`, or `auto`. Default: `auto`."""
    precision: Precision
    """What OpenVINO computes in: `f32`, which is exact; `bf16` or `f16`, faster on a CPU that has
    instructions for it. The answers are compared with those in `f32` along the clip. Default:
    `f32`."""
    batch_size: int | None
    """Frames a batch; None for what suits the runtime."""
    smooth: float
    """Width in seconds of the moving average over the scores; 0 for none. Default: 0.5."""
    stride: int
    """Infer every so many frames; those between carry the answer. Default: 1."""
    infer_fps: float | None
    """Infer at most so many frames a second, instead of a stride."""
    top_k: int
    """How many answers the table and the drawing hold. Default: 3."""
    scores: bool
    """Whether the table gets one column for every class, too. Default: False."""
    parquet: bool
    """Whether the table is written as Parquet, too. Default: False."""
    threshold: float | None
    """Confidence below which a label is drawn as uncertain, 0 to 1; None for 0.3, and for 0.5
    where each label has a score of its own."""
    start: Position | str | float | None
    """First place kept; None for the clip's start. As text `"1:20"`, `"1:00:00.5"` or `"123f"`,
    a frame's index; as a number seconds."""
    end: Position | str | float | None
    """First place no longer kept; None for the clip's end. As `start`."""
    frames: int | None
    """Most frames kept; None for all."""
    duration: float | str | None
    """Most seconds kept, from the first frame kept; None for all. As text `"90s"`, `"10m"`,
    `"1h"` or `"1:30"`, too."""
    live: LiveMode | None
    """Which frames of a live input are kept where the model is slower: the `latest`, or `all`;
    None for all of standard input, and the latest of other live inputs."""
    camera_size: tuple[int, int] | str | int | None
    """(height, width) in pixels that a camera is asked for; None for its own choice. As
    `input_size`."""
    camera_fps: float | None
    """Frames per second that a camera is asked for; None for its own choice."""
    split_every: float | str | None
    """Seconds after which a live input begins new outputs; None for never. As `duration`."""
    fps: float | None
    """Frames per second of an image folder or pattern; None for 25."""
    video: bool
    """Whether the annotated video is written. Default: True."""
    overwrite: bool
    """Whether all is made anew, and outputs that are there already may be replaced. Default:
    False."""
    update: bool
    """Whether outputs that were made otherwise than now asked for are made anew; only those.
    Default: False."""


def shows_options(options: type) -> Callable[[Function], Function]:
    """Have `help` show the options of a function, with types and defaults, for its `**options`.

    Checkers and editors read them from `Unpack[Options]`, of which Python itself shows the name
    alone.
    """
    types = get_type_hints(options)
    listed = [
        inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=field.default,
            annotation=types[field.name],
        )
        for field in fields(Settings)
        if field.name in types
    ]

    def show(function: Function) -> Function:
        signature = inspect.signature(function)
        own = [p for p in signature.parameters.values() if p.kind is not p.VAR_KEYWORD]
        function.__signature__ = signature.replace(parameters=[*own, *listed])  # type: ignore[attr-defined]
        return function

    return show


def settings_from(options: Mapping[str, Any], *, base: Settings | None = None) -> Settings:
    """Settings from keyword arguments; paths may be text, places in a clip numbers or text.

    Args:
        options: name → value; None stands for an option that is not given.
        base: the settings of all that is not given; the defaults without it.

    Raises:
        UsageError: a name or value that cannot be right.
    """
    known = {field.name for field in fields(Settings)}
    if unknown := sorted(options.keys() - known):
        raise UsageError(f"no setting {unknown[0]!r}: there are {', '.join(sorted(known))}")
    given = {name: value for name, value in options.items() if value is not None}
    readers: dict[str, Callable[[Any], Any]] = {
        "start": Position.of, "end": Position.of, "font": local_path, "labels": _as_labels,
        "input_size": _as_size, "camera_size": _as_size, "duration": seconds_of,
        "split_every": seconds_of,
    }  # fmt: skip
    given.update({name: read(given[name]) for name, read in readers.items() if name in given})
    return replace(base or Settings(), **given)


def _as_labels(labels: Any) -> Any:
    """Text and paths as a path or address, a row of names as a tuple of them."""
    if isinstance(labels, RemotePath):
        return labels
    if isinstance(labels, str) and address_kind(labels) == "url":
        return RemotePath(labels)
    return local_path(labels) if isinstance(labels, str | os.PathLike) else _as_names(labels)


def _as_names(labels: Any) -> tuple[str, ...]:
    """A list, array or series of names; whole numbers may be names, as in files of labels."""
    is_row = isinstance(labels, Iterable) and getattr(labels, "ndim", 1) == 1
    if not is_row or isinstance(labels, _NO_ROWS):
        raise UsageError(
            f"--labels of the type {type(labels).__name__}: must be a list or one-dimensional "
            "array of names in the order of the model's outputs, or the path of a file of them"
        )
    names = tuple(labels)
    for place, name in enumerate(names):
        if not isinstance(name, str | Integral) or isinstance(name, bool):
            raise UsageError(
                f"--labels with {name!r} in place {place}: must be a list of names, each a text"
            )
    return tuple(map(str, names))


def _as_size(size: Any) -> Any:
    """`(height, width)` as it is, `"96x64"` (width first) and `64` read."""
    return parse_size(size) if isinstance(size, str | int) else tuple(size)
