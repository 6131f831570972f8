"""Walk through a graph's operations with what is known of the numbers that each of them takes.

TensorFlow and OpenVINO name operations in their own ways. What becomes of the input at each of them
is decided here for both: it passes, is scaled by a constant, meets the first weights, or is lost
from sight.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Literal

import numpy as np

from vidclf.models.scaling_clues.conclusion import Affine, FirstSteps

Role = Literal["passes", "joins", "looks", "learns", "add", "subtract", "multiply", "divide"]
"""What an operation does to a picture: it `passes` its first input on with all its numbers, `joins`
any of them, only `looks` at its shape, combines it with weights (`learns`), or is arithmetic."""

CHANNELS = 3
"""A constant that scales has one number, or one for each channel."""


class Rest(Enum):
    """Values that are neither the input nor a small constant."""

    LEARNED = "learned"
    """Weights, or what is computed from weights alone."""
    LARGE_CONSTANT = "large constant"
    """A constant of more numbers than a picture has channels."""
    OTHER = "other"
    """Everything else: shapes of pictures, random numbers, and what lies behind weights."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """A number that the graph holds, or one for each channel."""

    numbers: tuple[float, ...]
    """One to three of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The network's input, as it is or scaled."""

    scalings: frozenset[Affine]
    """What was done to it, on each of the ways that it took."""


Value = Constant | Picture | Rest

UNTOUCHED = Picture(scalings=frozenset({Affine()}))
"""The input itself."""


def constant_of(numbers: object) -> Value:
    """Return a constant as a value of the walk; a large one only where all its numbers are one."""
    array = np.asarray(numbers)
    if array.dtype.kind not in "iufb" or not array.size:
        return Rest.LARGE_CONSTANT
    if array.size > CHANNELS and (array == array.flat[0]).all():
        array = array.reshape(-1)[:1]
    if array.size > CHANNELS or not np.isfinite(array).all():
        return Rest.LARGE_CONSTANT
    return Constant(numbers=tuple(map(float, array.reshape(-1))))


class Walk:
    """Collects what is found out on the way from a network's input to its first weights."""

    def __init__(self, *, trusts: Callable[[Constant], bool] = lambda constant: True) -> None:
        """Begin a walk.

        Args:
            trusts: tells of a constant whether it was written into the network, and not learned.
        """
        self.first = FirstSteps()
        self._trusts = trusts

    def result_of(self, role: Role | None, inputs: Sequence[Value], name: str) -> Value:
        """Return the value that an operation gives.

        Args:
            role: what it does; None where that is not known.
            inputs: its inputs, in order.
            name: what to call it.
        """
        pictures = [each for each in inputs if isinstance(each, Picture)]
        if not pictures:
            is_learned = Rest.LEARNED in inputs and Rest.OTHER not in inputs
            return Rest.LEARNED if is_learned else Rest.OTHER
        if role == "looks":
            return Rest.OTHER
        if role == "joins" or (role == "passes" and inputs[0] in pictures):
            return Picture(scalings=frozenset().union(*(each.scalings for each in pictures)))
        if role is None or role == "passes" or len(pictures) > 1:
            return self.meet_obstacle(name)
        if role == "learns":
            return self.end_at(pictures[0])
        return self._scaled(role, inputs, name)

    def end_at(self, value: Value) -> Value:
        """Note that a value meets the first weights, or the network's end."""
        if isinstance(value, Picture):
            self.first.scalings |= value.scalings
        return Rest.OTHER

    def meet_obstacle(self, name: str) -> Value:
        """Note an operation whose effect on the input is not known."""
        self.first.obstacle = self.first.obstacle or name
        return Rest.OTHER

    def _scaled(self, role: Role, inputs: Sequence[Value], name: str) -> Value:
        """Return the input after arithmetic with a constant."""
        place = next(i for i, each in enumerate(inputs) if isinstance(each, Picture))
        picture, other = inputs[place], inputs[1 - place] if len(inputs) == 2 else None
        assert isinstance(picture, Picture)
        if other is Rest.LEARNED:
            return self.end_at(picture)
        if isinstance(other, Constant) and not self._trusts(other):
            return self.meet_obstacle(f"{name} by a number for each channel, perhaps a learned one")
        if not isinstance(other, Constant):
            return self.meet_obstacle(name)
        step = affine_step(role, other.numbers, input_is_first=place == 0, name=name)
        if step is None:
            return self.meet_obstacle(name)
        return Picture(scalings=frozenset(way.then(step) for way in picture.scalings))


def affine_step(
    role: Role, numbers: tuple[float, ...], *, input_is_first: bool, name: str
) -> Affine | None:
    """Return what arithmetic with a constant does to a picture; None where it does not scale it."""
    array, parts = np.array(numbers), (name,)
    mean = float(array.mean())
    if role == "multiply":
        return Affine(slope=mean, parts=parts)
    if role == "divide":
        is_scaling = input_is_first and array.all()
        return Affine(slope=float((1 / array).mean()), parts=parts) if is_scaling else None
    if role == "add":
        return Affine(offset=mean, parts=parts)
    if input_is_first:
        return Affine(offset=-mean, parts=parts)
    return Affine(slope=-1.0, offset=mean, parts=parts)
