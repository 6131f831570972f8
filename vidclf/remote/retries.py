"""How often a broken connection is taken up again, and after how long."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from vidclf.core.run_warnings import get_logger
from vidclf.errors import SourceError
from vidclf.remote.path import RemotePath
from vidclf.remote.transport import PassingError

logger = get_logger(__name__)

MOST_TRIES = 6
FIRST_WAIT_SECONDS = 0.5
"""The first wait; each one is twice as long as the one before: half a minute in all."""
LONGEST_WAIT_SECONDS = 60.0
"""As long as a server may ask for with Retry-After."""
_PROGRESS_BYTES = 2**16
"""After so many new bytes the counting begins anew: a line that breaks now and then is usable."""

Result = TypeVar("Result")


class Patience:
    """Waits for one file, longer each time, until it is enough.

    Args:
        path: the file.
        sleep: waits so many seconds, less if nobody wants the file any more.
        forgives: whether new bytes let the counting begin anew.
    """

    def __init__(
        self, path: RemotePath, *, sleep: Callable[[float], object], forgives: bool = True
    ) -> None:
        self._path = path
        self._sleep = sleep
        self._forgives = forgives
        self._tries = 0
        self._new_bytes = 0
        self.breaks = 0
        """How often the connection broke."""

    def progress(self, new_bytes: int) -> None:
        """Note that so many bytes came."""
        self._new_bytes += new_bytes
        if self._forgives and self._new_bytes >= _PROGRESS_BYTES:
            self._tries = 0

    def wait(self, broken: PassingError) -> None:
        """Wait before it is tried again.

        Raises:
            SourceError: it was tried often enough, or the server wants too long a wait.
        """
        self.breaks += 1
        self._new_bytes = 0
        asked = broken.wait_seconds or 0.0
        if asked > LONGEST_WAIT_SECONDS:
            raise SourceError(
                f"{self._path}: {broken.reason}, and the server asks to wait {asked:.0f} s: try "
                "again then"
            )
        if self._tries >= MOST_TRIES:
            raise SourceError(
                f"{self._path}: {broken.reason}; it was tried {self._tries + 1} times: try again "
                "later, or download it first"
            )
        seconds = max(asked, FIRST_WAIT_SECONDS * 2**self._tries)
        self._tries += 1
        tell = logger.warning if self.breaks == 1 else logger.info
        tell("%s: %s; it is taken up again", self._path, broken.reason)
        self._sleep(seconds)


def patiently(
    path: RemotePath, ask: Callable[[], Result], sleep: Callable[[float], object]
) -> Result:
    """What a server answers, asked again while it is busy or the connection breaks.

    Raises:
        SourceError: it was asked often enough.
    """
    patience = Patience(path, sleep=sleep)
    while True:
        try:
            return ask()
        except PassingError as exc:
            patience.wait(exc)
