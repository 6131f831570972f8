"""The manifest: what is read from it, what damage does, and that a copy loses nothing."""

from __future__ import annotations

import copy
import json
import logging
from fractions import Fraction
from functools import reduce
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from helpers.manifests import ANY_MANIFEST, COMPLETE, MIXED_MANIFEST, read_or_empty
from hypothesis import given

from vidclf.errors import OutputError, SourceError
from vidclf.files.manifest import Manifest
from vidclf.files.manifest_parts import ManifestClip, ManifestModel, ManifestSettings

ELSEWHERE = {
    "model.resize.rule": "model.resize_rule",
    "model.resize.kernel": "model.resize_kernel",
    "outputs.video": "annotated_video",
    "versions.vidclf": "vidclf_version",
}
"""Where a field of the file is found, if not under its own name."""
FIELDS = (
    *("source", "clip_digest", "frames_read", "end_seconds", "seconds", "frames_per_second"),
    *("runtime", "notes", "warnings", "smoothing", "output_digests", *ELSEWHERE),
    *(f"clip.{name}" for name in ManifestClip.__slots__),
    *(f"model.{name}" for name in ManifestModel.__slots__ if not name.startswith("resize")),
    *(f"settings.{name}" for name in ManifestSettings.__slots__),
)
"""Every field that something reads."""


def stored(folder: Path, content: Any) -> Path:
    """A manifest's file: of text as it is, of anything else as JSON."""
    path = folder / "a_manifest.json"
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    path.write_text(text, encoding="utf-8")
    return path


def read(folder: Path, content: Any) -> Manifest:
    return Manifest.read(stored(folder, content))


def changed(field: str, value: Any) -> dict[str, Any]:
    """The complete manifest with another value in one field, such as `model.resize.rule`."""
    document = copy.deepcopy(COMPLETE)
    *places, name = field.split(".")
    reduce(lambda part, place: part[place], places, document)[name] = value
    return document


def value_of(manifest: Manifest, field: str) -> Any:
    return reduce(getattr, ELSEWHERE.get(field, field).split("."), manifest)


# --- reading -----------------------------------------------------------------------------------


def test_fields_have_their_types(tmp_path: Path) -> None:
    manifest = read(tmp_path, COMPLETE)
    assert manifest.clip.frame_rate == Fraction(30000, 1001)
    assert manifest.model.input_size == (224, 192)
    assert manifest.model.ranges == ((0, 30.5), (-1, 1))
    assert manifest.model.resize_kernel == "area"
    assert manifest.settings.start == "10f"
    assert manifest.annotated_video == "out/a_annotated.mp4"
    assert manifest.output_digests == {"video": "ef56", "table": "gh78"}
    assert manifest.warnings == ("it is damaged", "and cut off")
    assert manifest.smoothing_methods == ["mean"]


def test_a_whole_manifest_is_read_without_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    manifest = read(tmp_path, COMPLETE)
    assert [field for field in FIELDS if value_of(manifest, field) in (None, (), {})] == []
    assert not caplog.records


def test_what_is_null_is_not_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for field in FIELDS:
        assert value_of(read(tmp_path, changed(field, None)), field) == value_of(Manifest(), field)
    assert not caplog.records


def test_settings_are_told_even_if_none_is_of_use(tmp_path: Path) -> None:
    assert read(tmp_path, {"settings": {}}).has_settings
    assert not read(tmp_path, {"settings": None}).has_settings
    assert not Manifest().has_settings


# --- damage ------------------------------------------------------------------------------------


def test_where_there_is_none_it_is_empty(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert Manifest.read(tmp_path / "none.json") == Manifest()
    assert not caplog.records


@pytest.mark.parametrize(
    "broken",
    [
        *("", "{", "[]", "null", "7", "[" * 100_000, '{"a":' * 100_000),
        *('{"seconds": NaN}', '{"x": Infinity}', '{"x": -1e999}', '{"x": ' + "9" * 5000 + "}"),
    ],
    ids=lambda text: text[:16],
)
def test_a_broken_one_is_passed_over_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, broken: str
) -> None:
    assert read(tmp_path, broken) == Manifest()
    (record,) = caplog.records
    assert "a_manifest.json" in record.getMessage()
    assert "passed over" in record.getMessage()


