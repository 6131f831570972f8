"""Audacity's label tracks."""

from __future__ import annotations

from helpers.segment_exports import export, segment

from vidclf.segments.formats.audacity import label_track_text


def test_audacity_gets_seconds_and_text_between_tabs() -> None:
    what = export(segment("a\tb", 0, 1 / 3), segment("c", 0.1, 2), zero_seconds=0.0)
    assert label_track_text(what) == "0.000000\t0.333333\ta b\n0.100000\t2.000000\tc\n"
