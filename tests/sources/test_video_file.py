"""Video files: streams, headers, orientation, and what is no video."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import pytest
from av.stream import Disposition
from helpers.clips import ClipSpec, Track, display_matrix, make_clip, numbered_picture, read_number

from vidclf.core.frames import Frame
from vidclf.errors import SourceError
from vidclf.sources import ClipLocation, Source, open_source
from vidclf.sources.orientation import Orientation, orientation_of_matrix
from vidclf.sources.video_file import VideoSource


def read(path: Path) -> tuple[Source, list[Frame]]:
    with open_source(path) as source:
        return source, list(source.frames())


def numbers(frames: list[Frame]) -> list[int]:
    return [read_number(frame.picture.rgb()) for frame in frames]


# ---- header and streams ----


def test_info_tells_what_the_file_is(tmp_path: Path) -> None:
    spec = ClipSpec(rate=Fraction(30000, 1001), pixel_aspect=Fraction(64, 51), tracks=[Track()])
    info = open_source(make_clip(tmp_path / "clip.mp4", spec)).info
    assert (info.width, info.height, info.pixel_aspect) == (192, 144, Fraction(64, 51))
    assert (info.frame_rate, info.frame_count) == (Fraction(30000, 1001), 24)
    assert info.duration_seconds == pytest.approx(24 * 1001 / 30000, abs=1e-3)
    assert (info.codec, info.pixel_format, info.has_audio) == ("h264", "yuv420p", True)


def test_start_time_is_kept(tmp_path: Path) -> None:
    source, frames = read(make_clip(tmp_path / "clip.ts"))
    assert source.info.start_seconds > 0
    assert frames[0].pts_seconds == source.info.start_seconds


def test_variable_rate_is_kept_exactly(tmp_path: Path) -> None:
    pts = [0, 33, 66, 1200, 1233, 1234, 9000]
    spec = ClipSpec(time_base=Fraction(1, 1000), pts=pts)
    _, frames = read(make_clip(tmp_path / "clip.mkv", spec))
    assert [frame.pts * frame.time_base for frame in frames] == [Fraction(p, 1000) for p in pts]


def test_live_recording_has_no_duration(tmp_path: Path) -> None:
    source, frames = read(make_clip(tmp_path / "clip.mkv", ClipSpec(mux_options={"live": "1"})))
    assert source.info.duration_seconds is None
    assert source.info.frame_count is None
    assert len(frames) == 24


def test_stream_without_stamps_gets_its_own_rate(tmp_path: Path) -> None:
    source, frames = read(make_clip(tmp_path / "clip.h264", ClipSpec(rate=Fraction(30000, 1001))))
    assert source.info.frame_rate == Fraction(30000, 1001)
    assert source.report.timestamps_repaired == 24
    assert frames[23].pts * frames[23].time_base == Fraction(23 * 1001, 30000)


def test_tiny_clip(tmp_path: Path) -> None:
    _, frames = read(make_clip(tmp_path / "clip.mp4", ClipSpec(width=16, height=16)))
    assert len(frames) == 24
    assert frames[0].picture.rgb().shape == (16, 16, 3)


def test_edit_list_hides_frames_without_loss(tmp_path: Path) -> None:
    spec = ClipSpec(pts=range(-6, 18))  # the muxer writes an edit list for what lies before 0
    source, frames = read(make_clip(tmp_path / "clip.mp4", spec))
    assert numbers(frames) == list(range(6, 24))
    assert (source.report.packets_read, source.report.packets_lost) == (24, 0)


def test_name_like_an_address_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    make_clip(tmp_path / "clip.mp4").rename(tmp_path / "http:clip.mp4")
    assert len(read(Path("http:clip.mp4"))[1]) == 24


def test_metadata_that_is_not_utf8_is_noted(tmp_path: Path) -> None:
    path = write_videos(tmp_path / "clip.mkv", Part(), artist="QQQQ")
    path.write_bytes(path.read_bytes().replace(b"QQQQ", b"\xe9t\xe9Q"))
    source, frames = read(path)
    assert len(frames) == 3
    assert source.report.notes == ["metadata is not UTF-8; the unreadable characters are replaced"]


@dataclass(frozen=True, kw_only=True)
class Part:
    """One video stream of a file with several."""

    frames: int = 3
    first: int = 0
    width: int = 192
    disposition: Disposition | None = None


def write_videos(path: Path, *parts: Part, artist: str = "") -> Path:
    with av.open(str(path), "w") as container:
        container.metadata["artist"] = artist
        streams = [add_video(container, part) for part in parts]
        for part, stream in zip(parts, streams, strict=True):
            for number in range(part.first, part.first + part.frames):
                picture = numbered_picture(number, width=part.width)
                frame = av.VideoFrame.from_ndarray(picture).reformat(format="yuvj420p")
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
    return path


def add_video(container: av.container.OutputContainer, part: Part) -> av.VideoStream:
    stream = container.add_stream("mjpeg", rate=24)
    stream.width, stream.height, stream.pix_fmt = part.width, 144, "yuvj420p"
    if part.disposition is not None:
        stream.disposition = part.disposition
    return stream


def write_sound_with_cover(container: av.container.OutputContainer) -> None:
    sound = container.add_stream("libmp3lame", rate=44100)
    cover = container.add_stream("mjpeg", rate=1)
    cover.width, cover.height, cover.pix_fmt = 64, 64, "yuvj420p"
    cover.disposition = Disposition.attached_pic
    container.mux(cover.encode(av.VideoFrame(64, 64, "yuvj420p")))
    frame = av.AudioFrame(format="s16p", layout="stereo", samples=1152)
    for plane in frame.planes:
        plane.update(bytes(plane.buffer_size))
    frame.rate, frame.pts = 44100, 0
    container.mux(sound.encode(frame))
    container.mux(sound.encode(None))


def test_fullest_of_several_video_streams_is_read(tmp_path: Path) -> None:
    default = Disposition.default
    parts = Part(width=96, disposition=default), Part(first=5, disposition=default)
    path = write_videos(tmp_path / "clip.mp4", *parts)
    source, frames = read(path)
    assert numbers(frames) == [5, 6, 7]
    assert source.info.stream_index == 1
    assert source.report.notes == ["2 video streams; stream 1 (192x144) is read"]


def test_default_stream_goes_before_a_larger_one(tmp_path: Path) -> None:
    large = Part(disposition=Disposition(0))
    marked = Part(width=96, disposition=Disposition.default)
    assert read(write_videos(tmp_path / "clip.mkv", large, marked))[0].info.width == 96


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
@pytest.mark.parametrize("order", [1, -1])
def test_the_choice_is_ffmpegs(tmp_path: Path, suffix: str, order: int) -> None:
    parts = [Part(frames=9, width=96), Part(frames=3, width=480), Part(frames=12, width=192)]
    path = write_videos(tmp_path / f"clip.{suffix}", *parts[::order])
    with av.open(str(path)) as container, open_source(path) as source:
        best = container.streams.best("video")
        assert best is not None
        assert source.info.stream_index == best.index


def test_cover_picture_is_not_the_clip(tmp_path: Path) -> None:
    cover = Part(frames=1, width=640, disposition=Disposition.attached_pic)
    source, frames = read(write_videos(tmp_path / "clip.mp4", Part(), cover))
    assert (source.info.width, len(frames), source.report.notes) == (192, 3, [])


def test_sound_with_a_cover_is_not_a_clip(tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    with av.open(str(path), "w") as container:
        write_sound_with_cover(container)
    with pytest.raises(SourceError, match=r"song\.mp3: has no video stream"):
        open_source(path)


def test_codec_without_a_decoder_is_named(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.mp4")
    path.write_bytes(path.read_bytes().replace(b"avc1", b"zzzz"))
    with pytest.raises(SourceError, match=r"its video is in codec zzzz, which .* cannot decode"):
        open_source(path)


def test_codec_that_is_not_told_is_damage(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.mp4")
    path.write_bytes(path.read_bytes().replace(b"avc1", bytes(4)))
    with pytest.raises(SourceError, match=r"does not tell the codec of its video; it is damaged"):
        open_source(path)


# ---- files that are no clips ----


@pytest.mark.parametrize("name", ["list.m3u8", "list.mp4", "list.txt"])
@pytest.mark.parametrize(
    "text",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nclip.mp4\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile clip.mp4\n",
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"></MPD>',
    ],
    ids=["hls", "concat", "dash"],
)
def test_playlists_are_refused(tmp_path: Path, name: str, text: str) -> None:
    make_clip(tmp_path / "clip.mp4", ClipSpec(frames=2))
    (tmp_path / name).write_text(text)
    with pytest.raises(SourceError, match=r"is a playlist, .* give the video file itself"):
        open_source(tmp_path / name)


def test_text_is_not_a_clip(tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_text("not a clip at all\n" * 50)
    with pytest.raises(SourceError, match=r"clip\.mp4: is not a video that FFmpeg knows"):
        open_source(tmp_path / "clip.mp4")


def test_empty_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").touch()
    with pytest.raises(SourceError, match=r"clip\.mp4: is empty \(0 bytes\)"):
        open_source(tmp_path / "clip.mp4")


def test_folder_is_not_a_video(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="is a folder, where a file is wanted"):
        VideoSource(ClipLocation.of(tmp_path))


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_forbidden_file_is_told() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = make_clip(Path(folder) / "clip.mp4", ClipSpec(frames=2))
        open_source(path)  # imports what root alone may read
        Path(folder).chmod(0o755)
        path.chmod(0)
        with without_roots_rights(), pytest.raises(SourceError, match="no permission to read it"):
            open_source(path)


@contextmanager
def without_roots_rights() -> Iterator[None]:
    """Root may read everything; nobody may not."""
    user = os.geteuid()
    os.seteuid(65534 if user == 0 else user)
    try:
        yield
    finally:
        os.seteuid(user)


# ---- orientation ----

EVERY_WAY = [(turn, flip) for turn in (0, 90, 180, 270) for flip in (False, True)]


@pytest.mark.parametrize(("turn", "flip"), EVERY_WAY)
def test_info_is_upright(tmp_path: Path, turn: int, flip: bool) -> None:
    spec = ClipSpec(frames=2, rotation=turn, mirrored=flip, pixel_aspect=Fraction(4, 3))
    info = open_source(make_clip(tmp_path / "clip.mp4", spec)).info
    assert (info.rotation, info.mirrored) == (turn, flip)
    if turn % 180:
        assert (info.width, info.height, info.pixel_aspect) == (144, 192, Fraction(3, 4))
    else:
        assert (info.width, info.height, info.pixel_aspect) == (192, 144, Fraction(4, 3))


@pytest.mark.parametrize(("turn", "flip"), EVERY_WAY)
def test_matrix_is_read_as_ffmpeg_writes_it(tmp_path: Path, turn: int, flip: bool) -> None:
    path = tmp_path / "clip.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=24)
        stream.width, stream.height = 32, 32
        stream.set_display_rotation(-turn, hflip=flip)
        container.mux(stream.encode(av.VideoFrame(32, 32, "yuv420p")))
        container.mux(stream.encode(None))
    info = open_source(path).info
    assert (info.rotation, info.mirrored) == (turn, flip)


def test_crooked_matrix_is_taken_to_the_nearest_quarter() -> None:
    nearly_90 = (-2000, 65000, 0, -65000, -2000, 0, 0, 0, 1 << 30)
    assert orientation_of_matrix(nearly_90) == Orientation(rotation=90)


def test_empty_matrix_is_upright() -> None:
    assert orientation_of_matrix((0,) * 9) == Orientation()


def test_helper_agrees_with_itself() -> None:
    assert orientation_of_matrix(tuple(display_matrix(270))) == Orientation(rotation=270)


# ---- a clip that changes on the way ----


def test_change_of_size_is_scaled_and_noted_once(tmp_path: Path) -> None:
    small = make_clip(tmp_path / "a.ts", ClipSpec(frames=6))
    large = make_clip(tmp_path / "b.ts", ClipSpec(frames=6, width=384, height=288))
    path = tmp_path / "joined.ts"
    with path.open("wb") as joined:
        for part in (small, large):
            with part.open("rb") as file:
                shutil.copyfileobj(file, joined)
    source, frames = read(path)
    assert numbers(frames) == [0, 1, 2, 3, 4, 5] * 2
    assert {frame.picture.rgb().shape for frame in frames} == {(144, 192, 3)}
    changed = [note for note in source.report.notes if "384x288" in note]
    assert len(changed) == 1
