"""The one helper that runs a stage in a thread."""

from __future__ import annotations

import contextvars
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from typing import Generic, TypeVar

T = TypeVar("T")


class _Belt(Generic[T]):
    """What one thread puts on, another takes off; full at a number of bytes."""

    def __init__(self, most_bytes: int) -> None:
        self.changed = threading.Condition()
        self.items: deque[tuple[T, int]] = deque()
        self.free_bytes = most_bytes
        self.is_ended = False
        self.is_unwanted = False
        self.error: BaseException | None = None

    def put(self, item: T, size: int) -> bool:
        """Wait for room (one item always fits an empty belt); False when nobody wants more."""
        with self.changed:
            self.changed.wait_for(
                lambda: self.is_unwanted or not self.items or size <= self.free_bytes
            )
            self.items.append((item, size))
            self.free_bytes -= size
            self.changed.notify_all()
            return not self.is_unwanted

    def end(self, error: BaseException | None) -> None:
        with self.changed:
            self.is_ended, self.error = True, error
            self.changed.notify_all()

    def take(self) -> Iterator[T]:
        """Items as they come; what stopped the other thread is raised here after the last one."""
        while True:
            with self.changed:
                self.changed.wait_for(lambda: self.items or self.is_ended)
                if not self.items:
                    break
                item, size = self.items.popleft()
                self.free_bytes += size
                self.changed.notify_all()
            yield item
        if self.error is not None:
            raise self.error

    def refuse(self) -> None:
        with self.changed:
            self.is_unwanted = True
            self.changed.notify_all()


def prefetch(
    make_items: Callable[[], Iterable[T]], *, size_of: Callable[[T], int], most_bytes: int
) -> Generator[T, None, None]:
    """The items in order, made in a thread of their own while earlier ones are used.

    The thread begins with the first item asked for, and is joined before this iterator ends, is
    closed or fails. An error in it is raised here, after the items that came before it.

    Args:
        make_items: gives the items; called, run and closed in the thread.
        size_of: bytes an item holds.
        most_bytes: how many bytes may wait; one item may always.
    """
    belt: _Belt[T] = _Belt(most_bytes)

    def work() -> None:
        error: BaseException | None = None
        try:
            with closing(_as_generator(make_items())) as items:
                for item in items:
                    if not belt.put(item, size_of(item)):
                        break
        except BaseException as exc:  # it is raised again where the items are used
            error = exc
        belt.end(error)

    run = contextvars.copy_context().run  # its warnings belong to the run that it works for
    thread = threading.Thread(target=run, args=(work,), name="vidclf-prefetch", daemon=True)
    thread.start()
    try:
        yield from belt.take()
    finally:
        belt.refuse()
        thread.join()


def _as_generator(items: Iterable[T]) -> Generator[T, None, None]:
    yield from items
