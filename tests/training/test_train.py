"""From a folder of pictures to a model that annotates, as its users go."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from helpers.clips import ClipSpec, make_clip
from helpers.labelled_pictures import smooth_picture

import vidclf
from vidclf.cli.app import main
from vidclf.models.keras_files.loading import import_keras
from vidclf.sources.still_picture import read_picture
from vidclf.training.watcher import Epoch, SilentTrainingWatcher

COLORS = {"blue": (0.2, 0.3, 1), "green": (0.2, 1, 0.3), "red": (1, 0.3, 0.2)}
QUICK = {"from_scratch": True, "input_size": 32, "batch_size": 8}


def tinted(color: str, number: int) -> Any:
    from PIL import Image

    pixels = np.asarray(smooth_picture(number, size=(48, 40)), np.float32) * COLORS[color]
    return Image.fromarray(pixels.astype(np.uint8))


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve pictures of each of three colours."""
    folder = tmp_path_factory.mktemp("data") / "photos"
    for place, color in enumerate(COLORS):
        (folder / color).mkdir(parents=True)
        for number in range(12):
            tinted(color, 100 * place + number).save(folder / color / f"{number:02d}.png")
    return folder


@pytest.fixture(scope="module")
def trained(photos: Path, tmp_path_factory: pytest.TempPathFactory) -> vidclf.TrainingResult:
    """A head on the built-in backbone."""
    return vidclf.train(photos, tmp_path_factory.mktemp("models") / "colors.keras")


def test_it_learns_and_says_how_well(trained: vidclf.TrainingResult) -> None:
    assert trained.labels == ("blue", "green", "red")
    assert trained.metrics["val"]["accuracy"] == 1
    assert trained.counts == {"train": 30, "val": 6, "test": 0, "bad": 0}
    assert list(trained.history["epoch"]) == list(range(1, len(trained.epochs) + 1))


def test_all_that_is_promised_lies_beside_the_model(trained: vidclf.TrainingResult) -> None:
    files = {file.name for file in trained.path.parent.rglob("*") if file.is_file()}
    beside = {"history.csv", "training.png", "split.csv", "metrics.json"}
    assert files == {"colors.keras", "colors.json", *beside}
    history = pd.read_csv(trained.outputs["history"])
    assert list(history.columns) == list(trained.history.columns)
    assert "val_accuracy" in history
    split = pd.read_csv(trained.outputs["split"])
    assert split["split"].value_counts().to_dict() == {"train": 30, "val": 6}
    metrics = json.loads(trained.outputs["metrics"].read_text(encoding="utf-8"))
    assert metrics["val"]["accuracy"] == 1


def test_inspect_shows_how_it_was_trained(
    trained: vidclf.TrainingResult, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["inspect", str(trained.path)]) == 0
    told = capsys.readouterr().out
    assert "30 pictures, efficientnet-lite0, validation accuracy 1" in told
    assert "preprocessing: none" in told
    training = json.loads(trained.outputs["description"].read_text("utf-8"))["training"]
    assert training["versions"]["keras"]
    assert len(training["data_digest"]) == 64


@pytest.mark.uncounted
def test_annotate_takes_the_model_without_a_question(
    trained: vidclf.TrainingResult, photos: Path, tmp_path: Path
) -> None:
    for color in COLORS:
        table = vidclf.predict(photos / color / "03.png", model=trained.path)
        assert table["label"].tolist() == [color]


@pytest.mark.uncounted
def test_plain_keras_gives_the_scores_that_annotate_gives(
    trained: vidclf.TrainingResult, photos: Path
) -> None:
    from PIL import Image

    keras = import_keras()
    model = keras.saving.load_model(trained.path)  # safe mode: no Python code inside
    picture = read_picture(photos / "red" / "03.png")
    shown = Image.fromarray(picture).resize((224, 224), Image.Resampling.BICUBIC)
    scores = model.predict(np.asarray(shown, np.float32)[None], verbose=0)[0]
    table = vidclf.predict(
        photos / "red" / "03.png", model=trained.path, scores=True, runtime="tensorflow"
    )
    columns = [f"score_{label}" for label in trained.labels]
    np.testing.assert_allclose(table[columns].to_numpy()[0], scores, atol=1e-4)
    kinds = {type(layer).__name__ for layer in model.layers}
    assert "Lambda" not in kinds


