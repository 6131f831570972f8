"""A page, or a video drawn again, of a clip that lies elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.clips import ClipSpec, Track, make_clip
from helpers.s3_server import S3Server
from helpers.web_server import WebServer

import vidclf
from vidclf.errors import UsageError


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    spec = ClipSpec(frames=12, width=64, height=48, tracks=[Track()])
    return make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", spec)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A table of the clip, which its manifest does not name."""
    rows = [(n, round(n / 24, 9), "cat") for n in range(12)]
    return table_of(tmp_path / "clip_predictions.csv", rows)


def table_of(path: Path, rows: list[tuple[int, float, str]]) -> Path:
    lines = [f"clip.mp4,{frame},{seconds},{label},0.9" for frame, seconds, label in rows]
    path.write_text("video,frame,timestamp,label,confidence\n" + "\n".join(lines) + "\n", "utf-8")
    return path


def test_a_page_plays_a_clip_of_the_web_from_where_it_lies(
    table: Path, clip: Path, web: WebServer
) -> None:
    url = web.serve(clip)
    text = vidclf.write_report(table, clip=url).read_text("utf-8")
    assert url in text
    assert "data:video" not in text


def test_a_page_holds_a_clip_of_a_bucket_or_none(table: Path, clip: Path, s3: S3Server) -> None:
    (s3.bucket / "page").mkdir()
    (s3.bucket / "page" / "clip.mp4").write_bytes(clip.read_bytes())
    with pytest.raises(UsageError, match="is no address of the web: --embed puts the clip into"):
        vidclf.write_report(table, clip="s3://lab/page/clip.mp4")
    page = vidclf.write_report(table, clip="s3://lab/page/clip.mp4", embed=True)
    assert page.stat().st_size > clip.stat().st_size


def test_a_page_holds_no_secret(table: Path, clip: Path, web: WebServer) -> None:
    url = web.serve(clip).replace("http://", "http://me:secret@")
    with pytest.raises(UsageError, match="needs a login, which no page may hold: --embed puts"):
        vidclf.write_report(table, clip=f"{url}?key=secret")
    page = vidclf.write_report(table, clip=f"{url}?key=secret", embed=True)
    assert "secret" not in page.read_text("utf-8")


@pytest.mark.parametrize("how", [{}, {"subtitles": True}])
def test_a_clip_elsewhere_is_drawn_as_the_same_on_a_disk(
    how: dict[str, bool], table: Path, clip: Path, web: WebServer, tmp_path: Path
) -> None:
    made = [
        vidclf.render_table(table, clip=named, output=tmp_path / folder, **how)
        for named, folder in ((clip, "disk"), (web.serve(clip), "web"))
    ]
    disk, elsewhere = (next(iter(summary.outputs.values())) for summary in made)
    assert Path(disk).read_bytes() == Path(elsewhere).read_bytes()
