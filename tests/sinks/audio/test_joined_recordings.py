"""Sound of joined recordings, whose clock starts anew on the way."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pytest
from helpers.clips import ClipSpec, Track, make_clip
from helpers.media_checks import read_audio, read_video
from numpy.typing import NDArray

from vidclf.files.staging import Staging
from vidclf.sinks.audio.clock import TrackClock
from vidclf.sinks.audio.picture_clock import PictureClock
from vidclf.sinks.audio.track_report import TrackReport
from vidclf.sinks.audio.track_writer import open_copier
from vidclf.sinks.audio.tracks import Original
from vidclf.sinks.container_formats import MP4
from vidclf.sinks.video import VideoSink
from vidclf.sources import open_source

PART = ClipSpec(frames=48, tracks=[Track(codec="mp2", hertz=1000)])


def joined(folder: Path, *parts: ClipSpec) -> Path:
    made = [make_clip(folder / f"{n}.ts", part).read_bytes() for n, part in enumerate(parts)]
    (folder / "joined.ts").write_bytes(b"".join(made))
    return folder / "joined.ts"


def rewritten(path: Path, target: Path) -> Path:
    """The clip's own frames with its sound, as the whole program writes them."""
    with (
        open_source(path) as source,
        VideoSink(
            target, info=source.info, original=Original(name=path.name, open=source.reopen)
        ) as sink,
    ):
        for frame in source.frames():
            sink.write(frame, frame.picture.rgb())
    return target


def _loud(samples: av.AudioFrame) -> NDArray[np.intp]:
    return np.flatnonzero(abs(samples.to_ndarray()[0]) > 0.02)


def sounds(path: Path) -> list[float]:
    """When each stretch of sound begins, on the file's own clock."""
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=48000)
        heard = np.concatenate(
            [
                float(out.pts * out.time_base) + _loud(out) / 48_000
                for frame in container.decode(audio=0)
                for out in resampler.resample(frame)
            ]
        )
    return heard[np.r_[0, np.flatnonzero(np.diff(heard) > 0.05) + 1]].tolist()


@pytest.mark.parametrize("codec", ["aac", "mp2", "ac3"])
@pytest.mark.parametrize("name", ["out.mp4", "out.webm"])
def test_sound_of_every_part_is_there_and_goes_on(codec: str, name: str, tmp_path: Path) -> None:
    part = replace(PART, tracks=[Track(codec=codec)])
    clip = joined(tmp_path, part, part, part)
    rewritten(clip, tmp_path / name)
    (track,) = read_audio(tmp_path / name)
    steps = [float(after - before) for before, after in pairwise(track.seconds)]
    assert track.seconds[-1] - track.seconds[0] == pytest.approx(6, abs=0.06)
    assert min(steps) > 0.01
    assert max(steps) < 0.06


@pytest.mark.parametrize("codec", ["ac3", "mp2"])
@pytest.mark.parametrize("name", ["out.mp4", "out.webm"])
def test_each_part_keeps_its_sound_in_step_with_its_pictures(
    codec: str, name: str, tmp_path: Path
) -> None:
    short = replace(PART, tracks=[Track(codec=codec, seconds=0.6)])
    clip = joined(tmp_path, *(replace(short, frames=frames) for frames in (48, 30, 48)))
    rewritten(clip, tmp_path / name)
    first = read_video(tmp_path / name).seconds[0]
    pictures = [float(first + Fraction(frames, 24)) for frames in (0, 48, 78)]
    behind = [start - seen for start, seen in zip(sounds(tmp_path / name), pictures, strict=True)]
    before = sounds(tmp_path / "0.ts")[0] - float(read_video(tmp_path / "0.ts").seconds[0])
    assert behind == pytest.approx([before] * 3, abs=0.012)


