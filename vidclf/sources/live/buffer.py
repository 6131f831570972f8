"""Frames between the thread that takes them as they come and the one that uses them."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from typing import Generic, Literal, TypeVar

T = TypeVar("T")
WhenFull = Literal["drop", "wait", "fail"]
"""What becomes of an item for which there is no room: the oldest is dropped in its favour; its
giver waits; it is the end."""

_LOOK_SECONDS = 0.1
"""How often waiting threads look whether they are to stop. A signal's handler must not take a lock
that its own thread may hold, so it sets a flag and wakes nobody."""


class LiveBuffer(Generic[T]):
    """A queue with room for so many items and bytes; one item always fits an empty one.

    Args:
        most_items: how many wait at most.
        most_bytes: how many bytes they hold at most.
        when_full: what becomes of one more.
        is_stopped: whether no more are wanted, and those who wait are to go.
    """

    def __init__(
        self,
        *,
        most_items: int,
        most_bytes: int,
        when_full: WhenFull,
        is_stopped: Callable[[], bool],
    ) -> None:
        self.dropped = 0
        """How many items were dropped."""
        self.is_overrun = False
        """Whether it was full where that is the end."""
        self._most_items = most_items
        self._most_bytes = most_bytes
        self._when_full = when_full
        self._is_stopped = is_stopped
        self._items: deque[tuple[T, int]] = deque()
        self._held_bytes = 0
        self._is_ended = False
        self._changed = threading.Condition()

    def refuses(self) -> bool:
        """Whether one more item, of the size of the last, would cost another one; it is counted."""
        with self._changed:
            is_full = bool(self._items) and not self._fits(self._items[-1][1])
            refused = is_full and self._when_full == "drop" and not self._is_stopped()
            self.dropped += refused
            return refused

    def put(self, item: T, size: int) -> bool:
        """Add an item; False where it is the last that anybody wants."""
        with self._changed:
            while self._when_full == "wait" and not (self._fits(size) or self._is_stopped()):
                self._changed.wait(_LOOK_SECONDS)
            if self._is_stopped():
                return False
            if self._when_full == "fail" and not self._fits(size):
                self.is_overrun = True
                return False
            while not self._fits(size):
                self._held_bytes -= self._items.popleft()[1]
                self.dropped += 1
            self._items.append((item, size))
            self._held_bytes += size
            self._changed.notify_all()
            return True

    def end(self) -> None:
        """Say that no item comes any more."""
        with self._changed:
            self._is_ended = True
            self._changed.notify_all()

    def take(self) -> Iterator[T]:
        """Items as they come, up to the end; once stopped, those that are there."""
        while True:
            with self._changed:
                while not (self._items or self._is_ended or self._is_stopped()):
                    self._changed.wait(_LOOK_SECONDS)
                if not self._items:
                    return
                item, size = self._items.popleft()
                self._held_bytes -= size
                self._changed.notify_all()
            yield item

    def _fits(self, size: int) -> bool:
        if not self._items:
            return True
        has_place = len(self._items) < self._most_items
        return has_place and self._held_bytes + size <= self._most_bytes
