"""The stage that runs in a thread: order, errors, bounds, and nothing left behind."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidclf.core.prefetch import prefetch


def size(item: int) -> int:
    return 10


@given(count=st.integers(0, 50), most_bytes=st.integers(0, 100))
def test_all_items_come_in_order(count: int, most_bytes: int) -> None:
    assert list(prefetch(lambda: range(count), size_of=size, most_bytes=most_bytes)) == [
        *range(count)
    ]


@given(good=st.integers(0, 20))
def test_an_error_comes_after_the_items_before_it(good: int) -> None:
    def fail() -> Iterator[int]:
        yield from range(good)
        raise ValueError("broken")

    items = prefetch(fail, size_of=size, most_bytes=30)
    assert list(itertools.islice(items, good)) == [*range(good)]
    with pytest.raises(ValueError, match="broken"):
        next(items)


def test_it_runs_in_another_thread_and_leaves_none() -> None:
    before = threading.active_count()
    names = list(
        prefetch(lambda: (threading.current_thread().name for _ in range(3)),
              size_of=len, most_bytes=1)
    )  # fmt: skip
    assert set(names) == {"vidclf-prefetch"}
    assert threading.active_count() == before


@given(room=st.integers(0, 5))
def test_no_more_is_made_than_there_is_room_for(room: int) -> None:
    made: list[int] = []

    def note() -> Iterator[int]:
        for number in range(40):
            made.append(number)
            yield number

    for item in prefetch(note, size_of=size, most_bytes=10 * room):
        # One is in use, one in the maker's hands, and one may always wait.
        assert made[-1] <= item + 2 + max(room, 1)


def test_closing_early_stops_and_closes_the_maker() -> None:
    closed = threading.Event()
    made: list[int] = []

    def endless() -> Iterator[int]:
        try:
            for number in itertools.count():
                made.append(number)
                yield number
        finally:
            closed.set()

    items = prefetch(endless, size_of=size, most_bytes=30)
    assert next(items) == 0
    items.close()
    assert closed.is_set()
    assert len(made) <= 6


def test_an_item_too_large_for_the_belt_still_passes() -> None:
    assert list(prefetch(lambda: range(5), size_of=lambda _: 10**9, most_bytes=10)) == [*range(5)]


def test_an_error_in_the_user_stops_the_maker() -> None:
    before = threading.active_count()

    def use() -> None:
        for item in prefetch(itertools.count, size_of=size, most_bytes=30):
            if item == 5:
                raise RuntimeError("disk full")

    with pytest.raises(RuntimeError, match="disk full"):
        use()
    assert threading.active_count() == before
