"""What all live inputs share: frames are taken as they come, until somebody ends it."""

from __future__ import annotations

import threading
import time
from abc import abstractmethod
from collections.abc import Iterator
from contextvars import copy_context
from dataclasses import dataclass, replace
from datetime import datetime

from vidclf.core.frames import Frame, Picture
from vidclf.core.run_warnings import get_logger
from vidclf.errors import SourceError, VidclfError
from vidclf.settings import LiveMode, LiveSettings
from vidclf.sources.base import BaseSource
from vidclf.sources.live.buffer import LiveBuffer, WhenFull
from vidclf.sources.live.clock import LiveClock, SourceClock
from vidclf.sources.live.connection import Connection, Grabbed
from vidclf.sources.location import ClipLocation
from vidclf.sources.read_report import SourceReport

logger = get_logger(__name__)

MOST_LATEST_FRAMES = 8
"""How many frames wait where the latest are wanted: what a moment's delay brings, and no more."""
MOST_WAITING_BYTES = 256 * 2**20
"""How much may wait where all are wanted: 8 s of 720p at 25 frames/s."""
_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 1.0, 30.0
GIVEN_UP_AFTER_SECONDS = 300.0
"""An input that is away for so long has ended."""
_LOOK_SECONDS = 0.1


@dataclass(slots=True, kw_only=True)
class LiveReport(SourceReport):
    """What reading a live input met with."""

    frames_dropped: int = 0
    """Frames that came and were left out, as the model was slower."""
    connections_lost: int = 0
    """How often the connection was lost and taken up again."""
    seconds_lost: float = 0.0
    """How long no frame came because of that, in all."""


