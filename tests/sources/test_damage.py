"""Damaged and truncated video files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import av
import pytest
from helpers.clips import ClipSpec, make_clip

from vidclf.core.frames import Frame
from vidclf.errors import NoFramesError
from vidclf.sources import Source, open_source
from vidclf.sources.decoded_picture import DecodedPicture

B_FRAMES = ClipSpec(frames=40, options={"crf": "16", "g": "12", "bf": "3"})


def read(path: Path) -> tuple[Source, list[Frame]]:
    with open_source(path) as source:
        return source, list(source.frames())


def frames_by_one_thread(path: Path) -> tuple[list[int | None], int]:
    """Timestamps of every frame that PyAV decodes without threads, and its errors."""
    stamps: list[int | None] = []
    errors = 0
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "NONE"
        for packet in container.demux(stream):
            try:
                stamps += [frame.pts for frame in packet.decode()]
            except av.InvalidDataError:
                errors += 1
    return stamps, errors


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    spec = replace(B_FRAMES, mux_options={"movflags": "faststart"})
    return make_clip(tmp_path_factory.mktemp("whole") / "clip.mp4", spec)


def packet_places(path: Path) -> Iterator[tuple[int, int]]:
    with av.open(str(path)) as container:
        for packet in container.demux(video=0):
            if packet.size:
                yield packet.pos or 0, packet.size


@pytest.mark.parametrize("kept", [0.35, 0.5, 0.62, 0.75, 0.8, 0.9, 0.97])
def test_cut_file_gives_all_that_is_left(tmp_path: Path, whole: Path, kept: float) -> None:
    data = whole.read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(data[: int(len(data) * kept)])
    source, frames = read(cut)
    expected, _ = frames_by_one_thread(cut)
    assert [frame.pts for frame in frames] == expected
    assert len(frames) + source.report.packets_lost == B_FRAMES.frames


def test_cut_file_is_noted(tmp_path: Path, whole: Path) -> None:
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole.read_bytes()[:-2000])
    assert any("cut short" in note for note in read(cut)[0].report.notes)


@pytest.mark.parametrize("spoilt", [[5], [11], [12], [5, 6, 7, 20], [38], [39], [37, 38, 39]])
def test_bad_packets_are_counted_and_skipped(
    tmp_path: Path, whole: Path, spoilt: list[int]
) -> None:
    path = tmp_path / "bad.mp4"
    path.write_bytes(spoil(whole, spoilt))
    source, frames = read(path)
    expected, errors = frames_by_one_thread(path)
    assert [native_pts(frame) for frame in frames] == expected
    assert errors == len(spoilt)
    assert source.report.packets_lost == B_FRAMES.frames - len(expected)


def test_frames_left_out_up_to_a_key_frame_count_as_lost(tmp_path: Path, whole: Path) -> None:
    path = tmp_path / "bad.mp4"
    path.write_bytes(spoil(whole, [0]))
    source, frames = read(path)
    assert frames_by_one_thread(path)[1] == 1
    assert (len(frames), source.report.packets_lost) == (28, 12)


def test_patched_up_frames_are_kept_and_counted(tmp_path: Path) -> None:
    spec = ClipSpec(codec="mpeg4", frames=12, options={"qscale": "2"})
    path = make_clip(tmp_path / "clip.avi", spec)
    path.write_bytes(spoil(path, [4], part=0.5))
    source, frames = read(path)
    assert (len(frames), source.report.frames_corrupt, source.report.packets_lost) == (12, 1, 0)


def native_pts(frame: Frame) -> int | None:
    assert isinstance(frame.picture, DecodedPicture)
    return frame.picture.native.pts


def spoil(path: Path, packets: list[int], *, part: float = 1.0) -> bytes:
    """The file's bytes, with the last part of these packets overwritten."""
    data = bytearray(path.read_bytes())
    places = list(packet_places(path))
    for start, size in (places[packet] for packet in packets):
        bad = int(size * part)
        data[start + size - bad : start + size] = b"\xff" * bad
    return bytes(data)


def test_nothing_decodable_is_told(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.mp4", ClipSpec(frames=5))
    path.write_bytes(spoil(path, [0, 1, 2, 3, 4]))
    with pytest.raises(NoFramesError, match="not one of its 5 packets decodes to a frame"):
        open_source(path)


def test_matroska_cut_anywhere_ends_quietly(tmp_path: Path) -> None:
    data = make_clip(tmp_path / "clip.mkv", B_FRAMES).read_bytes()
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(data[: len(data) // 2])
    _, frames = read(cut)
    assert [frame.pts for frame in frames] == frames_by_one_thread(cut)[0]
