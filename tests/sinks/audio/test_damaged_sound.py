"""Sound with wrong times or data: it costs no picture, makes no file of hours, and is told of."""

from __future__ import annotations

import logging
import re
import struct
from fractions import Fraction
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from helpers.clips import ClipSpec, Track, make_clip
from helpers.damaged_sound import (
    with_moved_sound,
    with_stamps_moved,
    with_zeros,
    without_codec_private,
)
from helpers.media_checks import (
    ReadTrack,
    clip_info,
    decoded_audio,
    read_audio,
    read_video,
    write_numbered,
)

from vidclf.core.ffmpeg import open_media
from vidclf.sinks.audio.bounds import TrackBounds
from vidclf.sinks.audio.tracks import Original
from vidclf.sinks.video import VideoSink


@pytest.fixture(autouse=True)
def warnings_are_kept(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)


def carried(
    source: Path, target: Path, *, pts: range = range(24), **original: Any
) -> list[ReadTrack]:
    """The audio of `target`, a new video with the sound of `source`; it has all its pictures."""
    info = clip_info()
    sound = Original(name=source.name, open=partial(open_media, source), **original)
    with VideoSink(target, info=info, original=sound) as sink:
        write_numbered(sink, info=info, pts=pts, last_duration=1)
    assert len(read_video(target).numbers) == len(pts)
    return read_audio(target)


def clip_with(path: Path, *tracks: Track) -> Path:
    return make_clip(path, ClipSpec(frames=24, tracks=tracks))


def second_half_later(path: Path, target: Path, seconds: float) -> Path:
    return with_moved_sound(path, target, lambda time: seconds if time >= 0.5 else 0)


CODECS = ["aac", "pcm_s16le"]
"""One that is copied into MP4, and one that is encoded anew."""


