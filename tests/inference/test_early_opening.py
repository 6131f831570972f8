"""The model is opened while a run is made ready, where nothing is needed of a clip for that."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from vidclf.errors import ModelError
from vidclf.inference.engine import Engine, open_engine
from vidclf.inference.probe import ProbeInputs
from vidclf.settings import Settings


def no_probe() -> ProbeInputs:
    raise AssertionError("no frames are needed")


def test_the_built_in_model_is_open_behind_the_context() -> None:
    engine = open_engine(Settings())
    with engine.opening():
        pass
    assert engine.runtime_name == "openvino"


def test_a_clip_waits_for_the_opening_that_has_begun() -> None:
    engine = open_engine(Settings())
    with engine.opening():
        runtime = engine.runtime(no_probe, clip="clip.mp4")
        assert runtime is engine.runtime(no_probe, clip="clip.mp4")


@pytest.mark.parametrize("is_muted", [False, True])
def test_a_file_whose_reading_is_muted_is_not_read_beside_a_clip(
    monkeypatch: pytest.MonkeyPatch, is_muted: bool
) -> None:
    """The muting would swallow what is said of the clip, too."""
    monkeypatch.setattr("vidclf.inference.engine.reading_is_muted", lambda _: is_muted)
    ready = open_engine(Settings()).model
    engine = Engine(replace(ready, graph=ready.converted), Settings().for_inference)
    with engine.opening():
        pass
    assert engine.runtime_name == ("" if is_muted else "openvino")


def test_a_model_that_is_not_converted_waits_for_frames(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIDCLF_CACHE", str(tmp_path))
    engine = open_engine(Settings(model=str(tiny_model)))
    with engine.opening():
        pass
    assert engine.runtime_name == ""


def test_what_goes_wrong_early_is_told_by_the_first_clip(tmp_path: Path) -> None:
    ready = open_engine(Settings()).model
    engine = Engine(replace(ready, graph=tmp_path / "gone.onnx"), Settings().for_inference)
    with engine.opening():
        pass
    with pytest.raises(ModelError, match=r"no model at .*gone\.onnx"):
        engine.runtime(no_probe, clip="clip.mp4")
