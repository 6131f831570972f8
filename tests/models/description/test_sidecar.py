"""The sidecar of a model is used, refused, or left alone as another program's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from helpers.sidecars import place_sidecar, read_fields
from helpers.tiny_model import COLOURS, build_tiny_model

from vidclf.core.preprocessing import SCALINGS
from vidclf.errors import ModelError
from vidclf.models import open_model
from vidclf.models.description.sidecar import Sidecar, read_sidecar


def test_a_description_beside_the_file_is_used(tmp_path: Path) -> None:
    path = place_sidecar(
        tmp_path,
        {
            "format": 1, "name": "four colours", "labels": COLOURS, "input_size": [24, 32],
            "preprocessing": "-1-1", "head": "softmax", "resize": {"rule": "stretch"},
        },
    )  # fmt: skip
    build_tiny_model(scaling=False).save(path)
    info = open_model(path).info
    assert (info.name, info.labels, info.preprocessing) == (
        "four colours",
        COLOURS,
        SCALINGS["-1-1"],
    )
    assert (info.resize.rule, info.resize.kernel) == ("stretch", "area")


def test_null_says_nothing_and_case_does_not_matter_in_a_digest(tmp_path: Path) -> None:
    sidecar = read_fields(tmp_path, head=None, labels=None, sha256="AB")
    assert (sidecar.head, sidecar.labels, sidecar.file) == (None, None, "model.json")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"preprocessing": "0-1"}, 'has no "format": 1, so it would not be used'),
        ({"labels": ["a", "b"]}, 'has no "format": 1'),
        ({"labels": ["a", "b"], "head": "softmax", "epochs": 3}, 'has no "format": 1'),
        ({"format": 2, "preprocessing": "0-1"}, 'has "format": 2, and vidclf reads format 1'),
        ({"format": "1", "preprocessing": "0-1"}, 'has "format": "1", and vidclf reads format 1'),
        ({"format": True, "preprocessing": "0-1"}, 'has "format": true'),
        ({"format": 2}, 'has "format": 2'),
        ("{", "cannot read .*model.json, which should be JSON in UTF-8"),
    ],
)
def test_a_description_that_would_go_unnoticed_is_refused(
    tmp_path: Path, content: Any, message: str
) -> None:
    with pytest.raises(ModelError, match=message):
        read_sidecar(place_sidecar(tmp_path, content), digest="")


@pytest.mark.parametrize(
    "content",
    [
        {"class_name": "Sequential", "config": {}, "keras_version": "2.4.0", "backend": "t"},
        {"format": "layers-model", "generatedBy": "keras v2.4.0", "modelTopology": {}},
        {"name": "birds", "source": "here", "labels": ["a"], "epochs": 3},
        {"cat": 0, "dog": 1},
        ["cat", "dog"],
        "7",
    ],
)
def test_another_programs_json_beside_the_file_is_left_alone(tmp_path: Path, content: Any) -> None:
    assert read_sidecar(place_sidecar(tmp_path, content), digest="") == Sidecar()


def test_without_a_file_nothing_is_said(tmp_path: Path) -> None:
    assert read_sidecar(tmp_path / "model.keras", digest="") == Sidecar()
