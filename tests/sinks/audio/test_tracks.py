"""The original's sound: the same packets at the same times where the file can hold them."""

from __future__ import annotations

import logging
import re
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from helpers.clips import ClipSpec, Track, make_clip
from helpers.media_checks import (
    ReadTrack,
    clip_info,
    decoded_audio,
    read_audio,
    read_video,
    write_numbered,
)

from vidclf.core.ffmpeg import open_media
from vidclf.sinks.audio.tracks import Original
from vidclf.sinks.video import VideoSink


def carried(
    source: Path, target: Path, *, pts: range = range(48), from_zero: bool = False, **original: Any
) -> list[ReadTrack]:
    """The audio of `target`, a new video with the sound of `source`."""
    info = clip_info()
    sound = Original(name=source.name, open=partial(open_media, source), **original)
    with VideoSink(target, info=info, original=sound, from_zero=from_zero) as sink:
        write_numbered(sink, info=info, pts=pts, last_duration=1)
    return read_audio(target)


def clip_with(path: Path, *tracks: Track) -> Path:
    return make_clip(path, ClipSpec(frames=48, tracks=tracks))


@pytest.mark.parametrize(
    ("codec", "source", "target"),
    [
        (Track(codec="aac"), "in.mp4", "out.mp4"),
        (Track(codec="aac", rate=44100, layout="mono"), "in.mp4", "out.mp4"),
        (Track(codec="aac", layout="5.1"), "in.mp4", "out.mp4"),
        (Track(codec="aac"), "in.mkv", "out.mp4"),
        (Track(codec="libmp3lame"), "in.mp4", "out.mp4"),
        (Track(codec="libmp3lame"), "in.avi", "out.mp4"),
        (Track(codec="ac3"), "in.mp4", "out.mp4"),
        (Track(codec="eac3"), "in.mkv", "out.mp4"),
        (Track(codec="libopus"), "in.mkv", "out.mp4"),
        (Track(codec="libopus"), "in.mkv", "out.webm"),
        (Track(codec="flac"), "in.mkv", "out.mp4"),
        (Track(codec="alac"), "in.mov", "out.mp4"),
    ],
    ids=lambda value: getattr(value, "codec", value),
)
def test_packets_and_their_times_are_copied(
    codec: Track, source: str, target: str, tmp_path: Path
) -> None:
    made = clip_with(tmp_path / source, codec)
    (before,), (after,) = read_audio(made), carried(made, tmp_path / target)
    assert (after.codec, after.channels) == (before.codec, before.channels)
    assert after.packets == before.packets
    assert after.seconds == before.seconds


def test_vorbis_is_copied_to_webm_and_encoded_for_mp4(tmp_path: Path) -> None:
    made = _vorbis_clip(tmp_path / "in.mkv")
    (before,) = read_audio(made)
    assert carried(made, tmp_path / "out.webm")[0].packets == before.packets
    assert carried(made, tmp_path / "out.mp4")[0].codec == "aac"


def _vorbis_clip(path: Path) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("vorbis", rate=48000, options={"strict": "experimental"})
        wave = np.sin(np.arange(48000) / 20).astype(np.float32) / 5
        frame = av.AudioFrame.from_ndarray(np.stack([wave, wave]), format="fltp", layout="stereo")
        frame.rate, frame.pts = 48000, 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize(
    ("track", "source", "target", "codec", "channels"),
    [
        (Track(codec="pcm_s16le"), "in.mov", "out.mp4", "aac", 2),
        (Track(codec="pcm_s16le", rate=44100, layout="mono"), "in.avi", "out.mp4", "aac", 1),
        (Track(codec="pcm_s16le", layout="5.1"), "in.mov", "out.mp4", "aac", 6),
        (Track(codec="pcm_s16le", rate=9000, layout="mono"), "in.avi", "out.mp4", "aac", 1),
        (Track(codec="mp2"), "in.mkv", "out.mp4", "aac", 2),
        (Track(codec="aac"), "in.mp4", "out.webm", "opus", 2),
        (Track(codec="aac", rate=44100, layout="5.1"), "in.mp4", "out.webm", "opus", 6),
    ],
)
def test_other_audio_is_encoded_in_step(
    track: Track, source: str, target: str, codec: str, channels: int, tmp_path: Path
) -> None:
    made = clip_with(tmp_path / source, track)
    (after,) = carried(made, tmp_path / target)
    assert (after.codec, after.channels) == (codec, channels)
    before_wave, before_start = decoded_audio(made)
    wave, start = decoded_audio(tmp_path / target)
    size = 24_000
    assert start == pytest.approx(before_start, abs=0.02)
    assert len(wave) == pytest.approx(len(before_wave), abs=4800)
    assert abs(_lag(before_wave[:size], wave[:size]) / 48_000 + start - before_start) < 0.001


