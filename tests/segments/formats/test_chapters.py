"""Chapters by YouTube's rules."""

from __future__ import annotations

from itertools import pairwise

import pytest
from helpers.segment_exports import SPANS, export, in_a_row, of_spans, segment
from hypothesis import given
from hypothesis import strategies as st

from vidclf.segments.formats.chapters import chapters_text


def test_chapters_follow_youtube_s_rules(caplog: pytest.LogCaptureFixture) -> None:
    what = export(*in_a_row(["<b>", "b", "b", "c"], 2000.4))
    assert chapters_text(what) == "0:00 ‹b›\n33:20 b\n1:40:01 c\n"
    assert caplog.text == ""


def test_a_late_beginning_has_a_chapter_of_its_own() -> None:
    assert chapters_text(export(segment("a", 9.9, 30))) == "0:00 a\n"
    assert chapters_text(export(segment("a", 10, 30))) == "0:00 Beginning\n0:10 a\n"


def test_short_segments_are_no_chapters_and_that_is_told(caplog: pytest.LogCaptureFixture) -> None:
    segments = [segment("a", 0, 20), segment("b", 20, 29.9), segment("a", 29.9, 60)]
    assert chapters_text(export(*segments, segment("c", 60, 70))) == "0:00 a\n1:00 c\n"
    assert "1 of 4 stretches last less than 10 s and are no chapters" in caplog.text
    assert "there are 2 chapters, and YouTube shows none below three" in caplog.text


@given(SPANS, st.sampled_from([1.0, 0.7, 3.3]))
def test_chapters_always_keep_youtube_s_rules(
    given_spans: list[tuple[int, int, int]], unit: float
) -> None:
    lines = chapters_text(export(*of_spans(given_spans, unit))).splitlines()
    clocks = [line.split(" ")[0].split(":") for line in lines]
    starts = [sum(int(n) * 60**i for i, n in enumerate(reversed(clock))) for clock in clocks]
    assert starts[:1] in ([], [0])
    assert all(after - before >= 10 for before, after in pairwise(starts))
