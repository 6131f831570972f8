"""A description is written beside its model, and keeps what stood there."""

from __future__ import annotations

import json
import resource
from pathlib import Path
from typing import Any

import pytest
from helpers.keras_models import describe_model, head_layers, keras, rescaling_layer, save_model
from helpers.sidecars import write_sidecar
from helpers.tiny_model import build_tiny_model

from vidclf.errors import ModelError, OutputError
from vidclf.models import open_model
from vidclf.models.description.writing import write_description
from vidclf.settings import ModelSettings


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    return save_model(tmp_path, *head_layers())


def written(model: Path, **settings: Any) -> dict[str, Any]:
    """Write the description of a model of which this is said, and return its fields."""
    said = ModelSettings(**settings)
    path = write_description(open_model(model, settings=said).info, said)
    fields: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return fields


def test_what_is_known_is_written_with_the_models_digest(bare: Path) -> None:
    info = describe_model(bare)
    assert written(bare, preprocess="0-1") == {
        "format": 1, "preprocessing": "0-1", "head": "softmax", "sha256": info.digest,
    }  # fmt: skip


def test_what_was_given_reads_back_as_it_was_given(tmp_path: Path) -> None:
    model = save_model(tmp_path, *head_layers(), shape=(None, None, 3))
    said = {
        "labels": ("ä", "b", "c"), "preprocess": "bgr:1,2,3/4", "input_size": (24, 32),
        "crop": "top=3,left=5%", "resize": "crop:bilinear", "head": "sigmoid",
    }  # fmt: skip
    given = describe_model(model, **said)
    assert set(written(model, **said)) == {
        "format", "labels", "preprocessing", "input_size", "crop", "resize", "head", "sha256",
    }  # fmt: skip
    read = describe_model(model)
    for name in ("labels", "preprocessing", "input_size", "crop", "resize", "head"):
        assert getattr(read, name) == getattr(given, name)


def test_what_is_not_known_is_left_out(bare: Path) -> None:
    assert "preprocessing" not in written(bare, head="sigmoid")


def test_a_windows_length_is_written(tmp_path: Path) -> None:
    layers = keras().layers
    model = save_model(
        tmp_path, layers.GlobalAveragePooling3D(), layers.Dense(2), shape=(None, 24, 32, 3)
    )
    assert written(model, window_size=6, preprocess="none")["window"] == 6
    assert describe_model(model).window == 6


def test_fields_that_stood_there_stay(bare: Path) -> None:
    write_sidecar(bare, name="birds", notes="mine", preprocessing="caffe", resize={"rule": "pad"})
    fields = written(bare, preprocess="0-1")
    assert (fields["name"], fields["notes"]) == ("birds", "mine")
    assert (fields["preprocessing"], fields["resize"]) == ("0-1", {"rule": "pad"})


def test_thresholds_by_label_stay_with_their_labels(tmp_path: Path) -> None:
    model = save_model(tmp_path, *head_layers(units=2, activation="sigmoid"))
    write_sidecar(model, labels=["cat", "dog"], thresholds={"dog": 0.7})
    assert written(model, preprocess="0-1")["thresholds"] == {"dog": 0.7}
    assert written(model, labels=("Katze", "Hund"))["thresholds"] == [0.5, 0.7]
    assert describe_model(model).thresholds == (0.5, 0.7)


def test_units_stay_in_the_labels_of_a_regression(tmp_path: Path) -> None:
    model = save_model(tmp_path, rescaling_layer(1 / 255, 0), *head_layers(2, None))
    labels = ("speed [m/s]", "gear")
    fields = written(model, labels=labels, head="regression")
    assert fields["labels"] == list(labels)
    read = describe_model(model)
    assert (read.labels, read.units) == (("speed", "gear"), ("m/s", ""))


def test_labels_found_beside_the_model_are_written(bare: Path) -> None:
    bare.with_name("labels.txt").write_text("a\nb\nc\n", encoding="utf-8")
    assert written(bare, preprocess="0-1")["labels"] == ["a", "b", "c"]


def test_the_description_of_a_folder_lies_beside_it(tmp_path: Path) -> None:
    folder = tmp_path / "birds.v2"
    build_tiny_model(scaling=False).export(folder, verbose=False)
    written(folder, preprocess="0-1")
    assert (tmp_path / "birds.v2.json").is_file()
    assert describe_model(folder).evidence["preprocessing"] == "birds.v2.json"


def test_another_programs_file_is_not_overwritten(bare: Path) -> None:
    theirs = bare.with_suffix(".json")
    theirs.write_text('{"class_name": "Sequential", "config": {}}', encoding="utf-8")
    with pytest.raises(ModelError, match=r"model.json is another program's file, and stays"):
        written(bare, preprocess="0-1")
    assert json.loads(theirs.read_text(encoding="utf-8"))["class_name"] == "Sequential"


def test_a_folder_of_that_name_is_not_overwritten(bare: Path) -> None:
    bare.with_suffix(".json").mkdir()
    with pytest.raises(ModelError, match=r"model.json is another program's file"):
        written(bare, preprocess="0-1")


def test_a_link_stays_a_link(bare: Path, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere.json"
    target.write_text('{"format": 1, "notes": "mine"}', encoding="utf-8")
    bare.with_suffix(".json").symlink_to(target)
    written(bare, preprocess="0-1")
    assert json.loads(target.read_text(encoding="utf-8"))["preprocessing"] == "0-1"


def test_a_description_that_cannot_be_written_stays_as_it_was(bare: Path) -> None:
    write_sidecar(bare, notes="mine")
    said = ModelSettings(preprocess="0-1")
    info = open_model(bare, settings=said).info
    files = sorted(bare.parent.iterdir())
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8, before[1]))  # as on a disk that is full
    try:
        with pytest.raises(OutputError, match=r"cannot write the description .*model.json \("):
            write_description(info, said)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert sorted(bare.parent.iterdir()) == files
    assert "mine" in bare.with_suffix(".json").read_text(encoding="utf-8")


def test_a_model_in_memory_has_no_description(tmp_path: Path) -> None:
    info = open_model(build_tiny_model()).info
    with pytest.raises(ModelError, match=r"is no file: a description is written beside one"):
        write_description(info, ModelSettings(preprocess="0-1"))
