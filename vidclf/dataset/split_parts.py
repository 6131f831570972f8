"""What a sample is for, as a number and as a name."""

from __future__ import annotations

TRAIN, VAL, TEST, GAP = 0, 1, 2, 3
"""What a sample is for; `GAP` is left out, as it stands between two parts of one recording."""

PART_NAMES = ("train", "val", "test", "gap")
"""Number → what a file calls it."""
