"""Where tasks of Ray say how far they are, and the run reads it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

_ANSWER_SECONDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far one attempt at a clip is."""

    node: str
    """Where it is made."""
    frames: int
    """How many are done."""
    expected_frames: int | None
    """About how many there will be; None where nobody knows."""


class Board:
    """An actor beside the run, so that no other machine's loss touches it."""

    def __init__(self, own_node: str) -> None:
        import ray
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        self._actor = (
            ray.remote(_board_class())
            .options(
                num_cpus=0,
                max_restarts=-1,
                scheduling_strategy=NodeAffinitySchedulingStrategy(own_node, soft=False),
            )
            .remote()
        )
        self._asked: Any = None
        self._standings: dict[int, Standing] = {}

    @property
    def handle(self) -> Any:
        """What tasks tell."""
        return self._actor

    def standings(self) -> dict[int, Standing]:
        """Attempt → how far it was at the last answer; who did not begin is absent."""
        self._asked = self._asked or self._actor.standings.remote()
        self._read_answer(seconds=0)
        return self._standings

    def standings_now(self) -> dict[int, Standing]:
        """The same, asked anew."""
        self._asked = self._actor.standings.remote()
        self._read_answer(seconds=_ANSWER_SECONDS)
        return self._standings

    def _read_answer(self, *, seconds: float) -> None:
        import ray

        try:
            told = ray.get(self._asked, timeout=seconds)
        except ray.exceptions.GetTimeoutError:
            return
        except ray.exceptions.RayError:  # it died, and is started anew
            self._asked = None
            return
        self._asked = None
        self._standings = {
            attempt: Standing(node=node, frames=frames, expected_frames=expected)
            for attempt, (node, frames, expected) in told.items()
        }

    def forget(self, attempts: Iterable[int]) -> None:
        """Take attempts off that have ended."""
        self._actor.forget.remote(list(attempts))

    def close(self) -> None:
        """End the actor."""
        import ray

        ray.kill(self._actor)


def _board_class() -> type:
    """The actor's class, which goes to its process as it is, so that it imports nothing there."""

    class TaskBoard:
        def __init__(self) -> None:
            self._told: dict[int, tuple[str, int, int | None]] = {}

        def begin(self, attempt: int, node: str) -> None:
            self._told[attempt] = (node, 0, None)

        def tell(self, attempt: int, frames: int, expected_frames: int | None) -> None:
            if attempt in self._told:
                self._told[attempt] = (self._told[attempt][0], frames, expected_frames)

        def forget(self, attempts: list[int]) -> None:
            for attempt in attempts:
                self._told.pop(attempt, None)

        def standings(self) -> dict[int, tuple[str, int, int | None]]:
            return self._told

    return TaskBoard
