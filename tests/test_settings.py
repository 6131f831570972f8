"""Settings: places in a clip, and values that cannot be right."""

from __future__ import annotations

import ast
import inspect
import os
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import numpy as np
import pytest

from vidclf.core.frames import Frame, RgbPicture
from vidclf.errors import UsageError
from vidclf.settings import (
    DrawingOptions,
    InferenceSettings,
    ModelOptions,
    ModelSettings,
    Options,
    Position,
    Settings,
)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("12.5", 12.5),
        ("0", 0.0),
        (".5", 0.5),
        ("1:02.5", 62.5),
        ("1:00:00", 3600.0),
        (7, 7.0),
        (1e-5, 1e-5),
    ],
)
def test_times_are_read(text: str | float, seconds: float) -> None:
    assert Position.parse(text) == Position(seconds=seconds)


def test_a_frame_index_is_read() -> None:
    assert Position.parse("123f") == Position(frame=123)


@pytest.mark.parametrize("text", ["", "abc", "-3", "1:2:3:4", "12 s", "nan", "1e3", "f", "1.5f"])
def test_other_texts_are_refused_with_the_three_ways(text: str) -> None:
    with pytest.raises(UsageError, match=r"seconds .* mm:ss .* frame index"):
        Position.parse(text)


def test_a_time_is_reached_exactly_not_almost() -> None:
    picture = RgbPicture(np.zeros((1, 1, 3), np.uint8))
    frame = Frame(index=3, pts=3, time_base=Fraction(1, 10), picture=picture)
    assert Position.parse("0.3").reached_by(frame)  # although 3 * 0.1 > 0.3 in floats
    assert not Position.parse("0.300001").reached_by(frame)
    third = Frame(index=1, pts=1, time_base=Fraction(1, 24), picture=picture)
    assert Position.parse("0.041666667").reached_by(third)  # as the table rounds it
    assert Position.parse("3f").reached_by(frame)
    assert not Position.parse("4f").reached_by(frame)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"stride": 0}, "--stride 0: must be 1 or more"),
        ({"batch_size": 0}, "--batch-size 0: must be 1 or more"),
        ({"smooth": -1.0}, "--smooth -1.0: must be between 0 and 10 seconds"),
        ({"threshold": 1.5}, "--threshold 1.5: must be between 0 and 1"),
        ({"crf": 99}, "--crf 99: must be between 0 and 63"),
        ({"infer_fps": 0.0}, "--infer-fps 0.0: must be more than 0"),
        ({"gif_max_mb": float("inf")}, "--gif-max-mb inf: must be more than 0"),
        ({"stride": 2.5}, "--stride 2.5: must be a whole number"),
        ({"crf": "20"}, "--crf '20': must be a whole number"),
        ({"smooth": "x"}, "--smooth 'x': must be a number"),
        ({"start": 3.0}, "--start 3.0: must be a Position"),
        ({"runtime": 7}, "--runtime 7: must be text"),
        ({"style": "neon"}, "--style 'neon' is none of card, bars, timeline, full"),
        ({"precision": "f8"}, "--precision 'f8' is none of f32, bf16, f16"),
        (
            {"precision": "bf16", "runtime": "tensorflow"},
            "--precision bf16 is for OpenVINO on a CPU, and --runtime tensorflow computes as Keras",
        ),
        ({"stride": 2, "infer_fps": 5.0}, "--stride and --infer-fps both"),
        (
            {"start": Position(seconds=5.0), "end": Position(seconds=5.0)},
            "--end stands at or before",
        ),
        ({"start": Position(frame=9), "end": Position(frame=3)}, "--end stands at or before"),
    ],
)
def test_values_that_cannot_be_right_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Settings(**options)


# --- the options of a program, and the slices --------------------------------------------------

WIDER = {"camera_size", "duration", "split_every", "labels", "input_size", "font", "start", "end"}
"""The options that `settings_from` reads from more types than `Settings` takes."""


def field_texts(*classes: type) -> dict[str, str]:
    """Field → the text below it."""
    texts = {}
    for cls in classes:
        (node,) = ast.parse(inspect.getsource(cls)).body
        for field, below in pairwise(node.body):
            if isinstance(field, ast.AnnAssign):
                texts[field.target.id] = " ".join(below.value.value.split())
    return texts


def members(hint: Any) -> set[Any]:
    """The types of a union; a `Path` is one of the things with a path."""
    parts = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    return {os.PathLike[str] if part is Path else part for part in parts}


def test_options_are_the_settings_with_wider_types() -> None:
    options, settings = get_type_hints(Options), get_type_hints(Settings)
    assert options.keys() == settings.keys()
    for name in options:
        assert members(settings[name]) <= members(options[name])
        assert (members(settings[name]) < members(options[name])) == (name in WIDER)


def test_options_have_the_texts_of_the_settings_and_their_defaults() -> None:
    texts = field_texts(ModelOptions, DrawingOptions, Options)
    for name, text in field_texts(Settings).items():
        assert texts[name].startswith(text)
        default = getattr(Settings(), name)
        shown = f"`{default}`" if isinstance(default, str) else str(default)
        assert texts[name].endswith(f"Default: {shown}.") == (default is not None)


def test_a_slice_of_the_defaults_has_the_defaults() -> None:
    assert Settings().for_model == ModelSettings()
    assert Settings().for_inference == InferenceSettings()


def test_a_slice_has_what_was_set() -> None:
    settings = Settings(labels=("a", "b"), window_size=8, clip_fps=5.0, smooth=0)
    assert settings.for_model == ModelSettings(labels=("a", "b"), window_size=8)
    assert settings.for_inference == InferenceSettings(window_size=8, clip_fps=5.0, smooth=0)
