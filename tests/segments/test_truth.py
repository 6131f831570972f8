"""True segments, read from tables and from ELAN's documents."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.segment_exports import NASTY, export, in_a_row, segment
from hypothesis import given
from hypothesis import strategies as st

from vidclf.errors import DataError
from vidclf.segments import elan_truth
from vidclf.segments.export import one_line
from vidclf.segments.formats.csv_file import csv_text
from vidclf.segments.formats.elan import eaf_text
from vidclf.segments.truth import read_truth

Told = list[tuple[str, float, float]]


def written(folder: Path, text: str | bytes, name: str = "truth.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def told(path: Path, **how: object) -> Told:
    segments = read_truth(path, **how)  # type: ignore[arg-type]
    return [(s.label, s.start_seconds, s.end_seconds) for s in segments]


@pytest.mark.parametrize(
    "text",
    [
        "start,end,label\n0,2.5,walk\n1:02.5,1:00:00,run\n",
        "Label, End ,START\nwalk,2.5,0\nrun,1:00:00,1:02.5\n",
        "1:02.5,1:00:00,run\n\n0,2.5,walk",
        "\ufeffstart;end;label\r\n0;2.5;walk\r\n1:02.5;1:00:00;run\r\n",
        "0\t2.5\twalk\n62.5\t3600\t run \n",
    ],
)
def test_start_end_label_is_read_in_the_ways_people_write_it(tmp_path: Path, text: str) -> None:
    assert told(written(tmp_path, text)) == [("walk", 0, 2.5), ("run", 62.5, 3600)]


def test_a_table_of_segments_is_read_as_it_was_written(tmp_path: Path) -> None:
    text = csv_text(export(*in_a_row(["walk", "a, b", "walk"], seconds=0.1)))
    assert told(written(tmp_path, text)) == [
        ("walk", 0, 0.1),
        ("a, b", 0.1, 0.2),
        ("walk", 0.2, pytest.approx(0.3)),
    ]


def test_a_header_alone_says_that_nothing_happens(tmp_path: Path) -> None:
    assert told(written(tmp_path, "start,end,label\n")) == []


def test_of_several_clips_the_rows_of_one_are_read(tmp_path: Path) -> None:
    path = written(tmp_path, "video,start,end,label\na.mp4,0,1,walk\nb.mp4,0,2,run\n")
    assert told(path, video="b.mp4") == [("run", 0, 2)]
    with pytest.raises(DataError, match=r"no row of 'c.mp4'.*a.mp4"):
        read_truth(path, video="c.mp4")


def test_of_one_clip_the_name_does_not_matter(tmp_path: Path) -> None:
    path = written(tmp_path, "video,start,end,label\na.mp4,0,1,walk\n")
    assert told(path, video="a_small.mp4") == [("walk", 0, 1)]


def test_decimals_have_commas_where_these_separate_nothing(tmp_path: Path) -> None:
    assert told(written(tmp_path, "start;end;label\n0;1,5;walk\n")) == [("walk", 0, 1.5)]


def test_empty_rows_of_a_spreadsheet_are_none(tmp_path: Path) -> None:
    assert told(written(tmp_path, "start;end;label\n;;\n0;1;walk\n; ;\n")) == [("walk", 0, 1)]


def test_a_segment_knows_its_clip(tmp_path: Path) -> None:
    path = written(tmp_path, "video,start,end,label\na.mp4,0,1,walk\n,1,2,run\n")
    assert [segment.video for segment in read_truth(path)] == ["a.mp4", None]


def test_a_clock_may_begin_below_zero(tmp_path: Path) -> None:
    assert told(written(tmp_path, "-0.5,1,walk\n")) == [("walk", -0.5, 1)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty: write rows of start,end,label"),
        ("from,to,what\n", "has no column 'start'"),
        ("start,end,label\n0,1,walk\n2,x,run\n", "line 3: end is 'x', no time"),
        ('start,end,label\n0,"1,5",walk\n', "line 2: end is '1,5'.*with a point"),
        ("start,end,label\n0,12f,walk\n", "line 2: end is '12f', no time"),
        ("start,end,label\n3,2,walk\n", "line 2: 'walk' begins at 3 s and ends at 2 s"),
        ("start,end,label\n1,1,walk\n", "line 2: 'walk' begins at 1 s and ends at 1 s"),
        ("start,end,label\n0,1, \n", "line 2: the label is empty"),
        ("start,end,label\n0,1\n", "line 2: 2 cells"),
        (b"start,end,label\n0,1,caf\xe9\n", "save them in UTF-8"),
    ],
)
def test_what_cannot_be_is_said_with_its_line(
    tmp_path: Path, text: str | bytes, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        read_truth(written(tmp_path, text))


def test_a_missing_file_and_another_kind_are_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"cannot read the segments .*No such file"):
        read_truth(tmp_path / "none.csv")
    with pytest.raises(DataError, match=r"no file of segments: name a \.csv or an \.eaf"):
        read_truth(written(tmp_path, "", "clip.mp4"))


# --- ELAN --------------------------------------------------------------------------------------


def eaf(body: str, units: str = "milliseconds", medium: str = "") -> str:
    return (
        f'<?xml version="1.0"?>\n<ANNOTATION_DOCUMENT><HEADER TIME_UNITS="{units}">{medium}'
        '</HEADER><TIME_ORDER><TIME_SLOT TIME_SLOT_ID="a" TIME_VALUE="500"/>'
        '<TIME_SLOT TIME_SLOT_ID="b" TIME_VALUE="2000"/><TIME_SLOT TIME_SLOT_ID="none"/>'
        f"</TIME_ORDER>\n{body}</ANNOTATION_DOCUMENT>"
    )


def tier(name: str, value: str, slots: str = "ab") -> str:
    return (
        f'<TIER TIER_ID="{name}"><ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a1" '
        f'TIME_SLOT_REF1="{slots[0]}" TIME_SLOT_REF2="{slots[1:]}"><ANNOTATION_VALUE>{value}'
        "</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER>"
    )


@given(st.lists(st.sampled_from([text for text in NASTY if text.strip()]), min_size=1, max_size=5))
def test_what_was_written_for_elan_is_read_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, labels: list[str]
) -> None:
    segments = in_a_row(labels, seconds=0.25)
    folder = tmp_path_factory.getbasetemp()
    path = written(folder, eaf_text(export(*segments)), "truth.eaf")
    assert told(path, known=labels) == [
        (one_line_of_its_own(s.label, labels), s.start_seconds, s.end_seconds) for s in segments
    ]


def one_line_of_its_own(label: str, labels: list[str]) -> str:
    """The last of the labels that look alike in one line."""
    return [other for other in labels if one_line(other) == one_line(label)][-1].strip()


def test_times_of_elan_are_those_that_players_show(tmp_path: Path) -> None:
    path = written(tmp_path, eaf_text(export(segment("dog", 1.5, 2), zero_seconds=1.4)), "a.eaf")
    assert told(path, zero_seconds=1.4) == [("dog", pytest.approx(1.5), pytest.approx(2))]


@pytest.mark.parametrize(
    ("name", "value", "label"),
    [
        ("behaviour", "dog", "dog"),
        ("behaviour", "fox", "fox"),
        ("dog", "", "dog"),
        ("dog", "ran away", "dog"),
        ("dog", "cat", "cat"),
    ],
)
def test_a_label_is_a_value_or_the_name_of_its_tier(
    tmp_path: Path, name: str, value: str, label: str
) -> None:
    path = written(tmp_path, eaf(tier(name, value)), "a.eaf")
    assert told(path, known=["dog", "cat"]) == [(label, 0.5, 2)]


def test_a_document_may_begin_within_its_medium(tmp_path: Path) -> None:
    medium = '<MEDIA_DESCRIPTOR MEDIA_URL="a.mp4" TIME_ORIGIN="10000"/>'
    path = written(tmp_path, eaf(tier("dog", "dog"), medium=medium), "a.eaf")
    assert told(path) == [("dog", 10.5, 12)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no whole ELAN document"),
        (eaf(tier("dog", "dog"))[:-9], "no whole ELAN document .*line 3"),
        ('<?xml version="1.0" encoding="nonsense"?><a/>', "no whole ELAN document .*nonsense"),
        ("<html/>", "outermost element is 'html'"),
        (eaf(tier("dog", "dog"), units="PAL-frames"), "counts time in PAL-frames"),
        (eaf(tier("dog", "dog", "anone")), "line 3: the annotation 'a1' is bound to no time"),
        (eaf(tier("dog", "dog", "ba")), "line 3: 'dog' begins at 2 s and ends at 0.5 s"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "declares a document type"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode("utf-16"), "declares a document type"),
    ],
)
def test_a_document_that_cannot_be_is_said(tmp_path: Path, text: str | bytes, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_truth(written(tmp_path, text, "a.eaf"))


def test_a_huge_document_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elan_truth, "MOST_BYTES", 100)
    with pytest.raises(DataError, match="larger than"):
        read_truth(written(tmp_path, eaf(tier("dog", "dog")), "a.eaf"))