@pytest.mark.uncounted
def test_the_same_words_give_the_same_model(
    trained: vidclf.TrainingResult, photos: Path, tmp_path: Path
) -> None:
    again = vidclf.train(photos, tmp_path / "again.keras")
    other = vidclf.train(photos, tmp_path / "other.keras", seed=1)
    for a, b in zip(again.model.get_weights(), trained.model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert not np.array_equal(other.model.get_weights()[-2], trained.model.get_weights()[-2])


def test_features_are_not_computed_twice(
    trained: vidclf.TrainingResult,
    photos: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a picture was computed again")

    monkeypatch.setattr("vidclf.training.backbone.Backbone.open_runtime", refuse)
    again = vidclf.train(photos, tmp_path / "dense.keras", dense=16)
    assert again.metrics["val"]["accuracy"] == 1
    assert {"hidden", "scores"} <= {layer.name for layer in again.model.layers}


def test_a_split_is_taken_again(
    trained: vidclf.TrainingResult, photos: Path, tmp_path: Path
) -> None:
    again = vidclf.train(photos, tmp_path / "x.keras", split=trained.outputs["split"], seed=5)
    a, b = (pd.read_csv(result.outputs["split"]) for result in (again, trained))
    assert a["split"].tolist() == b["split"].tolist()


def test_fine_tuning_trains_the_last_block_too(photos: Path, tmp_path: Path) -> None:
    result = vidclf.train(photos, tmp_path / "fine.keras", fine_tune=1, epochs=1)
    assert [epoch.stage for epoch in result.epochs] == ["head", "fine-tune"]
    assert result.metrics["val"]["accuracy"] > 0.5


@pytest.mark.parametrize("output", ["old.h5", "folder/"])
def test_other_kinds_of_files_are_taken_without_a_question(
    output: str, photos: Path, tmp_path: Path, trained: vidclf.TrainingResult
) -> None:
    result = vidclf.train(photos, f"{tmp_path}/{output}")
    how = {"scores": True, "runtime": "tensorflow"}  # nothing is converted
    table = vidclf.predict(photos / "red" / "03.png", model=result.path, **how)
    as_keras = vidclf.predict(photos / "red" / "03.png", model=trained.path, **how)
    columns = [f"score_{label}" for label in trained.labels]
    np.testing.assert_allclose(table[columns], as_keras[columns], atol=1e-5)


def numbers_table(photos: Path, label: Callable[[str, int], object]) -> pd.DataFrame:
    rows = [
        {"path": photos / color / f"{number:02d}.png", "label": label(color, number)}
        for color in COLORS
        for number in range(12)
    ]
    return pd.DataFrame(rows)


def test_numbers_are_learnt_and_annotated(photos: Path, tmp_path: Path) -> None:
    angles = {"blue": -30, "green": 0, "red": 25}
    data = numbers_table(photos, lambda color, _: angles[color])
    result = vidclf.train(data, tmp_path / "angle.keras", regression=True, flip=False)
    assert result.metrics["val"]["mae"] < 6
    assert "val_mae" in result.history
    for color, angle in angles.items():
        table = vidclf.predict(photos / color / "05.png", model=result.path, runtime="tensorflow")
        assert table.filter(like="value").iloc[0, 0] == pytest.approx(angle, abs=8)


def test_several_labels_get_a_score_each(photos: Path, tmp_path: Path) -> None:
    names = {"blue": "cold;calm", "green": "calm", "red": "warm"}
    data = numbers_table(photos, lambda color, _: names[color])
    result = vidclf.train(data, tmp_path / "moods.keras")
    assert result.task == "multi_label"
    table = vidclf.predict(photos / "blue" / "05.png", model=result.path, runtime="tensorflow")
    assert set(str(table["labels"].iloc[0]).split("; ")) == {"calm", "cold"}


def test_a_clip_is_trained_on_by_its_parts(photos: Path, tmp_path: Path) -> None:
    """A recording a class: its time is divided, and the weaker evidence is said."""
    for seed in (1, 2):
        make_clip(tmp_path / f"clip_{seed}.mp4", ClipSpec(frames=80, width=96, height=72))
    rows = [
        {"path": f"clip_{seed}.mp4", "label": label, "start": start, "end": start + 1.6}
        for seed in (1, 2)
        for label, start in (("early", 0), ("late", 1.7))
    ]
    pd.DataFrame(rows).to_csv(tmp_path / "parts.csv", index=False)
    result = vidclf.train(
        tmp_path / "parts.csv", tmp_path / "parts.keras", fps=8, epochs=1, **QUICK
    )
    assert result.counts["train"] >= 20
    assert result.counts["val"] >= 8


class Watching(SilentTrainingWatcher):
    def __init__(self, what: Callable[[Epoch], None]) -> None:
        self.epoch_ended = what  # type: ignore[method-assign]


def test_an_interrupt_writes_the_best_so_far(photos: Path, tmp_path: Path) -> None:
    def interrupt(epoch: Epoch) -> None:
        raise KeyboardInterrupt

    result = vidclf.train(
        photos, tmp_path / "begun.keras", watcher=Watching(interrupt), epochs=5, **QUICK
    )
    assert result.was_interrupted
    assert len(result.epochs) == 1
    assert result.path.exists()


def test_time_that_is_up_ends_the_training(photos: Path, tmp_path: Path) -> None:
    result = vidclf.train(
        photos, tmp_path / "short.keras", max_minutes=1e-6, fine_tune=2
    )  # not even begun: the head is
    assert {epoch.stage for epoch in result.epochs} == {"head"}
    assert not result.was_interrupted


def test_a_file_that_is_there_stays(
    trained: vidclf.TrainingResult, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = trained.path.read_bytes()
    assert main(["train", str(photos), "-o", str(trained.path)]) == 1
    assert "colors.keras exists already: give --overwrite" in capsys.readouterr().err
    assert trained.path.read_bytes() == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-o", "model.onnx"], "a model is written as .keras, .h5"),
        (["-o", "m.keras", "--dropout", "1"], "--dropout 1.0: give 0 to below 1"),
        (["-o", "m.keras", "--fine-tune", "99"], "efficientnet-lite0 has 1 to 16 blocks"),
        (["-o", "m.keras", "--from-scratch", "--input-size", "8"], "give at least 16x16"),
        (["-o", "m.keras", "--from-scratch", "--fine-tune", "1"], "--from-scratch has none"),
        (["-o", "m.keras", "--split", "gone.csv"], "--split gone.csv: give grouped, random or"),
        (["-o", "m.keras", "--resize", "wide"], "resize 'wide' is none of stretch, crop, pad"),
        (["-o", "m.keras", "--epochs", "0"], "--epochs 0: give a whole number from 1"),
    ],
)
def test_what_cannot_be_right_is_said_before_a_picture_is_read(
    words: list[str], said: str, photos: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert main(["train", str(photos), *words]) == 2
    assert said in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_backbone_without_weights_says_where_they_belong(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.getaddrinfo", _no_network)
    with pytest.raises(vidclf.ModelError, match=r"put the file .*no_top.*\.h5 into"):
        vidclf.train(photos, tmp_path / "m.keras", backbone="MobileNetV3Small", input_size=64)


def _no_network(*_: object, **__: object) -> None:
    raise OSError("no network in tests")


def test_a_full_disk_leaves_nothing(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("vidclf.training.outcome.write_history", full)
    with pytest.raises(vidclf.DiskFullError, match="free space"):
        vidclf.train(photos, tmp_path / "out" / "m.keras")
    assert not list(tmp_path.iterdir())


def test_class_weights_are_for_classes(photos: Path, tmp_path: Path) -> None:
    data = numbers_table(photos, lambda color, number: number)
    with pytest.raises(vidclf.UsageError, match=r"balanced: .* has numbers, and classes exclude"):
        vidclf.train(data, tmp_path / "m.keras", regression=True, class_weights="balanced")


@pytest.mark.uncounted
def test_rare_classes_count_as_much_as_others(photos: Path, tmp_path: Path) -> None:
    rare = [p for p in sorted(photos.rglob("*.png")) if p.parent.name != "red" or p.stem < "02"]
    data = pd.DataFrame({"path": rare, "label": [path.parent.name for path in rare]})
    plain = vidclf.train(data, tmp_path / "plain.keras")
    assert any("'red' has 1 picture to learn from" in note for note in plain.notes)
    even = vidclf.train(data, tmp_path / "even.keras", class_weights="balanced")
    assert not any("learn from" in note for note in even.notes)


def test_keywords_are_the_fields_of_the_options() -> None:
    from dataclasses import fields

    from vidclf.training.options import TrainingKeywords, TrainingOptions, options_from

    assert list(TrainingKeywords.__annotations__) == [f.name for f in fields(TrainingOptions)]
    with pytest.raises(vidclf.UsageError, match="train has no option 'epoch': it has backbone"):
        options_from({"epoch": 3})  # type: ignore[typeddict-unknown-key]


@pytest.mark.uncounted
def test_evaluating_on_pictures_of_the_training_is_told(
    trained: vidclf.TrainingResult, photos: Path, tmp_path: Path
) -> None:
    moved = tmp_path / "moved"  # the pictures are known by what is in them
    for file in photos.rglob("*.png"):
        (moved / file.parent.name).mkdir(parents=True, exist_ok=True)
        (moved / file.parent.name / f"new_{file.name}").write_bytes(file.read_bytes())
    told = vidclf.evaluate(trained.path, moved, runtime="tensorflow").evaluation.notes
    assert any("30 of the 36 cases are pictures that the model was trained on" in n for n in told)
    kept = vidclf.evaluate(
        trained.path, photos, split=trained.outputs["split"], runtime="tensorflow"
    )
    assert kept.metrics["cases"] == 6
    assert not any("trained on" in note for note in kept.evaluation.notes)
    assert kept.metrics["accuracy"] == trained.metrics["val"]["accuracy"]


def test_the_command_says_how_it_went(
    trained: vidclf.TrainingResult,
    photos: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    model = tmp_path / "my colors.keras"
    assert main(["train", str(photos), "-o", str(model), "--split", "random", "-v"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert any(line.startswith("head, epoch 1: loss") for line in told)
    assert any(line.startswith("a random split gave 1.000, and one that keeps") for line in told)
    assert "3 classes, pictures: 30 train, 6 val" in told
    assert any(line.startswith("val: accuracy 1.000") for line in told)
    assert told[-1] == f"next: vidclf annotate CLIP -m '{model}'"


def test_the_command_tells_of_an_interrupt(
    photos: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from vidclf.cli.training_bars import TrainingBars

    def interrupt(bars: TrainingBars, epoch: Epoch) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(TrainingBars, "epoch_ended", interrupt)
    assert main(["train", str(photos), "-o", str(tmp_path / "m.keras")]) == 130
    assert "m.keras has the best of 1 epoch, that of epoch 1 (head)" in capsys.readouterr().err


def test_bars_show_each_piece_of_work(capsys: pytest.CaptureFixture[str]) -> None:
    import argparse

    from vidclf.cli.training_bars import TrainingBars

    epoch = Epoch(
        epoch=2, stage="fine-tune", loss=0.5, val_loss=0.25, score=0.8, val_score=0.9,
        learning_rate=1e-3, seconds=3.0, is_best=True,
    )  # fmt: skip
    with TrainingBars(argparse.Namespace(quiet=False, verbose=False), shown=True) as bars:
        bars.began("pictures", total=4, unit="example")
        bars.advanced(4)
        bars.said("something to know")
        bars.epoch_ended(epoch)
    printed = capsys.readouterr()
    assert "pictures" in printed.err
    assert printed.out.splitlines() == [
        "something to know",
        "fine-tune, epoch 2: loss 0.5000, validation 0.2500 (0.900, the best so far), 3 s",
    ]
