"""The formats that segments are written in: a name, an ending, and a function to text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from vidclf.segments.export import SegmentExport
from vidclf.segments.formats.audacity import audacity_text
from vidclf.segments.formats.chapters import chapters_text
from vidclf.segments.formats.csv_file import csv_text
from vidclf.segments.formats.elan import eaf_text
from vidclf.segments.formats.json_file import json_text
from vidclf.segments.formats.subtitles import srt_text, vtt_text

Format = Literal["csv", "srt", "vtt", "eaf", "audacity", "chapters", "json"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How a format is written."""

    ending: str
    """What stands behind the stem of its files' names."""
    text: Callable[[SegmentExport], str]
    """What stands in them."""

    @property
    def suffix(self) -> str:
        """The suffix of its files."""
        return "." + self.ending.rpartition(".")[2]


FORMS: dict[Format, Form] = {
    "csv": Form(
        ending="_segments.csv", text=lambda found: csv_text(found.segments, video=found.video)
    ),
    "srt": Form(ending=".srt", text=srt_text),
    "vtt": Form(ending=".vtt", text=vtt_text),
    "eaf": Form(ending=".eaf", text=eaf_text),
    "audacity": Form(ending="_audacity.txt", text=audacity_text),
    "chapters": Form(ending="_chapters.txt", text=chapters_text),
    "json": Form(ending="_segments.json", text=json_text),
}