@pytest.mark.parametrize("codec", CODECS)
def test_sound_far_behind_the_last_picture_is_left_out(
    codec: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    made = clip_with(tmp_path / "whole.mkv", Track(codec=codec))
    later = second_half_later(made, tmp_path / "in.mkv", 1800)
    (after,) = carried(later, tmp_path / "out.mp4")
    assert 0.4 < after.seconds[-1] < 0.52
    assert re.fullmatch(
        r"\d+ audio packets of track 1 could not be kept in \S+/out\.mp4 "
        r"\(the first at 1800\.5\d\d s: far behind the last picture\)",
        caplog.messages[0],
    )
    assert len(caplog.messages) == 1


@pytest.mark.parametrize("codec", CODECS)
def test_a_track_that_lies_far_behind_the_pictures_is_left_out(
    codec: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    made = clip_with(tmp_path / "whole.mkv", Track(codec=codec))
    later = with_moved_sound(made, tmp_path / "in.mkv", lambda _: 1800)
    assert carried(later, tmp_path / "out.mp4") == []
    assert "far behind the last picture" in caplog.text


@pytest.mark.parametrize("codec", CODECS)
def test_a_pause_while_pictures_go_on_stays_as_long_as_it_is(codec: str, tmp_path: Path) -> None:
    made = clip_with(tmp_path / "whole.mkv", Track(codec=codec))
    later = second_half_later(made, tmp_path / "in.mkv", 40)
    carried(later, tmp_path / "out.mp4", pts=range(0, 24 * 60, 48))
    for name in ("in.mkv", "out.mp4"):
        wave, start = decoded_audio(tmp_path / name)
        assert start == pytest.approx(0, abs=0.03)
    (after,) = read_audio(tmp_path / "out.mp4")
    assert after.seconds[-1] == pytest.approx(read_audio(later)[0].seconds[-1], abs=0.03)
    if codec == "pcm_s16le":
        loud = np.flatnonzero(abs(wave) > 0.05) / 48_000
        assert loud[np.diff(loud, append=np.inf) > 1][0] == pytest.approx(0.5, abs=0.03)
        assert loud[loud > 1][0] == pytest.approx(40.5, abs=0.03)


@pytest.mark.parametrize("codec", CODECS)
def test_music_that_goes_on_behind_the_last_picture_is_kept(
    codec: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    made = clip_with(tmp_path / "in.mkv", Track(codec=codec, seconds=14))
    (after,) = carried(made, tmp_path / "out.mp4")
    assert after.seconds[-1] == pytest.approx(14, abs=0.05)
    assert not caplog.records


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("seconds", [30, -20])
def test_one_packet_with_a_wrong_time_stands_in_line(
    codec: str, seconds: int, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    spec = ClipSpec(frames=25, rate=Fraction(1), tracks=[Track(codec=codec)])
    made = make_clip(tmp_path / "in.mkv", spec if seconds < 0 else ClipSpec(tracks=spec.tracks))
    number = 1000 if seconds < 0 else 20
    (before,) = read_audio(made)
    with_stamps_moved(made, [number], seconds)
    (after,) = carried(made, tmp_path / "out.mp4", pts=range(0, 600, 24))
    assert after.seconds[-1] == pytest.approx(before.seconds[-1], abs=0.03)
    assert re.match(
        r"1 audio packet of track 1 had timestamps far off those around them \(the first -?\d+\.",
        caplog.messages[0],
    )
    if codec == "aac":
        assert after.packets == before.packets


def test_a_first_packet_with_a_wrong_time_stands_before_the_second(tmp_path: Path) -> None:
    made = clip_with(tmp_path / "in.mkv", Track(codec="pcm_s16le"))
    with_stamps_moved(made, [0], 30)
    (after,) = carried(made, tmp_path / "out.mp4")
    assert float(after.seconds[0]) == pytest.approx(0, abs=0.03)
    assert after.seconds[-1] == pytest.approx(1, abs=0.05)


def test_sound_may_begin_before_the_pictures_but_not_by_much() -> None:
    bounds = TrackBounds(Fraction(1, 1000), sample_rate=48_000, origin_seconds=Fraction(0))
    assert not bounds.is_too_early(SimpleNamespace(dts=-140, duration=40))
    assert bounds.is_too_early(SimpleNamespace(dts=-3_600_040, duration=40))


def test_a_track_of_a_few_samples_a_second_is_left_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    made = clip_with(tmp_path / "in.mkv", Track(codec="pcm_s16le", rate=8000))
    rate = b"\xb5\x88" + struct.pack(">d", 8000)
    made.write_bytes(made.read_bytes().replace(rate, b"\xb5\x88" + struct.pack(">d", 3)))
    assert carried(made, tmp_path / "out.mp4") == []
    assert caplog.messages == ["audio track 1 says it has 3 samples a second, and is left out"]


@pytest.mark.parametrize("is_cut", [False, True])
def test_the_other_track_is_kept_where_one_lies_far_off(is_cut: bool, tmp_path: Path) -> None:
    made = clip_with(tmp_path / "in.mkv", Track(), Track(hertz=880))
    (before, _) = read_audio(made)
    with_stamps_moved(made, range(10, 48), 30)
    (after, late) = carried(made, tmp_path / "out.mp4", ends_with_pictures=is_cut)
    assert after.seconds == before.seconds
    assert late.seconds[-1] < 0.3


@pytest.mark.parametrize(
    ("codec", "kept"), [("libopus", "aac"), ("flac", "aac")], ids=["opus", "flac"]
)
def test_a_track_that_the_file_refuses_is_encoded_anew(
    codec: str, kept: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    made = without_codec_private(clip_with(tmp_path / "in.mkv", Track(codec=codec)))
    (after,) = carried(made, tmp_path / "out.mp4")
    assert after.codec == kept
    assert after.seconds[-1] == pytest.approx(1, abs=0.1)
    assert re.fullmatch(
        r"the sound of track 1 is encoded anew, as mp4 does not take it as it is \(.+\)",
        caplog.messages[0],
    )


def test_a_track_that_is_refused_and_does_not_decode_is_left_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    made = clip_with(tmp_path / "in.mkv", Track(), Track(codec="ac3"))
    with_zeros(made, range(32))
    assert [track.codec for track in carried(made, tmp_path / "out.mp4")] == ["aac"]
    assert caplog.messages == [
        "the sound of track 2 is left out: mp4 does not take it (no whole packet of ac3), nor does "
        "it decode"
    ]


@pytest.mark.parametrize("codec", ["ac3", "eac3"])
def test_packets_that_the_file_refuses_on_the_way_are_left_out_alone(
    codec: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    made = clip_with(tmp_path / "in.mkv", Track(codec=codec))
    (before,) = read_audio(made)
    with_zeros(made, [0, 10, 20])
    (after,) = carried(made, tmp_path / "out.mp4")
    assert after.packets == [p for n, p in enumerate(before.packets) if n not in (0, 10, 20)]
    assert re.match(
        r"3 audio packets of track 1 could not be kept in .* \(the first at -0\.005 s: no whole",
        caplog.messages[0],
    )


def test_damaged_adts_headers_cost_their_packets_only(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    made = clip_with(tmp_path / "in.ts", Track())
    with_zeros(made, [5, 20], size=2)
    (after,) = carried(made, tmp_path / "out.mp4")
    assert after.codec == "aac"
    assert after.seconds[-1] == pytest.approx(1, abs=0.1)
    assert "could not be kept" in caplog.text
