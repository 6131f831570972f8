"""Timestamps that were given in decoding order, put in the order of the pictures."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from heapq import heappop, heappush
from itertools import islice
from typing import TypeVar

MOST_HELD = 17
"""H.264 and HEVC decode a picture at most 16 others before it is shown."""

Shown = TypeVar("Shown")


def in_order(
    frames: Iterable[Shown],
    *,
    pts_of: Callable[[Shown], int | None],
    is_mixed: Callable[[], bool],
) -> Iterator[tuple[Shown, int | None]]:
    """Each frame with the lowest stamp among its own and those of the frames held behind it.

    AVI numbers its packets as they are decoded (an MP4 that is copied from one does so, too), and a
    frame then comes out, in its right place, with its packet's number: 1 4 3 5 2 8 7. As every
    number is there once, the sorted ones are the right ones: 1 2 3 4 5 6 7. Increasing stamps stay
    as they are; a frame without one gets none.

    Args:
        frames: Pictures in presentation order.
        pts_of: A picture's own stamp.
        is_mixed: Whether stamps may be out of order here; asked anew for each frame. Only then
            are pictures held back, up to `MOST_HELD` of them.
    """
    held: deque[Shown] = deque()
    stamps: list[int] = []

    def release() -> tuple[Shown, int | None]:
        frame = held.popleft()
        return frame, None if pts_of(frame) is None else heappop(stamps)

    for frame in frames:
        held.append(frame)
        if (pts := pts_of(frame)) is not None:
            heappush(stamps, pts)
        while len(held) > (MOST_HELD if is_mixed() else 0):
            yield release()
    while held:
        yield release()


class LookAhead(Iterator[Shown]):
    """An iterator whose next item can be seen before its turn; nothing is held until one asks."""

    def __init__(self, items: Iterable[Shown]) -> None:
        self._items = iter(items)
        self._seen: deque[Shown] = deque()

    def __next__(self) -> Shown:
        """The next item."""
        return self._seen.popleft() if self._seen else next(self._items)

    def peek(self) -> Shown | None:
        """The item after the last one that was taken; None behind the last of all."""
        return next(self.ahead(1), None)

    def ahead(self, most: int) -> Iterator[Shown]:
        """The items after the last one that was taken, at most so many."""
        for place in range(most):
            if place == len(self._seen):
                self._seen.extend(islice(self._items, 1))
            if place == len(self._seen):
                return
            yield self._seen[place]
