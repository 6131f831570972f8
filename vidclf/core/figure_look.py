"""How figures look: matplotlib's own settings do not count, nor its user's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unicodedata import east_asian_width

import matplotlib as mpl
import numpy as np
from matplotlib.font_manager import fontManager

from vidclf.core.printable import printable

WIDTH_INCHES = 89 / 25.4
"""A single column of Nature and of many others, 89 mm."""
MOST_CHARACTERS, MOST_OF_TITLE = 24, 60

FONTS = ("Arial", "Helvetica", "Liberation Sans", "DejaVu Sans", "Noto Sans CJK JP")
"""What journals ask for, what looks like it, and what has the other scripts."""
DARK, PALE, FAINT = "#1c2330", "#9aa7bd", "#dfe3ea"
_LOOK: Any = {
    "font.size": 7,
    "axes.titlesize": 8,
    "axes.linewidth": 0.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": DARK,
    "axes.labelcolor": DARK,
    "axes.titlelocation": "left",
    "text.color": DARK,
    "xtick.color": DARK,
    "ytick.color": DARK,
    "xtick.major.width": 0.5,
    "ytick.major.width": 0.5,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "lines.solid_joinstyle": "round",
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "vidclf",
    "text.parse_math": False,
}


@contextmanager
def own_look() -> Iterator[None]:
    """Matplotlib's defaults and our own, whatever the user's settings are."""
    known = {font.name for font in fontManager.ttflist}
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_LOOK)
        mpl.rcParams["font.family"] = [*(name for name in FONTS if name in known), "sans-serif"]
        yield


def shortened(text: str, most: int = MOST_CHARACTERS) -> str:
    """A text on one line, no wider than so many letters; a Chinese character is as wide as two."""
    text = printable(" ".join(text.split())) or "(empty)"
    widths = np.cumsum([2 if east_asian_width(letter) in "WF" else 1 for letter in text])
    if widths[-1] <= most:
        return text
    return text[: int(widths.searchsorted(most - 1, side="right"))].rstrip() + "…"
