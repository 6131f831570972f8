"""How a model is trained: every choice, with its default."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, TypedDict, get_args

from vidclf.core.preprocessing import Crop, Resize, parse_size
from vidclf.dataset.samples import DEFAULT_FPS
from vidclf.errors import UsageError
from vidclf.files.places import Place, place_of

ClassWeights = Literal["none", "balanced"]
Stage = Literal["head", "fine-tune", "scratch"]
"""What is learnt: the head on a frozen backbone, its last blocks, too, or all of a network."""

DEFAULT_EPOCHS: Mapping[Stage, int] = {"head": 60, "fine-tune": 12, "scratch": 60}
"""The most epochs of each stage; they end earlier where the validation loss no longer falls."""
DEFAULT_LEARNING_RATES: Mapping[Stage, float] = {"head": 3e-4, "fine-tune": 3e-4, "scratch": 1e-3}
"""AdamW's step at the beginning of each stage."""
DEFAULT_DROPOUTS: Mapping[Stage, float] = {"head": 0.6, "fine-tune": 0.3, "scratch": 0.3}
"""The share of inputs of each layer of the head that is left out in each stage."""
SCRATCH_INPUT_SIZE = (128, 128)
"""(height, width) in pixels that a network without a backbone is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingOptions:
    """How a model is trained. The defaults are the command's."""

    backbone: str = "efficientnet-lite0"
    """The network whose features are used: the built-in one, or one of `keras.applications`."""
    from_scratch: bool = False
    """Whether a small network is trained from nothing instead."""
    fine_tune: int = 0
    """How many of the backbone's last blocks are trained, too, once the head is."""
    dense: int | None = None
    """Units of a hidden layer in the head; None for none."""
    dropout: float | None = None
    """The share of inputs of each layer of the head that is left out in training, 0 to below 1;
    None for `DEFAULT_DROPOUTS`."""
    label_smoothing: float = 0.05
    """How much of each label's certainty is given to all labels, 0 to below 1."""
    class_weights: ClassWeights = "none"
    """`balanced` lets each class count the same, however many pictures it has."""
    augment: bool = True
    """Whether pictures are varied: cut, mirrored, made lighter, darker, greyer, blurred."""
    flip: bool = True
    """Whether pictures may be mirrored, where they are varied."""
    epochs: int | None = None
    """The most epochs of each stage; None for `DEFAULT_EPOCHS`."""
    batch_size: int = 32
    """Pictures a step."""
    learning_rate: float | None = None
    """AdamW's step at the beginning of the last stage; None for `DEFAULT_LEARNING_RATES`."""
    seed: int = 0
    """Of all that is drawn by lot."""
    max_minutes: float | None = None
    """After this time training ends, and the best so far is kept; None for no bound."""
    fps: float = DEFAULT_FPS
    """Frames a second that are taken of clips."""
    split: Literal["grouped", "random"] | Path = "grouped"
    """How pictures are divided between training and validation; a file is an earlier split."""
    max_bad: float = 0.01
    """The share of pictures and clips, 0 to 1, that may be unreadable."""
    regression: bool = False
    """Whether labels are numbers to be estimated."""
    resize: str | None = None
    """How frames are brought to size, as `--resize` takes it; None for what suits the data."""
    crop: str | None = None
    """What is cut off the edges of a frame before, as `--crop` takes it."""
    input_size: tuple[int, int] | None = None
    """(height, width) in pixels that the network is shown; None for what the backbone takes."""

    def __post_init__(self) -> None:
        self._check_numbers()
        if self.class_weights not in get_args(ClassWeights):
            raise UsageError(f"--class-weights {self.class_weights}: give none or balanced")
        if self.from_scratch and self.fine_tune:
            raise UsageError("--fine-tune is for a backbone, and --from-scratch has none")
        if self.resize:
            Resize.parse(self.resize)
        if self.crop:
            Crop.parse(self.crop)

    def _check_numbers(self) -> None:
        for name, least in (("epochs", 1), ("batch_size", 1), ("dense", 1), ("fine_tune", 0)):
            value = getattr(self, name)
            if value is not None and (not isinstance(value, int) or value < least):
                raise UsageError(f"{_flag(name)} {value}: give a whole number from {least}")
        for name in ("learning_rate", "max_minutes", "fps"):
            value = getattr(self, name)
            if value is not None and not 0 < value < float("inf"):
                raise UsageError(f"{_flag(name)} {value}: give a number more than 0")
        for name in ("dropout", "label_smoothing"):
            value = getattr(self, name)
            if value is not None and not 0 <= value < 1:
                raise UsageError(f"{_flag(name)} {value}: give 0 to below 1")
        if not 0 <= self.max_bad <= 1:
            raise UsageError(f"--max-bad {self.max_bad}: give a share of 0 to 1")
        if self.input_size is not None and min(self.input_size) < 16:
            height, width = self.input_size
            raise UsageError(f"--input-size {width}x{height}: give at least 16x16")

    def most_epochs(self, stage: Stage) -> int:
        """Return how many epochs a stage may have."""
        return self.epochs or DEFAULT_EPOCHS[stage]

    def dropout_of(self, stage: Stage) -> float:
        """Return the share of inputs that a stage leaves out."""
        return DEFAULT_DROPOUTS[stage] if self.dropout is None else self.dropout

    def first_rate(self, stage: Stage) -> float:
        """Return the learning rate that a stage begins with; the option is for the last stage."""
        is_last = stage != "head" or not self.fine_tune
        given = self.learning_rate if is_last else None
        return float(given or DEFAULT_LEARNING_RATES[stage])  # Keras takes no whole number


class TrainingKeywords(TypedDict, total=False):
    """The fields of `TrainingOptions` as a program gives them."""

    backbone: str
    from_scratch: bool
    fine_tune: int
    dense: int | None
    dropout: float | None
    label_smoothing: float
    class_weights: ClassWeights
    augment: bool
    flip: bool
    epochs: int | None
    batch_size: int
    learning_rate: float | None
    seed: int
    max_minutes: float | None
    fps: float
    split: str | os.PathLike[str]
    max_bad: float
    regression: bool
    resize: str | None
    crop: str | None
    input_size: tuple[int, int] | str | int | None


def options_from(given: TrainingKeywords) -> TrainingOptions:
    """Make options of what a program or a command line gives.

    Raises:
        UsageError: there is no such option, or one cannot be right.
    """
    names = [field.name for field in fields(TrainingOptions)]
    values: dict[str, Any] = dict(given)
    for name in values:
        if name not in names:
            raise UsageError(f"train has no option {name!r}: it has {', '.join(names)}")
    if isinstance(values.get("input_size"), str | int):
        values["input_size"] = parse_size(values["input_size"])
    split = values.get("split", "grouped")
    if split not in ("grouped", "random"):
        values["split"] = _split_file(split)
    return TrainingOptions(**values)


def _split_file(split: str | os.PathLike[str]) -> Place:
    path = place_of(split)
    if isinstance(path, Path) and not path.is_file():
        raise UsageError(f"--split {split}: give grouped, random or a file that is there")
    return path


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"
