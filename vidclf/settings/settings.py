"""All settings of a run, validated and frozen; rooms get the slice of them that they need."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from fractions import Fraction
from numbers import Integral, Real
from pathlib import Path
from typing import TypeVar, get_args

from vidclf.core.keras_model import KerasModel, is_keras_model
from vidclf.core.preprocessing import Crop, Resize, Scaling
from vidclf.errors import UsageError
from vidclf.remote.path import RemotePath
from vidclf.settings.choices import (
    DEFAULT_CORNER,
    DEFAULT_STYLE,
    Codec,
    Corner,
    Head,
    LiveMode,
    Precision,
    Style,
)
from vidclf.settings.position import Position
from vidclf.settings.slices import InferenceSettings, LiveSettings, ModelSettings

Slice = TypeVar("Slice", ModelSettings, InferenceSettings, LiveSettings)

MOST_SMOOTHING_SECONDS = 10

_COUNTS = ("batch_size", "stride", "top_k", "window_size", "window_stride", "frame_step")
_WHOLE_NUMBERS = (*_COUNTS, "gif_width", "crf", "frames")
_RATES = ("infer_fps", "clip_fps", "fps", "camera_fps", "gif_fps")
_LENGTHS = ("duration", "split_every")
_NUMBERS = (*_RATES, *_LENGTHS, "smooth", "threshold", "gif_max_mb")
_SWITCHES = (
    "allow_unsafe_model",
    "scores",
    "parquet",
    "video",
    "gif",
    "audio",
    "overwrite",
    "update",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How clips are predicted, drawn and written. The defaults are the command's."""

    model: str | Path | KerasModel = "efficientnet-lite0"
    """The built-in model's name, one of `keras.applications`, the path of a model file, or a Keras
    model in memory."""
    labels: Path | RemotePath | tuple[str, ...] | None = None
    """Labels to use instead of the model's own, or a file of them."""
    preprocess: str = "auto"
    """How the model's input is scaled: as its file or description tells (`auto`), `none`, `0-1`,
    `-1-1`, `caffe`, `torch`, or `MEAN/DEVIATION` on the scale of 0 to 255; `bgr:` before any of
    them for pictures with blue first."""
    input_size: tuple[int, int] | None = None
    """(height, width) of the input in pixels, for a model that takes any size."""
    crop: str | None = None
    """What is cut off the edges of a frame before it is resized, such as `top=60,bottom=25` or
    `top=40%`; None for the model's own way."""
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
    precision: Precision = "f32"
    """What OpenVINO computes in: `f32`, which is exact; `bf16` or `f16`, faster on a CPU that has
    instructions for it. The answers are compared with those in `f32` along the clip."""
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
    position: Corner = DEFAULT_CORNER
    """The corner that the card stands in."""
    font: Path | None = None
    """A TrueType or OpenType file instead of the package's own."""
    start: Position | None = None
    """First place kept; None for the clip's start."""
    end: Position | None = None
    """First place no longer kept; None for the clip's end."""
    frames: int | None = None
    """Most frames kept; None for all."""
    duration: float | None = None
    """Most seconds kept, from the first frame kept; None for all."""
    live: LiveMode | None = None
    """Which frames of a live input are kept where the model is slower: the `latest`, or `all`; None
    for all of standard input, and the latest of other live inputs."""
    camera_size: tuple[int, int] | None = None
    """(height, width) in pixels that a camera is asked for; None for its own choice."""
    camera_fps: float | None = None
    """Frames per second that a camera is asked for; None for its own choice."""
    split_every: float | None = None
    """Seconds after which a live input begins new outputs; None for never."""
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
    """Whether all is made anew, and outputs that are there already may be replaced."""
    update: bool = False
    """Whether outputs that were made otherwise than now asked for are made anew; only those."""

    def __post_init__(self) -> None:
        self._check_types()
        self._check_choices()
        self._check_numbers()
        self._check_preprocessing()
        if self.infer_fps is not None and self.stride != 1:
            raise UsageError("--stride and --infer-fps both say how often to infer: give one")
        if self.clip_fps is not None and self.frame_step != 1:
            raise UsageError("--frame-step and --clip-fps both say which frames to take: give one")
        if self.precision != "f32" and self.runtime == "tensorflow":
            raise UsageError(
                f"--precision {self.precision} is for OpenVINO on a CPU, and --runtime tensorflow "
                "computes as Keras does: leave one of them out"
            )
        if self.overwrite and self.update:
            raise UsageError("--overwrite makes all anew, --update what differs: give one")
        start, end = self.start, self.end
        if start and end and _never(start, end):
            raise UsageError("--end stands at or before --start: nothing would be kept")

    @property
    def for_model(self) -> ModelSettings:
        """What is said of the model."""
        return self._slice(ModelSettings)

    @property
    def for_inference(self) -> InferenceSettings:
        """How it is run over a clip."""
        return self._slice(InferenceSettings)

    @property
    def picture_rate(self) -> Fraction | None:
        """`fps` as `open_source` takes it: 29.97 is 2997/100."""
        return None if self.fps is None else Fraction(str(self.fps))

    @property
    def for_live(self) -> LiveSettings:
        """How a live input is read."""
        return self._slice(LiveSettings)

    def _slice(self, kind: type[Slice]) -> Slice:
        return kind(**{field.name: getattr(self, field.name) for field in fields(kind)})

    def _check_types(self) -> None:
        for names, kind, called in (
            (_WHOLE_NUMBERS, Integral, "a whole number"),
            (_NUMBERS, Real, "a number"),
            (("start", "end"), Position, "a Position"),
            (("labels",), Path | RemotePath | tuple, "a path, or a tuple of names"),
            (("preprocess", "crop", "resize", "runtime"), str, "text"),
            (("input_size", "camera_size"), tuple, "(height, width)"),
            (_SWITCHES, bool, "True or False"),
        ):
            for name in names:
                value = getattr(self, name)
                if value is not None and not isinstance(value, kind):
                    raise UsageError(f"{_flag(name)} {value!r}: must be {called}")

        if not (isinstance(self.model, str | Path) or is_keras_model(self.model)):
            raise UsageError(f"--model {self.model!r}: must be a name, a path or a Keras model")

    def _check_preprocessing(self) -> None:
        if self.preprocess != "auto":
            Scaling.parse(self.preprocess)
        if self.crop is not None:
            Crop.parse(self.crop)
        if self.resize is not None:
            Resize.parse(self.resize)
        for name, size in (("input_size", self.input_size), ("camera_size", self.camera_size)):
            most = 4096 if name == "input_size" else 16_384
            if size is not None and not all(1 <= side <= most for side in size):
                height, width = size
                raise UsageError(
                    f"{_flag(name)} {width}x{height}: sides must be 1 to {most} pixels"
                )

    def _check_choices(self) -> None:
        for name, choices in (
            ("style", Style),
            ("position", Corner),
            ("codec", Codec),
            ("head", Head),
            ("live", LiveMode),
            ("precision", Precision),
        ):
            value = getattr(self, name)
            if value is not None and value not in get_args(choices):
                known = ", ".join(get_args(choices))
                raise UsageError(f"{_flag(name)} {value!r} is none of {known}")

    def _check_numbers(self) -> None:
        for name, least in (*dict.fromkeys((*_COUNTS, "frames"), 1).items(), ("gif_width", 16)):
            value = getattr(self, name)
            if value is not None and value < least:
                raise UsageError(f"{_flag(name)} {value}: must be {least} or more")
        for name in (*_RATES, *_LENGTHS, "gif_max_mb"):
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
