"""What is in a written video: each frame once, at its own time, upright, in its own colours."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from helpers.media_checks import ReadVideo, clip_info, read_video, write_numbered
from hypothesis import given, settings
from hypothesis import strategies as st

from vidclf.core.frames import ColorInfo
from vidclf.errors import UsageError
from vidclf.settings import Codec
from vidclf.sinks.encoders import PRESETS, EncoderSettings
from vidclf.sinks.video import VideoSink

UNEVEN_90K = [3000 * step for step in (0, 1, 3, 4, 30, 31, 33, 70, 71, 72, 74, 75, 110, 111)]


def written(
    path: Path, *, settings: EncoderSettings | None = None, from_zero: bool = False, **frames: Any
) -> ReadVideo:
    info = frames.pop("info", clip_info())
    with VideoSink(path, info=info, settings=settings, from_zero=from_zero) as sink:
        write_numbered(sink, info=info, **frames)
    return read_video(path)


@pytest.mark.parametrize(
    ("name", "codec"),
    [("a.mp4", "h264"), ("a.mp4", "hevc"), ("a.mp4", "vp9"), ("a.m4v", None), ("a.webm", None)],
)
def test_no_frame_is_dropped_doubled_or_swapped(name: str, codec: Any, tmp_path: Path) -> None:
    video = written(tmp_path / name, settings=EncoderSettings(codec=codec), pts=range(60))
    assert video.numbers == list(range(60))


@pytest.mark.parametrize(
    "time_base",
    [
        Fraction(1, 24),
        Fraction(1001, 24000),
        Fraction(1001, 30000),
        Fraction(33333, 1_000_000),
        Fraction(1, 600),
        Fraction(1, 1000),
        Fraction(1, 90_000),
        Fraction(1, 10_000_000),
    ],
)
def test_mp4_keeps_timestamps_exactly(time_base: Fraction, tmp_path: Path) -> None:
    tick = max(1, round(Fraction(1, 30) / time_base))
    pts = [tick * step for step in (0, 1, 2, 5, 6, 20, 21, 22, 23, 24)]
    video = written(tmp_path / "a.mp4", info=clip_info(time_base=time_base), pts=pts)
    assert video.seconds == [ticks * time_base for ticks in pts]


def test_mp4_keeps_a_nanosecond_clock_within_a_tenth_of_a_microsecond(tmp_path: Path) -> None:
    time_base = Fraction(1, 10**9)
    pts = [0, 33_366_667, 66_733_333, 9_100_100_107, 9_200_200_203]
    video = written(tmp_path / "a.mp4", info=clip_info(time_base=time_base), pts=pts)
    errors = [abs(a - b * time_base) for a, b in zip(video.seconds, pts, strict=True)]
    assert max(errors) < Fraction(1, 10**7)


@pytest.mark.parametrize("codec", ["h264", "hevc", "vp9"])
def test_an_uneven_clip_keeps_its_times_and_its_length(codec: Any, tmp_path: Path) -> None:
    time_base = Fraction(1, 90_000)
    video = written(
        tmp_path / "a.mp4",
        settings=EncoderSettings(codec=codec),
        info=clip_info(time_base=time_base),
        pts=UNEVEN_90K,
        last_duration=45_000,
    )
    assert video.seconds == [ticks * time_base for ticks in UNEVEN_90K]
    assert video.duration_seconds == pytest.approx(UNEVEN_90K[-1] / 90_000 + 0.5, abs=1e-6)


@settings(max_examples=25, deadline=None)
@given(gaps=st.lists(st.integers(1, 300), min_size=1, max_size=20))
def test_any_gaps_keep_times_and_length(gaps: list[int], tmp_path_factory: Any) -> None:
    path = tmp_path_factory.mktemp("gaps") / "a.mp4"
    pts = [sum(gaps[:index]) for index in range(len(gaps))]
    info = clip_info(time_base=Fraction(1, 100))
    video = written(path, info=info, pts=pts, last_duration=gaps[-1])
    assert video.numbers == list(range(len(gaps)))
    assert video.seconds == [Fraction(ticks, 100) for ticks in pts]
    assert video.duration_seconds == pytest.approx(sum(gaps) / 100, abs=1e-6)
    assert video.average_rate == Fraction(100 * len(gaps), sum(gaps))


@pytest.mark.parametrize("codec", ["h264", "hevc", "vp9"])
@pytest.mark.parametrize("first", [0, 126_000])
def test_the_samples_of_an_mp4_last_as_long_as_its_pictures(
    codec: Any, first: int, tmp_path: Path
) -> None:
    pts = [0, 180_000, 190_000, *range(193_000, 298_000, 3000)]  # 38 frames in 298,000 ticks
    video = written(
        tmp_path / "a.mp4",
        settings=EncoderSettings(codec=codec),
        info=clip_info(time_base=Fraction(1, 90_000)),
        pts=[first + ticks for ticks in pts],
        last_duration=3000,
    )
    assert video.average_rate == Fraction(38 * 90_000, 298_000)


def test_webm_keeps_times_to_the_millisecond(tmp_path: Path) -> None:
    time_base = Fraction(1, 90_000)
    video = written(tmp_path / "a.webm", info=clip_info(time_base=time_base), pts=UNEVEN_90K)
    errors = [abs(a - b * time_base) for a, b in zip(video.seconds, UNEVEN_90K, strict=True)]
    assert max(errors) <= Fraction(1, 2000)


def test_a_last_frame_of_unknown_duration_stands_as_long_as_the_one_before(tmp_path: Path) -> None:
    info = clip_info(time_base=Fraction(1, 1000), frame_rate=Fraction(3, 4000))
    video = written(tmp_path / "a.mp4", info=info, pts=[0, 1000, 4_000_000, 4_000_040])
    assert video.duration_seconds == pytest.approx(4000.08)


def test_a_single_frame_of_unknown_duration_stands_one_average_frame(tmp_path: Path) -> None:
    assert written(tmp_path / "a.mp4", pts=[0]).duration_seconds == pytest.approx(1 / 24, abs=1e-4)


@pytest.mark.parametrize(
    ("first", "from_zero", "expected"), [(36, False, 1.5), (36, True, 0.0), (-12, False, 0.0)]
)
def test_the_start_time_is_kept_unless_cut_or_before_zero(
    first: int, from_zero: bool, expected: float, tmp_path: Path
) -> None:
    video = written(tmp_path / "a.mp4", pts=range(first, first + 24), from_zero=from_zero)
    assert [float(s) for s in video.seconds] == pytest.approx(
        [expected + index / 24 for index in range(24)]
    )


def test_timestamps_that_fall_together_on_the_containers_clock_stay_apart(tmp_path: Path) -> None:
    info = clip_info(time_base=Fraction(1, 100_000))
    video = written(tmp_path / "a.webm", info=info, pts=[0, 10, 20, 5000])
    assert video.numbers == [0, 1, 2, 3]
    assert video.seconds == sorted(set(video.seconds))


def test_odd_sizes_are_padded_by_repeating_the_edge(tmp_path: Path) -> None:
    info = clip_info(width=191, height=143)
    picture = np.full((143, 191, 3), 40, np.uint8)
    picture[-1], picture[:, -1] = 200, 200
    with VideoSink(tmp_path / "a.mp4", info=info, settings=EncoderSettings(crf=1)) as sink:
        write_numbered(sink, info=info, pts=[0], pictures=[picture])
    with av.open(str(tmp_path / "a.mp4")) as container:
        luma = next(container.decode(video=0)).to_ndarray(format="gray")
    assert luma.shape == (144, 192)
    assert np.ptp(luma[-2:, :-2]) <= 6
    assert np.ptp(luma[:-2, -2:]) <= 6


def test_pixel_aspect_and_size_are_kept(tmp_path: Path) -> None:
    info = clip_info(pixel_aspect=Fraction(64, 51))
    written(tmp_path / "a.mp4", info=info)
    with av.open(str(tmp_path / "a.mp4")) as container:
        assert container.streams.video[0].sample_aspect_ratio == Fraction(64, 51)


@pytest.mark.parametrize("codec", ["h264", "hevc", "vp9"])
def test_color_tags_are_kept(codec: Any, tmp_path: Path) -> None:
    color = ColorInfo(matrix=9, primaries=9, transfer=16, full_range=False)
    info = clip_info(color=color, pixel_format="yuv420p10le")
    written(tmp_path / "a.mp4", info=info, settings=EncoderSettings(codec=codec))
    with av.open(str(tmp_path / "a.mp4")) as container:
        frame = next(container.decode(video=0))
    tags = (frame.colorspace, frame.color_primaries, frame.color_trc, frame.color_range)
    assert tags == (9, 9, 16, 1)


def test_hevc_carries_the_tag_that_apple_plays(tmp_path: Path) -> None:
    written(tmp_path / "a.mp4", settings=EncoderSettings(codec="hevc"))
    with av.open(str(tmp_path / "a.mp4")) as container:
        assert container.streams.video[0].codec_context.codec_tag == "hvc1"


def test_mp4_has_its_index_first_and_420_pixels(tmp_path: Path) -> None:
    written(tmp_path / "a.mp4")
    data = (tmp_path / "a.mp4").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    with av.open(str(tmp_path / "a.mp4")) as container:
        context = container.streams.video[0].codec_context
    assert (context.pix_fmt, context.profile) == ("yuv420p", "High")


def test_a_lower_crf_gives_a_larger_file(tmp_path: Path) -> None:
    noise = list(np.random.default_rng(0).integers(0, 256, (4, 144, 192, 3), np.uint8))
    for crf in (10, 40):
        encoding = EncoderSettings(crf=crf)
        written(tmp_path / f"{crf}.mp4", settings=encoding, pts=range(4), pictures=noise)
    assert (tmp_path / "10.mp4").stat().st_size > 2 * (tmp_path / "40.mp4").stat().st_size


@pytest.mark.parametrize("name", ["100% of it: #1.mp4", "-dash.mp4", "naïve 猫.mp4"])
def test_odd_file_names_are_only_names(name: str, tmp_path: Path) -> None:
    assert len(written(tmp_path / name).numbers) == 24


@pytest.mark.parametrize(
    ("codec", "preset", "known"),
    [
        (None, "nonsense", "ultrafast, .*, placebo"),
        ("hevc", "5", "ultrafast, .*, placebo"),
        ("vp9", "veryfast", "0, 1, .*, 8"),
    ],
)
def test_a_preset_the_encoder_does_not_know_is_bad_usage(
    codec: Codec | None, preset: str, known: str, tmp_path: Path
) -> None:
    settings = EncoderSettings(codec=codec, preset=preset)
    with pytest.raises(UsageError, match=f"preset '{preset}' is not one of .*: give {known}$"):
        VideoSink(tmp_path / "a.mp4", info=clip_info(), settings=settings)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("codec", "preset"),
    [(codec, preset) for codec, presets in PRESETS.items() for preset in presets],
)
def test_every_preset_named_is_one_the_encoder_takes(
    codec: Codec, preset: str, tmp_path: Path
) -> None:
    info, settings = clip_info(), EncoderSettings(codec=codec, preset=preset)
    with VideoSink(tmp_path / "a.mp4", info=info, settings=settings) as sink:
        write_numbered(sink, info=info, pts=range(2))
    assert len(read_video(tmp_path / "a.mp4").seconds) == 2


def x264_options(path: Path) -> dict[str, str]:
    """What x264 wrote of its own settings into the stream."""
    words = path.read_bytes().partition(b" - options: ")[2].partition(b"\0")[0].decode().split()
    return dict(word.split("=", 1) for word in words)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (EncoderSettings(), {"subme": "1", "mbtree": "1", "deadzone": "11,6", "crf": "22.0"}),
        (EncoderSettings(crf=30), {"mbtree": "1", "deadzone": "11,6", "crf": "30.0"}),
        (
            EncoderSettings(preset="superfast"),
            {"subme": "1", "mbtree": "0", "deadzone": "21,11", "crf": "20.0"},
        ),
        (EncoderSettings(preset="slow", crf=30), {"subme": "8", "trellis": "2", "crf": "30.0"}),
    ],
)
def test_a_named_preset_is_plain_and_crf_alone_keeps_the_default(
    asked: EncoderSettings, expected: dict[str, str], tmp_path: Path
) -> None:
    written(tmp_path / "a.mp4", settings=asked)
    options = x264_options(tmp_path / "a.mp4")
    assert {name: options[name] for name in expected} == expected


@pytest.mark.parametrize("preset", [None, "fast"])
def test_pictures_are_not_cut_into_slices_one_for_each_core(
    preset: str | None, tmp_path: Path
) -> None:
    written(tmp_path / "a.mp4", settings=EncoderSettings(preset=preset))
    assert x264_options(tmp_path / "a.mp4")["sliced_threads"] == "0"


def test_vp9_has_presets_beyond_5(tmp_path: Path) -> None:
    noise = list(np.random.default_rng(0).integers(0, 256, (8, 144, 192, 3), np.uint8))
    made = set()
    for preset in "568":
        path = tmp_path / f"{preset}.webm"
        video = written(path, settings=EncoderSettings(preset=preset), pts=range(8), pictures=noise)
        assert video.seconds == pytest.approx([n / 24 for n in range(8)], abs=5e-4)
        made.add(path.read_bytes()[-1000:])
    assert len(made) == 3


@pytest.mark.parametrize(("width", "threads"), [(192, "3"), (2560, "3"), (2562, "2")])
def test_by_default_threads_go_by_the_size_and_not_by_the_cores(
    width: int, threads: str, tmp_path: Path
) -> None:
    info = clip_info(width=width, height=1440)
    grey = [np.full((1440, width, 3), 99, np.uint8)]
    written(tmp_path / "a.mp4", info=info, pts=[0], pictures=grey)
    assert x264_options(tmp_path / "a.mp4")["threads"] == threads


@pytest.mark.parametrize("frames", [1, 2, 3])
def test_very_short_clips_are_written_every_time(frames: int, tmp_path: Path) -> None:
    for trial in range(8):
        path = tmp_path / f"{trial}.mp4"
        video = written(path, settings=EncoderSettings(codec="hevc"), pts=range(5, 5 + frames))
        assert video.seconds == [Fraction(5 + n, 24) for n in range(frames)]


def test_an_unknown_suffix_is_bad_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"must end in \.mp4, \.m4v, \.webm"):
        VideoSink(tmp_path / "a.avi", info=clip_info())


def test_a_codec_that_the_container_does_not_hold_is_bad_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="a webm file does not hold h264: it takes vp9"):
        VideoSink(tmp_path / "a.webm", info=clip_info(), settings=EncoderSettings(codec="h264"))


def test_a_crf_out_of_range_is_bad_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"crf 52 is not right for h264: 0 \(best\) to 51"):
        VideoSink(tmp_path / "a.mp4", info=clip_info(), settings=EncoderSettings(crf=52))