def test_packets_that_overlap_the_next_part_are_told_in_one_line_with_the_final_name(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    long = replace(PART, tracks=[Track(codec="mp2", seconds=2.72), Track(codec="aac")])
    with caplog.at_level(logging.WARNING), Staging() as staging:
        temporary = staging.add(tmp_path / "out.mp4")
        rewritten(joined(tmp_path, long, long, long), temporary)
    (told,) = [line for line in caplog.messages if "track 1" in line]
    match = re.fullmatch(r"(\d+) audio packets of .* in (.*) \(the first at ([\d.]+) s: .*\)", told)
    assert match
    assert int(match[1]) == pytest.approx(2 * 0.72 / 0.024, abs=4)
    assert match[2] == str(tmp_path / "out.mp4")
    assert float(match[3]) == pytest.approx(2.08, abs=0.03)
    assert len(caplog.messages) <= 2


def test_a_change_of_the_sample_rate_between_parts_is_heard_on(tmp_path: Path) -> None:
    parts = [replace(PART, tracks=[Track(codec="mp2", rate=rate)]) for rate in (48000, 44100)]
    rewritten(joined(tmp_path, *parts), tmp_path / "out.mp4")
    (track,) = read_audio(tmp_path / "out.mp4")
    assert track.seconds[-1] - track.seconds[0] == pytest.approx(4, abs=0.06)


def packet(stamp: int, *, position: int = -1, duration: int = 40) -> Any:
    """What the clocks look at in a packet, in milliseconds."""
    return SimpleNamespace(
        pts=stamp, dts=stamp, duration=duration, pos=position, time_base=Fraction(1, 1000)
    )


def track_clock(pictures: PictureClock, **usual: Any) -> TrackClock:
    """The clock of a track whose packets are made by `packet`."""
    return TrackClock(pictures=pictures, time_base=Fraction(1, 1000), **usual)


def placed(track: TrackClock, stamps: Iterable[int | tuple[int, int]]) -> list[int]:
    made = []
    for stamp in stamps:
        time, position = stamp if isinstance(stamp, tuple) else (stamp, -1)
        each = packet(time, position=position)
        if track.place(each):
            made.append(each.dts)
    return made


def pictures(*stamps: tuple[int, int]) -> PictureClock:
    """The clock of pictures of 40 ms at these times and places in the file."""
    clock = PictureClock(Fraction(25))
    for time, position in stamps:
        clock.see(packet(time, position=position))
    return clock


def test_without_a_restart_every_stamp_is_kept() -> None:
    track = track_clock(pictures((0, 1), (40, 2), (80, 3)))
    assert placed(track, [0, 40, 90, 5000, 4960]) == [0, 40, 90, 5000, 4960]


def test_a_track_that_restarts_alone_goes_on_where_it_ended() -> None:
    track = track_clock(pictures((0, 1)))
    assert placed(track, [8000, 8040, 0, 40]) == [8000, 8040, 8080, 8120]


def test_sound_moves_as_far_as_the_pictures() -> None:
    track = track_clock(pictures((8000, 1), (8040, 5), (100, 9), (140, 12)))
    assert placed(track, [8010, 8050, 110, 150]) == [8010, 8050, 8090, 8130]


def test_a_part_is_told_by_its_place_in_the_file_where_stamps_do_not_fall_back() -> None:
    track = track_clock(pictures((500, 1), (4000, 5), (100, 9), (140, 12)))
    assert placed(track, [(510, 2), (600, 10), (640, 11)]) == [510, 4540, 4580]


def test_sound_behind_its_own_pictures_gives_way_to_the_next_part() -> None:
    track = track_clock(pictures((8000, 1), (8040, 5), (0, 9), (40, 12)))
    assert placed(track, [8000, 8040, 8080, 8120, 5, 45]) == [8000, 8040, 8085, 8125]
    assert track.pictures.shift_seconds(1) == Fraction(8080, 1000)


def test_b_frames_of_a_slow_clip_are_no_restart() -> None:
    clock = PictureClock(Fraction(1))
    for number, time in enumerate([0, 4000, 2000, 1000, 3000]):
        clock.see(SimpleNamespace(**vars(packet(time, duration=1000)) | {"dts": 1000 * number}))
    assert len(clock.parts) == 1


def test_a_track_that_begins_in_the_second_part_moves_with_it() -> None:
    track = track_clock(pictures((8000, 1), (8040, 5), (100, 9), (140, 12)))
    assert placed(track, [(110, 10), (150, 13)]) == [8090, 8130]


@pytest.mark.parametrize(
    ("pts", "dts", "made"),
    [(None, None, (60, 60)), (90, None, (90, 90)), (None, 90, (90, 90)), (95, 90, (95, 90))],
)
def test_a_missing_time_comes_from_the_other_one_or_the_packet_before(
    pts: int | None, dts: int | None, made: tuple[int, int]
) -> None:
    track, second = track_clock(pictures((0, 1))), packet(0)
    second.pts, second.dts = pts, dts
    track.place(packet(20))
    track.place(second)
    assert (second.pts, second.dts) == made


def test_a_packet_without_a_duration_lasts_as_long_as_the_one_before() -> None:
    track, last = track_clock(pictures((0, 1))), packet(21, duration=0)
    assert (track.place(packet(0, duration=0)), track.place(last)) == (True, True)
    assert last.duration == 21


def test_timestamps_that_run_backwards_are_mended(tmp_path: Path) -> None:
    made = make_clip(tmp_path / "in.mp4", ClipSpec(tracks=[Track()]))
    stamps = (0, 1024, 1000, 1024, 2048)
    with av.open(str(made)) as source, av.open(str(tmp_path / "out.mp4"), "w") as output:
        stream = source.streams.audio[0]
        writer = open_copier(stream, output, MP4, report=TrackReport())
        mended = []
        for packet, ticks in zip(source.demux(stream), stamps, strict=False):
            packet.pts = packet.dts = ticks
            mended += [(one.pts, one.dts) for one in writer.write(packet)]
    assert mended == [(ticks, ticks) for ticks in (0, 1024, 1025, 1026, 2048)]


def test_a_part_whose_pictures_leap_but_go_on_is_no_part() -> None:
    clock = pictures((0, 1), (40, 2), (11_930_000, 3), (120, 4), (160, 5), (200, 6))
    assert [float(part.end_seconds) for part in clock.parts] == [0.24]


def test_pictures_that_leap_and_stay_there_begin_anew_when_they_fall_back() -> None:
    clock = pictures((0, 1), (40, 2), (60_000, 3), (60_040, 4), (100, 5), (140, 6), (180, 7))
    assert [float(part.end_seconds) for part in clock.parts] == [60.08, 0.22]


@pytest.mark.parametrize(
    ("stamps", "made"),
    [
        ([0, 40, 7_200_000, 120, 160], [0, 40, 80, 120, 160]),
        ([9000, 9040, 40, 9120, 9160], [9000, 9040, 9080, 9120, 9160]),
        ([0, 40, 7_200_000, 7_200_040, 160], [0, 40, 80, 120, 160]),
        ([7_200_000, 40, 80], [0, 40, 80]),
        ([0, 40, 7_200_000, 7_200_040], [0, 40, 7_200_000, 7_200_040]),
    ],
    ids=["ahead", "back", "two", "first", "a pause"],
)
def test_packets_far_off_stand_in_line_if_sound_goes_on_behind_them(
    stamps: list[int], made: list[int]
) -> None:
    packets, track = [packet(stamp) for stamp in stamps], track_clock(pictures())
    for number, each in enumerate(packets):
        track.mend(each, packets[number + 1 :])
        track.place(each)
    assert [each.dts for each in packets] == made


def test_a_packet_far_off_whose_pictures_start_anew_is_believed() -> None:
    clock = pictures((0, 1), (60_000, 2), (60_040, 3), (80, 4), (120, 5), (160, 6))
    track = track_clock(clock)
    track.place(packet(0))
    assert not track.mend(packet(60_000), [packet(80)])


def test_a_duration_of_an_hour_is_not_believed() -> None:
    each = packet(0, duration=3_600_000)
    track_clock(pictures(), usual_seconds=Fraction(1, 50)).place(each)
    assert each.duration == 20


def test_uncompressed_samples_last_as_long_as_they_are_many() -> None:
    each = SimpleNamespace(**vars(packet(0, duration=1600)) | {"size": 96})
    track_clock(pictures(), bytes_per_second=9600).place(each)
    assert each.duration == 40
