"""Regression models: values with names and units, in the table as they are, drawn as gauges."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from helpers.engines import annotated, described, plain_keras, tiny_network
from hypothesis import given
from hypothesis import strategies as st
from moviepy import ColorClip

import vidclf
from vidclf.core.annotation import Annotation, Answer, AnyPatch, Value
from vidclf.core.frames import Prediction
from vidclf.errors import SourceError
from vidclf.inference.resize import resize_frame
from vidclf.overlay.colors import palette_color
from vidclf.overlay.gauges import filled, number_text
from vidclf.overlay.overlay import STYLES, Overlay
from vidclf.settings import Style
from vidclf.sources import open_source
from vidclf.table import ValueRows, annotations_from_rows, read_annotations
from vidclf.table.csv_writer import TableSink

FLOATS = st.floats(width=32, allow_nan=False, allow_infinity=False)


def prediction(*values: float, index: int = 0, **changes: Any) -> Prediction:
    numbers = np.array(values, np.float32)
    known = {"index": index, "pts_seconds": index / 24, "scores": numbers}
    if "raw" not in changes:
        known["raw"] = 2 * numbers
    return Prediction(**{**known, **changes})


def written(path: Path, rows: ValueRows, *predictions: Prediction) -> Path:
    with TableSink(path, rows=rows) as table:
        for one in predictions:
            table.write(one)
    return path


def annotation(
    *numbers: float, unit: str = "", bounds: tuple[float, float] | None = None
) -> Annotation:
    values = tuple(
        Value(name=f"value {place}", number=number, unit=unit, bounds=bounds)
        for place, number in enumerate(numbers)
    )
    return Annotation(pts_seconds=0.0, values=values)


def test_the_text_is_as_documented(tmp_path: Path) -> None:
    rows = ValueRows(video="a.mp4", names=("speed", "angle"), units=("m/s", "°"))
    path = written(tmp_path / "a.csv", rows, prediction(12.5, -1e-6), prediction(1e6, 0.1, index=1))
    assert path.read_text(encoding="utf-8") == (
        "video,frame,timestamp,inferred,value_speed,value_angle,raw_speed,raw_angle\n"
        "a.mp4,0,0.0,TRUE,12.5,-1e-06,25.0,-2e-06\n"
        "a.mp4,1,0.041666667,TRUE,1e+06,0.1,2e+06,0.2\n"
    )


@given(number=FLOATS)
def test_a_value_reads_back_as_the_same_float32(number: float) -> None:
    rows = ValueRows(video="a", names=("x",))
    cells = rows.row(prediction(number, raw=np.float32([0])))
    assert np.float32(cells[4]) == np.float32(number)


@pytest.mark.parametrize("name", ["label", "confidence", "frame", "timestamp", "value_x", "a, b"])
def test_names_may_be_those_of_other_columns(tmp_path: Path, name: str) -> None:
    rows = ValueRows(video="a.mp4", names=(name, "x"))
    assert len(set(rows.header())) == 8
    path = written(tmp_path / "a.csv", rows, prediction(1.5, 2.5))
    assert pd.read_csv(path)[f"value_{name}"].tolist() == [1.5]
    (read,) = read_annotations(path)
    assert read == rows.annotation(prediction(1.5, 2.5))


def test_a_data_frame_gives_the_same_moments(tmp_path: Path) -> None:
    rows = ValueRows(video="a.mp4", names=("x", "y"))
    path = written(tmp_path / "a.csv", rows, prediction(1.5, -3), prediction(2.5, 4, index=1))
    assert annotations_from_rows(pd.read_csv(path).to_dict("records")) == read_annotations(path)


def test_a_column_of_ones_own_does_not_make_labels_values() -> None:
    row = {"timestamp": 0.0, "label": "cat", "confidence": 0.9, "value_of_the_clip": 3}
    (read,) = annotations_from_rows([row])
    assert (read.answers[0].label, read.values) == ("cat", ())


def test_a_value_that_is_no_number_is_explained() -> None:
    with pytest.raises(SourceError, match=r"row 0: value_x is 'nan', not a number"):
        annotations_from_rows([{"timestamp": "0.0", "value_x": "nan"}])


def test_a_moment_has_answers_or_values() -> None:
    answer, value = Answer(label="a", class_id=0, confidence=1.0), Value(name="x", number=1.0)
    with pytest.raises(ValueError, match="answers, or values"):
        Annotation(pts_seconds=0.0, answers=(answer,), values=(value,))


@pytest.mark.parametrize(
    ("largest", "texts"),
    [
        (40.0, {12.44: "12.4", 3.0: "3.0", -0.01: "0.0"}),
        (0.5, {0.1234: "0.123", -0.5: "−0.500"}),
        (250_000.0, {250_000.0: "250000", -3.4: "−3"}),
        (2.34e6, {2.34e6: "2.34e+06", 0.0: "0.00e+00"}),
        (5e-7, {5e-7: "5.00e−07"}),
        (0.0, {0.0: "0.00"}),
    ],
)
def test_numbers_of_one_gauge_have_equally_many_decimals(
    largest: float, texts: dict[float, str]
) -> None:
    assert {n: number_text(n, largest=largest) for n in texts} == texts


@pytest.mark.parametrize(
    ("number", "bounds", "bar"),
    [
        (10.0, (0.0, 40.0), (0.0, 0.25)),
        (50.0, (0.0, 40.0), (0.0, 1.0)),
        (30.0, (20.0, 40.0), (0.0, 0.5)),
        (-15.0, (-30.0, 30.0), (0.5, 0.25)),
        (-10.0, (-40.0, 0.0), (1.0, 0.75)),
        (-30.0, (-40.0, -20.0), (1.0, 0.5)),
        (7.0, (7.0, 7.0), (0.0, 0.0)),
    ],
)
def test_a_bar_begins_at_zero_or_nearest_to_it(
    number: float, bounds: tuple[float, float], bar: tuple[float, float]
) -> None:
    assert filled(number, bounds) == bar


@pytest.mark.parametrize("style", STYLES)
def test_gauges_are_rows_of_equal_height_in_their_own_colours_without_a_strip(
    style: Style,
) -> None:
    overlay = Overlay(width=1280, height=720, style=style, span=(0.0, 9.0))
    shown = annotation(1.0, 3.0, 2.0, bounds=(0.0, 4.0))
    overlay.add(shown)
    patches = overlay.patches(shown)
    assert len(patches) == 3
    for place, patch in enumerate(patches):
        assert (patch.rgba[..., :3] == palette_color(place)).all(axis=2).any()


@given(numbers=st.lists(FLOATS, min_size=3, max_size=6), style=st.sampled_from(STYLES))
def test_any_values_are_drawn_in_the_same_places(numbers: list[float], style: Style) -> None:
    overlay = Overlay(width=426, height=240, style=style)
    plain = places(OVERLAYS[style].patches(annotation(*[1.0] * len(numbers))))
    overlay.add(annotation(*reversed(numbers)))
    assert places(overlay.patches(annotation(*numbers, unit="m/s²"))) == plain


OVERLAYS = {style: Overlay(width=426, height=240, style=style) for style in STYLES}


def places(patches: tuple[AnyPatch, ...]) -> list[tuple[Any, ...]]:
    return [(patch.x, patch.y, patch.rgba.shape) for patch in patches]


def test_names_and_units_stand_still_while_numbers_change() -> None:
    overlay = Overlay(width=1280, height=720, style="bars")
    pictures = []
    for number in (-9.5, 0.0, 39.9):
        (patch,) = overlay.patches(annotation(number, unit="m/s", bounds=(-40.0, 40.0)))
        pictures.append(patch.rgba[:56].astype(int))  # the text, above the bar
    changed = (np.ptp(pictures, axis=0) > 0).any(axis=(0, 2)).nonzero()[0]
    number_left, number_right = changed.min(), changed.max()
    unit_px = 60
    assert number_left > 200
    assert number_right < 380 - unit_px


def test_without_bounds_a_bar_spans_what_was_seen() -> None:
    overlay = Overlay(width=640, height=360, style="bars")
    overlay.add(annotation(0.0))
    overlay.add(annotation(10.0))
    seen = overlay.patches(annotation(5.0))[0].rgba
    given = Overlay(width=640, height=360, style="bars")
    told = given.patches(annotation(5.0, bounds=(0.0, 10.0)))[0].rgba
    bar = np.s_[seen.shape[0] * 2 // 3 :]
    np.testing.assert_array_equal(seen[bar], told[bar])


def test_values_that_do_not_fit_are_counted() -> None:
    overlay = Overlay(width=1280, height=720, style="bars")
    assert "'+5 more'" in overlay.patches(annotation(*range(12)))[-1].key


def test_the_effect_draws_gauges_from_a_table(tmp_path: Path) -> None:
    rows = ValueRows(video="a.mp4", names=("speed",))
    path = written(tmp_path / "a.csv", rows, prediction(1.5), prediction(4.5, index=6))
    clip = ColorClip((320, 240), (90, 90, 90), duration=0.5)
    drawn = clip.with_effects([vidclf.Annotate(path)])
    overlay = Overlay(width=320, height=240)
    for one in read_annotations(path):
        overlay.add(one)
    (patch,) = overlay.patches(read_annotations(path)[0])
    touched = (drawn.get_frame(0.0) != 90).any(axis=2)
    assert touched.any()
    assert not touched[patch.y + patch.rgba.shape[0] :].any()
    assert (drawn.get_frame(0.0) != drawn.get_frame(0.4)).any()


@pytest.mark.parametrize("units", [1, 3])
def test_from_clip_to_table_and_manifest(clip: Path, tmp_path: Path, units: int) -> None:
    network = tiny_network(activation=None, units=units)
    names, kinds = ("speed", "angle", "label")[:units], ("m/s", "°", "")[:units]
    model = described(
        network, head="regression", labels=names, units=kinds, ranges=((0.0, 9.0),) * units
    )
    job = annotated(clip, tmp_path / "out", model, smooth=0.2)
    table = pd.read_csv(job.outputs["table"])
    assert list(table.columns[4:]) == [f"{kind}_{n}" for kind in ("value", "raw") for n in names]
    with open_source(clip) as source:
        frames = [frame.picture.plain_rgb() for frame in source.frames()]
    pixels = np.stack([resize_frame(frame, (24, 32), model.info.resize) for frame in frames])
    raw = table[[f"raw_{name}" for name in names]].to_numpy()
    np.testing.assert_allclose(raw, plain_keras(network, pixels), rtol=1e-4, atol=1e-5)
    smoothed = table["value_speed"].to_numpy()
    np.testing.assert_allclose(smoothed[10], raw[8:13, 0].mean(), rtol=1e-5)
    assert json.loads(job.outputs["manifest"].read_text("utf-8"))["model"]["units"] == list(kinds)
    assert job.outputs["video"].stat().st_size > 1000
