"""What holds for every format that segments are written in."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest
from helpers.loaded_modules import HEAVY, modules_after
from helpers.segment_exports import NASTY, SPANS, export, in_a_row, of_spans
from hypothesis import given
from hypothesis import strategies as st

from vidclf.segments.formats import FORMATS

LABELS_IN: dict[str, Callable[[str], list[str]]] = {
    "csv": lambda text: [row["label"] for row in csv.DictReader(io.StringIO(text))],
    "srt": lambda text: text.splitlines()[2::4],
    "vtt": lambda text: text.splitlines()[3::3],
    "eaf": lambda text: [
        value.text or "" for value in ET.fromstring(text).iter("ANNOTATION_VALUE")
    ],
    "json": lambda text: [segment["label"] for segment in json.loads(text)["segments"]],
    "audacity": lambda text: [line.split("\t")[2] for line in text.splitlines()],
    "chapters": lambda text: [line.partition(" ")[2] for line in text.splitlines()],
}
"""Format → the labels in a file of it, as a reader finds them."""

each_format = pytest.mark.parametrize("name", list(FORMATS))


def test_every_format_is_held_to_this_contract() -> None:
    assert LABELS_IN.keys() == FORMATS.keys()


def test_no_two_formats_are_written_to_one_file() -> None:
    assert len({entry.ending for entry in FORMATS.values()}) == len(FORMATS)


def test_the_table_alone_loads_nothing_heavy() -> None:
    assert not modules_after("import vidclf.segments.formats") & HEAVY


@each_format
def test_the_ending_names_a_kind_of_file(name: str) -> None:
    entry = FORMATS[name]
    assert entry.ending.endswith(entry.suffix)
    assert entry.suffix[1:].isalnum()


@each_format
def test_every_label_is_in_the_file(name: str) -> None:
    labels = ["cat", "golden retriever", "naïve 猫"]
    text = FORMATS[name].text(export(*in_a_row(labels, 20)))
    assert LABELS_IN[name](text) == labels


@each_format
def test_no_segments_make_a_file_without_labels(name: str) -> None:
    assert LABELS_IN[name](FORMATS[name].text(export())) == []


@each_format
@given(labels=st.lists(st.text(max_size=8) | st.sampled_from(NASTY), min_size=1, max_size=6))
def test_any_label_is_written_in_lines_of_utf_8(name: str, labels: list[str]) -> None:
    text = FORMATS[name].text(export(*in_a_row([*labels, "cat"], 20)))
    assert text.encode().endswith(b"\n")


@each_format
@given(spans=SPANS, unit=st.sampled_from([1.0, 0.04, 1e-4]), zero=st.sampled_from([0.0, -0.25]))
def test_the_same_segments_give_the_same_text(
    name: str, spans: list[tuple[int, int, int]], unit: float, zero: float
) -> None:
    what = export(*of_spans(spans, unit), zero_seconds=zero)
    assert FORMATS[name].text(what) == FORMATS[name].text(what)


@pytest.mark.parametrize("name", ["srt", "vtt"])
def test_subtitles_mark_what_is_uncertain(name: str) -> None:
    text = FORMATS[name].text(export(*in_a_row(["cat", "dog"]), uncertain=[(0.0, 1.0)]))
    assert LABELS_IN[name](text) == ["cat ?", "dog"]
