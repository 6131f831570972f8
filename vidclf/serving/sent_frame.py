"""A frame as a client sent it: a picture, and what the client said of it."""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from time import perf_counter
from typing import Any

from vidclf.serving.limits import MOST_FRAME_BYTES, MOST_NAME_CHARACTERS
from vidclf.serving.problems import ProblemError

CLOCK = Fraction(1, 10**9)
"""Ticks of a live clip: nanoseconds, the digits of the table's timestamps."""
_MOST_SECONDS = 1e12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SentFrame:
    """One picture of a client's, still encoded."""

    image: bytes | str
    """The file's bytes, or base64 of them, with or without `data:image/…;base64,` before."""
    id: str | int | float | None = None
    """What the client calls it; the answer carries it."""
    seconds: float | None = None
    """When it was taken, on the client's own clock; None for when it came."""
    came: float
    """When it came, in seconds of `time.perf_counter`."""

    @classmethod
    def of(cls, fields: Mapping[str, Any], image: Any = None) -> SentFrame:
        """Check what a client sent.

        Args:
            fields: `id`, `timestamp`, and `image` where the picture is text; others are passed
                over.
            image: the picture's bytes, where they came apart from the fields.

        Raises:
            ProblemError: something is not what it must be.
        """
        image = fields.get("image") if image is None else image
        return cls(
            image=_image(image),
            id=frame_id(fields.get("id")),
            seconds=_seconds(fields.get("timestamp")),
            came=perf_counter(),
        )

    def encoded(self) -> bytes:
        """The picture's bytes.

        Raises:
            ProblemError: its text is no base64.
        """
        if isinstance(self.image, bytes):
            return self.image
        text = self.image
        if text.startswith("data:"):
            text = text.partition(",")[2]
        try:
            return base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError) as exc:
            raise ProblemError(
                "unreadable-picture", f"the text of the picture is no base64 ({exc})"
            ) from exc


def _image(image: Any) -> bytes | str:
    if isinstance(image, bytearray | memoryview):
        image = bytes(image)
    if not isinstance(image, bytes | str) or not image:
        raise ProblemError(
            "bad-request",
            "a frame needs its picture: bytes of a JPEG, PNG or WebP, or base64 text as `image`",
        )
    size = len(image) if isinstance(image, bytes) else len(image) * 3 // 4
    if size > MOST_FRAME_BYTES + 100:
        raise ProblemError(
            "too-large",
            f"a picture of {size / 1e6:.1f} MB: the most is {MOST_FRAME_BYTES / 1e6:.0f} MB; "
            "scale it down, or send JPEG",
        )
    return image


def frame_id(value: Any) -> str | int | float | None:
    """What a client calls a frame.

    Raises:
        ProblemError: it is no name.
    """
    if isinstance(value, str) and len(value) <= MOST_NAME_CHARACTERS and _is_unicode(value):
        return value
    if value is None or (isinstance(value, int) and abs(value) < 2**63):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    raise ProblemError(
        "bad-request",
        f"`id` must be a number or a text of at most {MOST_NAME_CHARACTERS} characters",
    )


def _is_unicode(text: str) -> bool:
    """Whether it can be sent back: JSON may spell halves of characters (U+D800 to U+DFFF)."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _seconds(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool) and _is_possible(value):
        return float(value)
    raise ProblemError("bad-request", "`timestamp` must be a number of seconds")


def _is_possible(seconds: float) -> bool:
    return -_MOST_SECONDS < seconds < _MOST_SECONDS
