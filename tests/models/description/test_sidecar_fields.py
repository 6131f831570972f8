"""The fields of a sidecar are read, or refused in a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from helpers.sidecars import read_fields
from helpers.tiny_model import COLOURS

from vidclf.core.preprocessing import Resize
from vidclf.errors import ModelError


@pytest.mark.parametrize(
    ("given", "resize"),
    [
        ("crop", Resize(rule="crop")),
        ("crop:bilinear", Resize(rule="crop", kernel="bilinear")),
        ({"kernel": "bicubic"}, Resize(kernel="bicubic")),
        ({"rule": "crop", "crop_fraction": 0.875}, Resize(rule="crop", crop_fraction=0.875)),
    ],
)
def test_resize_is_given_as_on_the_command_line_or_in_parts(
    tmp_path: Path, given: Any, resize: Resize
) -> None:
    assert read_fields(tmp_path, resize=given).resize == resize


@pytest.mark.parametrize(
    ("given", "labels"),
    [(["a", "b"], ("a", "b")), ({"b": 1, "a": 0}, ("a", "b")), ([0, 1], ("0", "1"))],
)
def test_labels_are_given_as_in_a_file(tmp_path: Path, given: Any, labels: Any) -> None:
    assert read_fields(tmp_path, labels=given).labels == labels


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sha256": "0" * 64}, "its sha256 differs"),
        ({"sha256": 7}, "sha256 7 should be a text in quotes"),
        ({"name": ""}, 'name "" should be a text in quotes'),
        ({"haed": "softmax"}, "has a field 'haed', which vidclf does not know; it knows crop,"),
        ({"head": "mystery"}, '"mystery" is none of softmax, logits, sigmoid, binary, regression'),
        ({"head": ["softmax"]}, r'head \["softmax"\] is none of'),
        ({"labels": ["a", "a", "b", "c"]}, "names the label 'a' twice"),
        ({"labels": "cat"}, 'holds "cat" and should hold names'),
        ({"labels": ["cat", None]}, "number 1, holds null and should hold names"),
        ({"labels": []}, "labels is empty: name each output, or leave it out"),
        ({"input_size": 24}, r"input_size 24 should be \[height, width\] in pixels"),
        ({"input_size": [24, "32"]}, r'input_size \[24, "32"\] should be'),
        ({"input_size": [0, 32]}, "1 to 4096"),
        ({"window": 2.5}, "window 2.5 should be a whole number from 1"),
        ({"preprocessing": "0.5/0.2"}, "numbers are on the scale of 0 to 255"),
        ({"preprocessing": {"mean": 0}}, r'preprocessing {"mean": 0} should be a text'),
        ({"preprocessing": "bgr:caffe"}, "has blue first already"),
        ({"crop": "above=3"}, "crop 'above=3': give what to cut off each edge"),
        ({"crop": 60}, "crop 60 should be a text in quotes"),
        ({"resize": "squash"}, "resize 'squash' is none of stretch, crop, pad"),
        ({"resize": 7}, r'resize 7 should be as "crop:bilinear" or {"rule": "crop"}'),
        ({"resize": {"rul": "crop"}}, 'resize "rul" is none of its parts crop_fraction, kernel, r'),
        ({"resize": {"crop_fraction": "1"}}, 'crop_fraction "1" should be a number'),
        ({"resize": {"crop_fraction": 2}}, "must be more than 0, at most 1"),
        ({"thresholds": [0.5]}, "1 thresholds for 4 labels: give one for each, or by label"),
        ({"thresholds": "high"}, 'thresholds: "high" should be a number between 0 and 1'),
        ({"thresholds": {"red": 30}}, "thresholds: 30 should be a number between 0 and 1"),
        ({"thresholds": {"pink": 0.5}}, "names 'pink', which is none of the labels dark, red, gr"),
        ({"units": 7}, "units: 7 should be a text in quotes"),
        ({"ranges": [[1, 0]] * 4}, "the first number must be less than the second"),
        ({"ranges": [[0, float("nan")]] * 4}, "should be .least, greatest., such as"),
        ({"ranges": {"red": [0, 1]}}, "ranges has nothing for 'dark': give one for each label"),
        ({"ranges": ["x" * 100] * 4}, "…"),
        ({"ranges": 10**400}, "should be .least, greatest., such as"),
    ],
)
def test_a_wrong_description_is_refused(
    tmp_path: Path, change: dict[str, object], message: str
) -> None:
    with pytest.raises(ModelError, match=message) as caught:
        read_fields(tmp_path, **{"labels": COLOURS, "head": "softmax", **change})
    assert str(caught.value).startswith(str(tmp_path / "model.json"))
    assert "\n" not in str(caught.value)


VALUES = ("speed [m/s]", "gear")


@pytest.mark.parametrize(
    ("field", "given", "entries"),
    [
        ("thresholds", [0.4, 1], (0.4, 1.0)),
        ("thresholds", 0.7, (0.7, 0.7)),
        ("thresholds", {"gear": 0.4, "speed [m/s]": 0.7}, (0.7, 0.4)),
        ("thresholds", {"gear": 0.4}, (0.5, 0.4)),
        ("units", ["m/s", ""], ("m/s", "")),
        ("units", {"speed": "m/s"}, ("m/s", "")),
        ("units", "m", ("m", "m")),
        ("ranges", [[0, 30], [1, 6]], ((0.0, 30.0), (1.0, 6.0))),
        ("ranges", {"speed": [0, 30], "gear": [1, 6]}, ((0.0, 30.0), (1.0, 6.0))),
        ("ranges", [0, 30], ((0.0, 30.0), (0.0, 30.0))),
    ],
)
@pytest.mark.parametrize("own_labels", [True, False])
def test_each_label_has_its_own(
    tmp_path: Path, field: str, given: Any, entries: Any, own_labels: bool
) -> None:
    labels = {"labels": VALUES} if own_labels else {}
    sidecar = read_fields(tmp_path, **labels, **{field: given})
    assert getattr(sidecar.for_labels(VALUES), field) == entries


def test_labels_renamed_by_the_user_keep_their_entries(tmp_path: Path) -> None:
    sidecar = read_fields(tmp_path, labels=["cat", "dog"], thresholds={"dog": 0.7})
    assert sidecar.for_labels(("Katze", "Hund")).thresholds == (0.5, 0.7)


def test_one_name_with_two_units_must_be_given_in_full(tmp_path: Path) -> None:
    sidecar = read_fields(tmp_path, ranges={"left": [0, 1], "right": [0, 1]})
    with pytest.raises(ModelError, match=r"model.json: ranges names 'left', which is none of"):
        sidecar.for_labels(("left [m]", "left [s]"))


def test_a_label_named_with_and_without_its_unit_is_refused(tmp_path: Path) -> None:
    sidecar = read_fields(tmp_path, units={"speed": "m/s", "speed [m/s]": "km/h"})
    with pytest.raises(ModelError, match="names a label twice, with its unit and without"):
        sidecar.for_labels(VALUES)


def test_entries_are_counted_once_the_labels_are_known(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="2 thresholds for 3 labels"):
        read_fields(tmp_path, thresholds=[0.5, 0.5]).for_labels(("a", "b", "c"))
