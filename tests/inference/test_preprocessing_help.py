"""A run stops and asks when nothing tells how a model's input was scaled."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from helpers.clips import ClipSpec, make_clip
from helpers.tiny_model import build_tiny_model

import vidclf
from vidclf.cli.app import main
from vidclf.core.preprocessing import SCALINGS
from vidclf.errors import ModelError


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of which nothing tells how its input was scaled."""
    path = tmp_path_factory.mktemp("bare") / "bare.keras"
    build_tiny_model(scaling=False).save(path)
    return path


def test_the_question_shows_what_each_scaling_would_say(bare: Path, clip: Path) -> None:
    with pytest.raises(ModelError) as caught:
        vidclf.predict(clip, model=bare)
    first, *ways, last = str(caught.value).splitlines()
    assert f"nothing tells how the input of {bare} was scaled" in first
    assert f"frames of {clip.name}" in first
    assert [way.split()[1] for way in ways] == list(SCALINGS)
    assert "bare.json" in last
    for way in ways:
        (label, *_) = re.findall(r"class \d", way)
        table = vidclf.predict(clip, model=bare, preprocess=way.split()[1], smooth=0)
        assert label in set(table["raw_label"])


def test_the_answers_differ_where_scalings_do(bare: Path, clip: Path) -> None:
    with pytest.raises(ModelError) as caught:
        vidclf.predict(clip, model=bare)
    answers = {line[-30:] for line in str(caught.value).splitlines()[1:-1]}
    assert len(answers) > 1


def test_the_command_stops_and_writes_nothing(
    bare: Path, clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["annotate", str(clip), "-m", str(bare), "-o", str(tmp_path / "out")]) == 1
    assert "--preprocess -1-1" in capsys.readouterr().err
    assert not list((tmp_path / "out").glob("*"))


def test_a_description_beside_the_model_answers_for_good(
    bare: Path, clip: Path, tmp_path: Path
) -> None:
    path = tmp_path / "bare.keras"
    path.write_bytes(bare.read_bytes())
    path.with_suffix(".json").write_text('{"format": 1, "preprocessing": "0-1"}', encoding="utf-8")
    told = vidclf.predict(clip, model=path)
    given = vidclf.predict(clip, model=bare, preprocess="0-1")
    np.testing.assert_array_equal(told["confidence"], given["confidence"])


def test_a_clip_model_is_asked_for_too(tmp_path: Path) -> None:
    from vidclf.models.keras_files.loading import import_keras

    keras = import_keras()
    layers = [
        keras.layers.Input((4, 24, 32, 3)),
        keras.layers.Conv3D(4, 3),
        keras.layers.GlobalAveragePooling3D(),
        keras.layers.Dense(2),
    ]
    path = tmp_path / "clips.keras"
    keras.Sequential(layers).save(path)
    clip = make_clip(tmp_path / "two.mp4", ClipSpec(frames=2))
    with pytest.raises(ModelError, match=r"(?s)On one .*--preprocess torch"):
        vidclf.predict(clip, model=path)


def test_a_regression_is_asked_for_with_its_values(clip: Path, tmp_path: Path) -> None:
    path = tmp_path / "speed.keras"
    build_tiny_model(scaling=False, head="linear", units=1).save(path)
    path.with_name("labels.txt").write_text("speed [m/s]\n", encoding="utf-8")
    with pytest.raises(ModelError, match=r"--preprocess none +0 to 255 +speed -?[\d.]+"):
        vidclf.predict(clip, model=path)
