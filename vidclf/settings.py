"""Validated, frozen settings of a run, from flags or keyword arguments."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from numbers import Integral, Real
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from vidclf.core.preprocessing import Resize, Scaling, parse_size
from vidclf.errors import UsageError
from vidclf.files.addresses import local_path

if TYPE_CHECKING:
    from vidclf.core.frames import Frame

Style = Literal["card", "bars", "timeline", "full"]
"""`card`: top answer. `bars`: top answers with bars. `timeline`: card and timeline.
`full`: both."""
Codec = Literal["h264", "hevc", "vp9"]
Head = Literal["softmax", "logits", "sigmoid", "binary", "regression"]
"""What a model's outputs are: scores that sum to one; numbers that become such by a softmax; a
score for each label by itself; one unit for two labels; values that are no scores at all."""

DEFAULT_STYLE: Style = "full"
DEFAULT_THRESHOLD = 0.3
DEFAULT_LABEL_THRESHOLD = 0.5
MOST_SMOOTHING_SECONDS = 10

_COUNTS = ("batch_size", "stride", "top_k", "window_size", "window_stride", "frame_step")
_WHOLE_NUMBERS = (*_COUNTS, "gif_width", "crf")
_NUMBERS = ("smooth", "infer_fps", "clip_fps", "threshold", "fps", "gif_fps", "gif_max_mb")
_SWITCHES = ("allow_unsafe_model", "scores", "parquet", "video", "gif", "audio", "overwrite")
_NANOSECOND = Fraction(1, 10**9)
_CLOCK = re.compile(r"(?:(?:(\d+):)?(\d+):)?(\d+(?:\.\d*)?|\.\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A place in a clip: a time on its own clock, or a frame's index."""

    seconds: float | None = None
    """Seconds on the clip's own clock, the one of the table's `timestamp`."""
    frame: int | None = None
    """0-based frame index."""

    @classmethod
    def parse(cls, text: str | float) -> Position:
        """Read `12.5`, `1:02.5`, `1:00:00` or `123f`, or take a number as seconds.

        Raises:
            UsageError: it is none of these.
        """
        if isinstance(text, Real) and 0 <= text < math.inf:
            return cls(seconds=float(text))
        text = str(text).strip()
        if re.fullmatch(r"\d+f", text):
            return cls(frame=int(text[:-1]))
        match = _CLOCK.fullmatch(text)
        if not match:
            raise UsageError(
                f"{text!r} is no place in a clip: give seconds (12.5), mm:ss (1:02.5) or a frame "
                "index (123f)"
            )
        hours, minutes, seconds = (float(part or 0) for part in match.groups())
        return cls(seconds=hours * 3600 + minutes * 60 + seconds)

    def reached_by(self, frame: Frame) -> bool:
        """Whether a frame stands at this place or after it.

        A nanosecond early counts as there: the table's timestamps have nine decimals, and a place
        copied from it must mean its own frame.
        """
        if self.frame is not None:
            return frame.index >= self.frame
        return frame.pts * frame.time_base + _NANOSECOND >= Fraction(str(self.seconds))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How clips are predicted, drawn and written. The defaults are the command's."""

    model: str | Path = "efficientnet-lite0"
    """The built-in model's name, one of `keras.applications`, or the path of a model file."""
    labels: Path | tuple[str, ...] | None = None
    """Labels to use instead of the model's own, or a file of them."""
    preprocess: str = "auto"
    """How the model's input is scaled: as its file or description tells (`auto`), a name of
    `vidclf.core.preprocessing.NAMED`, or `MEAN/DEVIATION`."""
    input_size: tuple[int, int] | None = None
    """(height, width) of the input in pixels, for a model that takes any size."""
    resize: str | None = None
    """How frames are brought to size: `RULE` or `RULE:KERNEL`; None for the model's own way."""
    head: Head | None = None
    """What the model's outputs are, where its file tells it wrongly or not at all."""
    allow_unsafe_model: bool = False
    """Whether a model file may run Python code of its own."""
    window_size: int | None = None
    """Frames in one input of a clip model that takes any number of them."""
    window_stride: int | None = None
    """Frames of a clip model's window from the start of one to that of the next; None for half."""
    frame_step: int = 1
    """A clip model sees every so many frames."""
    clip_fps: float | None = None
    """A clip model sees so many frames a second, instead of a step."""
    runtime: str = "auto"
    """What computes: a name in `vidclf.inference.runtimes.RUNTIMES`, or `auto`."""
    batch_size: int | None = None
    """Frames a batch; None for what suits the runtime."""
    smooth: float = 0.5
    """Width in seconds of the moving average over the scores; 0 for none."""
    stride: int = 1
    """Infer every so many frames; those between carry the answer."""
    infer_fps: float | None = None
    """Infer at most so many frames a second, instead of a stride."""
    top_k: int = 3
    """How many answers the table and the drawing hold."""
    scores: bool = False
    """Whether the table gets one column for every class, too."""
    parquet: bool = False
    """Whether the table is written as Parquet, too."""
    threshold: float | None = None
    """Confidence below which a label is drawn as uncertain, 0 to 1; None for 0.3, and for 0.5 where
    each label has a score of its own."""
    style: Style = DEFAULT_STYLE
    """What is drawn."""
    font: Path | None = None
    """A TrueType or OpenType file instead of the package's own."""
    start: Position | None = None
    """First place kept; None for the clip's start."""
    end: Position | None = None
    """First place no longer kept; None for the clip's end."""
    fps: float | None = None
    """Frames per second of an image folder or pattern; None for 25."""
    video: bool = True
    """Whether the annotated video is written."""
    gif: bool = False
    """Whether an annotated GIF is written."""
    gif_width: int = 480
    """Width of the GIF in pixels; never wider than the clip."""
    gif_fps: float = 12.0
    """Frames per second of the GIF; never more than the clip's."""
    gif_max_mb: float | None = None
    """Largest size of the GIF in megabytes of 10^6 bytes."""
    codec: Codec | None = None
    """Video codec; None for H.264 in MP4 and VP9 in WebM."""
    crf: int | None = None
    """Constant rate factor, the encoder's own scale; None for its default here."""
    preset: str | None = None
    """The encoder's speed preset; None for its default here."""
    audio: bool = True
    """Whether the clip's sound is kept."""
    overwrite: bool = False
    """Whether outputs that are there already may be replaced."""

    def __post_init__(self) -> None:
        self._check_types()
        self._check_choices()
        self._check_numbers()
        self._check_feeding()
        if self.infer_fps is not None and self.stride != 1:
            raise UsageError("--stride and --infer-fps both say how often to infer: give one")
        if self.clip_fps is not None and self.frame_step != 1:
            raise UsageError("--frame-step and --clip-fps both say which frames to take: give one")
        start, end = self.start, self.end
        if start and end and _never(start, end):
            raise UsageError("--end stands at or before --start: nothing would be kept")

    @property
    def picture_rate(self) -> Fraction | None:
        """`fps` as `open_source` takes it: 29.97 is 2997/100."""
        return None if self.fps is None else Fraction(str(self.fps))

    def _check_types(self) -> None:
        for names, kind, called in (
            (_WHOLE_NUMBERS, Integral, "a whole number"),
            (_NUMBERS, Real, "a number"),
            (("start", "end"), Position, "a Position"),
            (("model",), str | Path, "a name or a path"),
            (("labels",), Path | tuple, "a path, or a tuple of names"),
            (("preprocess", "resize", "runtime"), str, "text"),
            (("input_size",), tuple, "(height, width)"),
            (_SWITCHES, bool, "True or False"),
        ):
            for name in names:
                value = getattr(self, name)
                if value is not None and not isinstance(value, kind):
                    raise UsageError(f"{_flag(name)} {value!r}: must be {called}")

    def _check_feeding(self) -> None:
        if self.preprocess != "auto":
            Scaling.parse(self.preprocess)
        if self.resize is not None:
            Resize.parse(self.resize)
        if self.input_size is not None and not all(1 <= side <= 4096 for side in self.input_size):
            height, width = self.input_size
            raise UsageError(f"--input-size {width}x{height}: sides must be 1 to 4096 pixels")

    def _check_choices(self) -> None:
        for name, choices in (
            ("style", Style),
            ("codec", Codec),
            ("head", Head),
        ):
            value = getattr(self, name)
            if value is not None and value not in get_args(choices):
                known = ", ".join(get_args(choices))
                raise UsageError(f"{_flag(name)} {value!r} is none of {known}")

    def _check_numbers(self) -> None:
        for name, least in (*dict.fromkeys(_COUNTS, 1).items(), ("gif_width", 16)):
            value = getattr(self, name)
            if value is not None and value < least:
                raise UsageError(f"{_flag(name)} {value}: must be {least} or more")
        for name in ("infer_fps", "clip_fps", "fps", "gif_fps", "gif_max_mb"):
            value = getattr(self, name)
            if value is not None and not 0 < value < math.inf:
                raise UsageError(f"{_flag(name)} {value}: must be more than 0")
        if not 0 <= self.smooth <= MOST_SMOOTHING_SECONDS:
            raise UsageError(
                f"--smooth {self.smooth}: must be between 0 and {MOST_SMOOTHING_SECONDS} seconds, "
                "as frames wait in memory for half of it"
            )
        if self.threshold is not None and not 0 <= self.threshold <= 1:
            raise UsageError(f"--threshold {self.threshold}: must be between 0 and 1")
        if self.crf is not None and not 0 <= self.crf <= 63:
            raise UsageError(f"--crf {self.crf}: must be between 0 and 63")


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def _never(start: Position, end: Position) -> bool:
    if start.seconds is not None and end.seconds is not None:
        return end.seconds <= start.seconds
    if start.frame is not None and end.frame is not None:
        return end.frame <= start.frame
    return False


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
        "start": _as_position, "end": _as_position, "font": local_path, "labels": _as_labels,
        "input_size": _as_size,
    }  # fmt: skip
    given.update({name: read(given[name]) for name, read in readers.items() if name in given})
    return replace(base or Settings(), **given)


def _as_labels(labels: Any) -> Any:
    """A list of names as they are, anything else as a path."""
    return tuple(map(str, labels)) if isinstance(labels, list | tuple) else local_path(labels)


def _as_size(size: Any) -> Any:
    """`(height, width)` as it is, `"96x64"` (width first) and `64` read."""
    return parse_size(size) if isinstance(size, str | int) else tuple(size)


def _as_position(place: Any) -> Position:
    return place if isinstance(place, Position) else Position.parse(place)
