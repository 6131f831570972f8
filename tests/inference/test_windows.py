"""Windows over a clip: which samples they cover, what each sample gets, what waits in memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from weakref import WeakSet

import numpy as np
import pytest
from helpers.clip_models import windows_of
from hypothesis import given
from hypothesis import strategies as st

from vidclf.core.frames import Pixels, Scores
from vidclf.inference.windows import WindowRule, filled, windowed

SIZES = st.integers(1, 9)
STRIDES = st.integers(1, 14)
BATCHES = st.integers(1, 5)
FLAGS = st.lists(st.booleans(), max_size=60).map(lambda flags: [True, *flags])
"""Which of a clip's items are samples; the first is."""


def picture(number: int) -> Pixels:
    return np.full((1, 1, 3), number, np.uint8)


def say(window: Iterable[int]) -> list[float]:
    """Scores that tell which samples a window holds, and in which order."""
    return [float(sum(window)), float(sum(i * place**2 for place, i in enumerate(window)))]


def infer(pixels: Pixels, first: int) -> Scores:
    return np.array([say(window[:, 0, 0, 0].tolist()) for window in pixels], np.float32)


def expected(flags: list[bool], size: int, stride: int) -> list[list[float] | None]:
    windows = windows_of(sum(flags), size, stride)
    answers: list[list[float] | None] = []
    for place, is_sample in enumerate(flags):
        sample = sum(flags[:place])
        said = [say(window) for window in windows if is_sample and sample in window]
        answers.append(np.mean(said, axis=0).tolist() if said else None)
    return answers


def marked(flags: Iterable[bool]) -> Iterator[tuple[int, Pixels | None]]:
    sample = 0
    for number, is_sample in enumerate(flags):
        yield number, picture(sample) if is_sample else None
        sample += is_sample


@given(flags=FLAGS, size=SIZES, stride=STRIDES, batch_size=BATCHES)
def test_every_item_once_in_order_with_the_mean_of_its_windows(
    flags: list[bool], size: int, stride: int, batch_size: int
) -> None:
    rule = WindowRule(size=size, stride=stride)
    given_back = [*windowed(marked(flags), rule=rule, batch_size=batch_size, infer=infer)]
    assert [item for item, _ in given_back] == [*range(len(flags))]
    for (_, scores), wanted in zip(given_back, expected(flags, size, stride), strict=True):
        assert (scores is None) == (wanted is None)
        if scores is not None:
            assert scores.dtype == np.float32
            np.testing.assert_allclose(scores, wanted, rtol=1e-5)


@given(count=st.integers(1, 60), size=SIZES, stride=STRIDES, batch_size=BATCHES)
def test_every_window_is_inferred_once_in_batches(
    count: int, size: int, stride: int, batch_size: int
) -> None:
    batches: list[list[list[int]]] = []

    def keep(pixels: Pixels, first: int) -> Scores:
        batches.append(pixels[..., 0, 0, 0].tolist())
        assert first == batches[-1][0][0]
        return infer(pixels, first)

    items = marked([True] * count)
    rule = WindowRule(size=size, stride=stride)
    assert len([*windowed(items, rule=rule, batch_size=batch_size, infer=keep)]) == count
    assert [window for batch in batches for window in batch] == windows_of(count, size, stride)
    assert max(map(len, batches)) <= batch_size
    if stride <= size:  # all but the last are full
        assert all(len(batch) == batch_size for batch in batches[:-1])


class Thing:
    """Something whose life can be watched."""


def use_up(
    things: Iterator[tuple[Thing, Pixels | None]], rule: WindowRule, batch_size: int
) -> None:
    """Run them through the windows and keep none."""
    line = windowed(things, rule=rule, batch_size=batch_size, infer=lambda seen, _: infer(seen, 0))
    deque(line, maxlen=0)


@given(flags=FLAGS, size=SIZES, stride=STRIDES, batch_size=BATCHES)
def test_no_more_samples_wait_than_promised(
    flags: list[bool], size: int, stride: int, batch_size: int
) -> None:
    rule = WindowRule(size=size, stride=stride)
    alive: WeakSet[Thing] = WeakSet()

    def things() -> Iterator[tuple[Thing, Pixels | None]]:
        for is_sample in flags:
            assert len(alive) <= size + (batch_size - 1) * min(stride, size)
            thing = Thing()
            if is_sample:
                alive.add(thing)
            yield thing, picture(0) if is_sample else None
            del thing

    use_up(things(), rule, batch_size)
    assert not alive


@pytest.mark.parametrize(
    ("size", "stride", "batch_size", "samples"),
    [(4, 2, 1, 4), (4, 9, 1, 4), (4, 9, 3, 12), (5, 1, 4, 8)],
)
@pytest.mark.parametrize("step", [1, 3])
def test_memory_does_not_grow_with_the_clip(
    size: int, stride: int, batch_size: int, samples: int, step: int
) -> None:
    rule = WindowRule(size=size, stride=stride)
    alive: WeakSet[Thing] = WeakSet()
    most: list[int] = []

    def things() -> Iterator[tuple[Thing, Pixels | None]]:
        for number in range(600):
            most.append(len(alive))
            thing = Thing()
            alive.add(thing)
            yield thing, picture(0) if number % step == 0 else None
            del thing

    use_up(things(), rule, batch_size)
    assert max(most) <= samples * step
    assert max(most) == max(most[:100])
    assert max(most) >= size * step  # the clip might have ended, and then all were needed


@given(count=st.integers(1, 5))
def test_a_short_window_repeats_its_last_sample(count: int) -> None:
    window = filled([picture(number) for number in range(count)], 5)
    assert window[:, 0, 0, 0].tolist() == [min(i, count - 1) for i in range(5)]


def test_no_items_give_no_windows() -> None:
    rule = WindowRule(size=3, stride=1)
    assert [*windowed(marked([]), rule=rule, batch_size=1, infer=infer)] == []


def test_windows_of_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="windows of 0 samples every 1: both at least 1"):
        WindowRule(size=0, stride=1)