def _lag(before: np.ndarray, after: np.ndarray) -> int:
    """By how many samples `after` comes later, up to half a period of 440 Hz."""
    middle = before[1000:-1000]
    overlap = [float(middle @ after[1000 + lag : lag - 1000]) for lag in range(-54, 54)]
    return int(np.argmax(overlap)) - 54


def test_all_tracks_keep_their_language_and_which_one_is_the_default(tmp_path: Path) -> None:
    made = tmp_path / "in.mkv"
    plain = clip_with(tmp_path / "plain.mkv", Track(), Track(hertz=880))
    with av.open(str(plain)) as source, av.open(str(made), "w") as output:
        targets = [output.add_stream_from_template(s) for s in source.streams.audio]
        for stream, language, disposition in zip(targets, ("deu", "fra"), (0, 1), strict=True):
            stream.metadata["language"] = language
            stream.disposition = disposition
        for packet in source.demux(*source.streams.audio):
            if packet.size:
                packet.stream = targets[packet.stream_index - 1]
                output.mux(packet)
    after = carried(made, tmp_path / "out.mp4")
    assert [(t.language, t.is_default) for t in after] == [("deu", False), ("fra", True)]
    assert [t.packets for t in after] == [t.packets for t in read_audio(made)]


def test_title_and_creation_time_are_kept(tmp_path: Path) -> None:
    made = tmp_path / "in.mp4"
    with av.open(str(clip_with(tmp_path / "a.mp4"))) as source, av.open(str(made), "w") as output:
        output.metadata.update(title="Geese", creation_time="2019-12-20T20:08:34.000000Z")
        target = output.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = target
                output.mux(packet)
    carried(made, tmp_path / "out.mp4")
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert container.metadata["title"] == "Geese"
        assert container.metadata["creation_time"] == "2019-12-20T20:08:34.000000Z"


@pytest.mark.parametrize("name", ["out.mp4", "out.webm"])
def test_a_cut_takes_only_the_packets_within_it_and_keeps_in_step(
    name: str, tmp_path: Path
) -> None:
    made = clip_with(tmp_path / "in.mkv", Track(codec="libopus"))
    end = Fraction(36, 24)
    (before,) = read_audio(made)
    (after,) = carried(made, tmp_path / name, pts=range(12, 36), from_zero=True, end_seconds=end)
    within = [
        (seconds, packet)
        for seconds, packet in zip(before.seconds, before.packets, strict=True)
        if seconds + Fraction(1, 50) > Fraction(1, 2) and seconds < end
    ]
    assert after.packets == [packet for _, packet in within]
    assert after.seconds == [seconds - Fraction(1, 2) for seconds, _ in within]
    assert read_video(tmp_path / name).seconds[0] == 0


@pytest.mark.parametrize("first", [5, 7, 10])
def test_a_cut_of_an_avi_that_counts_in_whole_packets_is_in_step(
    first: int, tmp_path: Path
) -> None:
    made = clip_with(tmp_path / "in.avi", Track(codec="libmp3lame", rate=16_000, layout="mono"))
    (before,) = read_audio(made)
    (after,) = carried(made, tmp_path / "out.mp4", pts=range(first, 48), from_zero=True)
    place = before.packets.index(after.packets[0])
    assert after.packets == before.packets[place:]
    for seconds, now in zip(before.seconds[place:], after.seconds, strict=True):
        assert abs(seconds - Fraction(first, 24) - now) <= Fraction(1, 16_000)


