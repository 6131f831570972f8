"""Text that a client sent, read as JSON without doing what it says."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from vidclf.serving.outcomes import Json
from vidclf.serving.problems import ProblemError

MOST_VALUES = 1000
"""In one message, about: what a message may hold are a dozen, and a picture is one of them."""


def check_values(text: str) -> None:
    """Refuse text that would become a heap of values, or a tower of lists.

    Reading it would take seconds, or more depth than Python has, in the thread that serves all
    clients. The signs are counted, which takes a millisecond for the largest picture, as base64
    has none of them.

    Raises:
        ProblemError: there are too many.
    """
    if text.count(",") + text.count("[") + text.count("{") > MOST_VALUES:
        raise ProblemError("bad-request", f"the message holds more than {MOST_VALUES} values")


def read_message(text: str) -> Json:
    """The fields of a message.

    Raises:
        ProblemError: it is no JSON object, or too large a one.
    """
    check_values(text)
    try:
        fields = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as exc:
        raise ProblemError("bad-request", f"a message must be a JSON object: {exc}") from exc
    return check_fields(fields, "a message")


def check_fields(value: object, what: str) -> Json:
    """A JSON object.

    Raises:
        ProblemError: it is something else.
    """
    if not isinstance(value, dict):
        raise ProblemError("bad-request", f"{what} must be a JSON object")
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def described(value: Any) -> str:
    """A value for a sentence, cut short."""
    text = ascii(value)
    return text if len(text) <= 40 else f"{text[:40]}…"
