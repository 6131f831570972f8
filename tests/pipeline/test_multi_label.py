"""Multi-label models: every label above its threshold is shown, all of them are in the table."""

from __future__ import annotations

from fractions import Fraction
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
from vidclf.core.annotation import Annotation, Answer, Patch
from vidclf.core.frames import Frame, Prediction, RgbPicture, VideoInfo
from vidclf.errors import SourceError
from vidclf.inference.resize import resize_frame
from vidclf.overlay.colors import palette_color
from vidclf.overlay.moviepy_effect import Compositor
from vidclf.overlay.overlay import STYLES, Overlay
from vidclf.settings import Style
from vidclf.sources import open_source
from vidclf.table import LabelRows, annotations_from_rows, read_annotations
from vidclf.table.csv_writer import TableSink

LABELS = ("cat", "dog", "cup")


def prediction(*scores: float, index: int = 0) -> Prediction:
    values = np.array(scores, np.float32)
    return Prediction(index=index, pts_seconds=index / 24, scores=values, raw=values[::-1].copy())


def rows_of(*labels: str, threshold: float = 0.5, **changes: Any) -> LabelRows:
    thresholds = (threshold,) * len(labels)
    return LabelRows(**{"video": "a.mp4", "labels": labels, "thresholds": thresholds, **changes})


def written(path: Path, rows: LabelRows, *predictions: Prediction) -> Path:
    with TableSink(path, rows=rows) as table:
        for one in predictions:
            table.write(one)
    return path


def shown(*labels: str, is_sure: bool = True, seconds: float = 0.0) -> Annotation:
    answers = tuple(
        Answer(label=label, class_id=place, confidence=0.9 - place / 100)
        for place, label in enumerate(labels)
    )
    return Annotation(pts_seconds=seconds, answers=answers, is_sure=is_sure)


def test_the_text_is_as_documented(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.csv",
        rows_of(*LABELS, top_k=2),
        prediction(0.625, 0.25, 0.75),
        prediction(0.375, 0.25, 0.125, index=1),
    )
    assert path.read_text(encoding="utf-8") == (
        "video,frame,timestamp,inferred,label,class_id,confidence,raw_label,raw_confidence,"
        "top2_label,top2_confidence,labels,score_cat,score_dog,score_cup\n"
        "a.mp4,0,0.0,TRUE,cup,2,0.750000,cat,0.750000,"
        "cat,0.625000,cup; cat,0.625000,0.250000,0.750000\n"
        "a.mp4,1,0.041666667,TRUE,cat,0,0.375000,cup,0.375000,"
        "dog,0.250000,,0.375000,0.250000,0.125000\n"
    )


def test_each_label_has_its_own_threshold_and_reaching_it_is_enough() -> None:
    rows = rows_of(*LABELS, thresholds=(0.8, 0.2, 0.7))
    annotation = rows.annotation(prediction(0.75, 0.3, 0.7))
    assert [answer.label for answer in annotation.answers] == ["cup", "dog"]
    assert annotation.is_sure


def test_without_any_the_best_is_shown_as_uncertain() -> None:
    annotation = rows_of(*LABELS).annotation(prediction(0.1, 0.4, 0.2))
    assert ([answer.label for answer in annotation.answers], annotation.is_sure) == (["dog"], False)


@given(st.lists(st.floats(0, 1, width=32), min_size=4, max_size=4))
def test_moments_read_back_are_what_was_shown(scores: list[float]) -> None:
    rows = rows_of("a; b", "naïve, 猫", "c;d", "e;")
    one = prediction(*scores)
    values = dict(zip(rows.header(), rows.values(one), strict=True))
    assert annotations_from_rows([values]) == [rows.annotation(one)]


def test_a_label_in_the_list_never_holds_what_separates_labels() -> None:
    rows = rows_of("big; dog", "cat")
    cells = dict(zip(rows.header(), rows.row(prediction(0.9, 0.8)), strict=True))
    assert cells["labels"].split("; ") == ["big;dog", "cat"]
    assert cells["label"] == "big; dog"


def test_a_listed_label_without_scores_is_explained() -> None:
    row = {"timestamp": 0.0, "label": "cat", "confidence": 0.9, "labels": "cow", "score_cat": 0.9}
    with pytest.raises(SourceError, match=r"row 0: labels holds 'cow', .*column 'score_cow'"):
        annotations_from_rows([row])


def test_a_data_frame_gives_the_same_moments(tmp_path: Path) -> None:
    rows = rows_of(*LABELS)
    path = written(tmp_path / "a.csv", rows, prediction(0.6, 0.7, 0.1), prediction(0.1, 0.2, 0.3))
    assert annotations_from_rows(pd.read_csv(path).to_dict("records")) == read_annotations(path)


