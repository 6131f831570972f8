"""Clips elsewhere give what they give from a disk: frames, times, counts, warnings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from helpers.clips import ClipSpec, Track, make_clip, numbered_picture
from helpers.s3_server import S3Server
from helpers.web_server import WebServer
from PIL import Image

from vidclf.cli.app import main
from vidclf.core.run_warnings import record_warnings
from vidclf.errors import NoFramesError, SourceError
from vidclf.pipeline.summary import warn_of_damage
from vidclf.remote.path import RemotePath
from vidclf.sources import ClipLocation, open_source
from vidclf.sources.clip_file import RemoteClipFile
from vidclf.sources.stamp import clip_stamp

SMALL = ClipSpec(frames=12, width=64, height=48)
LARGE = replace(SMALL, codec="rawvideo", frames=60, width=160, height=120, options={})
"""Of 1.7 MB, more than what comes with the opening and a first way ahead."""
FASTSTART = {"movflags": "faststart"}
VP8 = {"b": "1M", "deadline": "realtime"}


def made(name: str, spec: ClipSpec) -> Callable[[Path], Path]:
    return lambda folder: make_clip(folder / name, spec)


def cut(name: str, spec: ClipSpec, share: float) -> Callable[[Path], Path]:
    """A clip of which only a part is there."""

    def write(folder: Path) -> Path:
        path = make_clip(folder / name, spec)
        data = path.read_bytes()
        path.write_bytes(data[: int(len(data) * share)])
        return path

    return write


def damaged(name: str, spec: ClipSpec) -> Callable[[Path], Path]:
    """A clip with a hundred wrong bytes in the middle."""

    def write(folder: Path) -> Path:
        path = make_clip(folder / name, spec)
        data = bytearray(path.read_bytes())
        data[len(data) // 2 : len(data) // 2 + 100] = b"\x55" * 100
        path.write_bytes(data)
        return path

    return write


def picture(name: str, *, frames: int = 1) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        first, *others = (Image.fromarray(numbered_picture(n)) for n in range(frames))
        how = {"save_all": True, "append_images": others, "duration": 40} if others else {}
        first.save(folder / name, **how)
        return folder / name

    return write


Y4M = replace(SMALL, codec="rawvideo", options={})
OGG = replace(SMALL, codec="libvpx", options=VP8)
CLIPS: dict[str, Callable[[Path], Path]] = {
    "index at the end": made("end.mp4", replace(SMALL, tracks=[Track()])),
    "index at the start": made("start.mp4", replace(SMALL, mux_options=FASTSTART)),
    "Matroska": made("clip.mkv", SMALL),
    "AVI": made("clip.avi", replace(SMALL, codec="mpeg4", options={"bf": "2"})),
    "TS": made("clip.ts", SMALL),
    "WMV": made("clip.wmv", replace(SMALL, codec="wmv2", options={})),
    "Y4M": made("clip.y4m", Y4M),
    "Ogg": made("clip.ogv", OGG),
    "GIF": picture("clip.gif", frames=4),
    "APNG": picture("clip.png", frames=4),
    "PNG": picture("still.png"),
    "cut MP4": cut("cut.mp4", replace(SMALL, mux_options=FASTSTART), 0.6),
    "cut MP4 without its index": cut("lost.mp4", SMALL, 0.6),
    "cut Matroska": cut("cut.mkv", SMALL, 0.6),
    "cut Y4M": cut("cut.y4m", Y4M, 0.95),
    "cut Ogg": cut("cut.ogv", OGG, 0.9),
    "cut GIF": cut("cut.gif", ClipSpec(codec="gif", pixel_format="rgb8", frames=4), 0.9),
    "damaged MP4": damaged("damaged.mp4", replace(SMALL, mux_options=FASTSTART)),
    "damaged AVI": damaged("damaged.avi", replace(SMALL, codec="mpeg4", options={})),
    "no clip": lambda folder: _text(folder / "text.mp4", b"hello " * 99),
}


def _text(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@dataclass(frozen=True)
class Found:
    """What a clip gave."""

    info: Any
    frames: list[tuple[Any, ...]]
    report: dict[str, Any]
    warnings: list[str]
    digest: str | None
    error: str | None


def found_in(clip: str | Path) -> Found:
    """What a clip gives, with its own name left out."""
    name = str(ClipLocation.of(clip))
    info, frames, report, digest, error = None, [], {}, None, None
    with record_warnings(logged=False) as warnings:
        try:
            with open_source(clip) as source:
                info, digest = replace(source.info, path=""), source.digest()
                for f in source.frames():
                    frames.append((f.pts, f.duration, f.time_base, f.picture.rgb().tobytes()))
                source.check()
                warn_of_damage(source)
                report = asdict(source.report)
        except (SourceError, NoFramesError) as exc:
            error = str(exc).replace(name, "")
    told = [message.replace(name, "") for message in warnings.messages]
    return Found(info, frames, report, told, digest, error)


@pytest.fixture(scope="module", params=CLIPS)
def clip(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return CLIPS[request.param](tmp_path_factory.mktemp("clip"))


@pytest.fixture(scope="module")
def local(clip: Path) -> Found:
    return found_in(clip)


def test_from_a_web_server(clip: Path, local: Found, web: WebServer) -> None:
    assert found_in(web.serve(clip, clip.name)) == local


def test_from_a_bucket(clip: Path, local: Found, s3: S3Server) -> None:
    folder = s3.bucket / "remote_clips"
    folder.mkdir(exist_ok=True)
    (folder / clip.name).write_bytes(clip.read_bytes())
    assert found_in(f"s3://lab/remote_clips/{clip.name}") == local


@pytest.mark.parametrize("tells_size", [True, False])
def test_from_a_server_without_ranges(
    clip: Path, local: Found, web: WebServer, tells_size: bool
) -> None:
    url = web.serve(clip, clip.name, has_ranges=False, tells_size=tells_size)
    assert replace(found_in(url), digest=None) == replace(local, digest=None)


@pytest.mark.usefixtures("short_waits")
def test_over_a_line_that_breaks(web: WebServer, tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.avi", LARGE)
    url = web.serve(path, "clip.avi", drop_after=200_000, drops=3)
    over_line, local = found_in(url), found_in(path)
    assert over_line.frames == local.frames
    [note] = over_line.report["notes"]
    assert note == "the connection broke 3 times and was taken up again"


@pytest.mark.usefixtures("short_waits")
@pytest.mark.parametrize("name", ["clip.mkv", "clip.avi", "clip.y4m", "clip.nut"])
def test_a_line_that_ends_is_an_error_and_no_short_clip(
    name: str, web: WebServer, tmp_path: Path
) -> None:
    url = web.serve(make_clip(tmp_path / name, LARGE), name)
    with open_source(url) as source:
        web.served(url).statuses = [403] * 50
        with pytest.raises(SourceError, match="does not let you read it"):
            list(source.frames())


def test_only_what_is_needed_of_a_long_clip_is_fetched(
    web: WebServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vidclf.remote.remote_reader.WINDOW_BYTES", 2**18)
    path = make_clip(tmp_path / "long.avi", replace(LARGE, frames=200))
    assert path.stat().st_size > 5_000_000
    url = web.serve(path, "long.avi")
    with open_source(url) as source:
        for _, _ in zip(range(20), source.frames(), strict=False):
            pass
    assert web.sent_bytes(url) < 2_000_000


def test_the_stamp_is_that_of_the_server(web: WebServer, tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.mp4", SMALL)
    stamp = clip_stamp(ClipLocation.of(web.serve(path)))
    assert stamp is not None
    assert (stamp.files, stamp.size_bytes) == (1, path.stat().st_size)
    assert clip_stamp(ClipLocation.of(web.serve(path, modified=None))) is None
    assert clip_stamp(ClipLocation.of(f"{web.url}/nothing.mp4")) is None


@pytest.mark.parametrize("start", [b"<!DOCTYPE html><title>Film</title>", b"  <html lang='en'>"])
def test_a_web_page_is_told_as_such(start: bytes, web: WebServer) -> None:
    url = web.serve(start + b" " * 999, "watch", content_type="text/html")
    with pytest.raises(SourceError, match="is a web page, not a clip: give the address of the vi"):
        open_source(url)


@pytest.mark.parametrize("name", ["list.mp4", "list.txt"])
def test_a_playlist_opens_nothing(name: str, web: WebServer, tmp_path: Path) -> None:
    inner = make_clip(tmp_path / "inner.mp4", SMALL)
    listed = web.serve(inner, "inner.mp4")
    for text in (f"ffconcat version 1.0\nfile '{inner}'\n", f"#EXTM3U\n#EXTINF:1,\n{listed}\n"):
        with pytest.raises(SourceError, match="is a playlist, and these are refused"):
            open_source(web.serve(text.encode() * 9, name))
    assert not web.asked(listed)


def test_an_interruption_while_a_server_is_waited_for_is_not_lost(
    web: WebServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A signal that comes in FFmpeg's call for bytes: what is raised there would be dropped."""
    path = make_clip(tmp_path / "clip.mp4", SMALL)

    def interrupted(*_: object) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr("vidclf.remote.shared_blocks.SharedBlocks.read_at", interrupted)
    with pytest.raises(KeyboardInterrupt):
        open_source(web.serve(path))


