"""How large the pictures of labelled data are, as far as a few of them tell."""

from __future__ import annotations

import numpy as np

from vidclf.dataset.examples import LabelledSet
from vidclf.errors import SourceError
from vidclf.files.places import Place, address_of
from vidclf.sources import open_source

_LOOKED_AT = 24


def mostly_smaller(data: LabelledSet, size: tuple[int, int]) -> bool:
    """Return whether most pictures and clips have fewer pixels than an input of a size.

    Args:
        data: the labelled data, of which some, evenly chosen, are looked at.
        size: (height, width) in pixels.
    """
    paths = list(dict.fromkeys(example.path for example in data.examples))
    chosen = np.linspace(0, len(paths) - 1, min(_LOOKED_AT, len(paths))).astype(int)
    pixels = [count for place in chosen if (count := _pixels(paths[place]))]
    return bool(pixels) and float(np.median(pixels)) < size[0] * size[1]


def _pixels(path: Place) -> int:
    """How many pixels a picture has; 0 where it cannot be read."""
    try:
        with open_source(address_of(path)) as source:
            return source.info.width * source.info.height
    except SourceError:
        return 0
