"""What a comparison finds, for each kind of table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelShares:
    """How much of the compared time a label has."""

    label: str
    """The label."""
    class_id: int
    """Its class in A, or in B where A does not name it; -1 when unknown."""
    share_a: float
    """Its part of the time in A, 0 to 1."""
    share_b: float
    """Its part of the time in B."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelPair:
    """A label of A and one of B that stand at the same frames."""

    label_a: str
    """What A says there."""
    label_b: str
    """What B says there."""
    frames: int
    """At how many frames."""
    seconds: float
    """For how long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A stretch of frames without gaps over which A says one thing and B another."""

    start_frame: int
    """Index of its first frame."""
    end_frame: int
    """Index of its last frame."""
    start_seconds: float
    """When its first frame is shown."""
    end_seconds: float
    """When its last frame ends."""
    label_a: str | None
    """What A says; None where frames may have several labels and this one does not hold in A."""
    label_b: str | None
    """What B says; None likewise."""
    confidence_a: float
    """A's mean confidence in what it says, or its mean score of the label that holds in B only."""
    confidence_b: float
    """B's, likewise."""

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return self.end_seconds - self.start_seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassAgreement:
    """Two tables with one label a frame."""

    frames_share: float
    """Part of the compared frames at which both have the same label, 0 to 1."""
    seconds_share: float
    """The same part of the time."""
    kappa: float | None
    """Cohen's kappa over the frames: 1 for full agreement, 0 for no more than chance; None where
    both have the same single label throughout."""
    labels: tuple[LabelShares, ...]
    """Every label that A or B shows, most time in both together first."""
    meetings: tuple[LabelPair, ...]
    """Which label of A met which of B, those that agree too, most time first."""
    differences: tuple[Difference, ...]
    """Where they differ, in order of time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelAgreement:
    """How two tables agree on one label of several that may hold at a frame."""

    label: str
    """The label."""
    class_id: int
    """Its class in A."""
    share_a: float
    """Part of the time in which it holds in A, 0 to 1."""
    share_b: float
    """The same in B."""
    seconds_share: float
    """Part of the time in which it holds in both or in none."""
    jaccard: float | None
    """Time in which it holds in both over time in which it holds in one at least; None where it
    holds in none."""
    kappa: float | None
    """Cohen's kappa over the frames; None where both always say the same one thing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelComparison:
    """Two tables with any number of labels a frame."""

    frames_share: float
    """Part of the compared frames at which exactly the same labels hold, 0 to 1."""
    seconds_share: float
    """The same part of the time."""
    jaccard: float
    """Mean over the time of labels that hold in both over labels that hold in one at least, where
    frames without labels count as agreed."""
    labels: tuple[LabelAgreement, ...]
    """Each label that both know, most time in both together first."""
    differences: tuple[Difference, ...]
    """Where a label holds in one and not in the other, in order of time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LargestDifference:
    """A frame at which two values are far apart."""

    frame: int
    """Its index."""
    seconds: float
    """When it is shown."""
    value_a: float
    """A's value."""
    value_b: float
    """B's value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueAgreement:
    """How two tables agree on one value, over the compared frames."""

    name: str
    """The value's name."""
    unit: str
    """Its unit as a manifest tells; empty where none does."""
    mean_difference: float
    """Mean of B - A."""
    mean_absolute_difference: float
    """Mean of |B - A|."""
    rms_difference: float
    """Square root of the mean of (B - A) squared."""
    correlation: float | None
    """Pearson's; None where A or B is constant."""
    largest: tuple[LargestDifference, ...]
    """Where they are furthest apart, the furthest first, a second or more between any two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueComparison:
    """Two tables of values."""

    values: tuple[ValueAgreement, ...]
    """Each value that both have, in A's order."""
