"""Head, labels, units and thresholds follow from what is known of the outputs, or are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from helpers.keras_models import describe_model, head_layers, keras, save_model
from helpers.sidecars import write_sidecar
from helpers.tiny_model import build_tiny_model

from vidclf.errors import ModelError
from vidclf.models import open_model
from vidclf.models.description.output import imagenet_labels


@pytest.mark.parametrize(
    ("loss", "units", "head"),
    [
        ("mse", 3, "regression"),
        ("mae", 1, "regression"),
        ("huber", 2, "regression"),
        ("categorical_crossentropy", 3, "logits"),
        (None, 1, "regression"),
    ],
)
@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_the_loss_tells_what_linear_outputs_are(
    tmp_path: Path, loss: str | None, units: int, head: str, suffix: str
) -> None:
    model = build_tiny_model(head="linear", units=units)
    if loss:
        model.compile(loss=loss)
    path = tmp_path / f"model{suffix}"
    model.save(path)
    assert describe_model(path).head == head


@pytest.mark.parametrize(
    ("metric", "head"),
    [
        ("mae", "regression"),
        ("sparse_categorical_accuracy", "logits"),
        ("binary_accuracy", "sigmoid"),
        ("accuracy", None),
    ],
)
@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_a_metric_tells_what_linear_outputs_are_where_the_loss_is_not_known(
    tmp_path: Path, metric: str, head: str | None, suffix: str
) -> None:
    def own_loss(truth: Any, answer: Any) -> Any:
        return keras().ops.sum(answer - truth)

    model = build_tiny_model(head="linear", units=3)
    model.compile(loss=own_loss, metrics=[metric])
    path = tmp_path / f"model{suffix}"
    model.save(path)
    info = describe_model(path)
    assert info.head_is_known == (head is not None)
    assert head is None or info.head == head
    assert metric in info.evidence["head"]


@pytest.mark.parametrize("loss", [None, "hinge"])
def test_several_linear_units_are_asked_for(tmp_path: Path, loss: str | None) -> None:
    model = build_tiny_model(head="linear", units=4)
    if loss:
        model.compile(loss=loss)
    path = tmp_path / "model.keras"
    model.save(path)
    info = describe_model(path)
    assert info.questions == ("head",)
    assert info.evidence["head"].endswith("nothing tells what they are: say so with --head")
    assert describe_model(path, head="logits").questions == ()


@pytest.mark.parametrize(
    ("fields", "head"),
    [({"thresholds": [0.5, 0.4, 0.3]}, "sigmoid"), ({"units": ["m", "", ""]}, "regression")],
)
def test_a_field_for_one_kind_of_head_tells_it(
    tmp_path: Path, fields: dict[str, Any], head: str
) -> None:
    path = save_model(tmp_path, *head_layers(activation="linear"))
    write_sidecar(path, labels=["a", "b", "c"], **fields)
    info = describe_model(path)
    assert (info.head, info.head_is_known) == (head, True)
    assert f"model.json gives {next(iter(fields))}" in info.evidence["head"]


@pytest.mark.parametrize(("units", "head"), [(1, "binary"), (4, "sigmoid")])
@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_logits_of_single_labels_get_their_sigmoid(
    tmp_path: Path, units: int, head: str, suffix: str
) -> None:
    model = build_tiny_model(head="linear", units=units)
    model.compile(loss=keras().losses.BinaryCrossentropy(from_logits=True))
    path = tmp_path / f"model{suffix}"
    model.save(path)
    info = describe_model(path)
    assert (info.head, info.activation) == (head, "linear")
    assert "binary_crossentropy" in info.evidence["head"]


def test_a_softmax_over_one_output_is_refused(tmp_path: Path) -> None:
    path = save_model(tmp_path, *head_layers(units=1))
    with pytest.raises(ModelError, match="softmax over one output, always 1"):
        describe_model(path)


def test_one_label_of_two_is_enough(tmp_path: Path) -> None:
    path = save_model(tmp_path, *head_layers(units=1, activation="sigmoid"))
    path.with_name("labels.txt").write_text("smile\n", encoding="utf-8")
    assert describe_model(path).labels == ("not smile", "smile")


def test_units_stand_in_brackets_behind_the_names_of_values(tmp_path: Path) -> None:
    path = save_model(tmp_path, *head_layers(units=2, activation="linear"))
    path.with_name("labels.txt").write_text("speed [m/s]\ngear\n", encoding="utf-8")
    info = describe_model(path, head="regression")
    assert (info.labels, info.units) == (("speed", "gear"), ("m/s", ""))


def test_a_sidecar_may_say_things_by_label(tmp_path: Path) -> None:
    path = save_model(tmp_path, *head_layers(units=2, activation="sigmoid"))
    write_sidecar(path, labels=["cat", "dog"], thresholds={"dog": 0.7, "cat": 0.4})
    assert describe_model(path).thresholds == (0.4, 0.7)


@pytest.mark.parametrize(
    ("given", "is_told"), [("dog\ncat\n", True), ("cat\ndog\n", False), ("dog\ncrow\n", False)]
)
def test_labels_in_another_order_than_the_description_has_are_warned_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, given: str, is_told: bool
) -> None:
    path = save_model(tmp_path, *head_layers(units=2, activation="softmax"))
    write_sidecar(path, labels=["cat", "dog"])
    names = tmp_path / "names.txt"
    names.write_text(given, encoding="utf-8")
    assert describe_model(path, labels=names).labels == tuple(given.split())
    told = "model.json in another order (output 0 is 'dog', not 'cat') and is followed"
    assert (told in caplog.text) == is_told


def test_thresholds_fit_labels_from_another_file(tmp_path: Path) -> None:
    path = save_model(tmp_path, *head_layers(units=2, activation="sigmoid"))
    path.with_name("labels.txt").write_text("cat\ndog\n", encoding="utf-8")
    write_sidecar(path, thresholds={"dog": 0.7})
    assert describe_model(path).thresholds == (0.5, 0.7)
    write_sidecar(path, thresholds=[0.1, 0.2, 0.3])
    with pytest.raises(ModelError, match=r"model\.json: "):
        describe_model(path)


def test_ranges_go_by_the_names_of_values(tmp_path: Path) -> None:
    path = save_model(tmp_path, *head_layers(units=2, activation="linear"))
    path.with_name("labels.txt").write_text("speed [m/s]\ngear\n", encoding="utf-8")
    write_sidecar(path, head="regression", ranges={"gear": [1, 6], "speed": [0, 30]})
    info = describe_model(path)
    assert (info.labels, info.units) == (("speed", "gear"), ("m/s", ""))
    assert info.ranges == ((0, 30), (1, 6))


def test_a_thousand_outputs_of_a_backbone_are_those_of_imagenet(tmp_path: Path) -> None:
    path = tmp_path / "whole.keras"
    keras().applications.MobileNet(weights=None, input_shape=(32, 32, 3), alpha=0.25).save(path)
    info = describe_model(path)
    assert info.labels == imagenet_labels()
    assert "ImageNet" in info.evidence["labels"]


@pytest.mark.parametrize(
    ("units", "activation", "head", "message"),
    [
        (3, "softmax", "binary", r"a binary head has one output, .* has 3"),
        (3, "softmax", "logits", "are scores already .*, and a softmax would be one too many"),
        (3, None, "softmax", r"are linear .*: logits, if a softmax is to be done, or regression"),
        (1, "sigmoid", "softmax", "is for several outputs, .* has one: binary or regression"),
    ],
)
def test_a_head_that_the_file_contradicts_is_refused(
    tmp_path: Path, units: int, activation: str | None, head: str, message: str
) -> None:
    path = save_model(tmp_path, *head_layers(units=units, activation=activation))
    with pytest.raises(ModelError, match=message):
        describe_model(path, head=head)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"thresholds": [0.5, 0.5, 0.5]}, "gives thresholds, which are for sigmoid heads"),
        ({"units": ["m", "", ""]}, "gives units, which are for regression heads"),
        ({"window": 8}, r"gives a window, but .* takes single frames"),
    ],
)
def test_a_description_of_another_kind_of_model_is_refused(
    tmp_path: Path, fields: dict[str, Any], message: str
) -> None:
    path = save_model(tmp_path, *head_layers())
    write_sidecar(path, labels=["a", "b", "c"], **fields)
    with pytest.raises(ModelError, match=message):
        describe_model(path)


@pytest.mark.parametrize(
    ("head", "units", "expected", "classes"),
    [
        ("softmax", 3, "softmax", 3),
        ("sigmoid", 3, "sigmoid", 3),
        ("sigmoid", 1, "binary", 2),
        ("linear", 1, "regression", 1),
        ("softplus", 2, "regression", 2),
    ],
)
def test_heads_are_told_apart(
    tmp_path: Path, head: str, units: int, expected: str, classes: int
) -> None:
    path = tmp_path / "model.keras"
    build_tiny_model(head=head, units=units).save(path)
    info = open_model(path).info
    assert (info.head, len(info.labels)) == (expected, classes)


def test_more_outputs_than_anybody_names_are_refused(tmp_path: Path) -> None:
    layers = keras().layers
    path = save_model(tmp_path, layers.UpSampling2D(1024), layers.Flatten(), shape=(1, 1, 3))
    with pytest.raises(ModelError, match="gives 3,145,728 numbers for each picture"):
        describe_model(path)
