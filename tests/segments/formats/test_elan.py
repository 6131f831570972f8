"""ELAN's documents, by its schema and as pympi reads them."""

from __future__ import annotations

import re
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from helpers.segment_exports import export, in_a_row, segment
from hypothesis import given
from hypothesis import strategies as st
from pympi.Elan import Eaf

from vidclf.segments.export import SegmentExport, one_line
from vidclf.segments.formats.elan import eaf_text


def eaf(what: SegmentExport) -> ET.Element:
    return ET.fromstring(eaf_text(what))


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
    document = eaf(export(*in_a_row(labels, unit)))
    check_by_schema(document)
    said = [value.text or "" for value in document.iter("ANNOTATION_VALUE")]
    assert sorted(said) == sorted(one_line(label) for label in labels)


def test_elan_has_one_tier_for_each_label(tmp_path: Path) -> None:
    segments = [
        *(segment("dog", 0, 1.0015, 1), segment("cat", 0.5, 2, 0)),
        *(segment("dog", 2, 3.5, 1), segment("猫 & <co>", 3, 4, 2)),
    ]
    path = tmp_path / "a.eaf"
    path.write_text(eaf_text(export(*segments)), encoding="utf-8")
    read = Eaf(str(path))
    assert list(read.get_tier_names()) == ["cat", "dog", "猫 & <co>"]
    assert read.get_annotation_data_for_tier("dog") == [(0, 1002, "dog"), (2000, 3500, "dog")]
    assert read.get_annotation_data_for_tier("猫 & <co>") == [(3000, 4000, "猫 & <co>")]
    assert read.get_linked_files() == [
        {"MEDIA_URL": "./a.mp4", "MIME_TYPE": "video/mp4", "RELATIVE_MEDIA_URL": "./a.mp4"}
    ]


def test_labels_that_become_one_get_tiers_of_their_own() -> None:
    document = eaf(export(*in_a_row(["a b", "a\nb", "", "a b (2)"])))
    check_by_schema(document)
    tiers = [tier.attrib["TIER_ID"] for tier in document.iter("TIER")]
    assert tiers == ["a b", "a b (2)", "(empty)", "a b (2) (2)"]


def test_elan_finds_the_clip_from_anywhere_and_from_the_document(tmp_path: Path) -> None:
    clip = tmp_path / "clips é" / "my clip.mov"
    what = export(*in_a_row(["a"]), video="my clip.mov", source=clip, folder=tmp_path / "out")
    medium = eaf(what).find("HEADER/MEDIA_DESCRIPTOR")
    assert medium is not None
    assert medium.attrib == {
        "MEDIA_URL": f"file:///{str(clip).lstrip('/')}",
        "MIME_TYPE": "video/quicktime",
        "RELATIVE_MEDIA_URL": "../clips é/my clip.mov",
    }


@pytest.mark.parametrize("video", ["a.gif", "frames", "shot_%05d.png"])
def test_elan_gets_no_pictures_to_play(video: str) -> None:
    document = eaf(export(*in_a_row(["a"]), video=video))
    check_by_schema(document)
    assert document.find("HEADER/MEDIA_DESCRIPTOR") is None


def test_no_segments_make_an_elan_document_without_tiers() -> None:
    document = eaf(export())
    check_by_schema(document)
    assert document.find("TIER") is None
