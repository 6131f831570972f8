"""What becomes of frames for which there is no room."""

from __future__ import annotations

import threading

from vidclf.sources.live.buffer import LiveBuffer, WhenFull


def buffer_of(when_full: WhenFull, stop: list[bool] | None = None) -> LiveBuffer[int]:
    return LiveBuffer(
        most_items=3, most_bytes=100, when_full=when_full, is_stopped=lambda: bool(stop)
    )


def taken(buffer: LiveBuffer[int]) -> list[int]:
    buffer.end()
    return list(buffer.take())


def test_the_oldest_are_dropped_and_counted() -> None:
    buffer = buffer_of("drop")
    assert all(buffer.put(item, 1) for item in range(10))
    assert taken(buffer) == [7, 8, 9]
    assert buffer.dropped == 7


def test_bytes_count_too_but_one_item_always_fits() -> None:
    buffer = buffer_of("drop")
    for item, size in ((0, 60), (1, 60), (2, 5000)):
        buffer.put(item, size)
    assert taken(buffer) == [2]


def test_a_frame_is_refused_before_it_is_decoded() -> None:
    buffer = buffer_of("drop")
    assert not buffer.refuses()
    for item in range(3):
        buffer.put(item, 1)
    assert buffer.refuses()
    assert buffer.dropped == 1
    assert taken(buffer) == [0, 1, 2]


def test_where_all_are_wanted_too_many_are_the_end() -> None:
    buffer = buffer_of("fail")
    assert [buffer.put(item, 1) for item in range(4)] == [True, True, True, False]
    assert buffer.is_overrun
    assert taken(buffer) == [0, 1, 2]
    assert not buffer.refuses()


def test_a_sender_that_can_wait_loses_nothing() -> None:
    buffer = buffer_of("wait")

    def send() -> None:
        for item in range(200):
            buffer.put(item, 1)
        buffer.end()

    thread = threading.Thread(target=send)
    thread.start()
    assert list(buffer.take()) == list(range(200))
    thread.join()
    assert buffer.dropped == 0


def test_a_stop_ends_with_what_is_there() -> None:
    stop: list[bool] = []
    buffer = buffer_of("wait", stop)
    for item in range(3):
        buffer.put(item, 1)
    stop.append(True)
    assert not buffer.put(3, 1)
    assert list(buffer.take()) == [0, 1, 2]
    assert buffer.dropped == 0
