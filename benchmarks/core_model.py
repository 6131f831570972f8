"""What one clip can reach on so many cores: a small model of the line that a frame passes.

Every stage has threads of its own, so frames are in several stages at once, and a frame comes out
as often as the slowest stage lets one pass:

    T(n) = max(all CPU time of a frame / n, CPU time of a stage / its threads, for each stage)

What is done in one thread is serial, whatever the number of cores. The numbers of threads are
those that vidclf gives (`_prepare` in sources/decoding.py, `_h264` in sinks/encoders.py, `_threads`
in inference/runtimes/openvino.py). It is assumed that a stage's threads share its work evenly and
never wait for each other, which nothing does quite, that n cores are as fast as one, and that the
memory keeps up: so it says what cannot be passed, and not what will be reached.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

MODEL = "the model"


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Threads that do the same for every frame."""

    name: str
    """What reports call it."""
    cpu: float
    """CPU seconds a frame, of all its threads."""
    threads: int | None = 1
    """How many share it; None where vidclf goes by the cores."""
    parts: Mapping[str, float] = field(default_factory=dict)
    """What it does in these seconds, as far as that is known apart."""

    def seconds(self, cores: int) -> float:
        """How long it takes for a frame at least."""
        return self.cpu / (self.threads or model_threads(cores))


def model_threads(cores: int) -> int:
    """As `vidclf/inference/runtimes/openvino.py` has it."""
    return 1 if cores == 1 else 2 * math.ceil(cores / 4)


@dataclass(frozen=True, kw_only=True)
class Line:
    """What a frame of a clip costs."""

    stages: tuple[Stage, ...]
    """All threads."""
    lock: float
    """At most so many CPU seconds a frame hold Python's lock, in whichever stage."""
    fixed_cpu: float
    """CPU seconds of a run beside its frames."""
    fixed_wall: float
    """Wall seconds before the first frame is drawn, and after the last one is encoded."""

    @property
    def cpu(self) -> float:
        """CPU seconds a frame."""
        return sum(stage.cpu for stage in self.stages)

    def limits(self, share: int) -> dict[str, float]:
        """Stage → how long a frame takes there at least, with threads for so many cores."""
        return {stage.name: stage.seconds(share) for stage in self.stages}

    def limit(self, cores: int) -> str:
        """What a lone clip waits for."""
        found = {"the cores, all busy": self.cpu / cores, **self.limits(cores)}
        return max(found, key=found.__getitem__)

    def rate(self, cores: int, jobs: int = 1, *, lock: float = 0.0) -> float:
        """Frames a second of as many clips at once, each in a process of its own.

        Threads go by a process's share of the cores; what another one leaves idle can be used.

        Args:
            cores: of the machine.
            jobs: clips at once.
            lock: seconds a frame that only one thread of a process can work in.
        """
        share = max(1, cores // jobs)
        alone = max(lock, *self.limits(share).values())
        return min(jobs / alone, cores / self.cpu)

    def run_seconds(self, cores: int, *, frames: int) -> float:
        """Wall seconds of a whole run; all that is not a frame is taken for serial."""
        fixed = self.fixed_cpu if cores == 1 else self.fixed_wall
        return fixed + frames / self.rate(cores)
