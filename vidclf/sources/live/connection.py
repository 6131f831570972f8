"""One connection to a live input: opened, read until it ends or breaks, closed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from vidclf.core.frames import Picture, VideoInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Grabbed:
    """A frame as it came."""

    picture: Picture
    """The decoded picture."""
    seconds: Fraction | None
    """When it is shown on the input's own clock; None where it has none."""
    duration: Fraction = Fraction(0)
    """How long it stands, in seconds; 0 when unknown."""
    arrival: float
    """When it was there, in seconds of `time.monotonic`."""


class Connection(Protocol):
    """An open connection; its first frame is decoded already."""

    info: VideoInfo
    """What the first frame and the header tell."""

    @property
    def has_ended(self) -> bool:
        """Whether having no more frames is the input's end, and no loss; asked after the last."""
        ...

    @property
    def ended_by(self) -> str:
        """Why there are no more frames, where that is known: a few words for people."""
        ...

    def frames(self, refuses: Callable[[], bool]) -> Iterator[Grabbed]:
        """Frames as they come, the first one included.

        Args:
            refuses: to be asked once before each frame that can be left out undecoded; True: it is.
        """
        ...

    def close(self) -> None:
        """Free it; frames already given stay valid."""
        ...
