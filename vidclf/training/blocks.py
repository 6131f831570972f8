"""The blocks of a network, by the names of its layers: which of them the last ones are."""

from __future__ import annotations

import re
from collections.abc import Sequence

from vidclf.errors import UsageError

BUILT_IN_BLOCK = r"block(?P<block>\d\d)_depthwise"
"""A layer that each block of the built-in model has."""


def thawed_from(names: Sequence[str], block_layer: str, blocks: int, *, network: str) -> int:
    """Return the place of the first layer of the last `blocks` blocks.

    That is the layer after all whose names begin as the block before them does, so that layers
    without a block's name (a stem, a last convolution) go with what comes before them.

    Args:
        names: of all layers, in order.
        block_layer: pattern of a layer that each block has, with groups that number the block.
        blocks: how many.
        network: what it is called, for messages.

    Raises:
        UsageError: there are fewer blocks.
    """
    prefixes: dict[str, None] = {}
    for name in names:
        if match := re.fullmatch(block_layer, name):
            prefixes[name[: max(match.end(group) for group in match.groupdict())]] = None
    if not 1 <= blocks <= len(prefixes):
        raise UsageError(f"--fine-tune {blocks}: {network} has 1 to {len(prefixes)} blocks")
    if blocks == len(prefixes):
        return 0
    before = list(prefixes)[-blocks - 1]
    of_block = re.compile(re.escape(before) + r"(?![0-9])")
    return 1 + max(place for place, name in enumerate(names) if of_block.match(name))