@pytest.mark.parametrize("style", STYLES)
def test_a_row_for_each_label_in_its_own_colour(style: Style) -> None:
    overlay = Overlay(width=1280, height=720, style=style)
    patches = overlay.patches(shown(*LABELS))
    assert len(patches) == 3
    for class_id, patch in enumerate(patches):
        assert has_color(patch, palette_color(class_id))


def has_color(patch: Patch, color: tuple[int, int, int]) -> bool:
    return bool((patch.rgba[..., :3] == color).all(axis=2).any())


def test_labels_that_do_not_fit_are_counted_in_the_last_row() -> None:
    overlay = Overlay(width=1280, height=720, style="bars")
    sixty = overlay.patches(shown(*(f"label {place}" for place in range(60))))
    assert len(sixty) == 8
    assert "'+53 more'" in sixty[-1].key
    eight = overlay.patches(shown(*(f"label {place}" for place in range(8))))
    assert len(eight) == 8
    assert "more" not in eight[-1].key


def test_one_label_is_a_headline() -> None:
    sure, unsure = (
        Overlay(width=640, height=360, style="bars").patches(shown("cat", is_sure=is_sure))
        for is_sure in (True, False)
    )
    assert len(sure) == len(unsure) == 1
    assert has_color(sure[0], palette_color(0))
    assert not has_color(unsure[0], palette_color(0))


def test_a_moment_that_knows_is_not_asked_for_a_threshold() -> None:
    strict, lax = (
        Overlay(width=640, height=360, style="bars", threshold=threshold).patches(shown("cat"))
        for threshold in (1.0, 0.0)
    )
    assert strict[0].key == lax[0].key


@pytest.mark.parametrize("style", STYLES)
def test_the_table_draws_the_pipelines_picture(tmp_path: Path, style: Style) -> None:
    rows = rows_of(*(f"label {place}" for place in range(12)), threshold=0.8)
    scores = np.random.default_rng(3).random((12, 12)) ** np.linspace(0.5, 9, 12)[:, None]
    predictions = [prediction(*row, index=index) for index, row in enumerate(scores)]
    table = written(tmp_path / "a.csv", rows, *predictions)
    effect = vidclf.Annotate(table, style=style, top_k=1)
    clip = ColorClip((320, 240), (90, 90, 90), duration=0.5).with_effects([effect])
    overlay = Overlay(width=320, height=240, style=style, span=(0.0, 0.5))
    info = VideoInfo(
        path="x", width=320, height=240, time_base=Fraction(1, 24), frame_rate=Fraction(24)
    )
    compositor = Compositor(info, overlay, seconds=0.5)
    annotations = [rows.annotation(one) for one in predictions]
    assert {bool(annotation.is_sure) for annotation in annotations} == {True, False}
    for index, annotation in enumerate(annotations):
        picture = RgbPicture(np.full((240, 320, 3), 90, np.uint8))
        frame = Frame(index=index, pts=index, time_base=Fraction(1, 24), picture=picture)
        by_pipeline = compositor.picture(frame, annotation, seconds=index / 24)
        above_strip = np.s_[:210]  # a table's strip knows what is to come
        np.testing.assert_array_equal(
            by_pipeline[above_strip], clip.get_frame(index / 24)[above_strip]
        )


def test_the_strip_is_grey_where_no_label_counts() -> None:
    overlay = Overlay(width=640, height=360, style="timeline", span=(0.0, 10.0))
    overlay.add(shown("cat", "dog"))
    overlay.add(shown("cat", is_sure=False, seconds=5.0))
    *_, band, _ = overlay.patches(shown("cat", is_sure=False, seconds=9.9))
    middle = band.rgba[band.rgba.shape[0] // 2].astype(int)
    sure, unsure = middle[len(middle) // 4, :3], middle[len(middle) * 3 // 4, :3]
    assert tuple(sure) == palette_color(0)
    assert np.ptp(unsure) < np.ptp(sure) / 2


@pytest.mark.parametrize("units", [1, 5])
def test_from_clip_to_table(clip: Path, tmp_path: Path, units: int) -> None:
    network = tiny_network(activation="sigmoid", units=units)
    labels = tuple(f"label {place}" for place in range(units))
    model = described(network, head="sigmoid", labels=labels, thresholds=(0.6,) * units)
    job = annotated(clip, tmp_path / "out", model)
    table = pd.read_csv(job.outputs["table"], keep_default_na=False)
    scores = table[[f"score_{label}" for label in labels]].to_numpy()
    with open_source(clip) as source:
        frames = [frame.picture.plain_rgb() for frame in source.frames()]
    pixels = np.stack([resize_frame(frame, (24, 32), model.info.resize) for frame in frames])
    np.testing.assert_allclose(scores, plain_keras(network, pixels), atol=1e-5)
    counts = [len(cell.split("; ")) if cell else 0 for cell in table["labels"]]
    np.testing.assert_array_equal(counts, (scores >= 0.6).sum(axis=1))
    assert job.outputs["video"].stat().st_size > 1000