def test_one_in_another_encoding_is_passed_over(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "a_manifest.json"
    path.write_bytes(b'{"source": "\xff"}')
    assert Manifest.read(path) == Manifest()
    assert "a_manifest.json cannot be read" in caplog.text


def test_a_folder_in_its_place_is_passed_over(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert Manifest.read(tmp_path) == Manifest()
    assert "cannot be read (" in caplog.text


@pytest.mark.parametrize("written", [2, 0, "1", None, [[]]])
def test_another_format_of_tables_is_refused(tmp_path: Path, written: object) -> None:
    path = stored(tmp_path, {**COMPLETE, "table_format": written})
    with pytest.raises(SourceError, match=r"format is .*, and this vidclf reads 1: use the vidclf"):
        Manifest.read(path)


def test_another_format_of_manifests_is_passed_over_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert read(tmp_path, {**COMPLETE, "format": 2}) == Manifest()
    (record,) = caplog.records
    assert "a_manifest.json is a manifest of format 2, and this vidclf" in record.getMessage()


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_of_another_type_is_passed_over_with_one_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, field: str
) -> None:
    whole = read(tmp_path, COMPLETE)
    manifest = read(tmp_path, changed(field, {"of": ["another type"]}))
    assert value_of(manifest, field) == value_of(Manifest(), field)
    others = [other for other in FIELDS if other != field]
    assert all(value_of(manifest, other) == value_of(whole, other) for other in others)
    (record,) = caplog.records
    said = f"a_manifest.json: {field} is {{'of': ['another type']}}, not "
    assert said in record.getMessage()
    assert record.levelno == logging.WARNING


@pytest.mark.parametrize("part", ["clip", "model", "model.resize", "settings", "outputs"])
def test_a_part_that_is_no_object_is_passed_over_with_one_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, part: str
) -> None:
    read(tmp_path, changed(part, "text"))
    (record,) = caplog.records
    assert f"a_manifest.json: {part} is 'text', not an object; it is" in record.getMessage()


def test_a_step_of_smoothing_that_is_none_is_left_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    steps = [*COMPLETE["smoothing"], 7, {"method": "majority"}]
    assert read(tmp_path, {"smoothing": steps}).smoothing_methods == ["mean", "majority"]
    assert "smoothing[1] is 7, not an object" in caplog.text


@given(ANY_MANIFEST | MIXED_MANIFEST)
def test_any_object_is_read_or_refused(document: dict[str, Any]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a_manifest.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        manifest = read_or_empty(path)
    assert manifest.document in (document, {})


# --- writing -----------------------------------------------------------------------------------


@pytest.mark.parametrize("document", [COMPLETE, {}, {"z": None, "b": [1, 1.0], "table_format": 1}])
def test_what_was_written_is_written_again_to_the_byte(
    tmp_path: Path, document: dict[str, Any]
) -> None:
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    read(tmp_path, text).write(tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == text.encode()


@given(MIXED_MANIFEST)
def test_what_was_read_can_be_written_and_read_again(document: dict[str, Any]) -> None:
    with TemporaryDirectory() as name:
        path = Path(name) / "a_manifest.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        manifest = read_or_empty(path)
        manifest.write(path)
        assert Manifest.read(path) == manifest


def test_a_run_has_the_formats_first(tmp_path: Path) -> None:
    Manifest.of_run({"video": "a.mp4", "seconds": 1.5}).write(tmp_path / "m.json")
    assert (tmp_path / "m.json").read_text(encoding="utf-8") == (
        '{\n  "format": 1,\n  "table_format": 1,\n  "video": "a.mp4",\n  "seconds": 1.5\n}\n'
    )


def test_a_run_keeps_its_order_and_has_plain_values() -> None:
    values = {"b": Path("a/b.mp4"), "a": Fraction(24, 1), "n": np.float32(0.5), "t": (1, 2)}
    assert list(Manifest.of_run(values).document.items())[2:] == [
        ("b", "a/b.mp4"), ("a", "24"), ("n", 0.5), ("t", [1, 2])
    ]  # fmt: skip


def test_a_run_has_no_value_that_json_lacks() -> None:
    with pytest.raises(TypeError, match="cannot hold"):
        Manifest.of_run({"a": object()})


def test_half_a_surrogate_pair_stays_one(tmp_path: Path) -> None:
    path = stored(tmp_path, r'{"x": "\ud800"}')
    Manifest.read(path).write(path)
    assert Manifest.read(path).document == {"x": "\ud800"}


def test_a_place_that_cannot_be_written_is_explained(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"cannot write .*m\.json"):
        Manifest().write(tmp_path / "missing" / "m.json")


# --- of a smoothed table -----------------------------------------------------------------------


def smoothed(manifest: Manifest, **step: Any) -> dict[str, Any]:
    copy = manifest.with_smoothing(
        step,
        video="a.mp4",
        outputs={"table": Path("b.csv")},
        output_digests={"table": "ef56"},
    )
    return dict(copy.document)


def test_smoothing_keeps_all_else_of_a_run(tmp_path: Path) -> None:
    run = {"mine": {"deep": [1, None]}, **changed("frames_read", "of another type"), "more": 1}
    document = smoothed(read(tmp_path, run), method="median")
    steps = [*COMPLETE["smoothing"], {"method": "median"}]
    written = {"outputs": {"table": "b.csv"}, "output_digests": {"table": "ef56"}}
    assert document == {**run, **written, "smoothing": steps}
    assert list(document) == list(run)


def test_smoothing_of_a_table_without_a_run_tells_what_is_known() -> None:
    assert list(smoothed(Manifest(), method="mean").items()) == [
        ("table_format", 1),
        ("video", "a.mp4"),
        ("outputs", {"table": "b.csv"}),
        ("output_digests", {"table": "ef56"}),
        ("smoothing", [{"method": "mean"}]),
    ]


def test_a_smoothed_manifest_tells_its_methods(tmp_path: Path) -> None:
    manifest = read(tmp_path, COMPLETE).with_smoothing(
        {"method": "majority"}, video="a.mp4", outputs={}, output_digests={}
    )
    assert manifest.smoothing_methods == ["mean", "majority"]
    assert manifest.annotated_video is None
