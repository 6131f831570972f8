"""A clip that is deleted, moved or replaced while it is read is read to its end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import av
import pytest
from helpers.clips import ClipSpec, Track, make_clip

from vidclf.sources import open_source


def delete(path: Path) -> None:
    path.unlink()


def move(path: Path) -> None:
    path.rename(path.with_name("elsewhere.mp4"))


def replace(path: Path) -> None:
    make_clip(path.with_name("other.mp4"), ClipSpec(frames=3, codec="mpeg4")).replace(path)


def replace_by_text(path: Path) -> None:
    path.with_name("text").write_text("no clip")
    path.with_name("text").replace(path)


CHANGES = [delete, move, replace, replace_by_text]
Change = Callable[[Path], None]


@pytest.mark.parametrize("change", CHANGES)
def test_every_frame_comes(tmp_path: Path, change: Change) -> None:
    path = make_clip(tmp_path / "clip.mp4", ClipSpec(frames=40))
    with open_source(path) as source:
        change(path)
        assert len(list(source.frames())) == 40
    assert (source.report.packets_lost, source.report.early_end) == (0, None)


@pytest.mark.parametrize("change", CHANGES)
def test_an_end_that_must_be_decoded_again_is_lost_and_told(tmp_path: Path, change: Change) -> None:
    path = make_clip(tmp_path / "clip.mp4", ClipSpec(frames=40))
    with av.open(str(path)) as container:
        places = [(p.pos or 0, p.size) for p in container.demux(video=0) if p.size]
    data = bytearray(path.read_bytes())
    for start, size in places[35:37]:
        data[start : start + size] = b"\xff" * size
    path.write_bytes(data)
    with open_source(path) as source:
        change(path)
        count = len(list(source.frames()))
    assert 20 < count < 40
    assert count + source.report.packets_lost == 40
    assert any("could not be decoded again" in note for note in source.report.notes)


@pytest.mark.parametrize("change", CHANGES)
def test_no_other_file_is_opened_in_its_place(tmp_path: Path, change: Change) -> None:
    path = make_clip(tmp_path / "clip.mp4", ClipSpec(tracks=[Track()]))
    with open_source(path) as source:
        change(path)
        assert source.reopen is not None
        with pytest.raises(OSError, match=r"No such file|another file is in its place"):
            source.reopen()


def test_a_clip_that_is_there_is_opened_again(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.mp4", ClipSpec(tracks=[Track()]))
    with open_source(path) as source:
        assert source.reopen is not None
        with source.reopen() as container:
            assert len(container.streams.audio) == 1
