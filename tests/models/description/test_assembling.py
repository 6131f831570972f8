"""What is found out about a model, and who is believed."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from helpers.tiny_model import COLOURS, build_tiny_model

from vidclf.core.preprocessing import SCALINGS, Resize
from vidclf.errors import ModelError, UsageError
from vidclf.inference.engine import Engine
from vidclf.models import ModelInfo, open_model
from vidclf.models.description.output import imagenet_labels
from vidclf.models.info import FREE
from vidclf.settings import InferenceSettings, ModelSettings


def keras() -> Any:
    from vidclf.models.keras_files.loading import import_keras

    return import_keras()


def saved(tmp_path: Path, *layers: Any, shape: tuple[int | None, ...] = (24, 32, 3)) -> Path:
    path = tmp_path / "model.keras"
    keras().Sequential([keras().layers.Input(shape), *layers]).save(path)
    return path


def ending(units: int = 3, activation: str | None = "softmax") -> list[Any]:
    layers = keras().layers
    return [
        layers.Conv2D(2, 3),
        layers.GlobalAveragePooling2D(),
        layers.Dense(units, activation=activation),
    ]


def described(path: Path, **settings: Any) -> ModelInfo:
    return open_model(path, settings=ModelSettings(**settings)).info


def describe_beside(path: Path, **fields: Any) -> None:
    text = json.dumps({"format": 1, **fields})
    path.with_suffix(".json").write_text(text, encoding="utf-8")


# --- input -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "size", "channels", "window"),
    [
        ((24, 32, 3), (24, 32), 3, None),
        ((28, 28, 1), (28, 28), 1, None),
    ],
)
def test_input_is_read_from_the_file(
    tmp_path: Path, shape: Any, size: Any, channels: int, window: int | None
) -> None:
    info = described(saved(tmp_path, *ending(), shape=shape))
    assert (info.input_size, info.channels, info.window) == (size, channels, window)
    assert info.input_shape == shape


def test_channels_may_come_first(tmp_path: Path) -> None:
    flat = [keras().layers.Flatten(), keras().layers.Dense(2, activation="softmax")]
    info = described(saved(tmp_path, *flat, shape=(3, 24, 32)))
    assert (info.layout, info.input_size, info.input_shape) == (
        "channels_first",
        (24, 32),
        (3, 24, 32),
    )


def test_a_free_size_is_asked_for(tmp_path: Path) -> None:
    path = saved(tmp_path, *ending(), shape=(None, None, 3))
    assert FREE in described(path).input_size
    with pytest.raises(UsageError, match="any size: give --input-size WIDTHxHEIGHT"):
        Engine(open_model(path), InferenceSettings())
    assert described(path, input_size=(48, 64)).input_size == (48, 64)
    describe_beside(path, input_size=[24, 32])
    assert described(path).input_size == (24, 32)


def test_a_fixed_size_cannot_be_changed(tmp_path: Path) -> None:
    path = saved(tmp_path, *ending())
    with pytest.raises(UsageError, match="of 32x24, not the 64x48 of --input-size: leave it out"):
        described(path, input_size=(48, 64))
    describe_beside(path, input_size=[48, 64])
    with pytest.raises(ModelError, match=r"of 32x24, not the 64x48 of model\.json"):
        described(path)


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((784,), r"takes input of shape \(784,\); vidclf feeds pictures"),
        ((24, 32, 4), "with no channels first or last"),
    ],
)
def test_inputs_that_are_no_pictures_are_refused(tmp_path: Path, shape: Any, message: str) -> None:
    layers = [keras().layers.Flatten(), keras().layers.Dense(2, activation="softmax")]
    with pytest.raises(ModelError, match=message):
        described(saved(tmp_path, *layers, shape=shape))


def test_several_inputs_are_refused_by_name(tmp_path: Path) -> None:
    layers = keras().layers
    picture, other = layers.Input((8, 8, 3), name="picture"), layers.Input((2,), name="weather")
    joined = layers.Concatenate()([layers.Flatten()(picture), other])
    path = tmp_path / "two.keras"
    keras().Model([picture, other], layers.Dense(2)(joined)).save(path)
    with pytest.raises(ModelError, match=r"takes 2 inputs \(picture \(8, 8, 3\), weather \(2,\)\)"):
        described(path)


def test_several_outputs_are_refused(tmp_path: Path) -> None:
    layers = keras().layers
    picture = layers.Input((8, 8, 3))
    flat = layers.Flatten()(picture)
    path = tmp_path / "two.keras"
    keras().Model(picture, [layers.Dense(2)(flat), layers.Dense(3)(flat)]).save(path)
    with pytest.raises(ModelError, match="gives 2 outputs"):
        described(path)


def test_a_map_of_scores_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path, keras().layers.Conv2D(5, 3, activation="softmax"))
    with pytest.raises(ModelError, match=r"gives output of shape \(22, 30, 5\)"):
        described(path)


def test_a_window_of_any_length_is_asked_for(tmp_path: Path) -> None:
    layers = keras().layers
    each = layers.TimeDistributed(layers.GlobalAveragePooling2D())
    path = saved(tmp_path, each, layers.LSTM(3), layers.Dense(2), shape=(None, 24, 32, 3))
    assert described(path).window == FREE
    with pytest.raises(UsageError, match="any number of frames at once: give --window-size"):
        Engine(open_model(path), InferenceSettings())
    assert described(path, window_size=7).window == 7


# --- scaling ---------------------------------------------------------------------------------


def rescaled(scale: float, offset: float) -> Any:
    return keras().layers.Rescaling(scale, offset=offset)


@pytest.mark.parametrize(
    ("scale", "offset", "name"), [(1 / 255, 0, "none"), (1 / 127.5, -1, "none"), (2, -1, "0-1")]
)
def test_a_rescaling_layer_tells_what_comes_before_it(
    tmp_path: Path, scale: float, offset: float, name: str
) -> None:
    info = described(saved(tmp_path, rescaled(scale, offset), *ending()))
    assert info.preprocessing == SCALINGS[name]
    assert "Rescaling" in info.evidence["preprocessing"]


def test_layers_behind_the_first_weights_say_nothing(tmp_path: Path) -> None:
    convolution, *others = ending()
    info = described(saved(tmp_path, convolution, rescaled(1 / 255, 0), *others))
    assert info.preprocessing is None


def test_scaling_is_found_behind_augmentation_and_in_nested_models(tmp_path: Path) -> None:
    layers = keras().layers
    inner = keras().Sequential(
        [layers.Input((24, 32, 3)), layers.RandomFlip(), rescaled(1 / 255, 0), *ending()]
    )
    info = described(saved(tmp_path, layers.RandomRotation(0.1), inner))
    assert info.preprocessing == SCALINGS["none"]


def test_a_backbone_is_a_habit_and_is_said_to_be_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    base = keras().applications.MobileNetV2(
        weights=None, include_top=False, input_shape=(32, 32, 3), pooling="avg", alpha=0.35
    )
    path = saved(tmp_path, base, keras().layers.Dense(2), shape=(32, 32, 3))
    with caplog.at_level(logging.WARNING, "vidclf"):
        info = described(path)
    assert info.preprocessing == SCALINGS["-1-1"]
    assert "MobileNetV2" in info.evidence["preprocessing"]
    assert "if it was trained otherwise, say how" in caplog.text
    assert described(path, preprocess="0-1").preprocessing == SCALINGS["0-1"]


def test_scaling_twice_is_warned_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = saved(tmp_path, rescaled(1 / 255, 0), *ending())
    with caplog.at_level(logging.WARNING, "vidclf"):
        assert described(path, preprocess="0-1").preprocessing == SCALINGS["0-1"]
    assert "--preprocess 0-1 does it once more" in caplog.text


def test_the_user_goes_before_the_sidecar_and_that_before_the_file(tmp_path: Path) -> None:
    path = saved(tmp_path, rescaled(1 / 255, 0), *ending())
    describe_beside(path, preprocessing="caffe", resize={"rule": "pad"}, head="sigmoid")
    info = described(path)
    assert (info.preprocessing, info.head) == (SCALINGS["caffe"], "sigmoid")
    assert info.resize == Resize(rule="pad")
    info = described(path, preprocess="torch", resize="crop:bicubic", head="regression")
    assert (info.preprocessing, info.head) == (SCALINGS["torch"], "regression")
    assert info.resize == Resize(rule="crop", kernel="bicubic")


# --- outputs ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("loss", "units", "head"),
    [
        ("mse", 3, "regression"),
        ("mae", 1, "regression"),
        ("huber", 2, "regression"),
        ("categorical_crossentropy", 3, "logits"),
        (None, 3, "logits"),
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
    assert described(path).head == head


@pytest.mark.parametrize(("units", "head"), [(1, "binary"), (4, "sigmoid")])
@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_logits_of_single_labels_get_their_sigmoid(
    tmp_path: Path, units: int, head: str, suffix: str
) -> None:
    model = build_tiny_model(head="linear", units=units)
    model.compile(loss=keras().losses.BinaryCrossentropy(from_logits=True))
    path = tmp_path / f"model{suffix}"
    model.save(path)
    info = described(path)
    assert (info.head, info.activation) == (head, "linear")
    assert "binary_crossentropy" in info.evidence["head"]


def test_a_softmax_over_one_output_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path, *ending(units=1))
    with pytest.raises(ModelError, match="softmax over one output, always 1"):
        described(path)


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_the_activation_may_be_a_layer_of_its_own(tmp_path: Path, dtype: str) -> None:
    last = [keras().layers.Activation("sigmoid"), keras().layers.Activation("linear", dtype=dtype)]
    assert described(saved(tmp_path, *ending(activation=None), *last)).head == "sigmoid"


def test_one_label_of_two_is_enough(tmp_path: Path) -> None:
    path = saved(tmp_path, *ending(units=1, activation="sigmoid"))
    path.with_name("labels.txt").write_text("smile\n", encoding="utf-8")
    assert described(path).labels == ("not smile", "smile")


def test_units_stand_in_brackets_behind_the_names_of_values(tmp_path: Path) -> None:
    path = saved(tmp_path, *ending(units=2, activation="linear"))
    path.with_name("labels.txt").write_text("speed [m/s]\ngear\n", encoding="utf-8")
    info = described(path, head="regression")
    assert (info.labels, info.units) == (("speed", "gear"), ("m/s", ""))


def test_a_sidecar_may_say_things_by_label(tmp_path: Path) -> None:
    path = saved(tmp_path, *ending(units=2, activation="sigmoid"))
    describe_beside(path, labels=["cat", "dog"], thresholds={"dog": 0.7, "cat": 0.4})
    assert described(path).thresholds == (0.4, 0.7)


def test_thresholds_fit_labels_from_another_file(tmp_path: Path) -> None:
    path = saved(tmp_path, *ending(units=2, activation="sigmoid"))
    path.with_name("labels.txt").write_text("cat\ndog\n", encoding="utf-8")
    describe_beside(path, thresholds={"dog": 0.7})
    assert described(path).thresholds == (0.5, 0.7)
    describe_beside(path, thresholds=[0.1, 0.2, 0.3])
    with pytest.raises(ModelError, match=r"model\.json: "):
        described(path)


def test_ranges_go_by_the_names_of_values(tmp_path: Path) -> None:
    path = saved(tmp_path, *ending(units=2, activation="linear"))
    path.with_name("labels.txt").write_text("speed [m/s]\ngear\n", encoding="utf-8")
    describe_beside(path, head="regression", ranges={"gear": [1, 6], "speed": [0, 30]})
    info = described(path)
    assert (info.labels, info.units) == (("speed", "gear"), ("m/s", ""))
    assert info.ranges == ((0, 30), (1, 6))


def test_a_whole_description_does_not_hide_what_the_file_says(tmp_path: Path) -> None:
    path = saved(tmp_path, *ending(units=2), shape=(28, 28, 1))
    describe_beside(
        path, labels=["a", "b"], input_size=[28, 28], preprocessing="0-1", head="softmax"
    )
    assert described(path).input_shape == (28, 28, 1)


def test_a_thousand_outputs_of_a_backbone_are_those_of_imagenet(tmp_path: Path) -> None:
    path = tmp_path / "whole.keras"
    keras().applications.MobileNetV2(weights=None, input_shape=(32, 32, 3), alpha=0.35).save(path)
    info = described(path)
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
    path = saved(tmp_path, *ending(units=units, activation=activation))
    with pytest.raises(ModelError, match=message):
        described(path, head=head)


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
    path = saved(tmp_path, *ending())
    describe_beside(path, labels=["a", "b", "c"], **fields)
    with pytest.raises(ModelError, match=message):
        described(path)


def test_a_resizing_layer_tells_the_size(tmp_path: Path) -> None:
    path = saved(tmp_path, keras().layers.Resizing(20, 30), *ending(), shape=(None, None, 3))
    assert described(path).input_size == (20, 30)


def test_whole_numbers_are_not_fed_fractions(tmp_path: Path) -> None:
    layers = keras().layers
    taken = layers.Input((24, 32, 3), dtype="uint8")
    out = layers.Rescaling(1 / 255)(taken)
    for layer in ending():
        out = layer(out)
    path = tmp_path / "bytes.keras"
    keras().Model(taken, out).save(path)
    assert described(path).dtype == "uint8"
    with pytest.raises(UsageError, match=r"takes whole numbers \(uint8\), and --preprocess 0-1"):
        described(path, preprocess="0-1")


# --- the cache -------------------------------------------------------------------------------


def test_a_file_is_looked_at_once(
    tmp_path: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vidclf.models import model_file

    monkeypatch.setenv("VIDCLF_CACHE", str(tmp_path / "cache"))
    first = described(tiny_model)
    monkeypatch.setattr(model_file, "load_keras", None)
    assert described(tiny_model) == first
    assert described(tiny_model, labels=tiny_model.with_name("tiny.txt")).labels == COLOURS


def test_a_damaged_cache_is_passed_by(
    tmp_path: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIDCLF_CACHE", str(tmp_path / "cache"))
    first = described(tiny_model)
    (kept,) = (tmp_path / "cache" / "facts").rglob("facts.json")
    for damage in ("", "[]", '{"loader": "x"}'):
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(damage, encoding="utf-8")
        assert described(tiny_model) == first
