"""Facts about the built-in model: its file, its labels, and what it answers."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skimage.data

import vidclf
from vidclf.core.frames import Pixels
from vidclf.core.preprocessing import Resize
from vidclf.inference.resize import resize_frame
from vidclf.inference.runtimes import open_runtime
from vidclf.models import open_model

FOLDER = Path(vidclf.__file__).parent / "assets" / "efficientnet-lite0"


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((FOLDER / "model.json").read_text("utf-8"))
    return loaded


@pytest.fixture(scope="module")
def model() -> Any:
    keras = pytest.importorskip("keras")
    return keras.saving.load_model(FOLDER / "model.keras", compile=False, safe_mode=True)


def test_the_digest_is_that_of_the_file(description: dict[str, Any]) -> None:
    content = (FOLDER / "model.keras").read_bytes()
    assert description["sha256"] == hashlib.sha256(content).hexdigest()


def test_the_labels_are_a_thousand_and_distinct_in_any_case(description: dict[str, Any]) -> None:
    assert len(description["labels"]) == 1000
    assert len({label.casefold() for label in description["labels"]}) == 1000


def test_no_label_needs_cleaning_before_it_is_shown(description: dict[str, Any]) -> None:
    marred = [label for label in description["labels"] if label != label.strip() or "_" in label]
    assert marred == []


@pytest.mark.parametrize(
    ("class_id", "label"),
    [
        (0, "tench"),
        (134, "crane (bird)"),
        (285, "Egyptian cat"),
        (517, "crane (machine)"),
        (967, "espresso"),
        (999, "toilet paper"),
    ],
)
def test_labels_stand_in_the_order_of_imagenet(
    description: dict[str, Any], class_id: int, label: str
) -> None:
    assert description["labels"][class_id] == label


def test_the_model_takes_and_gives_what_the_description_says(
    description: dict[str, Any], model: Any
) -> None:
    assert model.input_shape == (None, *description["input_size"], 3)
    assert model.output_shape == (None, len(description["labels"]))


def test_its_scores_sum_to_one(model: Any) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (2, 224, 224, 3)).astype(np.float32)
    np.testing.assert_allclose(np.asarray(model(pixels)).sum(axis=1), 1.0, atol=1e-5)


def test_every_weight_is_a_float16_value(model: Any) -> None:
    for weight in model.get_weights():
        np.testing.assert_array_equal(weight.astype(np.float16).astype(np.float32), weight)


@pytest.mark.parametrize(
    ("photograph", "label"), [("chelsea", "Egyptian cat"), ("coffee", "espresso")]
)
def test_it_knows_what_a_photograph_shows(
    description: dict[str, Any], model: Any, photograph: str, label: str
) -> None:
    resize = Resize(**description["resize"])
    frame = getattr(skimage.data, photograph)()
    pixels = resize_frame(frame, tuple(description["input_size"]), resize)
    scores = np.asarray(model(pixels[None].astype(np.float32)))[0]
    assert description["labels"][int(scores.argmax())] == label


def test_its_openvino_form_says_what_keras_says(model: Any) -> None:
    """On the CPU of whoever runs this, to within what summing in another order changes."""
    frames = np.stack([picture("chelsea"), picture("coffee"), picture("rocket")])
    opened = open_model()
    converted = open_runtime(
        "openvino", info=opened.info, load=never, probe=never, converted=opened.converted
    )
    reference = np.asarray(model(frames.astype(np.float32)))
    np.testing.assert_allclose(converted.scores(frames), reference, atol=1e-5)


def test_an_openvino_form_that_cannot_be_read_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where an older OpenVINO meets operations it does not know."""
    monkeypatch.setenv("VIDCLF_CACHE", str(tmp_path / "cache"))
    (tmp_path / "model.xml").write_text("<net>not quite</net>", encoding="utf-8")
    (tmp_path / "model.bin").write_bytes(b"")
    opened = open_model()
    runtime = open_runtime(
        "openvino", info=opened.info, load=opened.load, converted=tmp_path / "model.xml",
        probe=lambda: picture("coffee")[None],
    )  # fmt: skip
    assert runtime.scores(picture("coffee")[None]).argmax() == 967


def picture(name: str) -> Pixels:
    """A photograph at the model's input size."""
    return resize_frame(getattr(skimage.data, name)()[..., :3], (224, 224), Resize())


def never() -> Any:
    raise AssertionError("the form in the package needs neither Keras nor frames")
