"""Any number of inputs in the batches that a network takes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidclf.errors import ModelError
from vidclf.inference.runtimes.batches import compute


@given(count=st.integers(1, 9), fixed=st.sampled_from([None, 1, 2, 4, 16]))
def test_batches_of_one_length_give_the_same_rows(count: int, fixed: int | None) -> None:
    lengths = []

    def network(batches: list[np.ndarray]) -> list[np.ndarray]:
        lengths.extend(map(len, batches))
        return [(batch * 2).astype(np.float16)[..., None, None] for batch in batches]

    inputs = np.arange(count * 3, dtype=np.float32).reshape(count, 3)
    outputs = compute(network, inputs, fixed_batch=fixed)
    assert outputs.dtype == np.float32
    np.testing.assert_array_equal(outputs, inputs * 2)
    assert fixed is None or set(lengths) == {fixed}


def test_a_network_that_mixes_its_inputs_is_an_error() -> None:
    with pytest.raises(ModelError, match=r"gave 1 answers for 3 inputs at once: --batch-size 1"):
        compute(lambda batches: [batches[0][:1]], np.zeros((3, 2)), fixed_batch=None)


def test_one_answer_without_a_batch_is_one_row() -> None:
    assert compute(lambda batches: batches[0], np.zeros((1, 4)), fixed_batch=1).shape == (1, 4)
