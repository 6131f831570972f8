"""A run stops and asks where nothing tells how a model is fed or read."""

from __future__ import annotations

import pickle
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.clips import ClipSpec, make_clip
from helpers.keras_models import keras, save_model
from helpers.runtimes import pixels
from helpers.tiny_model import COLOURS, build_tiny_model

import vidclf
from vidclf.core.preprocessing import SCALINGS, Scaling
from vidclf.errors import ModelQuestionError
from vidclf.inference.model_question import ModelQuestion
from vidclf.inference.probe import ProbeInputs
from vidclf.inference.questions import ask
from vidclf.models import Model, open_model
from vidclf.models.network import KerasNetwork
from vidclf.settings import ModelSettings

INPUTS = ProbeInputs(pixels=pixels(8), names=tuple(f"frame {8 * place}" for place in range(8)))


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of which nothing tells how its input was scaled."""
    path = tmp_path_factory.mktemp("bare") / "bare.keras"
    build_tiny_model(scaling=False).save(path)
    return path


def asked(model: Model, inputs: ProbeInputs = INPUTS, **changes: Any) -> ModelQuestion:
    """The question of a model whose description is changed so."""
    changed = replace(model, info=replace(model.info, **changes))
    with pytest.raises(ModelQuestionError) as caught:
        ask(changed, inputs, clip="clip.mp4")
    return caught.value.question


def asked_of_clip(clip: Path, model: Path, **options: Any) -> ModelQuestion:
    with pytest.raises(ModelQuestionError) as caught:
        vidclf.predict(clip, model=model, **options)
    return caught.value.question


def saved_network(folder: Path, *, head: str = "linear", units: int = 3) -> Path:
    path = folder / "tiny.keras"
    build_tiny_model(head=head, units=units).save(path)
    return path


# --- the scaling --------------------------------------------------------------------------------


def test_a_scaling_is_asked_for_with_what_each_would_say(bare: Path, clip: Path) -> None:
    question = asked_of_clip(clip, bare)
    assert [answer.value for answer in question.answers] == list(SCALINGS)
    assert question.columns[:3] == ("frame 0", "frame 16", "frame 40")
    for answer in question.answers:
        table = vidclf.predict(clip, model=bare, preprocess=answer.value, smooth=0)
        for column, cell in zip(question.columns[:3], answer.cells, strict=False):
            row = table.iloc[int(column.split()[1])]
            assert cell == f"{row['raw_label']} {row['raw_confidence']:.2f}"


def test_confidence_and_doubt_are_means_over_all_probed_frames(bare: Path) -> None:
    model = open_model(bare)
    question = asked(model)
    assert question.columns[3:] == ("mean of 8", "undecided among", "the model gets")
    batch = Scaling.parse("0-1").apply(INPUTS.pixels)
    scores = np.asarray(model.load()(batch), np.float64)
    perplexity = np.exp(-(scores * np.log(scores)).sum(axis=1)).mean()
    [row] = [answer.cells for answer in question.answers if answer.value == "0-1"]
    assert row[3:5] == (f"{scores.max(axis=1).mean():.2f}", f"{perplexity:.1f} labels")


def test_the_habit_of_the_backbone_comes_first_and_is_marked(bare: Path) -> None:
    question = asked(
        open_model(bare), usual_preprocessing=SCALINGS["-1-1"], evidence={"backbone": "MobileNetV2"}
    )
    assert [answer.value for answer in question.answers] == [
        "-1-1",
        "none",
        "0-1",
        "caffe",
        "torch",
    ]
    marked = [answer.value for answer in question.answers if "usual for" in answer.cells[-1]]
    assert (marked, question.example) == (["-1-1"], "-1-1")
    assert question.answers[0].cells[-1] == "-1 to 1 (usual for MobileNetV2)"


def test_a_regression_shows_values_and_no_confidence(clip: Path, tmp_path: Path) -> None:
    path = tmp_path / "speed.keras"
    build_tiny_model(scaling=False, head="linear", units=1).save(path)
    path.with_name("labels.txt").write_text("speed [m/s]\n", encoding="utf-8")
    question = asked_of_clip(clip, path, head="regression")
    assert question.columns == ("frame 0", "frame 16", "frame 40", "the model gets")
    assert all(re.fullmatch(r"speed -?[\d.e+]+", cell) for cell in question.answers[0].cells[:3])
    assert "confident" not in question.advice


def test_a_multi_label_model_shows_the_labels_that_count(tmp_path: Path) -> None:
    question = asked(
        open_model(saved_network(tmp_path, head="sigmoid", units=9)), preprocessing=None
    )
    assert question.columns[3:5] == ("mean of 8", "labels from 0.5 on")
    counts = [float(answer.cells[4]) for answer in question.answers]
    assert any(count != 1 for count in counts)


def test_a_model_of_whole_numbers_is_offered_no_fractions(tmp_path: Path) -> None:
    path = save_model(tmp_path, keras().layers.Flatten(), keras().layers.Dense(2))
    question = asked(open_model(path), dtype="uint8", head="logits", head_is_known=True)
    assert [answer.value for answer in question.answers] == ["none"]


def test_a_grey_model_is_offered_no_scaling_of_colours(tmp_path: Path) -> None:
    path = save_model(
        tmp_path, keras().layers.Flatten(), keras().layers.Dense(2, "softmax"), shape=(24, 32, 1)
    )
    question = asked(open_model(path))
    assert [answer.value for answer in question.answers] == ["none", "0-1", "-1-1"]


def test_a_clip_model_is_asked_for_too(tmp_path: Path) -> None:
    layers = keras().layers
    path = save_model(
        tmp_path,
        layers.Conv3D(4, 3),
        layers.GlobalAveragePooling3D(),
        layers.Dense(2, "softmax"),
        shape=(4, 24, 32, 3),
    )
    clip = make_clip(tmp_path / "eight.mp4", ClipSpec(frames=8))
    assert asked_of_clip(clip, path).columns[:2] == ("frames 0-3", "frames 4-7")
    short = make_clip(tmp_path / "two.mp4", ClipSpec(frames=2))
    assert asked_of_clip(short, path).columns[:2] == ("frames 0-1", "mean of 2")


def test_a_model_of_one_picture_at_a_time_is_tried_one_at_a_time(bare: Path) -> None:
    model = open_model(bare)
    batches: list[int] = []

    class OneAtATime(KerasNetwork):
        def __call__(self, batch: Any) -> Any:
            batches.append(batch.shape[0])
            return super().__call__(batch)

    single = replace(model, load=lambda: OneAtATime(model.load().model))
    assert asked(single, fixed_batch=1).answers[0].cells == asked(model).answers[0].cells
    assert batches == [1]


def test_what_cannot_be_computed_here_is_asked_for_without_a_table_of_answers(bare: Path) -> None:
    model = open_model(bare)

    class Broken(KerasNetwork):
        def __call__(self, batch: Any) -> Any:
            raise ValueError("no such convolution")

    question = asked(replace(model, load=lambda: Broken(model.load().model)))
    assert f"What it would say cannot be shown (TensorFlow cannot compute {bare}" in question.reason
    assert question.columns == ("the model gets",)
    assert [answer.value for answer in question.answers] == list(SCALINGS)


def test_a_graph_is_tried_on_openvino(bare: Path, tmp_path: Path, clip: Path) -> None:
    from helpers.keras_models import describe_model

    folder = tmp_path / "saved"
    keras().models.load_model(bare).export(folder, verbose=False)
    import openvino

    path = tmp_path / "graph.xml"
    openvino.serialize(openvino.Core().read_model(folder), str(path))
    assert describe_model(path).preprocessing is None
    of_keras, of_graph = asked_of_clip(clip, bare), asked_of_clip(clip, path)
    assert [a.cells for a in of_graph.answers] == [a.cells for a in of_keras.answers]


# --- the head -----------------------------------------------------------------------------------


def test_a_head_is_asked_for_with_the_numbers_and_what_each_makes_of_them(tmp_path: Path) -> None:
    model = open_model(saved_network(tmp_path), settings=ModelSettings(labels=("a", "b", "c")))
    question = asked(model, head_is_known=False, head="regression")
    assert question.option == "--head"
    assert [answer.value for answer in question.answers] == ["logits", "sigmoid", "regression"]
    assert question.facts is not None
    raw = np.asarray(model.load()(INPUTS.pixels.astype(np.float32)), np.float64)[0]
    assert question.facts[0] == ", ".join(f"{value:.3g}" for value in raw)
    softmax = np.exp(raw) / np.exp(raw).sum()
    logits, _, values = (answer.cells[0] for answer in question.answers)
    assert logits == f"{'abc'[raw.argmax()]} {softmax.max():.2f}"
    assert values == ", ".join(f"{n} {v:.4g}" for n, v in zip("abc", raw, strict=True))


def test_numbered_outputs_are_classes_or_values_as_the_head_has_it(tmp_path: Path) -> None:
    model = open_model(saved_network(tmp_path, units=1))
    question = asked(model, head_is_known=False, head="regression")
    cells = {answer.value: answer.cells[0] for answer in question.answers}
    assert re.match(r"class [01] ", cells["binary"])
    assert cells["regression"].startswith("value 0 ")


def test_the_head_is_asked_for_before_the_scaling(bare: Path) -> None:
    question = asked(open_model(bare), head_is_known=False, activation="linear", head="regression")
    assert question.setting == "head"
    assert "these numbers are those of --preprocess 0-1" in question.advice


# --- what is said -------------------------------------------------------------------------------


def test_the_error_is_the_whole_question_and_says_how_to_answer_it(bare: Path, clip: Path) -> None:
    with pytest.raises(ModelQuestionError) as caught:
        vidclf.predict(clip, model=bare)
    first, header, *rows, _, last = str(caught.value).splitlines()
    assert f"nothing tells for certain how the input of {bare} was scaled" in first
    assert f"Of {clip.name} it would say:" in first
    assert header.split()[:3] == ["--preprocess", "frame", "0"]
    assert [row.split()[0] for row in rows] == list(SCALINGS)
    assert last == (
        f'Give it as preprocess="0-1"; to be asked once, run: vidclf inspect {bare} '
        "--preprocess 0-1 --save"
    )
    assert caught.value.exit_code == 2


def test_a_narrow_terminal_is_shown_fewer_frames(bare: Path) -> None:
    question = asked(open_model(bare))
    whole = question.table(numbered=True)
    widest = max(map(len, whole.splitlines()))
    assert question.table(numbered=True, width=widest) == whole
    narrow = question.table(numbered=True, width=widest - 1)
    assert ("frame 24" in whole, "frame 24" in narrow) == (True, True)
    assert ("frame 56" in whole, "frame 56" in narrow) == (True, False)
    header = question.table(width=10).splitlines()[0]
    assert re.split(r" {2,}", header.strip())[:3] == ["--preprocess", "frame 0", "mean of 8"]


def test_a_model_in_memory_is_asked_for_without_a_file(clip: Path) -> None:
    with pytest.raises(ModelQuestionError) as caught:
        vidclf.predict(clip, model=build_tiny_model(scaling=False), labels=list(COLOURS))
    assert str(caught.value).splitlines()[-1] == 'Give it as preprocess="0-1"'


def test_the_error_survives_the_way_from_another_process(bare: Path) -> None:
    question = asked(open_model(bare))
    again = pickle.loads(pickle.dumps(ModelQuestionError(question)))
    assert again.question == question
