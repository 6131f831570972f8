"""The progress bar: there on a terminal, silent elsewhere."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from vidclf.cli.progress import FrameBar, TableBar
from vidclf.core.frames import Frame, RgbPicture, VideoInfo
from vidclf.settings import Position

FRAME = Frame(
    index=0, pts=0, time_base=Fraction(1), picture=RgbPicture(np.zeros((1, 1, 3), np.uint8))
)


def info(**known: Any) -> VideoInfo:
    base = {"path": "clip.mp4", "width": 2, "height": 2, "time_base": Fraction(1)}
    return VideoInfo(**{**base, "frame_rate": Fraction(25), **known})


def shown(known: VideoInfo, capsys: pytest.CaptureFixture[str], **options: Any) -> str:
    with FrameBar(shown=True, **options) as bars:
        bars.started("clip.mp4")
        bars.frame(known, FRAME)
    return capsys.readouterr().err


def test_the_total_is_the_headers(capsys: pytest.CaptureFixture[str]) -> None:
    assert "/48" in shown(info(frame_count=48), capsys)


def test_without_a_count_the_total_follows_from_the_length(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert "/50" in shown(info(duration_seconds=2.0), capsys)


@pytest.mark.parametrize(
    ("cut", "total"),
    [
        ({"end": Position(seconds=1)}, "/25"),
        ({"end": Position(frame=10)}, "/10"),
        ({"end": Position(seconds=60)}, "/48"),
        ({"start": Position(seconds=0.5)}, "/35"),
        ({"start": Position(frame=8), "end": Position(seconds=1)}, "/17"),
        ({"start": Position(seconds=60)}, "/1 "),
    ],
)
def test_a_part_of_a_clip_has_a_total_too(
    cut: dict[str, Any], total: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert total in shown(info(frame_count=48), capsys, **cut)


def test_the_end_is_a_place_on_the_clips_own_clock(capsys: pytest.CaptureFixture[str]) -> None:
    known = info(frame_count=48, start_seconds=10.0)
    assert "/25" in shown(known, capsys, end=Position(seconds=11))


def test_the_end_gives_a_total_where_the_header_gives_none(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert "/50" in shown(info(), capsys, end=Position(seconds=2))


def test_no_total_is_claimed_for_chosen_parts(capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(info(frame_count=48), capsys, whole=False)
    assert "clip.mp4" in text
    assert "/48" not in text


def test_a_name_cannot_command_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with FrameBar(shown=True) as bars:
        bars.started("a\x1b]0;b.mp4")
        bars.frame(info(frame_count=48), FRAME)
    assert r"a\x1b]0;b.mp4" in capsys.readouterr().err


def test_nothing_is_printed_unless_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with FrameBar(shown=False) as bars:
        bars.started("clip.mp4")
        bars.frame(info(frame_count=48), FRAME)
    assert capsys.readouterr().err == ""


def test_tables_have_a_bar_for_each_stage(capsys: pytest.CaptureFixture[str]) -> None:
    with TableBar(shown=True) as bar:
        for stage in ("headers", "rows"):
            for _ in range(3):
                bar.table(stage, 3)
    told = capsys.readouterr().err
    assert "headers: " in told
    assert "/3 [" in told
    assert told.index("headers") < told.index("rows")


def test_tables_are_counted_silently_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    with TableBar(shown=False) as bar:
        bar.table("headers", 3)
    assert capsys.readouterr().err == ""
