"""What a format is made of: the segments of a clip, and where and how the clip is played."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from vidclf.remote.path import RemotePath
from vidclf.segments.finder import Segment, SegmentRules

_NOT_SHOWN = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
"""Control characters and what is none, which XML forbids and players stumble over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentExport:
    """The segments of one clip, to be written."""

    video: str
    """The clip's name."""
    segments: Sequence[Segment]
    """In order of start, on the clip's own clock."""
    rules: SegmentRules = field(default_factory=SegmentRules)
    """What they were found by."""
    uncertain: Sequence[tuple[float, float]] = ()
    """When labels are drawn as uncertain, begin and end, in order; see `uncertain_spans`."""
    zero_seconds: float = 0.0
    """What players show as 0, on the clip's own clock; see `player_zero`."""
    source: Path | None = None
    """The clip's file, whether it is there or not; None where that is not known."""
    folder: Path | RemotePath = Path()
    """Where the file will lie."""
    created: datetime = field(default_factory=lambda: datetime.now().astimezone())
    """When, with its time zone."""


def one_line(label: str) -> str:
    """A label as one line of text, without control characters."""
    return " ".join(_NOT_SHOWN.sub("\ufffd", label).split())
