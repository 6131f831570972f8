"""What an evaluation found, before any of it is written: of cases, figures, and what to look at.

A case is a picture or a frame of a clip, with what is true of it and what was answered. Arrays
have a row for each case, in one order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from vidclf.dataset.examples import Task
from vidclf.files.places import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A picture or a frame of a clip that was evaluated."""

    path: Place
    """The picture's or clip's file; the name in the table where a table's clip is not found."""
    frame: int | None = None
    """The frame's index in its clip; None of a still."""
    timestamp: float | None = None
    """Seconds on the clip's own clock; None of a still."""
    group: str | None = None
    """The group that the data name, such as a place or a day; None where they name none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelIssue:
    """A case whose label in the data is likely wrong (confident learning)."""

    case: int
    """Its place among the cases."""
    given: int
    """The class that the data say."""
    suggested: int
    """The class that it more likely is."""
    margin: float
    """Score of the suggested class minus that of the given one, -1 to 1: the higher, the likelier
    is the label wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipFigures:
    """How good the table of one clip is."""

    name: str
    """The clip's name, as its table has it."""
    table: Place
    """The table that was evaluated."""
    truth: Place
    """The file of its true segments."""
    first_case: int
    """The place of its first case: its cases are those up to the next clip's first."""
    metrics: Mapping[str, Any]
    """What JSON holds of it, under the names of docs/evaluate.md."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What an evaluation of a model on labelled data, or of tables on true segments, found."""

    kind: Literal["model", "tables"]
    """Whether a model predicted labelled data, or tables were compared with true segments."""
    task: Task
    """What was predicted."""
    labels: tuple[str, ...]
    """Class → name, C of them, or the names of V values; with `background`, where that is one."""
    truth: NDArray[Any]
    """What is true: (N,) int64 class ids for `classes`, (N, C) bool for `multi_label`, (N, V)
    float for `regression`."""
    predictions: NDArray[np.floating[Any]] | None
    """(N, C) scores, 0 to 1, or (N, V) values; None of a table that has no score of every class."""
    answers: NDArray[Any] | None
    """(N,) int64 ids of the answered classes for `classes`, (N, C) bool for `multi_label`: whether
    a label reached its threshold; None for `regression`."""
    confidences: NDArray[np.floating[Any]] | None
    """(N,) the answers' scores, 0 to 1, NaN for background; None but for `classes`."""
    groups: NDArray[np.int64]
    """(N,) numbers, equal for cases that are not independent: of one clip or one group."""
    cases: Sequence[Case]
    """N of them."""
    metrics: Mapping[str, Any]
    """The figures, of JSON's types, under the names of docs/evaluate.md."""
    background: int | None = None
    """The class of frames that no segment covers; None where there is none."""
    thresholds: tuple[float, ...] | None = None
    """For `multi_label`: the score from which each label counts."""
    units: tuple[str, ...] | None = None
    """For `regression`: the unit of each value, "" where it has none; None where not known."""
    clips: tuple[ClipFigures, ...] = ()
    """Of each clip, for tables."""
    label_issues: tuple[LabelIssue, ...] = ()
    """Likely wrong labels, the likeliest first."""
    near_duplicates: NDArray[np.int64] = field(
        default_factory=lambda: np.empty((0, 2), dtype=np.int64)
    )
    """(P, 2) places of cases that look alike, the lower first."""
    left_out: tuple[tuple[Place, str], ...] = ()
    """Files that could not be read, and why."""
    model_name: str = ""
    """What predicted, for people; of tables, the model that their manifests name."""
    model_digest: str = ""
    """SHA-256 of the model's file, hexadecimal; empty where not known."""
    data_name: str = ""
    """Where the truth comes from, for people."""
    part: Literal["train", "val", "test", "all"] = "all"
    """Which part of the data was evaluated."""
    notes: tuple[str, ...] = ()
    """What its reader should know, in sentences."""

    @property
    def is_wrong(self) -> NDArray[np.bool_]:
        """(N,) whether each case is answered wrongly: any label of it; none of a regression."""
        if self.answers is None:
            return np.zeros(len(self.truth), dtype=bool)
        count = len(self.truth)
        wrong: NDArray[np.bool_] = (self.answers != self.truth).reshape(count, -1).any(axis=1)
        return wrong
