"""What holds for every source, whatever it reads."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from helpers.clips import ClipSpec, Track, make_clip, numbered_picture, read_number
from helpers.loaded_modules import HEAVY, modules_after
from PIL import Image

from vidclf.errors import SourceError, UsageError
from vidclf.sources import SOURCES, ClipLocation, open_source

FRAMES = 12
QUIET_X265 = {"x265-params": "log-level=none", "crf": "16"}

CLIPS = {
    "h264.mp4": ClipSpec(),
    "two_audio_tracks.mkv": ClipSpec(tracks=[Track(), Track(hertz=880)]),
    "hevc.mp4": ClipSpec(codec="libx265", options=QUIET_X265),
    "hevc_10_bit.mkv": ClipSpec(codec="libx265", pixel_format="yuv420p10le", options=QUIET_X265),
    "vp8.webm": ClipSpec(codec="libvpx", options={"b": "1M", "deadline": "realtime"}),
    "vp9.webm": ClipSpec(codec="libvpx-vp9", options={"deadline": "realtime"}),
    "av1.mkv": ClipSpec(codec="libsvtav1", options={"preset": "12"}),
    "mpeg4_b_frames.avi": ClipSpec(codec="mpeg4", options={"bf": "2", "qscale": "2"}),
    "mpeg2.mpg": ClipSpec(codec="mpeg2video", options={"bf": "2", "qscale": "2"}),
    "mjpeg_full_range.avi": ClipSpec(codec="mjpeg", pixel_format="yuvj420p", options={}),
    "last_row_first.avi": ClipSpec(codec="amv", pixel_format="yuvj420p", options={}),
    "prores.mov": ClipSpec(codec="prores_ks", pixel_format="yuv422p10le", options={}),
    "ffv1_444.mkv": ClipSpec(codec="ffv1", pixel_format="yuv444p", options={}),
    "ffv1_422.mkv": ClipSpec(codec="ffv1", pixel_format="yuv422p", options={}),
    "ffv1_gray.mkv": ClipSpec(codec="ffv1", pixel_format="gray", options={}),
    "ffv1_alpha.mkv": ClipSpec(codec="ffv1", pixel_format="bgra", options={}),
    "no_stamps.h264": ClipSpec(),
    "late_start.ts": ClipSpec(),
    "no_duration.webm": ClipSpec(
        codec="libvpx-vp9", options={"deadline": "realtime"}, mux_options={"live": "1"}
    ),
    "fragments.mp4": ClipSpec(mux_options={"movflags": "frag_keyframe+empty_moov"}),
    "uneven.mp4": ClipSpec(
        time_base=Fraction(1, 1000),
        pts=[0, 33, 66, 500, 533, 534, 900, 1900, 1933, 1966, 2100, 4000],
    ),
    "odd_size.mp4": ClipSpec(pixel_format="yuv444p", width=191, height=143),
    "wide_pixels.mp4": ClipSpec(pixel_aspect=Fraction(64, 51)),
    "turned_90.mp4": ClipSpec(rotation=90),
    "turned_180.mp4": ClipSpec(rotation=180),
    "turned_270.mp4": ClipSpec(rotation=270),
    "mirrored.mp4": ClipSpec(mirrored=True),
    "mirrored_90.mp4": ClipSpec(rotation=90, mirrored=True),
    "mirrored_180.mp4": ClipSpec(rotation=180, mirrored=True),
    "mirrored_270.mp4": ClipSpec(rotation=270, mirrored=True),
}


def video(name: str) -> Callable[[Path], Path]:
    return lambda folder: make_clip(folder / name, replace(CLIPS[name], frames=FRAMES))


def animation(suffix: str) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        first, *others = (Image.fromarray(numbered_picture(n)) for n in range(FRAMES))
        path = folder / f"animation{suffix}"
        kind = {"lossless": True} if suffix == ".webp" else {}
        delays = [40 + 10 * n for n in range(FRAMES)]
        first.save(path, save_all=True, append_images=others, duration=delays, **kind)
        return path

    return write


def pictures(name: str) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        for number in range(FRAMES):
            Image.fromarray(numbered_picture(number)).save(folder / f"shot_{number + 7}.png")
        return folder / name

    return write


CLIPS_OF: dict[str, dict[str, Callable[[Path], Path]]] = {
    "pictures": {"pattern": pictures("shot_%d.png"), "folder": pictures("")},
    "image": {suffix: animation(suffix) for suffix in (".gif", ".webp", ".png")},
    "video": {name: video(name) for name in CLIPS},
}
"""Source → clips of 12 numbered frames that are its own, each made in an empty folder."""

STORED = [name for name, entry in SOURCES.items() if not entry.is_live]
"""Sources of clips that can be read again; tests/sources/live has the contract of the others."""

EACH_CLIP = {
    f"{name}: {what}": (name, write)
    for name in STORED
    for what, write in CLIPS_OF.get(name, {}).items()
}


def test_every_source_is_held_to_this_contract() -> None:
    assert [name for name, clips in CLIPS_OF.items() if clips] == STORED


def test_the_table_alone_loads_nothing_heavy() -> None:
    assert not modules_after("import vidclf.sources") & HEAVY


@pytest.mark.parametrize("case", EACH_CLIP)
def test_a_clip_is_opened_by_its_own_source(tmp_path: Path, case: str) -> None:
    name, write = EACH_CLIP[case]
    with open_source(write(tmp_path)) as source:
        assert type(source).__name__ == SOURCES[name].source.partition(":")[2]


@pytest.fixture(scope="module", params=EACH_CLIP)
def clip(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    _, write = EACH_CLIP[request.param]
    return write(tmp_path_factory.mktemp("clip"))


def test_says_where_its_clip_is(clip: Path) -> None:
    with open_source(clip) as source:
        assert source.location == ClipLocation.of(clip)
        assert source.info.path == str(clip)


def test_gives_every_frame_once_in_order(clip: Path) -> None:
    with open_source(clip) as source:
        numbers = [read_number(frame.picture.rgb()) for frame in source.frames()]
    assert numbers == list(range(FRAMES))


def test_indexes_have_no_gap(clip: Path) -> None:
    with open_source(clip) as source:
        assert [frame.index for frame in source.frames()] == list(range(FRAMES))


def test_timestamps_increase_and_durations_are_positive(clip: Path) -> None:
    with open_source(clip) as source:
        frames = list(source.frames())
    assert all(a.pts < b.pts for a, b in itertools.pairwise(frames))
    assert all(frame.duration > 0 for frame in frames)
    assert {frame.time_base for frame in frames} == {source.info.time_base}


def test_pictures_have_the_size_that_info_tells(clip: Path) -> None:
    with open_source(clip) as source:
        shapes = {frame.picture.rgb().shape for frame in source.frames()}
    assert shapes == {(source.info.height, source.info.width, 3)}


def test_pictures_are_free_to_be_drawn_on(clip: Path) -> None:
    with open_source(clip) as source:
        picture = next(iter(source.frames())).picture
        drawn = picture.rgb()
        assert drawn.flags.c_contiguous
        assert drawn.dtype == np.uint8
        drawn[:] = 0
        assert picture.rgb().any()


def test_report_counts_what_came(clip: Path) -> None:
    with open_source(clip) as source:
        for _ in source.frames():
            pass
    report = source.report
    assert (report.frames_decoded, report.packets_lost, report.frames_corrupt) == (FRAMES, 0, 0)
    assert report.packets_read >= FRAMES
    assert report.early_end is None


def test_opened_again_gives_the_same(clip: Path) -> None:
    def read() -> list[tuple[int, int]]:
        with open_source(clip) as source:
            return [(frame.pts, frame.duration) for frame in source.frames()]

    assert read() == read()


def test_frames_are_read_once(clip: Path) -> None:
    with open_source(clip) as source:
        list(source.frames())
        with pytest.raises(UsageError, match="read once; open it again"):
            source.frames()


def test_pictures_stay_valid_after_closing(clip: Path) -> None:
    with open_source(clip) as source:
        frames = [frame for frame, _ in zip(source.frames(), range(3), strict=False)]
    assert [read_number(frame.picture.rgb()) for frame in frames] == [0, 1, 2]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="counts through /proc")
def test_closing_early_leaves_no_file_and_no_thread(clip: Path) -> None:
    def leave_early() -> None:
        with open_source(clip) as source:
            for frame in source.frames():
                if frame.index == 2:
                    break

    leave_early()
    before = _open_files_and_threads()
    for _ in range(3):
        leave_early()
    files, threads = _open_files_and_threads()
    assert files <= before[0]
    assert threads <= before[1]  # some of earlier tests may end meanwhile


def _open_files_and_threads() -> tuple[int, int]:
    process = Path("/proc/self")
    return len(list((process / "fd").iterdir())), len(list((process / "task").iterdir()))


def test_closed_source_refuses_to_be_read(clip: Path) -> None:
    with open_source(clip) as source:
        pass
    with pytest.raises(UsageError, match="read once; open it again"):
        source.frames()


@pytest.mark.parametrize("name", ["nope.mp4", "nope.png", "nope.gif"])
def test_missing_file_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(SourceError, match=r"nope\.\w+: no such .*; check the name"):
        open_source(tmp_path / name)


def test_fps_must_be_positive(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"0 frames/s: the rate .* must be positive"):
        open_source(tmp_path, fps=Fraction(0))


def test_fps_is_refused_for_a_clip_with_its_own_time(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.mp4", ClipSpec(frames=2))
    with pytest.raises(SourceError, match=r"clip\.mp4: has its own time"):
        open_source(path, fps=Fraction(25))


@pytest.mark.parametrize("name", STORED)
def test_fps_is_taken_by_the_sources_without_a_time_of_their_own(tmp_path: Path, name: str) -> None:
    write = next(iter(CLIPS_OF[name].values()))
    if SOURCES[name].has_own_time:
        with pytest.raises(SourceError, match="has its own time"):
            open_source(write(tmp_path), fps=Fraction(10))
    else:
        with open_source(write(tmp_path), fps=Fraction(10)) as source:
            assert source.info.frame_rate == 10


@pytest.mark.parametrize("address", ["https://host/a.mp4", "s3://bucket/a.png", "camera:0", "-"])
def test_what_no_source_takes_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vidclf.sources.SOURCES", {})
    with pytest.raises(SourceError, match=f"^{address} is .* reads local files only"):
        open_source(address)
