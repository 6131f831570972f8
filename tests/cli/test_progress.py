"""The progress bar: there on a terminal, silent elsewhere."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from vidclf.cli.progress import Bars
from vidclf.core.frames import Frame, RgbPicture, VideoInfo

FRAME = Frame(
    index=0, pts=0, time_base=Fraction(1), picture=RgbPicture(np.zeros((1, 1, 3), np.uint8))
)


def info(**known: Any) -> VideoInfo:
    base = {"path": "clip.mp4", "width": 2, "height": 2, "time_base": Fraction(1)}
    return VideoInfo(**{**base, "frame_rate": Fraction(25), **known})


def shown(known: VideoInfo, capsys: pytest.CaptureFixture[str], **options: bool) -> str:
    with Bars(shown=True, **options) as bars:
        bars.started("clip.mp4")
        bars.frame(known, FRAME)
    return capsys.readouterr().err


def test_the_total_is_the_headers(capsys: pytest.CaptureFixture[str]) -> None:
    assert "/48" in shown(info(frame_count=48), capsys)


def test_without_a_count_the_total_follows_from_the_length(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert "/50" in shown(info(duration_seconds=2.0), capsys)


def test_no_total_is_claimed_for_a_part_of_a_clip(capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(info(frame_count=48), capsys, whole=False)
    assert "clip.mp4" in text
    assert "/48" not in text


def test_nothing_is_printed_unless_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with Bars(shown=False) as bars:
        bars.started("clip.mp4")
        bars.frame(info(frame_count=48), FRAME)
    assert capsys.readouterr().err == ""
