"""Put labels in the order of the output numbers that stand beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from vidclf.errors import ModelError


def order_by_number(numbered: Sequence[tuple[int, str]], *, source: str) -> tuple[str, ...]:
    """Put labels in the order of their numbers: `[(1, "dog"), (0, "cat")]` → `("cat", "dog")`.

    Nothing is shifted: numbers from 1 may mean that somebody counts from 1, or that a name is left
    out.

    Args:
        numbered: number and label of each output, in any order.
        source: what holds them, for the message.

    Raises:
        ModelError: the numbers are not 0 to N - 1, each once.
    """
    places = range(len(numbered))
    counts = Counter(number for number, _ in numbered)
    doubles = [number for number, count in counts.items() if count > 1]
    if doubles:
        raise ModelError(f"{source} has the number {doubles[0]} twice: each output has one label")
    if numbered and counts.keys() == {place + 1 for place in places}:
        raise ModelError(
            f"{source}: numbers begin at 1, but outputs are counted from 0: if "
            f"{min(numbered)[1]!r} is the first, take 1 off each, or list the names without numbers"
        )
    missing = [place for place in places if place not in counts]
    if missing:
        raise ModelError(
            f"{source} has no label with the number {missing[0]}: {len(numbered)} labels need the "
            f"numbers 0 to {places[-1]}, or none and the order of the outputs"
        )
    return tuple(label for _, label in sorted(numbered))
