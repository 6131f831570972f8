"""One signature of a SavedModel folder is run, or an error says what is wrong with it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.pixels import pixels
from helpers.saved_models import PICTURES, build_network, export_keras_3, mean, save_tensorflow_1

from vidclf.core.preprocessing import SCALINGS, Resize
from vidclf.errors import ModelError
from vidclf.inference.runtimes import open_runtime
from vidclf.models.info import ModelInfo
from vidclf.models.keras_files.loading import import_keras
from vidclf.models.saved_models.facts import saved_model_facts
from vidclf.models.saved_models.loading import (
    is_saved_model,
    load_saved_model,
    saved_model_digest,
)

import_keras()
import tensorflow as tf  # noqa: E402
import tf_keras  # noqa: E402


def head_of(library: Any) -> list[Any]:
    layers = library.layers
    first = layers.Conv2D(8, 3, activation="relu", kernel_initializer="he_normal")
    return [first, layers.Flatten(), layers.Dense(4, activation="softmax")]


def save_keras_2(folder: Path) -> Any:
    model = build_network(tf_keras)
    model.save(folder, save_format="tf")
    return model


def save_module(folder: Path) -> Any:
    """As on TensorFlow Hub: names of its own, and a dict of outputs."""
    model = build_network(tf_keras)
    module = tf.Module()
    module.model = model

    def serve(images: Any) -> dict[str, Any]:
        return {"scores": module.model(images, training=False)}

    spec = tf.TensorSpec((None, 12, 16, 3), tf.float32, name="images")
    function = tf.function(serve, input_signature=[spec])
    tf.saved_model.save(module, str(folder), signatures=function)
    return model


KINDS: dict[str, Callable[[Path], Any]] = {
    "keras 3": export_keras_3,
    "keras 2": save_keras_2,
    "module": save_module,
    "tensorflow 1": save_tensorflow_1,
}


@pytest.fixture(scope="module", params=KINDS)
def saved(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A folder, and what computes the same."""
    folder = tmp_path_factory.mktemp("saved") / "model"
    return folder, KINDS[request.param](folder)


def described(folder: Path, **changes: Any) -> ModelInfo:
    return ModelInfo(
        name=folder.name,
        path=str(folder),
        digest=saved_model_digest(folder),
        labels=("a", "b", "c", "d"),
        input_size=(12, 16),
        preprocessing=SCALINGS["none"],
        resize=Resize(),
        head="softmax",
        **changes,
    )


def test_a_saved_model_says_what_it_takes_and_gives(saved: Any) -> None:
    folder, _ = saved
    facts = saved_model_facts(folder)
    assert facts.loader == f"tensorflow {tf.__version__} SavedModel"
    assert facts.signature == "serving_default"
    assert (facts.input_shape, facts.dtype, facts.fixed_batch) == ((12, 16, 3), "float32", None)
    assert (facts.outputs, facts.activation) == (4, "softmax")
    assert facts.scaling == "none"
    assert facts.scaling_evidence.startswith("the network begins with x * 0.007843 - 1")


@pytest.mark.parametrize("runtime", ["openvino", "tensorflow"])
def test_its_scores_are_those_of_what_was_saved(saved: Any, runtime: str) -> None:
    folder, reference = saved
    opened = open_runtime(
        runtime,  # type: ignore[arg-type]
        info=described(folder),
        load=lambda: load_saved_model(folder),
        probe=lambda: pixels(4),
    )
    assert opened.name == runtime
    expected = np.asarray(reference(pixels(7).astype(np.float32)))
    np.testing.assert_allclose(opened.scores(pixels(7)), expected, atol=1e-5)


def save_functions(folder: Path, **functions: Callable[[Any], Any]) -> Path:
    """A SavedModel of signatures that take pictures."""
    module = tf.Module()
    signatures = {
        name: tf.function(function, input_signature=[PICTURES]).get_concrete_function()
        for name, function in functions.items()
    }
    tf.saved_model.save(module, str(folder), signatures=signatures)
    return folder


def doubled(batch: Any) -> Any:
    return {"double": 2 * tf.reduce_mean(batch, [1, 2])}


