"""What training is put together from: variation of pictures, rows on the disk, kept features."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from helpers.clips import numbered_picture

from vidclf.core.preprocessing import SCALINGS
from vidclf.dataset.samples import Sample
from vidclf.errors import UsageError
from vidclf.training.augmentation import varied
from vidclf.training.backbone import open_backbone, scaled_inside
from vidclf.training.blocks import thawed_from
from vidclf.training.checkpoint import Checkpoint, TrainingState
from vidclf.training.feature_store import FILE, FeatureStore, KeptFeatures
from vidclf.training.row_file import RowFile
from vidclf.training.watcher import Epoch

PICTURE = numbered_picture(1234, width=64, height=48)


def test_a_varied_picture_has_its_size_and_depends_on_its_lots_alone() -> None:
    first, again, other = (
        varied(PICTURE, np.random.default_rng(seed), flip=True) for seed in (1, 1, 2)
    )
    assert first.shape == PICTURE.shape
    assert first.dtype == np.uint8
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_picture_is_mirrored_only_where_that_is_allowed() -> None:
    ramp = np.repeat(np.linspace(0, 255, 64).astype(np.uint8)[None, :, None], 48, 0).repeat(3, 2)

    def rising(flip: bool) -> set[bool]:
        lots = np.random.default_rng(0)
        seen = [varied(ramp, lots, flip=flip).mean(axis=(0, 2)) for _ in range(30)]
        return {bool(row[-1] > row[0]) for row in seen}

    assert rising(flip=False) == {True}
    assert rising(flip=True) == {True, False}


def test_rows_come_back_in_any_order() -> None:
    rows = np.arange(12, dtype=np.float32).reshape(6, 2)
    with RowFile("float32") as file:
        file.append(rows[:4])
        file.append(rows[4:])
        for order in ([0, 1, 2, 3, 4, 5], [5, 0, 3], []):
            given = file.rows(np.array(order, np.int64))
            np.testing.assert_array_equal(given[:], rows[order])
            assert given.shape == (len(order), 2)
        some = file.rows(np.array([5, 0, 3])).taken(np.array([2, 0]))
        np.testing.assert_array_equal(some[np.array([1, 0])], rows[[5, 3]])


def kept_of(example: int) -> KeptFeatures:
    samples = [
        Sample(example=example, frame=frame, timestamp=frame / 2, digest=f"{frame:064x}")
        for frame in (3, 8)
    ]
    rows = np.arange(10, dtype=np.float32).reshape(2, 5)
    return KeptFeatures(samples=samples, rows=rows, looks=rows[:, :2])


def test_features_are_kept_whatever_the_place_of_their_example(tmp_path: Path) -> None:
    with FeatureStore(tmp_path / FILE) as store:
        store.put("a", kept_of(1))
    with FeatureStore(tmp_path / FILE) as store:
        found = store.get("a", example=7)
        assert store.get("b", example=7) is None
    assert found is not None
    assert list(found.samples) == list(kept_of(7).samples)
    np.testing.assert_array_equal(found.rows, kept_of(7).rows)
    np.testing.assert_array_equal(found.looks, kept_of(7).looks)


def test_a_damaged_file_of_features_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database at all" * 100)
    with FeatureStore(tmp_path / FILE) as store:
        assert store.get("a", example=0) is None
        store.put("a", kept_of(0))
        assert store.get("a", example=0) is not None


EPOCH = Epoch(
    epoch=1, stage="scratch", loss=1.5, val_loss=1.25, score=0.5, val_score=0.625,
    learning_rate=1e-3, seconds=2.0, is_best=True,
)  # fmt: skip


def test_a_state_comes_back_until_the_training_is_done() -> None:
    state = TrainingState(
        epochs=[EPOCH],
        variables=[np.arange(3.0), np.array(7, np.uint32)],
        optimizer=[np.ones((2, 2), np.float32)],
        best=[np.zeros(3)],
        schedule={"rate": 0.1, "best_loss": 1.25, "waited": 0},
    )
    checkpoint = Checkpoint(name="test", digest="ab" * 32)
    assert checkpoint.load() is None
    checkpoint.save(state)
    found = Checkpoint(name="test", digest="ab" * 32).load()
    assert found is not None
    assert found.epochs == [EPOCH]
    assert found.schedule == state.schedule
    for name in ("variables", "optimizer", "best"):
        for a, b in zip(getattr(found, name), getattr(state, name), strict=True):
            np.testing.assert_array_equal(a, b)
    checkpoint.remove()
    assert Checkpoint(name="test", digest="ab" * 32).load() is None


def test_a_damaged_state_is_none() -> None:
    checkpoint = Checkpoint(name="test", digest="cd" * 32)
    (checkpoint._folder / "epoch.npz").write_bytes(b"PK\x03\x04 cut off")
    assert checkpoint.load() is None
    checkpoint.remove()


@pytest.mark.parametrize("name", SCALINGS)
def test_a_scaling_inside_the_network_is_the_scaling(name: str) -> None:
    from vidclf.models.keras_files.loading import import_keras

    keras = import_keras()
    pixels = keras.Input((48, 64, 3))
    network = keras.Model(pixels, scaled_inside(pixels, SCALINGS[name]))
    expected = SCALINGS[name].apply(PICTURE[None])
    given = np.asarray(network(PICTURE[None].astype(np.float32)))
    np.testing.assert_allclose(given, expected, rtol=1e-5, atol=1e-4)


def test_the_built_in_features_are_those_of_keras() -> None:
    backbone = open_backbone("efficientnet-lite0")
    pictures = np.stack([numbered_picture(n, width=224, height=224) for n in (5, 900)])
    fast = backbone.open_runtime(lambda: pictures).scores(pictures)
    exact = np.asarray(backbone.load()(pictures.astype(np.float32)))
    assert fast.shape == (2, 1280)
    np.testing.assert_allclose(fast, exact, atol=1e-4)


def test_blocks_are_counted_from_the_end() -> None:
    names = ["pixels", "stem", "block00_depthwise", "block01_expand", "block01_depthwise",
             "block01_add", "block02_expand", "block02_depthwise", "head"]  # fmt: skip
    pattern = r"block(?P<block>\d\d)_depthwise"
    first = [thawed_from(names, pattern, blocks, network="n") for blocks in (1, 2, 3)]
    assert first == [6, 3, 0]
    with pytest.raises(UsageError, match="--fine-tune 4: n has 1 to 3 blocks"):
        thawed_from(names, pattern, 4, network="n")


def test_a_block_with_a_longer_number_is_another_one() -> None:
    names = ["block_1_expand", "block_1_add", "block_10_expand", "block_10_add", "last"]
    pattern = r"block_(?P<block>\d+)_expand"
    assert thawed_from(names, pattern, 1, network="n") == 2


@pytest.mark.parametrize(
    ("name", "size", "said"),
    [
        ("resnet9000", None, "--backbone resnet9000: give efficientnet-lite0, or a network"),
        ("efficientnet-lite0", (96, 96), "efficientnet-lite0 takes 224x224"),
    ],
)
def test_a_backbone_that_cannot_be_is_said(
    name: str, size: tuple[int, int] | None, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        open_backbone(name, input_size=size)
