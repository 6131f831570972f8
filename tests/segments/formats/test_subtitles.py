"""SubRip and WebVTT, as FFmpeg and their readers take them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import pytest
from helpers.segment_exports import NASTY, export, in_a_row, segment

from vidclf.segments.export import one_line
from vidclf.segments.formats import FORMATS
from vidclf.segments.formats.subrip import srt_text
from vidclf.segments.formats.webvtt import vtt_text


def subtitles(path: Path) -> Iterator[tuple[int, int, str]]:
    """Start, end and text, as FFmpeg reads and decodes them."""
    with av.open(str(path)) as container:
        for packet in container.demux(container.streams.subtitles[0]):
            if packet.size:
                said = [sub.ass.decode().split(",", 8)[8] for sub in packet.decode()]
                yield packet.pts, packet.pts + packet.duration, "".join(said)


def test_labels_that_hold_together_stand_one_a_line() -> None:
    what = export(segment("dog", 0, 3, 1), segment("cat", 1, 2, 0))
    assert srt_text(what) == (
        "1\n00:00:00,000 --> 00:00:01,000\ndog\n\n"
        "2\n00:00:01,000 --> 00:00:02,000\ncat\ndog\n\n"
        "3\n00:00:02,000 --> 00:00:03,000\ndog\n\n"
    )


def test_webvtt_is_as_the_standard_has_it() -> None:
    what = export(segment("a & <b> --> c", 0, 1.0005), segment("d", 4000, 4001))
    assert vtt_text(what) == (
        "WEBVTT\n\n"
        "00:00:00.000 --> 00:00:01.000\na &amp; &lt;b&gt; --&gt; c\n\n"
        "01:06:40.000 --> 01:06:41.000\nd\n\n"
    )


@pytest.mark.parametrize("name", ["srt", "vtt"])
def test_ffmpeg_reads_times_and_labels_back(tmp_path: Path, name: str) -> None:
    labels = [one_line(label) for label in NASTY if label.strip()]
    path = tmp_path / f"a.{name}"
    text = FORMATS[name].text(export(*in_a_row(labels, 1.0015)))
    path.write_text(text, encoding="utf-8", newline="")
    read = list(subtitles(path))
    expected = [round(i * 1001.5) for i in range(len(labels) + 1)]
    assert [start for start, _, _ in read] == expected[:-1]
    assert [end for _, end, _ in read] == expected[1:]
    shown = [said.replace("\u2060", "") for _, _, said in read]
    if name == "srt":
        labels = [label.replace("{", "(").replace("}", ")") for label in labels]
        assert shown == labels
    else:
        assert len(shown) == len(labels)


def test_no_backslash_of_a_label_breaks_a_line() -> None:
    what = export(segment("a\\Nb", 0, 1))
    assert "\na\\\u2060Nb\n" in srt_text(what)
    assert "\na\\\u2060Nb\n" in vtt_text(what)


def test_no_segments_make_empty_subtitles() -> None:
    assert srt_text(export()) == ""
    assert vtt_text(export()) == "WEBVTT\n\n"
