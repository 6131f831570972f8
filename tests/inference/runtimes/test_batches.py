"""Any number of inputs in the batches that a network takes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidclf.errors import ModelError
from vidclf.inference.runtimes.batches import compute, halves


@given(count=st.integers(1, 9), fixed=st.sampled_from([None, 1, 2, 4, 16]))
def test_batches_of_one_length_give_the_same_rows(count: int, fixed: int | None) -> None:
    lengths = []

    def network(batch: np.ndarray) -> np.ndarray:
        lengths.append(len(batch))
        return (batch * 2).astype(np.float16)[..., None, None]

    inputs = np.arange(count * 3, dtype=np.float32).reshape(count, 3)
    outputs = compute(network, inputs, fixed_batch=fixed)
    assert outputs.dtype == np.float32
    np.testing.assert_array_equal(outputs, inputs * 2)
    assert fixed is None or set(lengths) == {fixed}


def test_a_network_that_mixes_its_inputs_is_an_error() -> None:
    with pytest.raises(ModelError, match=r"gave 1 answers for 3 inputs at once: --batch-size 1"):
        compute(lambda batch: batch[:1], np.zeros((3, 2)), fixed_batch=None)


def test_one_answer_without_a_batch_is_one_row() -> None:
    assert compute(lambda batch: batch[0], np.zeros((1, 4)), fixed_batch=1).shape == (1, 4)


@pytest.mark.parametrize(
    ("count", "lengths"), [(1, [1]), (2, [2]), (3, [3]), (4, [2, 2]), (7, [3, 4])]
)
def test_halves_of_a_batch_have_two_inputs_or_more(count: int, lengths: list[int]) -> None:
    """For networks are computed otherwise for one, and where a batch ends is chance."""
    parts = halves(np.arange(count))
    assert [len(part) for part in parts] == lengths
    np.testing.assert_array_equal(np.concatenate(parts), np.arange(count))
