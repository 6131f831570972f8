"""How many clips are made at once on one machine."""

from __future__ import annotations

from vidclf.core.counting import counted
from vidclf.core.cpu import usable_cores
from vidclf.core.memory import memory_available_bytes

_CLIP_BYTES = 1_500_000_000
"""What a worker process needs for a clip of 4K (docs/performance.md)."""
_GB = 10**9


def choose_workers(asked: int | None, *, clips: int, on_gpu: bool) -> tuple[int, str]:
    """How many, at least 1, and why, in words; "" where it was asked for.

    Args:
        asked: what the user said; None for as many as cores and memory allow.
        clips: how many there are to make.
        on_gpu: whether the model runs on a GPU, of which one process may take all memory.
    """
    if asked is not None:
        return max(1, min(asked, clips)), ""
    if on_gpu:
        return 1, "the model runs on the GPU"
    cores, memory = usable_cores(), memory_available_bytes()
    by_memory = cores if memory is None else memory // _CLIP_BYTES
    free = "" if memory is None else f", {memory / _GB:.0f} GB of memory free"
    why = f"{counted(cores, 'core')}{free}"
    return max(1, min(cores, by_memory, clips)), why
