"""Tracks that begin late: in time in every player, each frame and sample where it was."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import partial
from pathlib import Path

import av
import pytest
from helpers.clips import ClipSpec, Track, make_clip
from helpers.firefox import play_in_firefox
from helpers.media_checks import clip_info, read_audio, read_video, write_numbered

from vidclf.core.ffmpeg import open_media
from vidclf.sinks.audio.tracks import Original
from vidclf.sinks.late_tracks import align_late_tracks
from vidclf.sinks.subtitle_copy import Cue, write_subtitled
from vidclf.sinks.video import VideoSink

SOUND = Track(rate=44_100, layout="mono", seconds=0.5)
LATE_SOUND = Track(rate=44_100, layout="mono", seconds=0.5, start_seconds=0.3)
TICKS = 45_158_400
"""Per second: the least common multiple of 12,288 for the pictures, and 44,100 for the sound."""


def written(path: Path, *tracks: Track, first_frame: int = 0) -> Path:
    """Twelve frames at 24 frames/s, beside the sound of another clip."""
    made = make_clip(path.with_suffix(".mkv"), ClipSpec(frames=12, tracks=tracks))
    sound = Original(name="made", open=partial(open_media, made))
    info = clip_info()
    with VideoSink(path, info=info, original=sound) as sink:
        write_numbered(sink, info=info, pts=range(first_frame, first_frame + 12), last_duration=1)
    return path


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Files with one late track, with two, and a copy with subtitles."""
    folder = tmp_path_factory.mktemp("late")
    sound = written(folder / "sound.mp4", LATE_SOUND)
    write_subtitled(folder / "copy.mp4", sound, [Cue(start=100, end=200, text="x")], title="Labels")
    return {
        "sound": sound,
        "pictures": written(folder / "pictures.mp4", SOUND, first_frame=9),
        "both": written(folder / "both.mp4", LATE_SOUND, first_frame=9),
        "copy": folder / "copy.mp4",
    }


def copied(source: Path, target: Path, *, sound_seconds: Sequence[float] = ()) -> Path:
    """A copy as FFmpeg writes it, its first packets of sound at times of their own."""
    options = {"movflags": "+faststart", "movie_timescale": str(TICKS)}
    with av.open(str(source)) as clip, av.open(str(target), "w", container_options=options) as out:
        targets = {s.index: out.add_stream_from_template(s) for s in clip.streams}
        moments = iter(sound_seconds)
        for packet in clip.demux():
            packet.stream = targets[packet.stream_index]
            if packet.stream.type == "audio" and (moment := next(moments, None)) is not None:
                packet.pts = packet.dts = round(moment / packet.time_base)
            elif packet.stream.type == "audio" and sound_seconds:
                continue
            if packet.size:
                out.mux(packet)
    return target


def packets(path: Path) -> list[tuple[str, Fraction, Fraction, bytes]]:
    """All there is of each packet."""
    with av.open(str(path)) as file:
        return sorted(
            (p.stream.type, p.pts * p.time_base, p.dts * p.time_base, bytes(p))
            for p in file.demux()
            if p.size
        )


def test_each_packet_stays_where_it_is(files: dict[str, Path], tmp_path: Path) -> None:
    path = copied(files["both"], tmp_path / "a.mp4")
    before = packets(path)
    align_late_tracks(path)
    assert packets(path) == before


def test_an_index_that_must_grow_moves_the_media(files: dict[str, Path], tmp_path: Path) -> None:
    path = copied(files["both"], tmp_path / "a.mp4", sound_seconds=[0.3, 80, 160])
    before, size = packets(path), path.stat().st_size
    align_late_tracks(path)
    assert path.stat().st_size == size + 12  # `mdhd` holds the length in 64 bits now
    assert packets(path) == before


def test_what_the_numbers_of_a_file_cannot_hold_is_left_alone(
    files: dict[str, Path], tmp_path: Path
) -> None:
    path = copied(files["both"], tmp_path / "a.mp4", sound_seconds=[0.3, 100])
    before = path.read_bytes()
    align_late_tracks(path)
    assert path.read_bytes() == before


def test_firefox_plays_late_tracks_in_time(files: dict[str, Path]) -> None:
    expected = []
    for path in files.values():
        video, (sound,) = read_video(path), read_audio(path)
        start = max(0, min(video.seconds[0], sound.seconds[0]))
        end = max(video.seconds[-1] + Fraction(1, 24), sound.seconds[-1] + Fraction(1024, 44_100))
        expected.append((float(video.seconds[0] - start), float(end - start)))
    for played, (first, end) in zip(play_in_firefox([*files.values()]), expected, strict=True):
        assert played.first_frame_seconds == pytest.approx(first, abs=0.001)
        assert played.duration_seconds == pytest.approx(end, abs=0.03)
        assert played.end_seconds == played.duration_seconds


def test_a_file_without_an_index_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "sound.mp4"
    path.write_bytes(b"\0\0\0\x10ftypisom\0\0\2\0")
    before = path.read_bytes()
    align_late_tracks(path)
    assert path.read_bytes() == before
