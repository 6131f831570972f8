"""What all sources share: they are opened, read once, and closed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Self

from vidclf.core.frames import Frame, VideoInfo, in_seconds
from vidclf.errors import UsageError
from vidclf.sources.location import ClipLocation
from vidclf.sources.path_checks import check_name
from vidclf.sources.read_report import SourceReport

if TYPE_CHECKING:
    from av.container import InputContainer


class BaseSource(ABC):
    """A source whose `frames()` can be run once; open the clip again to read it again."""

    info: VideoInfo
    reopen: Callable[[], InputContainer] | None = None

    def __init__(self, location: ClipLocation) -> None:
        self.location = location
        self.path = str(location)
        check_name(self.path)
        self.report = SourceReport()
        self._spent = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Free the files; frames already given stay valid."""
        self._spent = True
        self._free()

    def digest(self) -> str | None:
        """What tells the clip's file from others; None for what is no single file."""
        return self.location.digest()

    def check(self) -> None:  # noqa: B027 - most have nothing to say
        """Raise what reading the clip's file failed of, for its pictures or its sound.

        Raises:
            SourceError: it could not be read to the end that was wanted.
        """

    def frames(self) -> Iterator[Frame]:
        """The clip's frames, one at a time; counts go to `report`.

        Raises:
            UsageError: they were read before, or the source is closed.
        """
        if self._spent:
            raise UsageError(f"{self.path}: a source is read once; open it again")
        self._spent = True
        return self._counted()

    def _counted(self) -> Iterator[Frame]:
        for frame in self._frames():
            self.report.frames_decoded += 1
            self.report.end_seconds = in_seconds(frame.pts + frame.duration, frame.time_base)
            yield frame

    @abstractmethod
    def _frames(self) -> Iterator[Frame]:
        """The frames, in presentation order."""

    @abstractmethod
    def _free(self) -> None:
        """Close what is open."""
