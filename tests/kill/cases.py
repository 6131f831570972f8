"""What is tried: from a victim, a seed and a number, who is killed and when."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Literal, get_args

from kill.moments import Change, Moment

Victim = Literal["run", "worker", "one_of_two", "interrupt", "node", "run_on_ray"]
ON_RAY = ("node", "run_on_ray")
VICTIMS: tuple[Victim, ...] = get_args(Victim)
Signal = Literal["SIGINT", "SIGTERM", "SIGHUP"]
_CHANGES: dict[Change, int] = {"made": 250, "named": 121, "removed": 30}
"""How many there are in an undisturbed run, about: hidden names, renames, locks given back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A run that is disturbed once."""

    name: str
    """Victim, seed and number, by which it is made again: `worker 7 12`."""
    victim: Victim
    """Who is killed."""
    moment: Moment
    """When."""
    empty_cache: bool
    """Whether the model is looked at, and converted, for the first time."""
    at_once: bool
    """Whether the same words follow before the processes of the first run are gone."""
    choice: int
    """Which of several workers."""
    signal: Signal
    """What interrupts a run."""
    to_group: bool
    """Whether all of its processes get it, as from a terminal."""
    on_terminal: bool
    """Whether the run has a terminal that goes away, in place of a signal."""

    def __str__(self) -> str:
        parts = [str(self.moment)]
        if self.victim == "interrupt":
            whom = "to all its processes" if self.to_group else "to the run"
            parts += ["its terminal goes away" if self.on_terminal else f"{self.signal} {whom}"]
        parts += ["its model is new"] * self.empty_cache + ["again at once"] * self.at_once
        return f"{self.name} ({', '.join(parts)})"


def make_case(victim: Victim, seed: int, number: int) -> Case:
    """Make a case; the same one for the same numbers."""
    random = Random(f"{victim} {seed} {number}")
    change = random.choice([*_CHANGES, "named"])
    by_clock = Moment(share=random.random())
    by_change = Moment(
        change=change,
        number=random.randint(1, _CHANGES[change]),
        later_seconds=random.choice((0, 0, random.random() * 0.003)),
    )
    return Case(
        name=f"{victim} {seed} {number}",
        victim=victim,
        moment=random.choice((by_clock, by_change)),
        empty_cache=victim not in ON_RAY and random.random() < 0.1,
        at_once=victim in ("run", "run_on_ray") and random.random() < 0.3,
        choice=random.randrange(2),
        signal=random.choice(get_args(Signal)),
        to_group=random.random() < 0.5,
        on_terminal=victim == "interrupt" and random.random() < 0.2,
    )
