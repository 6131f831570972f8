"""Warnings that are muted by several threads at once."""

from __future__ import annotations

import warnings
from contextlib import ExitStack
from threading import Event, Thread

import pytest

from vidclf.core.muted_warnings import warnings_muted


def warn(module: str) -> None:
    warnings.warn_explicit("of no use", UserWarning, "file.py", 1, module=module)


def test_only_warnings_of_the_modules_are_ignored_and_only_inside() -> None:
    before = list(warnings.filters)
    with warnings_muted(r"made_up\."):
        warn("made_up.reader")
        with pytest.raises(UserWarning):
            warn("another.made_up.reader")
    with pytest.raises(UserWarning):
        warn("made_up.reader")
    assert warnings.filters == before


def test_whoever_leaves_first_takes_nothing_from_another_thread() -> None:
    before = list(warnings.filters)
    entered, leave = Event(), Event()

    def mute() -> None:
        with warnings_muted(r"made_up\."):
            entered.set()
            leave.wait(10)

    thread = Thread(target=mute)
    thread.start()
    assert entered.wait(10)
    with ExitStack() as mine:
        mine.enter_context(warnings_muted(r"made_up\."))
        mine.enter_context(warnings_muted(r"keras\."))
        leave.set()
        thread.join()
        warn("made_up.reader")
        warn("keras.layers")
    assert warnings.filters == before
