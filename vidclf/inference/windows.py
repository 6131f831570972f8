"""Windows: how the frames of a clip model's inputs are laid over a clip.

A clip model takes T frames at once. Of a clip's frames it sees some, the samples, numbered here
from 0 to n - 1; the frames between are passed over. The exact rule:

    windows  T consecutive samples each; one starts at the samples 0, S, 2·S, … as long as it
             ends within the clip. If none of them ends with the last sample, one more does: it
             starts at n - T.
    scores   A sample's are the mean over the windows that cover it. A sample in a gap (only where
             S > T) has none, and neither has a frame between two samples.
    short    With fewer than T samples there is one window, filled up with the last sample.

    T = 4, S = 3, n = 9      0 1 2 3 4 5 6 7 8
                             └─────┘
                                   └─────┘
                                       └─────┘   the one more

Items are held only until no window to come can cover them: sample i until sample i + T is read, as
the clip may end at any before it. To fill a batch of B windows, no more than (B - 1)·min(S, T)
samples wait longer. So at most T + (B - 1)·min(S, T) samples are held at once, each with the frames
up to the next.

A clip that is too short is filled with its last frame, as torchcodec's samplers do unless told
otherwise ("repeat_last"): a scene that stands still is what such a clip could have gone on with.
Black frames or a jump back to the beginning, which others use, are cuts that the clip does not
have.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from vidclf.core.frames import Pixels, Scores

Item = TypeVar("Item")
Infer = Callable[[Pixels, Item], Scores]
"""(N, T, h, w, 3) uint8 RGB, and the first item seen in them → (N, C) float32 scores."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowRule:
    """How windows are laid over a clip's samples."""

    size: int
    """T: samples in a window."""
    stride: int
    """S: samples from the start of one to that of the next."""

    def __post_init__(self) -> None:
        if self.size < 1 or self.stride < 1:
            raise ValueError(f"windows of {self.size} samples every {self.stride}: both at least 1")

    def most_held(self, batch_size: int) -> int:
        """How many samples are held at once for batches of so many windows."""
        return self.size + (batch_size - 1) * min(self.stride, self.size)


def windowed(
    items: Iterable[tuple[Item, Pixels | None]],
    *,
    rule: WindowRule,
    batch_size: int,
    infer: Infer[Item],
) -> Iterator[tuple[Item, Scores | None]]:
    """Lay windows over the items, have them inferred, and give each sample its mean.

    Args:
        items: in order; each sample with its (h, w, 3) uint8 RGB pixels, each item between two
            samples with None. The first must be a sample.
        rule: how windows are laid.
        batch_size: at most so many windows are inferred at once.
        infer: gives the scores of windows.

    Yields:
        Every item once, in order, with its (C,) float32 scores, or None where it has none.
    """
    line: _Line[Item] = _Line(rule, batch_size, infer)
    for item, pixels in items:
        line.add(item, pixels)
        yield from line.settled()
    line.end()
    yield from line.settled()


def filled(samples: Sequence[Pixels], size: int) -> Pixels:
    """One window, (T, h, w, 3), from 1 to T samples: the last one is repeated until it is full."""
    return np.stack([*samples, *[samples[-1]] * (size - len(samples))])


@dataclass(slots=True, eq=False)
class _Held(Generic[Item]):
    """An item that waits for its windows."""

    item: Item
    sample: int
    """Its own number, or that of the sample before it."""
    total: Scores | None = None
    windows: int = 0

    def add(self, scores: Scores) -> None:
        self.total = scores if self.total is None else self.total + scores
        self.windows += 1

    def mean(self) -> Scores | None:
        return None if self.total is None else self.total / np.float32(self.windows)


class _Line(Generic[Item]):
    """Items on their way through the windows."""

    def __init__(self, rule: WindowRule, batch_size: int, infer: Infer[Item]) -> None:
        self._rule = rule
        self._most_held = rule.most_held(batch_size)
        self._infer = infer
        self._samples = 0
        self._held: deque[_Held[Item]] = deque()
        self._recent: deque[tuple[_Held[Item], Pixels]] = deque(maxlen=rule.size)
        self._ready: list[list[tuple[_Held[Item], Pixels]]] = []
        """Whole windows that wait for their batch."""

    def add(self, item: Item, pixels: Pixels | None) -> None:
        """Take the next item."""
        self._samples += pixels is not None
        held = _Held(item, self._samples - 1)
        self._held.append(held)
        if pixels is not None:
            self._recent.append((held, pixels))
            if self._window_ends_here():
                self._ready.append([*self._recent])
            if self._samples - self._first_needed() >= self._most_held:
                self._infer_ready()

    def end(self) -> None:
        """Lay the window that ends with the last sample, and infer what waits."""
        if self._recent and not self._window_ends_here():
            self._ready.append([*self._recent])
        self._recent.clear()
        self._infer_ready()

    def settled(self) -> Iterator[tuple[Item, Scores | None]]:
        """Let go of the items that no window can cover any more."""
        first_needed = self._first_needed()
        while self._held and self._held[0].sample < first_needed:
            held = self._held.popleft()
            yield held.item, held.mean()

    def _window_ends_here(self) -> bool:
        start = self._samples - self._rule.size
        return start >= 0 and start % self._rule.stride == 0

    def _first_needed(self) -> int:
        """Number of the first sample that a window to be inferred covers, or may yet cover."""
        oldest = self._ready[0] if self._ready else self._recent
        return oldest[0][0].sample if oldest else self._samples

    def _infer_ready(self) -> None:
        if not self._ready:
            return
        windows = [filled([pixels for _, pixels in w], self._rule.size) for w in self._ready]
        first, _ = self._ready[0][0]
        scores = self._infer(np.stack(windows), first.item)
        for window, row in zip(self._ready, scores, strict=True):
            for held, _ in window:
                held.add(row)
        self._ready.clear()
