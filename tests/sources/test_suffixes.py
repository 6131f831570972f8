"""What a name alone tells."""

from __future__ import annotations

import pytest

from vidclf.sources.suffixes import is_image_name, is_video_name


@pytest.mark.parametrize("name", ["clip.mp4", "clip.MKV", "clip.ts", "a.b.webm"])
def test_video_names(name: str) -> None:
    assert is_video_name(name)


@pytest.mark.parametrize("name", ["clip.png", "._clip.mp4", "mp4", "list.m3u8", "clip.gif"])
def test_other_names(name: str) -> None:
    assert not is_video_name(name)


@pytest.mark.parametrize("name", ["still.png", "still.JPG", "clip.gif", "shots/f_%05d.png"])
def test_picture_names(name: str) -> None:
    assert is_image_name(name)


@pytest.mark.parametrize("name", ["clip.mp4", "png", "still.png.txt"])
def test_no_picture_names(name: str) -> None:
    assert not is_image_name(name)
