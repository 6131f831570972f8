"""What kind of answer a client would rather have: its `Accept` header (RFC 9110, 12.5.1)."""

from __future__ import annotations

import math

from vidclf.sinks.still import StillKind

_KINDS: dict[str, StillKind | None] = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/*": "JPEG",
    "application/json": None,
    "application/*": None,
    "*/*": None,
}
MEDIA_TYPES: dict[StillKind, str] = {"JPEG": "image/jpeg", "PNG": "image/png"}


def wanted_picture(accept: str) -> StillKind | None:
    """The kind of picture that is wanted instead of JSON; None for JSON.

    What nothing is made of counts as JSON, too: an answer is better than none. Of kinds that are
    wanted as much, those that are named come before patterns, and then the first one.

    Args:
        accept: the header, or "".
    """
    best, wanted = (0.0, True), None
    for part in accept.lower().split(","):
        name, *parameters = (text.strip() for text in part.split(";"))
        if name not in _KINDS:
            continue
        rank = (_quality(parameters), not name.endswith("*"))
        if rank > best:
            best, wanted = rank, _KINDS[name]
    return wanted


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                quality = float(value)
            except ValueError:
                return 0.0
            return quality if math.isfinite(quality) else 0.0
    return 1.0
