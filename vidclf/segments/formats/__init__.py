"""The formats that segments are written in: one line of a table and one file for each.

A new format is a function from a `SegmentExport` to the text of its file, in a module of its own
beside these, a line in `FORMATS`, and one in tests/segments/formats/test_contract.py. Modules are
imported when a format is used.
"""

from __future__ import annotations

from dataclasses import dataclass
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Protocol

from vidclf.files.names import SEGMENTS_CSV

if TYPE_CHECKING:
    from vidclf.segments.export import SegmentExport


class TextOfSegments(Protocol):
    """A format: what stands in its file."""

    def __call__(self, export: SegmentExport, /) -> str:
        r"""The text, whose lines end in `\n`; the same for the same export."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentFormat:
    """How a format's files are called, and where its function is found."""

    ending: str
    """What stands behind the stem of its files' names."""
    function: str
    """Module and name of a `TextOfSegments`: `elan:eaf_text`."""
    on_player_clock: bool = True
    """Whether its times are those that players show, and not the clip's own."""

    @property
    def suffix(self) -> str:
        """The suffix of its files."""
        return "." + self.ending.rpartition(".")[2]

    def text(self, export: SegmentExport) -> str:
        """What stands in a file of it."""
        text_of: TextOfSegments = resolve_name(f"{__name__}.{self.function}")
        return text_of(export)


FORMATS = {
    "csv": SegmentFormat(ending=SEGMENTS_CSV, function="csv_file:csv_text", on_player_clock=False),
    "srt": SegmentFormat(ending=".srt", function="subrip:srt_text"),
    "vtt": SegmentFormat(ending=".vtt", function="webvtt:vtt_text"),
    "eaf": SegmentFormat(ending=".eaf", function="elan:eaf_text"),
    "json": SegmentFormat(
        ending="_segments.json", function="json_file:json_text", on_player_clock=False
    ),
    "audacity": SegmentFormat(ending="_audacity.txt", function="audacity:label_track_text"),
    "chapters": SegmentFormat(ending="_chapters.txt", function="chapters:chapters_text"),
}
"""Name → format, in the order of `vidclf segments --help`."""
