"""One client's stream of frames: which of them waits, and what was said of it so far."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from vidclf.core.frames import FrameTime
from vidclf.errors import UsageError
from vidclf.inference.engine import Engine
from vidclf.inference.live import LiveClip
from vidclf.overlay.label_colors import LabelColors
from vidclf.pipeline.annotate import row_format
from vidclf.serving.limits import MOST_NAME_CHARACTERS
from vidclf.serving.outcomes import Outcome
from vidclf.serving.problems import ProblemError
from vidclf.serving.sent_frame import CLOCK, SentFrame
from vidclf.settings import Settings

_CONFIGURED = ("smooth", "threshold", "top_k")
"""Settings that a client may choose for itself, by the names they have everywhere."""
_SWITCHES = ("rows", "colors")


@dataclass(frozen=True, slots=True, eq=False)
class WaitingFrame:
    """A frame that nobody has looked at yet."""

    sent: SentFrame
    """The frame."""
    outcome: asyncio.Future[Outcome]
    """What becomes of it."""


class Session:
    """The state of one client; it belongs to the thread of the event loop, but for `clip`.

    Args:
        engine: what predicts.
        settings: the server's; `configure` changes them for this client.
        name: what stands in the column `video` of rows.
    """

    def __init__(self, engine: Engine, settings: Settings, *, name: str = "live") -> None:
        self.waiting: WaitingFrame | None = None
        """The newest frame, while it is not being decoded."""
        self.is_up_next = False
        """Whether a frame of it is decoded, or waits for the model: one is at a time."""
        self.dropped = 0
        self.frames = 0
        """How many frames have had their turn since the clip began: the next one's index."""
        self.with_rows = False
        """Whether answers have the row of the table, too."""
        self.with_colors = False
        """Whether answers have the colours of labels, too."""
        self._engine = engine
        self._settings = settings
        self._name = name
        self._last_pts: int | None = None
        self._first_came: float | None = None
        self._begin()
        self._describe()

    @property
    def settings(self) -> Settings:
        """How this client's frames are answered."""
        return self._settings

    def configure(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Change settings for this client, and say what they are now.

        Args:
            fields: `smooth`, `threshold`, `top_k` as in `Settings`; `rows` and `colors`, whether
                answers have them; `name`, what stands in the column `video` of rows. Others are
                refused, and nothing is changed then.

        Raises:
            ProblemError: something cannot be right.
        """
        known = (*_CONFIGURED, *_SWITCHES, "name")
        for key in fields:
            if key not in known:
                raise ProblemError(
                    "bad-settings", f"no setting {str(key)[:40]!r}: there are {', '.join(known)}"
                )
        name = fields.get("name", self._name)
        if not isinstance(name, str) or not 0 < len(name) <= MOST_NAME_CHARACTERS:
            raise ProblemError("bad-settings", "`name` must be a text of 1 to 200 characters")
        for key in _SWITCHES:
            if not isinstance(fields.get(key, False), bool):
                raise ProblemError("bad-settings", f"`{key}` must be true or false")
        for key in ("smooth", "top_k"):
            if fields.get(key, 0) is None:
                raise ProblemError("bad-settings", f"`{key}` must be a number")
        chosen = {key: fields[key] for key in _CONFIGURED if key in fields}
        try:
            self._settings = replace(self._settings, **chosen)
        except UsageError as exc:
            raise ProblemError("bad-settings", str(exc).removeprefix("--")) from exc
        self._name = name
        self.with_rows = fields.get("rows", self.with_rows)
        self.with_colors = fields.get("colors", self.with_colors)
        self.clip.smooth = self._settings.smooth
        self._describe()
        return {
            **{key: getattr(self._settings, key) for key in _CONFIGURED},
            "rows": self.with_rows,
            "colors": self.with_colors,
            "name": self._name,
            "columns": self.rows.header(),
        }

    def next_time(self, sent: SentFrame) -> FrameTime:
        """Which frame of the clip it is, and when.

        A frame that is not later than the one before begins a new clip, as when a video is played
        once more: nothing of what was before is smoothed into it.
        """
        pts = self._pts(sent)
        if self._last_pts is not None and pts <= self._last_pts:
            self._begin()
            pts = self._pts(sent)
        self._last_pts = pts
        return FrameTime(index=self.frames, pts=pts, time_base=CLOCK)

    def _pts(self, sent: SentFrame) -> int:
        """Its time by the client, or else by when it came after the first one of the clip."""
        if self._first_came is None:
            self._first_came = sent.came
        seconds = sent.came - self._first_came if sent.seconds is None else sent.seconds
        return round(seconds / CLOCK)

    def _begin(self) -> None:
        self.clip = LiveClip(self._engine.model.info, self._settings.for_inference)
        self.label_colors = LabelColors()
        self.frames = 0
        self._last_pts = None
        self._first_came = None

    def _describe(self) -> None:
        self.rows = row_format(self._name, engine=self._engine, settings=self._settings)
