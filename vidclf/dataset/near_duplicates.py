"""Pictures that look alike: shots of one scene, the same file saved twice, a mirrored copy.

A picture's look is its coarse structure: the discrete cosine transform of its brightness on 32x32
pixels, and of its two colour differences, without the mean and without what changes more often than
ten half waves over the picture (four for colour). As photographs have the less of a frequency the
higher it is (about 1/f; D. J. Field, J. Opt. Soc. Am. A 4, 1987), each number is multiplied by its
frequency, so that a horizon does not outweigh all that stands before it; then all are brought to
length 1. Black edges are cut off before. A picture of one plain colour has no structure, and looks
like no other: black frames stand between the shots of any two films.

How alike two looks are is their cosine. A mirrored picture has the same transform but for the signs
of its odd columns, so these stand last in a look, and the cosine with the mirrored copy costs
nothing more.
"""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from vidclf.core.frames import Pixels

ALIKE = 0.9
"""Cosine from which on two looks are those of one picture; docs/decisions.md has the figures."""

_SIDE = 32
_MOST_HALF_WAVES = (10, 4, 4)
"""Of brightness, and of the two colour differences."""
_BLACK = 16
_PLAIN = 0.3
"""Is added, at a right angle, to the length of a structure; photographs have 4 to 50."""
_ROWS, _COLUMNS = 1024, 4096
"""Looks are compared in tiles of this size, whatever their number: 16 MB each."""


def look_of(pixels: Pixels) -> NDArray[np.float32]:
    """Describe how a picture looks, in few numbers, so that alike pictures have alike numbers.

    Args:
        pixels: (height, width, 3) uint8 RGB.

    Returns:
        (D,) float32 of length 1; shorter where there is little to see.
    """
    small = cv2.resize(_without_black_edges(pixels), (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    channels = cv2.cvtColor(small, cv2.COLOR_RGB2YCrCb).astype(np.float32) / 255
    waves = np.stack([cv2.dct(np.ascontiguousarray(channels[..., c])) for c in range(3)])
    places, frequencies, is_odd = _layout()
    structure = waves.reshape(-1)[places] * frequencies
    length = np.hypot(np.linalg.norm(structure), _PLAIN)
    look = np.concatenate([structure[~is_odd], structure[is_odd]]) / length
    return np.asarray(look, np.float32)


def near_duplicate_pairs(looks: NDArray[np.float32]) -> NDArray[np.int64]:
    """Find pairs of pictures that look alike.

    Args:
        looks: (N, D) float32, `look_of` each picture.

    Returns:
        (P, 2) int64 places, the lower first, each pair once, in order. Pictures that are linked
        over others are linked here, too, but by as few pairs as that takes: P is less than N.
    """
    forest = _Forest(len(looks))
    odd_count = int(_layout()[2].sum())
    even, odd = (np.ascontiguousarray(part) for part in np.split(looks, [-odd_count], axis=1))
    for top in range(0, len(looks), _ROWS):
        for left in range(top, len(looks), _COLUMNS):
            rows, columns = slice(top, top + _ROWS), slice(left, left + _COLUMNS)
            cosines = odd[rows] @ odd[columns].T
            np.abs(cosines, out=cosines)  # mirrored, the odd ones change their sign
            cosines += even[rows] @ even[columns].T
            first, second = np.nonzero(cosines >= ALIKE)
            forest.add(first + top, second + left, cosines[first, second])
    return forest.pairs


class _Forest:
    """Links of pictures, thinned to those that hold the same ones together."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._trees = np.arange(count)
        """Picture → number of the ones that it is linked with."""
        self.pairs = np.empty((0, 2), np.int64)
        self._cosines = np.empty(0, np.float32)

    def add(
        self, first: NDArray[np.int64], second: NDArray[np.int64], cosines: NDArray[np.float32]
    ) -> None:
        """Add links, the most alike of those that are enough."""
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

        is_new = (first < second) & (self._trees[first] != self._trees[second])
        if not is_new.any():
            return
        added = np.stack([first[is_new], second[is_new]], axis=1)
        pairs = np.concatenate([self.pairs, added])
        cosines = np.concatenate([self._cosines, cosines[is_new]])
        shape = (self._count, self._count)
        tree = minimum_spanning_tree(coo_array((2 - cosines, tuple(pairs.T)), shape).tocsr())
        _, self._trees = connected_components(tree, directed=False)
        kept = tree.tocoo()
        order = np.lexsort((kept.col, kept.row))
        self.pairs = np.stack([kept.row, kept.col], axis=1).astype(np.int64)[order]
        self._cosines = (2 - kept.data[order]).astype(np.float32)


@cache
def _layout() -> tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.bool_]]:
    """Which of the 3x32x32 waves are in a look, their frequencies, and which are odd."""
    vertical, horizontal = np.mgrid[:_SIDE, :_SIDE]
    frequencies = np.hypot(vertical, horizontal)
    is_in = np.stack([(frequencies > 0) & (frequencies <= most) for most in _MOST_HALF_WAVES])
    places = np.flatnonzero(is_in)
    return (
        places,
        np.stack([frequencies] * 3)[is_in].astype(np.float32),
        (np.stack([horizontal] * 3)[is_in] % 2).astype(bool),
    )


def _without_black_edges(pixels: Pixels) -> Pixels:
    """The picture without the bars of a film, or what `pad` puts around it; a view."""
    flat = pixels.reshape(len(pixels), -1)
    rows = np.flatnonzero(flat.max(axis=1) > _BLACK)
    lit = np.flatnonzero(flat.max(axis=0).reshape(-1, 3).max(axis=1) > _BLACK)
    if not len(rows) or not len(lit):
        return pixels
    return pixels[rows[0] : rows[-1] + 1, lit[0] : lit[-1] + 1]
