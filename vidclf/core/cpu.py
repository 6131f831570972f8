"""How many cores this process may use."""

from __future__ import annotations

import os


def usable_cores() -> int:
    """At least 1; fewer than the machine has, where the process was confined to some of them."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1
