"""Covers of clips in copies with subtitles: never one more video, and no name lost."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import av
import pytest
from av.stream import Disposition
from helpers.clips import ClipSpec, make_clip, numbered_picture
from PIL import Image

from vidclf.sinks.subtitle_copy import Cue, write_subtitled

FORMATS = [("JPEG", "front.jpg", "image/jpeg"), ("PNG", "front.png", "image/png")]


def picture(form: str) -> bytes:
    """The file of a small picture."""
    file = BytesIO()
    Image.fromarray(numbered_picture(3)).save(file, form)
    return file.getvalue()


def with_cover(path: Path, form: str, name: str, mimetype: str) -> Path:
    """A clip in Matroska with a picture attached, which has a title, and a font behind it."""
    codec = "libvpx-vp9" if path.stem == "vp9" else "libx264"
    clip = make_clip(path.with_name("plain.mkv"), ClipSpec(codec=codec, frames=12))
    with av.open(str(clip)) as source, av.open(str(path), "w") as output:
        target = output.add_stream_from_template(source.streams.video[0])
        output.add_attachment(name, mimetype, picture(form)).metadata["title"] = "Front"
        output.add_attachment("font.ttf", "font/ttf", b"no font")
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = target
                output.mux(packet)
    return path


def copied(clip: Path, name: str) -> Path:
    """A copy with subtitles."""
    copy = clip.with_name(name)
    write_subtitled(copy, clip, [Cue(start=0, end=400, text="x")], title="Labels")
    return copy


def covers(path: Path) -> list[tuple[str, bytes, dict[str, str]]]:
    """Codec, picture and metadata of what follows the first stream of pictures: covers alone."""
    with av.open(str(path)) as container:
        _, *others = container.streams.video
        assert all(stream.disposition == Disposition.attached_pic for stream in others)
        pictures = {p.stream_index: bytes(p) for p in container.demux(others) if p.size}
        return [(s.codec_context.name, pictures[s.index], dict(s.metadata)) for s in others]


@pytest.mark.parametrize(("form", "name", "mimetype"), FORMATS)
def test_a_cover_in_matroska_stays_the_attachment_that_it_was(
    form: str, name: str, mimetype: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clip = with_cover(tmp_path / "clip.mkv", form, name, mimetype)
    copy = copied(clip, "copy.mkv")
    ((_, data, metadata),) = covers(copy)
    assert data == picture(form)
    assert metadata == {"filename": name, "mimetype": mimetype, "title": "Front"}
    with av.open(str(copy)) as container:
        assert [bytes(font.data) for font in container.streams.attachments] == [b"no font"]
        assert len([p for p in container.demux(video=0) if p.size]) == 12
    assert not caplog.records


@pytest.mark.parametrize(("form", "name", "mimetype"), FORMATS)
def test_a_cover_of_an_mp4_becomes_an_attachment_of_the_usual_name(
    form: str, name: str, mimetype: str, tmp_path: Path
) -> None:
    film = copied(with_cover(tmp_path / "clip.mkv", form, name, mimetype), "film.mp4")
    ((_, data, _),) = covers(film)
    assert data == picture(form)
    ((_, data, metadata),) = covers(copied(film, "copy.mkv"))
    assert data == picture(form)
    assert metadata == {"filename": f"cover{Path(name).suffix}", "mimetype": mimetype}


@pytest.mark.parametrize(
    ("clip_name", "copy_name"), [("vp9.mkv", "copy.webm"), ("clip.mkv", "copy.mov")]
)
def test_a_cover_that_the_container_cannot_hold_is_left_out_and_told(
    clip_name: str, copy_name: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clip = with_cover(tmp_path / clip_name, *FORMATS[0])
    assert covers(copied(clip, copy_name)) == []
    assert f"{copy_name} cannot hold stream 1 (cover picture): left out" in caplog.text
