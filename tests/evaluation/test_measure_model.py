"""A model on labelled pictures and clips: what is evaluated, and what is found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sklearn.metrics
from helpers.clips import ClipSpec, make_clip
from helpers.engines import plain_keras
from helpers.labelled_pictures import save_class_folders, save_picture
from helpers.sidecars import write_sidecar
from helpers.tiny_model import COLOURS
from PIL import Image

from vidclf.errors import DataError, ModelQuestionError, UsageError
from vidclf.evaluation.evaluate import evaluate
from vidclf.evaluation.results import Evaluation
from vidclf.models.keras_files.loading import import_keras

RED, BLUE = (220, 20, 20), (20, 20, 220)


def network(*, head: str = "softmax", scaling: bool = True, window: int | None = None) -> Any:
    """Says how much more red than blue a picture of 8x8 is."""
    keras = import_keras()
    layers = keras.layers
    before = [layers.Input((8, 8, 3) if window is None else (window, 8, 8, 3))]
    before += [layers.Rescaling(1 / 255)] if scaling else []
    pool = layers.GlobalAveragePooling2D() if window is None else layers.GlobalAveragePooling3D()
    model = keras.Sequential([*before, pool, layers.Dense(2, activation=head)])
    weights = np.array([[0, 3], [0, 0], [3, 0]], np.float32)
    model.set_weights([weights, np.zeros(2, np.float32)])
    return model


@pytest.fixture(scope="module")
def model() -> Any:
    return network()


def plain(path: Path, color: tuple[int, int, int]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (16, 12), color).save(path)
    return path


def folders(folder: Path) -> Path:
    """Four red pictures and three blue ones, of which one is labelled red; and `part` folders."""
    for number in range(4):
        plain(folder / "red" / f"{number}.png", RED)
    plain(folder / "red" / "blue.png", BLUE)
    for number in range(2):
        plain(folder / "blue" / f"{number}.png", (20, number, 220))
    return folder


def evaluated(model: Any, data: Any, **options: Any) -> Evaluation:
    given = {"labels": ["blue", "red"], "runtime": "tensorflow", **options}
    return evaluate(model, data, **given).evaluation


def test_figures_and_cases_of_a_folder(model: Any, tmp_path: Path) -> None:
    evaluation = evaluated(model, folders(tmp_path))
    assert evaluation.metrics["accuracy"] == pytest.approx(6 / 7)
    assert evaluation.labels == ("blue", "red")
    (wrong,) = np.flatnonzero(evaluation.is_wrong)
    assert evaluation.cases[wrong].path.name == "blue.png"
    assert evaluation.confidences is not None
    expected = 1 / (1 + np.exp(-3 * 200 / 255))
    assert evaluation.confidences[wrong] == pytest.approx(expected, abs=1e-3)
    assert (evaluation.kind, evaluation.task, evaluation.part) == ("model", "classes", "all")


def test_figures_are_those_of_keras_and_scikit_learn_by_hand(
    tiny_model: Path, tmp_path: Path
) -> None:
    data = save_class_folders(tmp_path, *COLOURS, count=5)  # each of the input's size
    for file in data.rglob("*.png"):
        Image.open(file).resize((32, 24)).save(file)
    figures = evaluated(tiny_model, data, labels=list(COLOURS), runtime="auto").metrics
    files = [
        (file, place) for place, name in enumerate(COLOURS) for file in data.rglob(f"{name}/*")
    ]
    pixels = np.stack([np.asarray(Image.open(file), np.uint8) for file, _ in files])
    truth = np.array([place for _, place in files])
    scores = plain_keras(import_keras().saving.load_model(tiny_model), pixels)
    by_hand = {
        "accuracy": sklearn.metrics.accuracy_score(truth, scores.argmax(axis=1)),
        "log_loss": sklearn.metrics.log_loss(truth, scores / scores.sum(axis=1, keepdims=True)),
        "mean_average_precision": sklearn.metrics.average_precision_score(np.eye(4)[truth], scores),
    }
    assert {name: figures[name] for name in by_hand} == pytest.approx(by_hand, abs=1e-3)


def test_a_label_that_is_likely_wrong_is_found(model: Any, tmp_path: Path) -> None:
    (issue,) = evaluated(model, folders(tmp_path)).label_issues
    assert (issue.given, issue.suggested) == (1, 0)
    assert issue.margin > 0.5


def test_the_test_part_is_evaluated_where_there_is_one(model: Any, tmp_path: Path) -> None:
    for label, color in (("red", RED), ("blue", BLUE)):
        plain(tmp_path / "train" / label / "c.png", color)
        plain(tmp_path / "val" / label / "a.png", color)
        plain(tmp_path / "test" / label / "b.png", color)
    evaluation = evaluated(model, tmp_path)
    assert evaluation.part == "test"
    assert {case.path.name for case in evaluation.cases} == {"b.png"}


def test_a_split_says_what_was_kept_from_training(model: Any, tmp_path: Path) -> None:
    data = folders(tmp_path / "data")
    split = tmp_path / "split.csv"
    rows = [f"data/red/{n}.png,{'val' if n == 1 else 'train'}" for n in range(4)]
    rows += ["data/red/blue.png,gap", "data/blue/0.png,val"]
    split.write_text("path,split\n" + "\n".join(rows) + "\n")
    evaluation = evaluated(model, data, split=split)
    assert evaluation.part == "val"
    assert sorted(case.path.name for case in evaluation.cases) == ["0.png", "1.png"]
    split.write_text(split.read_text().replace("blue/0.png,val", "blue/0.png,test"))
    evaluation = evaluated(model, data, split=split)
    assert evaluation.part == "test"
    assert [case.path.parent.name for case in evaluation.cases] == ["blue"]


def test_a_split_of_other_data_is_said(model: Any, tmp_path: Path) -> None:
    split = tmp_path / "split.csv"
    split.write_text("path,split\nelsewhere/0.png,val\n")
    with pytest.raises(DataError, match=r"names nothing of .* for val or test"):
        evaluated(model, folders(tmp_path / "data"), split=split)


def test_a_model_that_has_seen_the_data_is_told_of(model: Any, tmp_path: Path) -> None:
    data = folders(tmp_path / "data")
    model.save(tmp_path / "seen.keras")
    write_sidecar(tmp_path / "seen.keras", training={"data": str(data)})
    split = tmp_path / "split.csv"
    split.write_text("path,split\ndata/red/0.png,val\n")
    seen, kept = (
        evaluated(tmp_path / "seen.keras", data, split=rows).notes for rows in (None, split)
    )
    assert any("the model was trained on" in note and "give --split" in note for note in seen)
    assert not any("trained on" in note for note in kept)


def test_frames_of_a_clip_are_one_group(model: Any, tmp_path: Path) -> None:
    for label, frames in (("red", 24), ("blue", 30)):
        (tmp_path / label).mkdir()
        make_clip(tmp_path / label / f"{label}.mp4", ClipSpec(frames=frames))
    evaluation = evaluated(model, tmp_path, fps=6.0)
    assert len(evaluation.cases) > 2
    assert all(case.timestamp is not None for case in evaluation.cases)
    assert len(np.unique(evaluation.groups)) <= 2
    assert not len(evaluation.near_duplicates) or evaluation.metrics["groups"] == 1


def test_pictures_that_look_alike_are_told_and_one_group(model: Any, tmp_path: Path) -> None:
    for name, number in (("a", 1), ("b", 2)):
        save_picture(tmp_path / "red" / f"{name}.png", number, size=(64, 48))
    save_picture(tmp_path / "red" / "again.jpg", 1, size=(64, 48))
    save_picture(tmp_path / "blue" / "c.png", 3, size=(64, 48))
    evaluation = evaluated(model, tmp_path)
    ((first, second),) = evaluation.near_duplicates
    names = {evaluation.cases[place].path.name for place in (first, second)}
    assert names == {"a.png", "again.jpg"}
    assert evaluation.metrics["groups"] == 3


def test_labels_of_a_multi_label_model_have_thresholds(tmp_path: Path) -> None:
    evaluation = evaluated(network(head="sigmoid"), folders(tmp_path), threshold=0.9)
    assert evaluation.task == "multi_label"
    assert evaluation.thresholds == (0.9, 0.9)
    assert evaluation.truth.dtype == bool
    assert evaluation.label_issues == ()


def test_values_are_measured_against_numbers(tmp_path: Path) -> None:
    folders(tmp_path)
    rows = ["path,label", "red/0.png,3", "blue/0.png,0.5", "blue/1.png,1"]
    table = tmp_path / "angles.csv"
    table.write_text("\n".join(rows) + "\n")
    keras = import_keras()
    steering = keras.Sequential(
        [
            keras.layers.Input((8, 8, 3)),
            keras.layers.Rescaling(1 / 255),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(1, use_bias=False),
        ]
    )
    steering.set_weights([np.array([[255 / 220], [0], [0]], np.float32)])
    evaluation = evaluated(steering, table, labels=["angle"], head="regression")
    assert evaluation.task == "regression"
    assert evaluation.truth.ravel().tolist() == [3, 0.5, 1]
    # a red picture gives 1, a blue one 0.09
    assert evaluation.metrics["mae"] == pytest.approx((2 + 0.409 + 0.909) / 3, abs=0.01)


def test_several_labels_a_picture_are_for_models_that_give_several(
    model: Any, tmp_path: Path
) -> None:
    folders(tmp_path)
    table = tmp_path / "several.csv"
    table.write_text("path,label\nred/0.png,red;blue\nblue/1.png,red\nblue/0.png,blue\n")
    with pytest.raises(DataError, match="several labels or none, and the model gives each picture"):
        evaluated(model, table)
    marks = evaluated(network(head="sigmoid"), table).truth
    assert marks.tolist() == [[True, True], [False, True], [True, False]]


def test_a_picture_that_cannot_be_read_is_left_out_and_told(model: Any, tmp_path: Path) -> None:
    data = folders(tmp_path)
    (data / "red" / "broken.png").write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"broken\.png"):
        evaluated(model, data)
    evaluation = evaluated(model, data, max_bad=0.5)
    ((path, _),) = evaluation.left_out
    assert path.name == "broken.png"


def test_labels_that_the_model_does_not_have_are_said(model: Any, tmp_path: Path) -> None:
    plain(folders(tmp_path) / "green" / "a.png", (20, 220, 20))
    with pytest.raises(DataError, match="the model has no label 'green'"):
        evaluated(model, tmp_path)


def test_a_model_without_names_is_said(model: Any, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"tells no names of its 2 outputs.*give --labels"):
        evaluated(model, folders(tmp_path), labels=None)


def test_a_clip_model_is_sent_to_tables(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="sees several frames at once"):
        evaluated(network(window=4), folders(tmp_path))


def test_what_is_not_known_of_a_model_is_asked_with_pictures_of_the_data(tmp_path: Path) -> None:
    with pytest.raises(ModelQuestionError) as raised:
        evaluated(network(scaling=False), folders(tmp_path))
    assert "blue/0.png" in raised.value.question.table()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"fps": 0.0}, "--fps 0.0: give frames a second"),
        ({"max_bad": 2.0}, "--max-bad 2.0: give"),
        ({"threshold": 0.4}, r"--threshold 0\.4: .* gives each picture one answer"),
    ],
)
def test_options_that_cannot_be(
    model: Any, tmp_path: Path, options: dict[str, float], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        evaluated(model, tmp_path, **options)


def test_progress_is_told_in_examples(model: Any, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    evaluated(
        model, folders(tmp_path), batch_size=4, on_progress=lambda *counts: told.append(counts)
    )
    assert told == [(4, 7), (7, 7)]
