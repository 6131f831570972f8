"""What labelled data are made of: pictures and parts of clips, with what is true of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from vidclf.files.places import Place

Task = Literal["classes", "multi_label", "regression"]
"""One label of several, any number of labels, or numbers."""
Part = Literal["train", "val", "test"]
"""What an example is used for: to learn from, to choose by, or to measure at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A labelled picture, a labelled clip, or a labelled part of a clip."""

    path: Place
    """The picture's or clip's file, which may lie elsewhere."""
    labels: tuple[str, ...] = ()
    """One where labels exclude each other; any number, also none, of several; none of a number."""
    values: tuple[float, ...] = ()
    """What is to be estimated, of a regression."""
    start_seconds: float | None = None
    """Where the part begins, on the clip's own clock; None for the clip's beginning."""
    end_seconds: float | None = None
    """The first moment that is no longer in it; None for the clip's end."""
    group: str | None = None
    """What must not be divided between training and validation, as its user says: a place, an
    animal, a day. The pictures of one clip are a group in any case."""
    part: Part | None = None
    """What it is used for, where the data say so."""
    weight: float = 1.0
    """How much it counts in training, more than 0."""
    origin: str = ""
    """Where it was said, for messages: `clips.csv, line 12`; empty where the path tells it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledSet:
    """Labelled data as they were named, before a picture is decoded."""

    name: str
    """Where they come from, for people."""
    task: Task
    """What is to be learnt."""
    labels: tuple[str, ...]
    """Class → name, sorted; the names of the values of a regression."""
    examples: Sequence[Example]
    """All of them, in the order of the data."""