class LiveSource(BaseSource):
    """A live input: its frames from the first one on, at its own time, until it is ended.

    The first frame is decoded on opening, so that `info` tells what is there. Frames are taken in a
    thread of their own. Where the connection is lost it is taken up again; where that fails for
    five minutes, or frames come faster than they are used and all are wanted, the frames end, and
    `failure` tells why.

    Args:
        location: where it is.
        settings: how it is read.

    Raises:
        SourceError: it cannot be opened.
    """

    report: LiveReport
    usual_mode: LiveMode = "latest"
    can_wait = False
    """Whether its sender waits until frames are used, so that none need be dropped."""
    keeps_time = False
    """Whether its own clock goes on over several connections."""

    def __init__(self, location: ClipLocation, *, settings: LiveSettings) -> None:
        super().__init__(location)
        self.report = LiveReport()
        self.failure: SourceError | None = None
        """Why the frames ended, where nobody asked for that."""
        self._settings = settings
        self._stopped = self._closed = False
        self._thread: threading.Thread | None = None
        self._connection = self._connect()
        self.info = replace(self._connection.info, path=self.path)
        self.started_at = datetime.now().astimezone()
        """When the first frame came, in local time."""
        self._clock = self._new_clock()
        self._last_ticks: int | None = None
        self._buffer = self._new_buffer(settings.live or self.usual_mode)

    @abstractmethod
    def _connect(self) -> Connection:
        """Open a connection and decode its first frame.

        Raises:
            SourceError: it cannot be opened.
        """

    def _new_clock(self) -> SourceClock:
        return LiveClock(tick=self.info.time_base, keeps_time=self.keeps_time)

    def stop(self) -> None:
        """End the frames with those that are there by now; a signal's handler may call it."""
        self._stopped = True

    def _new_buffer(self, mode: LiveMode) -> LiveBuffer[Frame]:
        when_full: WhenFull = "drop"
        if mode == "all":
            when_full = "wait" if self.can_wait else "fail"
        return LiveBuffer(
            most_items=MOST_LATEST_FRAMES if mode == "latest" or self.can_wait else 1_000_000,
            most_bytes=MOST_WAITING_BYTES,
            when_full=when_full,
            is_stopped=lambda: self._stopped,
        )

    def _frames(self) -> Iterator[Frame]:
        run = copy_context().run  # its warnings belong to the run that reads it
        self._thread = threading.Thread(
            target=run, args=(self._grab,), name="vidclf-live", daemon=True
        )
        self._thread.start()
        try:
            for frame in self._buffer.take():
                yield replace(frame, index=self.report.frames_decoded)
        finally:
            self._stopped = True
            self._thread.join()
            self.report.frames_dropped = self._buffer.dropped
            self._note_clock()

    @property
    def frames_dropped(self) -> int:
        """How many frames were left out so far."""
        self.report.frames_dropped = self._buffer.dropped
        return self._buffer.dropped

    def _note_clock(self) -> None:
        self.report.timestamps_repaired = self._clock.repaired
        if self._clock.restarts:
            self.report.note(f"the input's clock started anew {self._clock.restarts} times")

    def _free(self) -> None:
        self._stopped = True
        if self._thread is not None:
            self._thread.join()
        if not self._closed:
            self._closed = True
            self._connection.close()

    def _grab(self) -> None:
        """Take frames as they come, over as many connections as that takes."""
        try:
            while self._take_all() and self._reconnect():
                pass
        except VidclfError as exc:
            self.failure = SourceError(str(exc))
        except Exception as exc:  # a bug costs no frame that is there already
            self.failure = SourceError(f"{self.path}: reading failed ({type(exc).__name__})")
            logger.info("where it happened", exc_info=exc)
        finally:
            self._buffer.end()

    def _take_all(self) -> bool:
        """Take the frames of one connection; whether it was lost."""
        for grabbed in self._connection.frames(self._buffer.refuses):
            if self._stopped:
                return False
            if not self._clock.has_passed(grabbed.seconds) and not self._put(grabbed):
                return False
        return not self._stopped and not self._connection.has_ended

    def _put(self, grabbed: Grabbed) -> bool:
        seconds = self._clock.stamp(grabbed.seconds, grabbed.duration, grabbed.arrival)
        ticks = round(seconds / self.info.time_base)
        if self._last_ticks is not None:
            ticks = max(ticks, self._last_ticks + 1)
        self._last_ticks = ticks
        frame = Frame(
            index=0,
            pts=ticks,
            time_base=self.info.time_base,
            duration=round(grabbed.duration / self.info.time_base),
            picture=self._shown(grabbed),
        )
        if self._buffer.put(frame, frame.picture.held_bytes):
            return True
        if self._buffer.is_overrun:
            self.failure = SourceError(
                f"{self.path}: its frames come faster than they are computed, and "
                f"{MOST_WAITING_BYTES >> 20} MiB of them wait: give --live latest, which drops "
                "some, or --stride or --infer-fps, which infer fewer"
            )
        return False

    def _shown(self, grabbed: Grabbed) -> Picture:
        """The picture of a frame, of the size and format of the first one."""
        return grabbed.picture

    def _reconnect(self) -> bool:
        """Wait and connect until that succeeds, the input is given up, or an end is asked for."""
        lost_at, wait_seconds = time.monotonic(), _FIRST_WAIT_SECONDS
        reason = self._connection.ended_by
        self._connection.close()
        self._closed = True
        logger.warning(
            "%s: the connection was lost%s; it is taken up again",
            self.path,
            f" ({reason})" if reason else "",
        )
        while time.monotonic() - lost_at < GIVEN_UP_AFTER_SECONDS:
            if not self._pause(wait_seconds):
                return False
            try:
                self._connection = self._connect()
            except SourceError as exc:
                logger.info("%s", exc)
                wait_seconds = min(2 * wait_seconds, _LONGEST_WAIT_SECONDS)
                continue
            self._closed = False
            self.report.connections_lost += 1
            self.report.seconds_lost += time.monotonic() - lost_at
            self._clock.connected_anew()
            return True
        self.failure = SourceError(
            f"{self.path}: the connection was lost, and could not be taken up again for "
            f"{GIVEN_UP_AFTER_SECONDS / 60:g} minutes; see that the input runs, and start again"
        )
        return False

    def _pause(self, seconds: float) -> bool:
        """Wait; False where an end is asked for meanwhile."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self._stopped:
            time.sleep(_LOOK_SECONDS)
        return not self._stopped
