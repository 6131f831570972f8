from __future__ import annotations

import signal
from collections.abc import Iterator
from threading import Thread

import pytest

from vidclf.core.held_signals import STOPPING, signals_held


@pytest.fixture(autouse=True)
def heard() -> Iterator[list[int]]:
    """The signals that reached handlers of this test's own."""
    heard: list[int] = []
    handlers = {number: signal.getsignal(number) for number in STOPPING}
    for number in STOPPING:
        signal.signal(number, lambda number, frame: heard.append(number))
    yield heard
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", STOPPING)
def test_a_signal_reaches_the_programs_handler_after_the_block(
    number: signal.Signals, heard: list[int]
) -> None:
    with signals_held():
        signal.raise_signal(number)
        assert heard == []
    assert heard == [number]


def test_the_handlers_are_those_from_before_the_block() -> None:
    before = [signal.getsignal(number) for number in STOPPING]
    with signals_held():
        assert [signal.getsignal(number) for number in STOPPING] != before
    assert [signal.getsignal(number) for number in STOPPING] == before


def test_an_interrupt_comes_at_the_end_of_the_block() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    steps = []
    with pytest.raises(KeyboardInterrupt), signals_held():  # noqa: PT012
        signal.raise_signal(signal.SIGINT)
        steps.append("the rest of the block")
    assert steps == ["the rest of the block"]


def test_blocks_inside_each_other_hold_until_the_outer_one_ends(heard: list[int]) -> None:
    with signals_held():
        with signals_held():
            signal.raise_signal(signal.SIGINT)
        assert heard == []
    assert heard == [signal.SIGINT]


def test_what_a_program_ignores_stays_ignored(heard: list[int]) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with signals_held():
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_IGN
        signal.raise_signal(signal.SIGTERM)
    assert heard == []


def test_another_thread_changes_no_handler() -> None:
    before, inside = signal.getsignal(signal.SIGINT), []

    def hold() -> None:
        with signals_held():
            inside.append(signal.getsignal(signal.SIGINT))

    thread = Thread(target=hold)
    thread.start()
    thread.join()
    assert inside == [before]
