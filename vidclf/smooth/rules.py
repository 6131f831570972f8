"""What is to be done to a table, and what goes together."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from vidclf.errors import UsageError

Method = Literal["mean", "exponential", "majority", "hysteresis", "min-duration"]

NEEDED: dict[Method, dict[str, str]] = {
    "mean": {"window": "--window SECONDS"},
    "exponential": {"half_life": "--half-life SECONDS"},
    "majority": {"window": "--window SECONDS"},
    "hysteresis": {"enter": "--enter SCORE", "leave": "--leave SCORE"},
    "min-duration": {"min_duration": "--min-duration SECONDS"},
}
"""Method → the fields it needs, and how the command calls them. All may have a minimum duration."""

_SECONDS = ("window", "half_life", "min_duration")
_SCORES = ("enter", "leave")


@dataclass(frozen=True, slots=True, kw_only=True)
class SmoothingRules:
    """A method and its numbers.

    Raises:
        UsageError: numbers that the method lacks, has no use for, or cannot take.
    """

    method: Method
    """How."""
    window: float | None = None
    """Of mean and majority: the whole width of the window, in seconds."""
    half_life: float | None = None
    """Of exponential: after so many seconds a score counts half."""
    enter: float | None = None
    """Of hysteresis: the score from which a label takes over."""
    leave: float | None = None
    """Of hysteresis: the score below which a label gives way; at most `enter`."""
    min_duration: float | None = None
    """Of min-duration, and after any other method: no label is shown for fewer seconds."""

    def __post_init__(self) -> None:
        if self.method not in get_args(Method):
            raise UsageError(
                f"--method {self.method}: there are {', '.join(get_args(Method))}; "
                "docs/smooth.md says which is for what"
            )
        self._check_given()
        for name in _SECONDS:
            seconds = getattr(self, name)
            if seconds is not None and not 0 <= seconds < float("inf"):
                raise UsageError(f"{_flag(name)} {seconds}: give seconds, 0 or more")
        for name in _SCORES:
            score = getattr(self, name)
            if score is not None and not 0 <= score <= 1:
                raise UsageError(f"{_flag(name)} {score}: a score is 0 to 1")
        if self.enter is not None and self.leave is not None and self.leave > self.enter:
            raise UsageError(
                f"--enter {self.enter} --leave {self.leave}: a label leaves at a lower score than "
                "the one it enters at, or at the same; exchange them"
            )

    def _check_given(self) -> None:
        needed = NEEDED[self.method]
        if missing := [flag for name, flag in needed.items() if getattr(self, name) is None]:
            raise UsageError(f"--method {self.method} needs {' and '.join(missing)}")
        for name in (*_SECONDS, *_SCORES):
            if getattr(self, name) is None or name in needed or name == "min_duration":
                continue
            users = [method for method, names in NEEDED.items() if name in names]
            raise UsageError(
                f"{_flag(name)} is for --method {' or '.join(users)}, and this is {self.method}: "
                "leave it out, or smooth the smoothed table once more"
            )

    @property
    def averages(self) -> bool:
        """Whether scores change: an average over no time is the score itself."""
        return self.method in ("mean", "exponential") and bool(self.window or self.half_life)

    def given(self) -> dict[str, Any]:
        """The method and the numbers that it has."""
        return {name: value for name, value in asdict(self).items() if value is not None}


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"
