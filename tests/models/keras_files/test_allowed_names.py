"""The allow-list has every layer of the installed libraries, and nothing that does more."""

from __future__ import annotations

import inspect

import pytest

from vidclf.models.keras_files.allowed_names import CLASSES, FUNCTIONS, is_plain_tf_function
from vidclf.models.keras_files.loading import import_keras
from vidclf.models.keras_files.safety import _CODE, _OUTSIDE


def test_every_layer_of_both_libraries_was_looked_at() -> None:
    """A layer that an upgrade brings must be put among the allowed or the refused ones by hand."""
    keras, tf_keras = import_keras(), pytest.importorskip("tf_keras")
    for library in (keras, tf_keras):
        classes = {name for name, _ in inspect.getmembers(library.layers, inspect.isclass)}
        assert classes - CLASSES - set(_CODE) - set(_OUTSIDE) - {"experimental"} == set()
        functions = {name for name, _ in inspect.getmembers(library.activations, callable)}
        assert functions - FUNCTIONS - {"get", "serialize", "deserialize"} == set()
    assert not CLASSES & (set(_CODE) | set(_OUTSIDE))


@pytest.mark.parametrize(
    "name",
    ["io.write_file", "nn.fixed_unigram_candidate_sampler", "image.decode_jpeg", "py_function",
     "load_op_library", "raw_ops.ReadFile", "math.", "keras.utils.get_file", "compat.v1.read_file",
     "linalg.LinearOperatorIdentity", "keras.backend.eval", "map_fn", "data.Dataset"],
)  # fmt: skip
def test_functions_that_do_more_than_compute_are_refused(name: str) -> None:
    assert not is_plain_tf_function(name)
