"""How large a network's parts may be: beyond these bounds a file is damaged, or meant to harm."""

from __future__ import annotations

import math
from collections.abc import Sequence

from vidclf.errors import ModelError

MOST_NUMBERS = 2**29
"""Of one layer's output for one input. The first layer of a network with 64 channels that sees
4096×4096 pixels at every second one gives half of it; it is 2 GiB of float32."""
MOST_INPUT_SIDE = 4096
"""Pixels: as many as frames have in 4K."""
MOST_INPUT_NUMBERS = 2**27
"""Of one input: 0.5 GiB of float32, or 21 frames of 1920×1080."""
MOST_OUTPUTS = 2**20
"""Of one answer; each has a name. ImageNet-21k has 21,841 classes."""


def check_activation(shape: Sequence[int | None], *, where: str, name: str) -> None:
    """Refuse an operation whose output for one input is huge.

    Args:
        shape: of its output, the batch first; a length that is not known counts as 1.
        where: the operation, for errors.
        name: the model, for errors.

    Raises:
        ModelError: it is.
    """
    numbers = math.prod(int(side) for side in shape[1:] if side is not None)
    check_numbers(numbers, where=where, name=name)


def check_numbers(numbers: int, *, where: str, name: str) -> None:
    """Refuse an operation that gives so many numbers for one input.

    Args:
        numbers: how many.
        where: the operation, for errors.
        name: the model, for errors.

    Raises:
        ModelError: they are too many.
    """
    if numbers > MOST_NUMBERS:
        raise ModelError(
            f"{name} makes {numbers:,} numbers of one input in {where}, and vidclf stops at "
            f"{MOST_NUMBERS:,} (2 GiB): it is damaged, or made to fill the memory; export or "
            "download it again"
        )
