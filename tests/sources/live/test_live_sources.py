"""What holds for live inputs, with real senders."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from helpers.clips import ClipSpec, make_clip, read_number
from helpers.live_senders import live_clip, piped_in, sending_udp, serving_folder
from helpers.rtsp_server import free_port, serving_rtsp

from vidclf.core.frames import Frame
from vidclf.errors import SourceError, UsageError
from vidclf.settings import LiveSettings
from vidclf.sources import Source, open_source
from vidclf.sources.live import source as live_source
from vidclf.sources.live.camera import CameraConnection, CameraSource
from vidclf.sources.live.connection import Connection
from vidclf.sources.location import ClipLocation

FRAMES = 50
ALL = LiveSettings(live="all")


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """50 numbered frames, 2 s."""
    return live_clip(tmp_path_factory.mktemp("live") / "door.mp4", frames=FRAMES)


@pytest.fixture(scope="module")
def long_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """500 numbered frames, 20 s: a sender that is there for as long as it is wanted."""
    return live_clip(tmp_path_factory.mktemp("live") / "street.mp4", frames=500)


class FileCamera(CameraSource):
    """A camera whose device is a file, read by the same calls of OpenCV."""

    device = ""

    def _connect(self) -> Connection:
        connection = CameraConnection(self.path, self.device, settings=self._settings)
        connection.has_ended = True
        return connection


def camera_of(path: Path, settings: LiveSettings = ALL) -> FileCamera:
    kind = type("Camera", (FileCamera,), {"device": str(path)})
    camera: FileCamera = kind(ClipLocation.of("camera:0"), settings=settings)
    return camera


def numbers(frames: list[Frame]) -> list[int]:
    return [read_number(frame.picture.rgb()) for frame in frames]


def some(source: Source, count: int) -> list[Frame]:
    """So many frames, after which it is stopped; what was on its way comes, too."""
    assert isinstance(source, live_source.LiveSource)
    frames = []
    for frame in source.frames():
        frames.append(frame)
        if len(frames) == count:
            source.stop()
    return frames


def check_contract(frames: list[Frame]) -> None:
    """Frames come once each, in order, their indexes without a gap, their times rising."""
    found = numbers(frames)
    assert found == list(range(found[0], found[0] + len(found)))
    assert [frame.index for frame in frames] == list(range(len(frames)))
    assert (np.diff([frame.pts for frame in frames]) > 0).all()
    assert len({frame.time_base for frame in frames}) == 1


@pytest.fixture(params=["matroska", "mpegts", "fragments.mp4", "avi", "camera"])
def whole(request: pytest.FixtureRequest, tmp_path: Path, clip: Path) -> Iterator[Source]:
    """Live inputs that give every frame of the clip."""
    if request.param == "camera":
        with camera_of(clip) as source:
            yield source
        return
    path = tmp_path / request.param
    muxer = {"fragments.mp4": "mp4"}.get(request.param, request.param)
    spec = ClipSpec(
        frames=FRAMES,
        format=muxer,
        mux_options={"movflags": "frag_keyframe+empty_moov"} if muxer == "mp4" else {},
    )
    with piped_in(make_clip(path, spec)), open_source("-") as source:
        yield source


def test_every_frame_comes_once_in_order(whole: Source) -> None:
    frames = list(whole.frames())
    assert len(frames) == FRAMES
    assert numbers(frames)[0] == 0
    check_contract(frames)
    assert (whole.info.width, whole.info.height) == (192, 144)


def test_a_live_input_is_read_once(whole: Source) -> None:
    whole.close()
    with pytest.raises(UsageError, match="read once"):
        whole.frames()


def test_what_is_piped_has_the_times_of_the_file(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.ts", ClipSpec(frames=30))
    with open_source(path) as source:
        stored = [(frame.pts_seconds, frame.duration) for frame in source.frames()]
    with piped_in(path), open_source("-") as source:
        assert [(frame.pts_seconds, frame.duration) for frame in source.frames()] == stored


def test_a_pipe_may_be_a_file_whose_index_is_at_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = large_mp4(tmp_path)
    with path.open() as file:
        monkeypatch.setattr("sys.stdin", file)
        with open_source("-") as source:
            assert len(list(source.frames())) == 40


def test_an_index_at_the_end_of_a_pipe_is_told(tmp_path: Path) -> None:
    path = large_mp4(tmp_path)
    with (
        piped_in(path),
        pytest.raises(SourceError, match=r"index at its end.*name the file.*matroska"),
    ):
        open_source("-")


def large_mp4(folder: Path) -> Path:
    """An MP4 with its index behind more than any buffer holds."""
    spec = ClipSpec(frames=40, width=640, height=480, options={"qp": "1", "preset": "ultrafast"})
    return make_clip(folder / "large.mp4", spec)


@pytest.mark.parametrize(
    ("content", "told"), [(b"", "empty: pipe"), (b"no video at all" * 999, "no video that FFmpeg")]
)
def test_a_pipe_without_a_video_is_told(content: bytes, told: str, tmp_path: Path) -> None:
    path = tmp_path / "piped"
    path.write_bytes(content)
    with piped_in(path), pytest.raises(SourceError, match=f"^-: .*{told}"):
        open_source("-")


def test_a_camera_is_timed_by_arrival_from_zero(clip: Path) -> None:
    with camera_of(clip) as camera:
        frames = list(camera.frames())
    assert frames[0].pts == 0
    assert frames[-1].pts_seconds < FRAMES / 25  # it is read faster than it was made


def test_a_cameras_pictures_are_the_same_in_planes_and_in_rgb(clip: Path) -> None:
    with camera_of(clip) as camera:
        first = next(iter(camera.frames()))
    planes = first.picture.yuv420()
    assert planes is not None
    error = planes.to_ndarray(format="rgb24").astype(int) - first.picture.plain_rgb()
    assert np.abs(error).mean() < 3


def test_frames_of_a_camera_are_dropped_and_have_no_place(clip: Path) -> None:
    with camera_of(clip, LiveSettings(live="latest")) as camera:
        frames = camera.frames()
        first = next(frames)
        assert camera._thread is not None
        camera._thread.join()  # all came while the first was being used
        rest = list(frames)
    assert camera.report.frames_dropped == FRAMES - 1 - len(rest) > 0
    check_rising(numbers([first, *rest]))
    assert [frame.index for frame in rest] == list(range(1, len(rest) + 1))


def check_rising(values: list[int]) -> None:
    assert values == sorted(set(values))


def test_a_camera_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(SourceError, match=r"^camera:63: there is no such camera; (this|there are)"):
        open_source("camera:63")


def test_settings_of_other_inputs_are_refused(clip: Path) -> None:
    with pytest.raises(UsageError, match=r"--live all is for live inputs"):
        open_source(clip, live=ALL)
    with pytest.raises(UsageError, match=r"--camera-size is for cameras, and rtsp://host/a is"):
        open_source("rtsp://host/a", live=LiveSettings(camera_size=(480, 640)))


def test_udp(long_clip: Path) -> None:
    port = free_port(socket.SOCK_DGRAM)
    with sending_udp(long_clip, port) as address, open_source(address, live=ALL) as source:
        check_contract(some(source, 40))


def test_rtsp(long_clip: Path) -> None:
    with serving_rtsp(long_clip) as address:
        with open_source(address.replace("//", "//me:secret@"), live=ALL) as source:
            check_contract(some(source, 40))
            assert source.info.path == address
        with pytest.raises(SourceError) as no_path:
            open_source(address.replace("//", "//me:secret@").replace("door", "gate"))
    assert str(no_path.value) == (
        f"{address.replace('door', 'gate')}: the host has no such stream; check the path"
    )
    with pytest.raises(SourceError, match="the connection was refused; see that the sender runs"):
        open_source(address)


def test_a_lost_connection_is_taken_up_again(
    long_clip: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(live_source, "_FIRST_WAIT_SECONDS", 0.1)
    with ExitStack() as stack:
        server = stack.enter_context(ExitStack())
        address = server.enter_context(serving_rtsp(long_clip))
        source = stack.enter_context(open_source(address, live=ALL))
        frames: list[Frame] = []
        for frame in source.frames():
            frames.append(frame)
            if len(frames) == 10:
                server.close()
                stack.enter_context(serving_rtsp(long_clip, port_of(address)))
            if getattr(source.report, "connections_lost", 0) and len(frames) > 30:
                source.stop()  # type: ignore[attr-defined]
    found, times = numbers(frames), [frame.pts_seconds for frame in frames]
    restart = found.index(0, 1)  # the clip began anew with its server
    assert found == [*range(restart), *range(len(found) - restart)]
    assert (np.diff(times) > 0).all()
    assert times[restart] - times[restart - 1] > 0.1  # a gap, and no frame in it
    assert source.report.connections_lost == 1  # type: ignore[attr-defined]
    assert [r.message for r in caplog.records if "lost" in r.message] == [
        f"{address}: the connection was lost; it is taken up again"
    ]


def port_of(address: str) -> int:
    return int(address.rpartition(":")[2].partition("/")[0])


def test_an_input_that_is_away_for_long_has_ended(
    long_clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_source, "GIVEN_UP_AFTER_SECONDS", 0.3)
    with ExitStack() as server:
        address = server.enter_context(serving_rtsp(long_clip))
        with open_source(address, live=ALL) as source:
            frames = []
            for frame in source.frames():
                frames.append(frame)
                if len(frames) == 5:
                    server.close()
            check_contract(frames)
            assert isinstance(source, live_source.LiveSource)
            assert "could not be taken up again" in str(source.failure)


def test_frames_that_come_too_fast_end_an_input_of_which_all_are_wanted(
    clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_source, "MOST_WAITING_BYTES", 1_000_000)
    with camera_of(clip) as camera:
        frames = camera.frames()
        first = next(frames)
        assert camera._thread is not None
        camera._thread.join()
        check_contract([first, *frames])
    assert str(camera.failure).startswith("camera:0: its frames come faster than they are computed")


@pytest.fixture(scope="module")
def playlist(clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An HLS playlist of the clip, in parts of 0.4 s."""
    folder = tmp_path_factory.mktemp("hls")
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    arguments = ["-loglevel", "quiet", "-i", str(clip), "-c", "copy", "-hls_time", "0.4"]
    subprocess.run(
        [ffmpeg, *arguments, "-hls_list_size", "0", str(folder / "door.m3u8")], check=True
    )
    return folder / "door.m3u8"


def test_a_playlist_is_read_to_its_end(playlist: Path) -> None:
    with (
        serving_folder(playlist.parent) as host,
        open_source(f"{host}/door.m3u8?k=secret") as source,
    ):
        frames = list(source.frames())
    assert len(frames) == FRAMES
    check_contract(frames)
    assert source.info.path == f"{host}/door.m3u8"


def test_a_playlist_opens_no_file_of_this_machine(playlist: Path, tmp_path: Path) -> None:
    segment = next(playlist.parent.glob("*.ts"))
    shutil.copy(segment, tmp_path / "private.ts")
    (tmp_path / "evil.m3u8").write_text(
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n"
        f"file://{tmp_path / 'private.ts'}\n#EXT-X-ENDLIST\n",
        encoding="utf-8",
    )
    with serving_folder(tmp_path) as host, pytest.raises(SourceError, match="evil"):
        open_source(f"{host}/evil.m3u8")