def test_sound_can_end_with_the_last_picture(tmp_path: Path) -> None:
    made = clip_with(tmp_path / "in.mkv", Track(codec="libopus"))
    (before,) = read_audio(made)
    (after,) = carried(made, tmp_path / "out.mp4", pts=range(30), ends_with_pictures=True)
    assert after.seconds == [seconds for seconds in before.seconds if seconds < Fraction(30, 24)]


def test_encoded_audio_is_cut_alike(tmp_path: Path) -> None:
    made = clip_with(tmp_path / "in.mov", Track(codec="pcm_s16le"))
    carried(
        made,
        tmp_path / "out.mp4",
        pts=range(12, 36),
        from_zero=True,
        end_seconds=Fraction(36, 24),
    )
    wave, start = decoded_audio(tmp_path / "out.mp4")
    assert start + len(wave) / 48_000 == pytest.approx(1.0, abs=0.05)


def test_sound_can_be_left_out(tmp_path: Path) -> None:
    made = clip_with(tmp_path / "in.mp4", Track())
    assert carried(made, tmp_path / "out.mp4", audio=False) == []


def test_a_source_without_sound_gives_none(tmp_path: Path) -> None:
    assert carried(clip_with(tmp_path / "in.mp4"), tmp_path / "out.mp4") == []


def test_an_original_that_cannot_be_read_costs_the_sound_only(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "in.mp4").write_bytes(b"no clip at all")
    with caplog.at_level(logging.WARNING):
        assert carried(tmp_path / "in.mp4", tmp_path / "out.mp4") == []
    assert "in.mp4 gives no audio (Invalid data found" in caplog.text
    assert len(read_video(tmp_path / "out.mp4").numbers) == 48


def test_an_original_without_sound_that_cannot_be_read_is_no_news(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "in.apng").write_bytes(b"no clip at all")
    carried(tmp_path / "in.apng", tmp_path / "out.mp4", audio=False)
    assert not caplog.records


@pytest.mark.parametrize(
    "playlist",
    [
        "ffconcat version 1.0\nfile secret.mkv\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nsecret.ts\n#EXT-X-ENDLIST\n",
    ],
)
def test_a_playlist_cannot_reach_other_files(playlist: str, tmp_path: Path) -> None:
    clip_with(tmp_path / "secret.mkv", Track())
    clip_with(tmp_path / "secret.ts", Track())
    (tmp_path / "in.mp4").write_text(playlist)
    assert carried(tmp_path / "in.mp4", tmp_path / "out.mp4") == []


def test_sound_that_ends_early_costs_no_picture(tmp_path: Path) -> None:
    made = clip_with(tmp_path / "in.mkv", Track(codec="libopus"))
    whole = made.read_bytes()
    made.write_bytes(whole[: len(whole) // 2])
    (after,) = carried(made, tmp_path / "out.mp4")
    assert 10 < len(after.packets) < 100
    assert len(read_video(tmp_path / "out.mp4").numbers) == 48


def test_damaged_packets_cost_no_picture(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    made = clip_with(tmp_path / "in.mp4", Track())
    data = bytearray(made.read_bytes())
    with av.open(str(made)) as container:
        places = [p.pos for p in container.demux(audio=0) if p.size][20:30]
    for place in places:
        data[place : place + 40] = b"\xff" * 40
    made.write_bytes(data)
    with caplog.at_level(logging.WARNING):
        (after,) = carried(made, tmp_path / "out.webm")
    assert re.fullmatch(
        r"\d+ audio packets of track 1 could not be kept in \S+/out\.webm "
        r"\(the first at 0\.\d\d\d s: does not decode\)",
        caplog.messages[0],
    )
    assert len(caplog.messages) == 1
    assert after.seconds[-1] > 1.8
    assert len(read_video(tmp_path / "out.webm").numbers) == 48
