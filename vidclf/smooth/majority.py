"""The label that holds the most time around each frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vidclf.core.frames import Scores
from vidclf.smooth.intervals import AnswerIntervals, Ticks, in_ticks
from vidclf.smooth.min_duration import Codes

_SAME = 1000
"""Nanoseconds: labels that hold as long but for so many hold equally long. Timestamps are rounded
to nine decimals: at 30 frames a second one frame lasts a nanosecond longer than the next."""
_OWN = np.iinfo(np.int64).min
"""Earlier than any time: of labels that hold equally long a frame's own one goes first."""


def majority(
    codes: Codes, confidences: Scores, intervals: AnswerIntervals, *, window_seconds: float
) -> tuple[Codes, Scores]:
    """For each frame the label that holds the most time in the window around it.

    The window is centred on the middle of the time that the frame stands, and cut at the clip's
    ends. Of labels that hold equally long it is the frame's own, else the one that comes first in
    the window. A window of 0 leaves the labels as they are.

    Args:
        codes: (M,) a number for the label of each inferred frame, from 0.
        confidences: (M,) the score of each of these labels.
        intervals: the times of these frames.
        window_seconds: the whole width of the window.

    Returns:
        (M,) labels, and (M,) the mean of their scores over the time in which they hold there.
    """
    half = in_ticks(window_seconds / 2)
    if not half:
        return codes, confidences
    middles = (intervals.starts + intervals.ends) // 2
    lefts = np.maximum(middles - half, intervals.starts[0])
    rights = np.minimum(middles + half, intervals.ends[-1])
    best = _Best(codes)
    for code, places in _places_by(codes):
        votes = _Votes.of(intervals.starts[places], intervals.ends[places], confidences[places])
        windows = votes.windows(lefts, rights)
        left, right = lefts[windows], rights[windows]
        until, since = votes.until(right), votes.until(left)
        firsts = np.where(codes[windows] == code, _OWN, votes.first_after(left))
        best.try_label(code, windows, until[0] - since[0], until[1] - since[1], firsts)
    means = confidences.astype(np.float64)
    np.divide(best.weights, best.held, out=means, where=best.held > 0)  # 0 at a frame of no time
    return best.codes, means.astype(np.float32)


def _places_by(codes: Codes) -> list[tuple[int, Ticks]]:
    """Each label and the places where it stands, in order."""
    order = np.argsort(codes, kind="stable")
    found, firsts = np.unique(codes[order], return_index=True)
    return list(zip(found.tolist(), np.split(order, firsts[1:]), strict=True))


class _Best:
    """What leads in each window so far."""

    def __init__(self, codes: Codes) -> None:
        self.codes = codes.copy()
        self.held = np.zeros(len(codes), np.int64)
        self.weights = np.zeros(len(codes))
        self._firsts = np.full(len(codes), np.iinfo(np.int64).max)

    def try_label(
        self, code: int, windows: Ticks, held: Ticks, weights: NDArray[np.float64], firsts: Ticks
    ) -> None:
        most = self.held[windows]
        is_tie = np.abs(held - most) <= _SAME
        leads = np.where(is_tie, firsts < self._firsts[windows], held > most)
        windows = windows[leads]
        self.codes[windows] = code
        self.held[windows] = held[leads]
        self.weights[windows] = weights[leads]
        self._firsts[windows] = firsts[leads]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Votes:
    """When one label holds, in nanoseconds: frames in order, which don't overlap."""

    starts: Ticks
    ends: Ticks
    scores: Scores
    held: Ticks
    """How long it has held before each frame, and in all."""
    weights: NDArray[np.float64]
    """The same, each nanosecond counted with its score."""

    @classmethod
    def of(cls, starts: Ticks, ends: Ticks, scores: Scores) -> _Votes:
        held = ends - starts
        return cls(
            starts=starts,
            ends=ends,
            scores=scores,
            held=np.append(0, np.cumsum(held)),
            weights=np.append(0.0, np.cumsum(held * scores.astype(np.float64))),
        )

    def until(self, times: Ticks) -> tuple[Ticks, NDArray[np.float64]]:
        """How long it has held by some times, and the same weighted."""
        begun = self.starts.searchsorted(times, side="right")
        current = np.maximum(begun - 1, 0)
        to_come = np.where(begun > 0, np.maximum(self.ends[current] - times, 0), 0)
        weights = self.weights[begun] - self.scores[current].astype(np.float64) * to_come
        return self.held[begun] - to_come, weights

    def first_after(self, times: Ticks) -> Ticks:
        """When it first holds at or after some times, after which it does hold."""
        return np.maximum(self.starts[self.ends.searchsorted(times, side="right")], times)

    def windows(self, lefts: Ticks, rights: Ticks) -> Ticks:
        """Which windows it holds in; both edges rise from window to window."""
        first = rights.searchsorted(self.starts, side="right")
        last = lefts.searchsorted(self.ends, side="left")
        first = np.maximum(first, np.append(0, last[:-1]))  # each window once
        counts = np.maximum(last - first, 0)
        offsets = np.repeat(first - (np.cumsum(counts) - counts), counts)
        return offsets + np.arange(len(offsets))
