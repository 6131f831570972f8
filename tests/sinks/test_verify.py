"""The last look at a written file, and sound whose timestamps are missing or run backwards."""

from __future__ import annotations

from pathlib import Path

import av
import pytest
from helpers.clips import ClipSpec, Track, make_clip

from vidclf.errors import OutputError
from vidclf.sinks.container_formats import MP4, WEBM
from vidclf.sinks.verify import check_written


@pytest.mark.parametrize(
    ("name", "codec", "container"),
    [("a.mp4", "libx264", MP4), ("a.webm", "libvpx-vp9", WEBM)],
    ids=["mp4", "webm"],
)
def test_a_whole_file_passes_and_a_missing_frame_does_not(
    name: str, codec: str, container: object, tmp_path: Path
) -> None:
    path = make_clip(tmp_path / name, ClipSpec(codec=codec))
    check_written(path, frame_count=24, container=container)
    with pytest.raises(OutputError, match=f"{name} holds 24 frames where 25 were written"):
        check_written(path, frame_count=25, container=container)


def test_a_file_that_lost_its_end_does_not_pass(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mp4", ClipSpec(tracks=[Track()]))
    faststart = tmp_path / "b.mp4"
    with (
        av.open(str(path)) as source,
        av.open(str(faststart), "w", container_options={"movflags": "+faststart"}) as output,
    ):
        target = output.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = target
                output.mux(packet)
    faststart.write_bytes(faststart.read_bytes()[:-10])
    with pytest.raises(OutputError, match=r"b\.mp4 .* is the disk full"):
        check_written(faststart, frame_count=24, container=MP4)


def test_a_file_without_an_index_does_not_pass(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"\0" * 100)
    with pytest.raises(OutputError, match=r"a\.mp4 cannot be read back .* is the disk full"):
        check_written(path, frame_count=24, container=MP4)