def test_the_usual_signature_is_run_unless_another_is_named(tmp_path: Path) -> None:
    folder = save_functions(tmp_path / "m", serving_default=mean, double=doubled)
    batch = pixels(2).astype(np.float32)
    expected = batch.mean((1, 2))
    for signature, factor in ((None, 1), ("serving_default", 1), ("double", 2)):
        network = load_saved_model(folder, signature=signature)
        np.testing.assert_allclose(network(batch), factor * expected, rtol=1e-5)
        network.export(tmp_path / f"again {signature}")
        again = load_saved_model(tmp_path / f"again {signature}")
        np.testing.assert_allclose(again(batch), factor * expected, rtol=1e-5)
    assert saved_model_facts(folder, "double").signature == "double"


def test_the_only_signature_is_run_whatever_its_name(tmp_path: Path) -> None:
    folder = save_functions(tmp_path / "m", predict=mean)
    facts = saved_model_facts(folder)
    assert (facts.signature, facts.outputs, facts.activation) == ("predict", 3, "unknown")


def test_several_unusual_signatures_are_listed_with_how_to_save_the_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = save_functions(tmp_path / "m", one=mean, two=doubled)
    with pytest.raises(ModelError, match="signatures one, two, and serving_default") as told:
        saved_model_facts(folder)
    monkeypatch.chdir(tmp_path)
    exec(str(told.value).partition(" by that name, as ")[2], {"tf": tf})
    assert saved_model_facts(tmp_path / "new").signature == "serving_default"
    batch = pixels(2).astype(np.float32)
    expected = batch.mean((1, 2))
    np.testing.assert_allclose(load_saved_model(tmp_path / "new")(batch), expected, rtol=1e-5)


def test_a_signature_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    folder = save_functions(tmp_path / "m", one=mean, two=doubled)
    with pytest.raises(ModelError, match=r"no signature 'three': choose one of one, two"):
        saved_model_facts(folder, "three")


def test_several_outputs_are_listed(tmp_path: Path) -> None:
    folder = save_functions(tmp_path / "m", serving_default=lambda x: mean(x) | doubled(x))
    with pytest.raises(ModelError, match=r"gives 2 outputs \(double .*, mean "):
        saved_model_facts(folder)


def test_several_inputs_are_listed(tmp_path: Path) -> None:
    serve = tf.function(lambda image, mask: {"y": image * mask}, input_signature=[PICTURES] * 2)
    tf.saved_model.save(tf.Module(), str(tmp_path / "m"), signatures=serve)
    with pytest.raises(ModelError, match=r"takes 2 inputs \(image .*, mask "):
        saved_model_facts(tmp_path / "m")


def test_examples_as_text_are_no_pictures(tmp_path: Path) -> None:
    serve = tf.function(
        lambda text: {"y": tf.strings.length(text)},
        input_signature=[tf.TensorSpec((None,), tf.string)],
    )
    tf.saved_model.save(tf.Module(), str(tmp_path / "m"), signatures=serve)
    with pytest.raises(ModelError, match=r"takes string of shape \(None,\), not pictures"):
        saved_model_facts(tmp_path / "m")


def test_a_free_size_and_a_fixed_batch_are_seen(tmp_path: Path) -> None:
    spec = tf.TensorSpec((2, None, None, 3), tf.uint8)
    serve = tf.function(lambda x: mean(tf.cast(x, tf.float32)), input_signature=[spec])
    tf.saved_model.save(tf.Module(), str(tmp_path / "m"), signatures=serve)
    facts = saved_model_facts(tmp_path / "m")
    assert (facts.input_shape, facts.dtype, facts.fixed_batch) == ((None, None, 3), "uint8", 2)
    assert (facts.scaling, facts.scaling_evidence) == ("none", "its input is uint8")


@pytest.mark.parametrize("runtime", ["openvino", "tensorflow"])
def test_a_fixed_batch_is_filled_up(tmp_path: Path, runtime: str) -> None:
    def serve(batch: Any) -> Any:
        means = tf.reduce_mean(batch, [1, 2])
        return {"y": tf.nn.softmax(tf.concat([means, means[:, :1]], 1) / 20)}

    fixed = tf.function(serve, input_signature=[tf.TensorSpec((2, 12, 16, 3))])
    tf.saved_model.save(tf.Module(), str(tmp_path / "m"), signatures=fixed)
    opened = open_runtime(
        runtime,  # type: ignore[arg-type]
        info=described(tmp_path / "m", fixed_batch=2),
        load=lambda: load_saved_model(tmp_path / "m"),
        probe=lambda: pixels(3),
    )
    assert (opened.name, opened.batch_size) == (runtime, 2)
    expected = np.asarray(serve(tf.constant(pixels(5), tf.float32))["y"])
    np.testing.assert_allclose(opened.scores(pixels(5)), expected, atol=1e-5)


