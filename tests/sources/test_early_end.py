"""Reading that ends long before the end that the header claims is told, and nothing else is."""

from __future__ import annotations

import struct
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from helpers.clips import ClipSpec, Track, make_clip

from vidclf.core.run_warnings import record_warnings
from vidclf.pipeline.summary import warn_of_damage
from vidclf.sources import Source, open_source

VP8 = {"deadline": "realtime"}
CLIPS = {
    "clip.mkv": ClipSpec(),
    "sound.mkv": ClipSpec(tracks=[Track()]),
    "clip.webm": ClipSpec(codec="libvpx", options=VP8),
    "clip.avi": ClipSpec(codec="mjpeg", pixel_format="yuvj420p", options={}),
    "clip.flv": ClipSpec(codec="flv", options={"qscale": "2"}),
    "clip.wmv": ClipSpec(codec="wmv2", options={"qscale": "2"}),
    "clip.ivf": ClipSpec(codec="libvpx", options=VP8),
    "clip.rm": ClipSpec(codec="rv20", width=176, options={"qscale": "2"}),
    "clip.mxf": ClipSpec(codec="mpeg2video", rate=Fraction(25), options={"qscale": "2"}),
}


def read(path: Path) -> Source:
    with open_source(path) as source:
        for _ in source.frames():
            pass
        return source


def cut_in_half(path: Path) -> Path:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    return path


@pytest.mark.parametrize("name", CLIPS)
def test_half_a_file_is_told(tmp_path: Path, name: str) -> None:
    source = read(cut_in_half(make_clip(tmp_path / name, CLIPS[name])))
    assert 1 < source.report.frames_decoded < 20
    assert source.report.early_end is not None
    assert "and by its header it goes on to " in source.report.early_end


@pytest.mark.parametrize("name", CLIPS)
def test_a_whole_file_is_not(tmp_path: Path, name: str) -> None:
    source = read(make_clip(tmp_path / name, CLIPS[name]))
    assert (source.report.frames_decoded, source.report.early_end) == (24, None)


def test_half_a_fragmented_mp4_is_told(tmp_path: Path) -> None:
    options = {"movflags": "frag_keyframe+empty_moov"}
    spec = ClipSpec(options={"crf": "16", "g": "6"}, mux_options=options)
    report = read(cut_in_half(make_clip(tmp_path / "clip.mp4", spec))).report
    assert report.packets_lost > 0


def test_damage_that_stops_reading_is_told(tmp_path: Path) -> None:
    spec = ClipSpec(codec="wrapped_avframe", frames=6, options={})
    path = make_clip(tmp_path / "clip.y4m", spec)
    path.write_bytes(path.read_bytes().replace(b"FRAME", b"frame").replace(b"frame", b"FRAME", 2))
    source = read(path)
    assert source.report.frames_decoded == 2
    assert source.report.early_end == (
        "reading ended at 0.08 s (Invalid data found when processing input), and by its header it "
        "goes on to 0.25 s"
    )


OGG = ClipSpec(codec="libvpx", options=VP8, tracks=[Track(codec="libopus")])


def test_whole_ogg_is_no_early_end(tmp_path: Path) -> None:
    assert read(make_clip(tmp_path / "clip.ogv", OGG)).report.early_end is None


@pytest.mark.parametrize("share", [0.5, 0.8])
def test_cut_ogg_is_told(tmp_path: Path, share: float) -> None:
    path = make_clip(tmp_path / "clip.ogv", OGG)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    assert read(path).report.early_end == "the mark that ends an Ogg file is absent"


def test_ogg_whose_last_page_is_damaged_is_told(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.ogv", replace(OGG, tracks=[]))
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    assert read(path).report.early_end == "its last pages are damaged"


def test_y4m_that_ends_inside_a_frame_is_told(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.y4m", ClipSpec(codec="wrapped_avframe", frames=6, options={}))
    assert read(path).report.early_end is None
    path.write_bytes(path.read_bytes()[:-20_000])
    source = read(path)
    assert (source.report.frames_decoded, source.report.early_end) == (5, "it ends inside a frame")


def test_sound_that_goes_on_is_no_early_end(tmp_path: Path) -> None:
    spec = ClipSpec(tracks=[Track(seconds=4)])
    assert read(make_clip(tmp_path / "clip.mkv", spec)).report.early_end is None


def test_pictures_that_end_before_the_sound_of_an_mp4_are_told(tmp_path: Path) -> None:
    """Its header tells how long each stream is."""
    path = make_clip(tmp_path / "clip.mp4", ClipSpec(tracks=[Track()], options={"bf": "0"}))
    data = bytearray(path.read_bytes())
    sizes = data.index(b"stsz", data.index(b"vide"))
    struct.pack_into(">I", data, sizes + 12, 6)  # of 24 packets
    path.write_bytes(data)
    source = read(path)
    assert source.report.frames_decoded == 6
    assert source.report.early_end is not None


def test_a_header_that_is_off_by_a_few_frames_is_no_early_end(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.avi", CLIPS["clip.avi"])
    data = bytearray(path.read_bytes())
    length = data.index(b"strh") + 40
    assert data[length] == 24
    data[length] = 26
    path.write_bytes(data)
    with open_source(path) as source:
        assert source.info.frame_count == 26
    assert read(path).report.early_end is None


def test_who_stops_reading_meets_no_early_end(tmp_path: Path) -> None:
    with open_source(make_clip(tmp_path / "clip.mkv")) as source:
        next(iter(source.frames()))
    assert source.report.early_end is None


def test_it_is_warned_of(tmp_path: Path) -> None:
    source = read(cut_in_half(make_clip(tmp_path / "clip.mkv")))
    with record_warnings() as warnings:
        warn_of_damage(source)
    [warning] = warnings.messages
    assert warning.startswith(f"{source.info.path} is damaged or cut off: reading ended at ")
