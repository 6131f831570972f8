"""What subtitles, ELAN, Audacity, YouTube and JSON readers make of segments."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import av
import pytest
from helpers.clips import ClipSpec, make_clip
from hypothesis import given
from hypothesis import strategies as st
from pympi.Elan import Eaf

from vidclf.segments import Segment, SegmentRules
from vidclf.segments.export import SegmentExport, one_line
from vidclf.segments.formats import FORMS, Format
from vidclf.segments.formats.cues import cues_of
from vidclf.segments.formats.player_time import clock_text, player_zero, rising_milliseconds
from vidclf.table.table import open_table

NASTY = [
    "7",
    'dog, "big"',
    "a & b",
    "<i>cat</i>",
    "{\\an8}x",
    "a\\Nb",
    "a --> b",
    "two\nlines\r\n here",
    "tab\tbed",
    "null\x00bell\x07\x1b[31m",
    "\ufffe猫 naïve 🐈",
    "]]>",
    "</ANNOTATION_VALUE>",
    "&lt;",
    " ",
]


def segment(label: str, start: float, end: float, class_id: int = 0) -> Segment:
    return Segment(
        label=label,
        class_id=class_id,
        start_frame=int(start * 25),
        end_frame=int(end * 25) - 1,
        start_seconds=start,
        end_seconds=end,
        frames=1,
        mean_confidence=0.25,
        max_confidence=0.75,
    )


def found(*segments: Segment, **changes: Any) -> SegmentExport:
    known: dict[str, Any] = {
        "video": "a.mp4",
        "segments": segments,
        "rules": SegmentRules(),
        "zero_seconds": 0.0,
        "source": None,
        "folder": Path("out"),
    }
    return SegmentExport(**(known | changes))


def in_a_row(labels: Sequence[str], seconds: float = 1.0) -> list[Segment]:
    return [
        segment(label, i * seconds, (i + 1) * seconds, class_id=i) for i, label in enumerate(labels)
    ]


def text(name: Format, what: SegmentExport) -> str:
    return FORMS[name].text(what)


def subtitles(path: Path) -> Iterator[tuple[int, int, str]]:
    """Start, end and text, as FFmpeg reads and decodes them."""
    with av.open(str(path)) as container:
        for packet in container.demux(container.streams.subtitles[0]):
            if packet.size:
                said = [sub.ass.decode().split(",", 8)[8] for sub in packet.decode()]
                yield packet.pts, packet.pts + packet.duration, "".join(said)


def stored(path: Path, content: str) -> Path:
    path.write_text(content, encoding="utf-8", newline="")
    return path


spans = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 30), st.integers(0, 3)), min_size=1, max_size=25
)


def of_spans(given_spans: Sequence[tuple[int, int, int]], unit: float) -> list[Segment]:
    return [
        segment(f"label {i}", start * unit, (start + length) * unit, class_id=i)
        for start, length, i in sorted(given_spans)
    ]


# --- milliseconds ------------------------------------------------------------------------------


@given(st.lists(st.floats(0, 1e5), min_size=1), st.sampled_from([1.0, 1e-3, 1e-6]))
def test_later_times_get_later_milliseconds(times: list[float], scale: float) -> None:
    clock = rising_milliseconds([time * scale for time in times], 0.0)
    assert all(before < after for before, after in pairwise(clock.values()))
    assert all(isinstance(value, int) and value >= 0 for value in clock.values())


@given(st.lists(st.integers(0, 10**8), min_size=1, unique=True))
def test_times_a_millisecond_apart_are_right_to_half_of_one(times: list[int]) -> None:
    for time, value in rising_milliseconds([t * 1.001e-3 for t in times], 0.0).items():
        assert abs(value - time * 1000) <= 0.5 + 1e-6


def test_clocks_go_on_after_a_day() -> None:
    assert clock_text(3_723_004, ",") == "01:02:03,004"
    assert clock_text(100 * 3_600_000, ".") == "100:00:00.000"


# --- subtitles ---------------------------------------------------------------------------------


@given(spans, st.sampled_from([1.0, 0.04, 1e-4]))
def test_cues_never_overlap_and_lose_no_label(
    given_spans: list[tuple[int, int, int]], unit: float
) -> None:
    segments = of_spans(given_spans, unit)
    cues = cues_of(found(*segments))
    assert all(cue.start < cue.end for cue in cues)
    assert all(before.end <= after.start for before, after in pairwise(cues))
    clock = rising_milliseconds([t for s in segments for t in (s.start_seconds, s.end_seconds)], 0)
    for s in segments:
        inside = [
            cue
            for cue in cues
            if clock[s.start_seconds] <= cue.start and cue.end <= clock[s.end_seconds]
        ]
        assert all(s.label in cue.labels for cue in inside)
        length = sum(cue.end - cue.start for cue in inside)
        assert length == clock[s.end_seconds] - clock[s.start_seconds]


def test_labels_that_hold_together_stand_one_a_line() -> None:
    what = found(segment("dog", 0, 3, 1), segment("cat", 1, 2, 0))
    assert text("srt", what) == (
        "1\n00:00:00,000 --> 00:00:01,000\ndog\n\n"
        "2\n00:00:01,000 --> 00:00:02,000\ncat\ndog\n\n"
        "3\n00:00:02,000 --> 00:00:03,000\ndog\n\n"
    )


def test_webvtt_is_as_the_standard_has_it() -> None:
    what = found(segment("a & <b> --> c", 0, 1.0005), segment("d", 4000, 4001))
    assert text("vtt", what) == (
        "WEBVTT\n\n"
        "00:00:00.000 --> 00:00:01.000\na &amp; &lt;b&gt; --&gt; c\n\n"
        "01:06:40.000 --> 01:06:41.000\nd\n\n"
    )


@pytest.mark.parametrize("name", ["srt", "vtt"])
def test_ffmpeg_reads_times_and_labels_back(tmp_path: Path, name: Format) -> None:
    labels = [one_line(label) for label in NASTY if label.strip()]
    path = stored(tmp_path / f"a.{name}", text(name, found(*in_a_row(labels, 1.0015))))
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


def test_no_cue_is_empty(tmp_path: Path) -> None:
    what = found(*in_a_row(["cat", "\n", "dog"]))
    assert [cue.labels for cue in cues_of(what)] == [("cat",), ("dog",)]


def test_no_segments_make_empty_subtitles() -> None:
    assert text("srt", found()) == ""
    assert text("vtt", found()) == "WEBVTT\n\n"


# --- ELAN --------------------------------------------------------------------------------------


def eaf(what: SegmentExport) -> ET.Element:
    return ET.fromstring(text("eaf", what))


def check_by_schema(document: ET.Element) -> None:
    """The rules of EAFv3.0.xsd for what is written: order, required attributes, keys."""
    assert document.tag == "ANNOTATION_DOCUMENT"
    assert {"AUTHOR", "DATE", "VERSION"} <= document.attrib.keys()
    assert datetime.fromisoformat(document.attrib["DATE"]).tzinfo is not None
    tags = [child.tag for child in document]
    places = [["HEADER", "TIME_ORDER", "TIER", "LINGUISTIC_TYPE"].index(tag) for tag in tags]
    assert places == sorted(places)
    assert tags.count("HEADER") == tags.count("TIME_ORDER") == 1

    header = document.find("HEADER")
    assert header is not None
    assert header.attrib["TIME_UNITS"] == "milliseconds"
    kinds = [["MEDIA_DESCRIPTOR", "PROPERTY"].index(child.tag) for child in header]
    assert kinds == sorted(kinds)
    for medium in header.iter("MEDIA_DESCRIPTOR"):
        assert {"MEDIA_URL", "MIME_TYPE"} <= medium.attrib.keys()

    order = [s.attrib for s in document.iter("TIME_SLOT")]
    slots = {slot["TIME_SLOT_ID"]: int(slot["TIME_VALUE"]) for slot in order}
    assert list(slots.values()) == sorted(slots.values())
    assert all(0 <= value < 2**32 for value in slots.values())
    annotations = list(document.iter("ALIGNABLE_ANNOTATION"))
    ids = [a.attrib["ANNOTATION_ID"] for a in annotations]
    names = ids + [slot["TIME_SLOT_ID"] for slot in order]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[A-Za-z_][\w.-]*", name) for name in names)
    for a in annotations:
        assert [child.tag for child in a] == ["ANNOTATION_VALUE"]
        assert slots[a.attrib["TIME_SLOT_REF1"]] < slots[a.attrib["TIME_SLOT_REF2"]]

    tiers = [tier.attrib["TIER_ID"] for tier in document.iter("TIER")]
    assert len(set(tiers)) == len(tiers)
    assert all(tiers)
    types = [t.attrib["LINGUISTIC_TYPE_ID"] for t in document.iter("LINGUISTIC_TYPE")]
    assert {tier.attrib["LINGUISTIC_TYPE_REF"] for tier in document.iter("TIER")} <= set(types)
    for tier in document.iter("TIER"):
        times = [
            (slots[a.attrib["TIME_SLOT_REF1"]], slots[a.attrib["TIME_SLOT_REF2"]])
            for a in tier.iter("ALIGNABLE_ANNOTATION")
        ]
        assert all(before[1] <= after[0] for before, after in pairwise(times))


@given(st.lists(st.text(max_size=8), min_size=1, max_size=6), st.sampled_from([1.0, 1e-4]))
def test_elan_s_schema_holds_for_any_labels(labels: list[str], unit: float) -> None:
    document = eaf(found(*in_a_row(labels, unit)))
    check_by_schema(document)
    said = [value.text or "" for value in document.iter("ANNOTATION_VALUE")]
    assert sorted(said) == sorted(one_line(label) for label in labels)


def test_elan_has_one_tier_for_each_label(tmp_path: Path) -> None:
    segments = [
        *(segment("dog", 0, 1.0015, 1), segment("cat", 0.5, 2, 0)),
        *(segment("dog", 2, 3.5, 1), segment("猫 & <co>", 3, 4, 2)),
    ]
    path = stored(tmp_path / "a.eaf", text("eaf", found(*segments)))
    read = Eaf(str(path))
    assert list(read.get_tier_names()) == ["cat", "dog", "猫 & <co>"]
    assert read.get_annotation_data_for_tier("dog") == [(0, 1002, "dog"), (2000, 3500, "dog")]
    assert read.get_annotation_data_for_tier("猫 & <co>") == [(3000, 4000, "猫 & <co>")]
    assert read.get_linked_files() == [
        {"MEDIA_URL": "./a.mp4", "MIME_TYPE": "video/mp4", "RELATIVE_MEDIA_URL": "./a.mp4"}
    ]


def test_labels_that_become_one_get_tiers_of_their_own() -> None:
    document = eaf(found(*in_a_row(["a b", "a\nb", "", "a b (2)"])))
    check_by_schema(document)
    tiers = [tier.attrib["TIER_ID"] for tier in document.iter("TIER")]
    assert tiers == ["a b", "a b (2)", "(empty)", "a b (2) (2)"]


def test_elan_finds_the_clip_from_anywhere_and_from_the_document(tmp_path: Path) -> None:
    clip = tmp_path / "clips é" / "my clip.mov"
    what = found(*in_a_row(["a"]), video="my clip.mov", source=clip, folder=tmp_path / "out")
    medium = eaf(what).find("HEADER/MEDIA_DESCRIPTOR")
    assert medium is not None
    assert medium.attrib == {
        "MEDIA_URL": f"file:///{str(clip).lstrip('/')}",
        "MIME_TYPE": "video/quicktime",
        "RELATIVE_MEDIA_URL": "../clips é/my clip.mov",
    }


@pytest.mark.parametrize("video", ["a.gif", "frames", "shot_%05d.png"])
def test_elan_gets_no_pictures_to_play(video: str) -> None:
    document = eaf(found(*in_a_row(["a"]), video=video))
    check_by_schema(document)
    assert document.find("HEADER/MEDIA_DESCRIPTOR") is None


def test_no_segments_make_an_elan_document_without_tiers() -> None:
    document = eaf(found())
    check_by_schema(document)
    assert document.find("TIER") is None


# --- Audacity, YouTube, JSON -------------------------------------------------------------------


def test_audacity_gets_seconds_and_text_between_tabs() -> None:
    what = found(segment("a\tb", 0, 1 / 3), segment("c", 0.1, 2), zero_seconds=0.0)
    assert text("audacity", what) == "0.000000\t0.333333\ta b\n0.100000\t2.000000\tc\n"


def test_chapters_follow_youtube_s_rules(caplog: pytest.LogCaptureFixture) -> None:
    what = found(*in_a_row(["<b>", "b", "b", "c"], 2000.4))
    assert text("chapters", what) == "0:00 ‹b›\n33:20 b\n1:40:01 c\n"
    assert caplog.text == ""


def test_a_late_beginning_has_a_chapter_of_its_own() -> None:
    assert text("chapters", found(segment("a", 9.9, 30))) == "0:00 a\n"
    assert text("chapters", found(segment("a", 10, 30))) == "0:00 Beginning\n0:10 a\n"


def test_short_segments_are_no_chapters_and_that_is_told(caplog: pytest.LogCaptureFixture) -> None:
    segments = [segment("a", 0, 20), segment("b", 20, 29.9), segment("a", 29.9, 60)]
    assert text("chapters", found(*segments, segment("c", 60, 70))) == "0:00 a\n1:00 c\n"
    assert "1 of 4 stretches last less than 10 s and are no chapters" in caplog.text
    assert "there are 2 chapters, and YouTube shows none below three" in caplog.text


@given(spans, st.sampled_from([1.0, 0.7, 3.3]))
def test_chapters_always_keep_youtube_s_rules(
    given_spans: list[tuple[int, int, int]], unit: float
) -> None:
    lines = text("chapters", found(*of_spans(given_spans, unit))).splitlines()
    clocks = [line.split(" ")[0].split(":") for line in lines]
    starts = [sum(int(n) * 60**i for i, n in enumerate(reversed(clock))) for clock in clocks]
    assert starts[:1] in ([], [0])
    assert all(after - before >= 10 for before, after in pairwise(starts))


def test_json_says_what_the_csv_says() -> None:
    rules = SegmentRules(merge_gap=0.5, thresholds={"cat": 0.25})
    document = json.loads(text("json", found(segment("cat", 1 / 3, 2), rules=rules)))
    assert document == {
        "video": "a.mp4",
        "rules": {
            "min_duration": 0.0,
            "merge_gap": 0.5,
            "threshold": None,
            "thresholds": {"cat": 0.25},
        },
        "segments": [
            {
                "segment": 0,
                "label": "cat",
                "start_frame": 8,
                "end_frame": 49,
                "start": 0.333333333,
                "end": 2.0,
                "duration": 1.666666667,
                "mean_confidence": 0.25,
                "max_confidence": 0.75,
            }
        ],
    }


@pytest.mark.parametrize("name", list(FORMS))
def test_any_label_is_written_as_text(name: Format) -> None:
    assert text(name, found(*in_a_row(NASTY, 20))).encode()


# --- the player's clock ------------------------------------------------------------------------


def table(folder: Path, video: str, first: float, manifest: dict | None = None) -> Path:
    rows = [f"{video},{i},{first + i / 10},cat,0.5" for i in range(3)]
    text = "\n".join(["video,frame,timestamp,label,confidence", *rows]) + "\n"
    if manifest is not None:
        stored(folder / "a_manifest.json", json.dumps(manifest))
    return stored(folder / "a_predictions.csv", text)


def zero_of(path: Path) -> float:
    return player_zero(open_table(path))


@pytest.mark.parametrize("video", ["a.mp4", "a.webm", "a.mkv", "a.MOV", "frames"])
def test_a_timeline_from_0_is_the_player_s(tmp_path: Path, video: str) -> None:
    assert zero_of(table(tmp_path, video, 1.4)) == 0.0


def test_times_before_0_begin_at_0(tmp_path: Path) -> None:
    assert zero_of(table(tmp_path, "a.mp4", -0.25)) == -0.25


def test_an_mpeg_stream_begins_where_its_clip_does(tmp_path: Path) -> None:
    pts = [900_000 + n * 3600 for n in range(10)]
    clip = make_clip(tmp_path / "a.ts", ClipSpec(pts=pts, time_base=Fraction(1, 90_000)))
    with av.open(str(clip)) as container:
        start = container.start_time / 1e6
    assert start > 9
    path = table(tmp_path, "a.ts", start + 0.5, {"source": str(clip)})
    assert zero_of(path) == pytest.approx(start)


def test_without_the_clip_its_start_is_told_by_the_manifest_or_the_first_row(
    tmp_path: Path,
) -> None:
    assert zero_of(table(tmp_path, "a.MTS", 9.5, {"clip": {"start_seconds": 9.25}})) == 9.25
    assert zero_of(table(tmp_path, "a.mpg", 9.5, {"clip": None})) == 9.5
