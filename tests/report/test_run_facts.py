"""What a page tells of a run, from whatever its manifest holds."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from helpers.manifests import ANY_MANIFEST, COMPLETE, MIXED_MANIFEST, read_or_empty
from helpers.report_tables import class_rows
from hypothesis import given, settings

from vidclf.files.manifest import Manifest
from vidclf.report.run_facts import facts, remarks
from vidclf.table.columns import FrameColumns
from vidclf.table.table import Table

ROWS = class_rows([("cat", 4, 0.9)])


def table_of(manifest: Manifest) -> Table:
    return Table(path=Path("clip_predictions.csv"), columns=FrameColumns(ROWS), manifest=manifest)


def told(document: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Group → name → value, of a manifest that says this."""
    groups = facts(table_of(Manifest.of_run(document)))
    return {group["name"]: dict(group["rows"]) for group in groups}


def test_all_that_is_told_stands_on_the_page() -> None:
    table = {"File": "clip_predictions.csv", "Frames": "4"}
    assert told(COMPLETE) == {
        "Table": table,
        "Clip": {
            "Picture": "640×360",
            "Turned upright by": "90°, mirrored",
            "Frame rate": "29.97 frames/s",
            "Codec": "h264, yuv420p",
            "Sound": "yes",
        },
        "Model": {
            "Name": "net",
            "SHA-256 begins with": "cd34",
            "Input": "16 frames of 192×224 pixels",
            "Preprocessing": "-1-1",
            "Resizing": "crop, area",
            "Head": "regression",
            "Outputs": "2",
        },
        "Run": {
            "Made by": "vidclf 1.2",
            "Computed by": "openvino",
            "Precision": "bf16",
            "Agreement with f32": "49 of 50 compared, largest difference 0.012",
            "Smoothing": "mean over 1 s",
            "Threshold": "0.75",
            "Inferred": "at most 12.5 frames/s",
            "Took": "1.5 s, 32 frames/s",
        },
    }


def test_without_a_run_only_the_table_is_told() -> None:
    assert list(told({})) == ["Table"]


@pytest.mark.parametrize(
    ("document", "group", "fact"),
    [
        ({"clip": {"has_audio": False}}, "Clip", {"Sound": "none"}),
        (
            {"clip": {"rotation": 0, "mirrored": True}},
            "Clip",
            {"Turned upright by": "0°, mirrored"},
        ),
        ({"clip": {"frame_rate": "24"}}, "Clip", {"Frame rate": "24 frames/s"}),
        ({"settings": {"smooth": 0, "stride": 1}}, "Run", {"Smoothing": "none"}),
        ({"settings": {"stride": 3}}, "Run", {"Inferred": "every 3. frame"}),
        ({"model": {"classes": 1000}}, "Model", {"Outputs": "1,000"}),
    ],
)
def test_what_is_told_is_put_in_words(
    document: dict[str, Any], group: str, fact: dict[str, str]
) -> None:
    assert told(document)[group] == fact


@pytest.mark.parametrize(
    "document",
    [
        {"clip": {"width": 640, "codec": "h264", "rotation": 0}},
        {"model": {"input_size": [0, 0], "resize": {"rule": "crop"}}},
        {"settings": {"stride": 1}, "seconds": 1.5},
    ],
)
def test_half_of_a_fact_is_none(document: dict[str, Any]) -> None:
    assert list(told(document)) == ["Table"]


def test_warnings_come_before_notes() -> None:
    said = remarks(table_of(Manifest.of_run(COMPLETE)))
    assert said == ["it is damaged", "and cut off", "its first frame is late"]


@settings(max_examples=30)
@given(ANY_MANIFEST | MIXED_MANIFEST)
def test_whatever_a_manifest_holds_it_can_be_told(document: dict[str, Any]) -> None:
    with TemporaryDirectory() as name:
        path = Path(name) / "a_manifest.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        table = table_of(read_or_empty(path))
    texts = [text for group in facts(table) for row in group["rows"] for text in row]
    assert all(texts)


def test_a_precision_that_the_cpu_lacked_is_told() -> None:
    run = told({"precision": {"asked": "f16", "used": "f32"}})["Run"]
    assert run == {"Precision": "f32 (f16 was asked for)"}
