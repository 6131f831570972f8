"""Names for outputs that nobody named."""

from __future__ import annotations

from collections.abc import Sequence

from vidclf.settings import Head

_KINDS = ("class", "value")


def placeholder_labels(head: Head, count: int) -> tuple[str, ...]:
    """Number the outputs: `class 0`, `class 1`, or `value 0` where they are no classes."""
    kind = "value" if head == "regression" else "class"
    return tuple(f"{kind} {place}" for place in range(count))


def are_placeholders(labels: Sequence[str]) -> bool:
    """Return whether labels are such names."""
    numbered = ([f"{kind} {place}" for place in range(len(labels))] for kind in _KINDS)
    return list(labels) in numbered
