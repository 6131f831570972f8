"""The fields of a JSON object by type: one of another type is noted and passed over."""

from __future__ import annotations

import re
import reprlib
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeVar

T = TypeVar("T")

_RATE = re.compile(r"\d+(?:/\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonFields:
    """An object of a JSON file.

    A field that is missing, `null` or of another type reads as None.
    """

    values: Mapping[str, Any]
    """The object."""
    place: str = ""
    """Where it stands in the file, such as `model.`; empty for the file's whole."""
    faults: list[str] = field(default_factory=list)
    """One sentence for each field of another type that was read, of this object and its parts."""

    def text(self, name: str) -> str | None:
        """Any text."""
        return self._read(name, _text, "text")

    def texts(self, name: str) -> tuple[str, ...] | None:
        """A list of texts."""
        return self._read(name, _each(_text), "a list of texts")

    def texts_by_name(self, name: str) -> Mapping[str, str] | None:
        """An object of texts."""
        return self._read(name, _texts_by_name, "an object of texts")

    def switch(self, name: str) -> bool | None:
        """True or false."""
        return self._read(name, _switch, "true or false")

    def whole_number(self, name: str) -> int | None:
        """A number of things: 0 or more."""
        return self._read(name, _whole_number, "a whole number")

    def size(self, name: str) -> tuple[int, int] | None:
        """Two whole numbers."""
        return self._read(name, _pair(_whole_number), "[height, width]")

    def number(self, name: str) -> float | None:
        """Any number, as it is written: 1 stays a whole one."""
        return self._read(name, _number, "a number")

    def score(self, name: str) -> float | None:
        """A number of 0 to 1."""
        return self._read(name, _score, "a score of 0 to 1")

    def scores(self, name: str) -> tuple[float, ...] | None:
        """A list of numbers of 0 to 1."""
        return self._read(name, _each(_score), "a list of scores of 0 to 1")

    def ranges(self, name: str) -> tuple[tuple[float, float], ...] | None:
        """A list of ranges, each with its lowest number and its highest one."""
        return self._read(name, _each(_pair(_number)), "a list of [lowest, highest]")

    def rate(self, name: str) -> Fraction | None:
        """A positive fraction, written as text (`30000/1001`)."""
        return self._read(name, _rate, "a fraction such as '30000/1001'")

    def part(self, name: str) -> JsonFields:
        """An object within this one; an empty one where there is none."""
        values = self._read(name, _object, "an object")
        return JsonFields(values=values or {}, place=f"{self.place}{name}.", faults=self.faults)

    def objects(self, name: str) -> tuple[Mapping[str, Any], ...]:
        """A list of objects, without what is none; empty where there is no list."""
        values = self._read(name, _list, "a list of objects") or ()
        places = JsonFields(
            values={f"{name}[{place}]": value for place, value in enumerate(values)},
            place=self.place,
            faults=self.faults,
        )
        read = (places._read(place, _object, "an object") for place in places.values)
        return tuple(value for value in read if value is not None)

    def _read(self, name: str, convert: Callable[[Any], T], wanted: str) -> T | None:
        value = self.values.get(name)
        if value is None:
            return None
        try:
            return convert(value)
        except (TypeError, ValueError, ArithmeticError):
            self.faults.append(f"{self.place}{name} is {reprlib.repr(value)}, not {wanted}")
            return None


def _each(convert: Callable[[Any], T]) -> Callable[[Any], tuple[T, ...]]:
    return lambda value: tuple(map(convert, _list(value)))


def _pair(convert: Callable[[Any], T]) -> Callable[[Any], tuple[T, T]]:
    def convert_both(value: Any) -> tuple[T, T]:
        first, second = _list(value)
        return convert(first), convert(second)

    return convert_both


def _list(value: Any) -> Sequence[Any]:
    if not isinstance(value, list):
        raise TypeError
    return value


def _object(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise TypeError
    return value


def _texts_by_name(value: Any) -> Mapping[str, str]:
    return {name: _text(text) for name, text in _object(value).items()}


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _switch(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _whole_number(value: Any) -> int:
    if type(value) is not int or value < 0:  # True is an int, too
        raise TypeError
    return value


def _number(value: Any) -> float:
    if type(value) not in (int, float) or not abs(value) <= sys.float_info.max:
        raise TypeError
    return value  # type: ignore[no-any-return]


def _score(value: Any) -> float:
    if not 0 <= (score := _number(value)) <= 1:
        raise ValueError
    return score


def _rate(value: Any) -> Fraction:
    """A fraction in digits only: `1e999999999` would take all memory."""
    if not _RATE.fullmatch(_text(value)):
        raise ValueError
    rate = Fraction(value)
    if not float(rate) > 0:
        raise ValueError
    return rate