def test_the_digest_is_of_names_and_weights(tmp_path: Path) -> None:
    save_keras_2(tmp_path / "m")
    first = saved_model_digest(tmp_path / "m")
    shutil.copytree(tmp_path / "m", tmp_path / "copy")
    assert saved_model_digest(tmp_path / "copy") == first
    [data] = (tmp_path / "copy" / "variables").glob("*.data*")
    data.write_bytes(data.read_bytes()[:-1] + b"!")
    assert saved_model_digest(tmp_path / "copy") != first


def without_graph(folder: Path) -> None:
    (folder / "saved_model.pb").unlink()


def without_variables(folder: Path) -> None:
    shutil.rmtree(folder / "variables")


def with_half_the_variables(folder: Path) -> None:
    [data] = (folder / "variables").glob("*.data*")
    data.write_bytes(data.read_bytes()[:50])


def with_half_the_graph(folder: Path) -> None:
    graph = folder / "saved_model.pb"
    graph.write_bytes(graph.read_bytes()[:1000])


def with_text_for_a_graph(folder: Path) -> None:
    (folder / "saved_model.pb").write_text("this is no graph")


def with_an_empty_graph(folder: Path) -> None:
    (folder / "saved_model.pb").write_bytes(b"")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (without_graph, "holds no saved_model.pb, so it is no SavedModel"),
        (without_variables, "no variables/variables.index, which holds its weights: copy"),
        (with_half_the_variables, "cannot load .* as a SavedModel .*: export it again"),
        (with_half_the_graph, "cannot read .*saved_model.pb .* damaged"),
        (with_text_for_a_graph, "cannot read .*saved_model.pb .* damaged"),
        (with_an_empty_graph, "saved_model.pb is empty"),
    ],
)
def test_damaged_folders_say_what_is_wrong(
    tmp_path: Path, damage: Callable[[Path], None], message: str
) -> None:
    export_keras_3(tmp_path / "m")
    assert is_saved_model(tmp_path / "m")
    damage(tmp_path / "m")
    with pytest.raises(ModelError, match=message) as caught:
        saved_model_facts(tmp_path / "m")
    assert "\n" not in str(caught.value)


def test_a_model_that_was_exported_with_augmentation_at_work_is_refused(tmp_path: Path) -> None:
    keras = import_keras()
    layers = [keras.Input((12, 16, 3)), keras.layers.RandomRotation(0.3), *head_of(keras)]
    keras.Sequential(layers).export(tmp_path / "m", verbose=False)
    with pytest.raises(ModelError, match=r"answers otherwise each time .*random layers"):
        saved_model_facts(tmp_path / "m")


def test_what_openvino_cannot_read_still_says_its_shapes(tmp_path: Path) -> None:
    def serve(batch: Any) -> Any:
        return {"y": tf.math.lgamma(tf.math.special.fresnel_sin(tf.reduce_mean(batch, [1, 2])))}

    folder = save_functions(tmp_path / "m", serving_default=serve)
    facts = saved_model_facts(folder)
    assert (facts.input_shape, facts.outputs, facts.activation) == ((12, 16, 3), 3, "unknown")
    assert facts.head_evidence == "signature 'serving_default': 3 outputs"


def test_of_several_graphs_the_one_for_serving_is_loaded(tmp_path: Path) -> None:
    folder = tmp_path / "m"
    v1 = tf.compat.v1
    builder = v1.saved_model.Builder(str(folder))
    with tf.Graph().as_default(), v1.Session() as session:
        x = v1.placeholder(tf.float32, (None, 12, 16, 3), name="x")
        variable = v1.get_variable("w", initializer=np.ones((3, 4), np.float32))
        y = tf.matmul(tf.reduce_mean(x, [1, 2]), variable)
        session.run(v1.global_variables_initializer())
        signature = v1.saved_model.predict_signature_def({"x": x}, {"y": y})
        builder.add_meta_graph_and_variables(session, ["train"], {"training": signature})
        builder.add_meta_graph(["serve"], {"serving_default": signature})
    builder.save()
    assert saved_model_facts(folder).signature == "serving_default"
