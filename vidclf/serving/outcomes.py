"""What becomes of a frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vidclf.core.frames import Prediction
from vidclf.serving.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Milliseconds:
    """Where the time of one answer went."""

    wait: float
    """From its coming until it is decoded, and again until the model takes it up."""
    decode: float
    """Decoding and scaling."""
    infer: float
    """The model, for the batch that it was in; 0 for a frame that carries an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A frame that has its answer."""

    prediction: Prediction
    """What the model says of it, smoothed."""
    ms: Milliseconds
    """Where the time went."""
    dropped: int
    """How many frames of the session were dropped so far."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A frame that was not looked at, as a newer one of its client came before its turn."""

    total: int
    """How many frames of the session were dropped so far, with this one."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A frame that cannot be answered."""

    problem: Problem
    """Why."""


Outcome = Answered | Dropped | Refused
Json = dict[str, Any]
