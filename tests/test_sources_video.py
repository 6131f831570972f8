"""Video files: streams, headers, damage, orientation."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import av
import pytest
from av.stream import Disposition
from clips import ClipSpec, Track, display_matrix, make_clip, numbered_picture, read_number

from vidclf.errors import NoFramesError, SourceError
from vidclf.frames import Frame
from vidclf.sources import Source, open_source
from vidclf.sources.picture import DecodedPicture
from vidclf.sources.upright import Orientation, orientation_of_matrix
from vidclf.sources.video import VideoSource

B_FRAMES = ClipSpec(frames=40, options={"crf": "16", "g": "12", "bf": "3"})


def read(path: Path) -> tuple[Source, list[Frame]]:
    with open_source(path) as source:
        return source, list(source.frames())


def numbers(frames: list[Frame]) -> list[int]:
    return [read_number(frame.picture.rgb()) for frame in frames]


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


def test_largest_of_several_video_streams_is_read(tmp_path: Path) -> None:
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
    with pytest.raises(SourceError, match="is a folder, where a video file is wanted"):
        VideoSource(tmp_path)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_forbidden_file_is_told(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.mp4", ClipSpec(frames=2))
    path.chmod(0)
    with pytest.raises(SourceError, match="no permission to read it"):
        open_source(path)


# ---- damage ----


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