def test_the_command_makes_of_a_url_what_it_makes_of_the_file(
    clip_with_sound: Path, tiny_model: Path, web: WebServer, tmp_path: Path
) -> None:
    url = web.serve(clip_with_sound, "clip.mp4").replace("http://", "http://me:secret@")
    arguments = ["annotate", "-m", str(tiny_model), "--scores", "-q"]
    assert main([*arguments, f"{url}?key=secret", "-o", str(tmp_path / "web")]) == 0
    assert main([*arguments, str(clip_with_sound), "-o", str(tmp_path / "disk")]) == 0
    for name in ("clip_predictions.csv", "clip_annotated.mp4", "clip_segments.csv"):
        web_file, disk_file = tmp_path / "web" / name, tmp_path / "disk" / name
        assert web_file.read_bytes() == disk_file.read_bytes(), name
    assert "secret" not in (tmp_path / "web" / "clip_manifest.json").read_text("utf-8")


@pytest.fixture(scope="module")
def clip_with_sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    spec = replace(SMALL, rate=Fraction(12), tracks=[Track()])
    return make_clip(tmp_path_factory.mktemp("sound") / "clip.mp4", spec)


def test_a_file_elsewhere_is_closed_with_its_source(web: WebServer, tmp_path: Path) -> None:
    url = web.serve(make_clip(tmp_path / "clip.mp4", SMALL))
    with RemoteClipFile(RemotePath(url)) as file:
        reader = file._file.reader()
    with pytest.raises(SourceError, match="was closed"):
        reader.read(10)
