"""What the figures were measured on, and how busy it was with other things."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from pathlib import Path

_LIBRARIES = (
    "av", "openvino", "tensorflow", "keras", "moviepy", "imageio-ffmpeg",
    "opencv-python-headless", "numpy", "pillow",
)  # fmt: skip


def facts() -> dict[str, str]:
    """The machine and the versions, in words."""
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in _LIBRARIES)
    return {
        "CPU": f"{_cpu_model()}, {_usable_cores()} cores",
        "memory": f"{_memory_gb():.0f} GB",
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "Python": platform.python_version(),
        "libraries": versions,
    }


def said_of_machine(rounds: int, others: float | None) -> str:
    """Where and how often something was measured, as a sentence."""
    share = "" if others is None else f"; others used {others:.1%} of the machine meanwhile"
    words = f"{_cpu_model()}, {_usable_cores()} cores, {_memory_gb():.0f} GB"
    return f"{words}; {'medians of ' * (rounds > 1)}{rounds} round{'s' * (rounds > 1)}{share}."


class Busyness:
    """CPU seconds that others took while we measured (Linux; elsewhere nothing is known)."""

    def __init__(self) -> None:
        self._before = _cpu_seconds()

    def others_share(self, ours: float) -> float | None:
        """The part of all cores' time that was neither idle nor in our `ours` CPU seconds."""
        after = _cpu_seconds()
        if self._before is None or after is None:
            return None
        busy, total = (now - then for now, then in zip(after, self._before, strict=True))
        return max(0.0, busy - ours) / total if total else None


def _cpu_seconds() -> tuple[float, float] | None:
    """Busy and all CPU seconds since the start, other guests' (steal) among the busy ones."""
    try:
        first = Path("/proc/stat").read_text().splitlines()[0]
    except OSError:
        return None
    user, nice, system, idle, iowait, irq, softirq, steal = map(int, first.split()[1:9])
    busy = user + nice + system + irq + softirq + steal
    ticks = os.sysconf("SC_CLK_TCK")
    return busy / ticks, (busy + idle + iowait) / ticks


def _cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    fields = dict(line.split(":", 1) for line in lines if ":" in line)
    named = {key.strip(): value.strip() for key, value in fields.items()}
    name = named.get("model name", platform.machine())
    family = named.get("cpu family")
    return f"{name} (family {family}, model {named.get('model')})" if family else name


def _usable_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
