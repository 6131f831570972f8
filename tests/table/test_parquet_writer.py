"""The table as Parquet: the same rows as the CSV, typed, whole or not at all."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import vidclf
from vidclf.batch.plan import plan
from vidclf.cli.app import main
from vidclf.core.frames import Prediction
from vidclf.files.staging import Staging
from vidclf.table import ClassRows, LabelRows, RowFormat, ValueRows
from vidclf.table import parquet_writer as parquet
from vidclf.table.parquet_writer import ParquetSink
from vidclf.table.row_sinks import TableFiles

LABELS = ("cat", 'dog, "big"', "big; dog", "naïve 猫")
KINDS: dict[str, RowFormat] = {
    "classes": ClassRows(video="a.mp4", labels=LABELS),
    "scores": ClassRows(video="a.mp4", labels=LABELS, top_k=1, all_scores=True),
    "labels": LabelRows(video="a.mp4", labels=LABELS, thresholds=[0.5] * 4),
    "values": ValueRows(video="a.mp4", names=["speed", "label", "frame", "inferred"]),
}
Scores = st.lists(
    arrays(np.float32, 4, elements=st.floats(0, 1, width=32)), min_size=1, max_size=12
)


def predictions(scores: list[Any]) -> list[Prediction]:
    return [
        Prediction(
            index=i, pts_seconds=i * 1001 / 30000, scores=s, raw=s[::-1].copy(), inferred=i % 2 == 0
        )
        for i, s in enumerate(scores)
    ]


def written(folder: Path, rows: RowFormat, scores: list[Any]) -> dict[str, Path]:
    paths = {"table": folder / "a.csv", "parquet": folder / "a.parquet"}
    with TableFiles(paths, rows=rows) as files:
        for prediction in predictions(scores):
            files.write(prediction)
    return paths


@pytest.mark.parametrize("kind", KINDS)
@settings(deadline=None)
@given(scores=Scores)
def test_both_files_read_back_equal(
    kind: str, scores: list[Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    paths = written(tmp_path_factory.mktemp("both"), KINDS[kind], scores)
    pd.testing.assert_frame_equal(
        vidclf.read_predictions(paths["table"]), vidclf.read_predictions(paths["parquet"])
    )


@pytest.mark.parametrize("kind", KINDS)
def test_rows_of_many_groups_stand_in_order(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "MOST_ROWS", 7)
    scores = list(np.random.default_rng(1).random((40, 4)).astype(np.float32))
    paths = written(tmp_path, KINDS[kind], scores)
    assert pq.ParquetFile(paths["parquet"]).num_row_groups == 6
    pd.testing.assert_frame_equal(
        vidclf.read_predictions(paths["table"]), vidclf.read_predictions(paths["parquet"])
    )


def test_many_scores_make_smaller_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "MOST_SCORES", 60)
    paths = written(tmp_path, KINDS["scores"], [np.zeros(4, np.float32)] * 25)
    file = pq.ParquetFile(paths["parquet"])
    assert file.metadata.row_group(0).num_rows == 10  # of six scores each


def test_labels_are_a_dictionary_and_scores_single_precision(tmp_path: Path) -> None:
    paths = written(tmp_path, KINDS["classes"], [np.zeros(4, np.float32)])
    types = {field.name: str(field.type) for field in pq.read_schema(paths["parquet"])}
    text = "dictionary<values=string, indices=int32, ordered=0>"
    assert types == {
        "video": text, "frame": "int64", "timestamp": "double", "inferred": "bool", "label": text,
        "class_id": "int32", "confidence": "float", "raw_label": text, "raw_confidence": "float",
        "top2_label": text, "top2_confidence": "float", "top3_label": text,
        "top3_confidence": "float",
    }  # fmt: skip


def test_an_error_leaves_nothing_behind(tmp_path: Path) -> None:
    def interrupted() -> None:
        with Staging() as staging:
            path = staging.add(tmp_path / "a.parquet")
            with ParquetSink(path, rows=KINDS["classes"]) as sink:
                sink.write(predictions([np.zeros(4, np.float32)])[0])
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(tmp_path.iterdir()) == []


# --- the option --------------------------------------------------------------------------------


def test_it_lies_beside_the_csv_and_in_the_manifest(
    clip: Path, tiny_model: Path, tmp_path: Path
) -> None:
    command = ["predict", clip, "-m", tiny_model, "--parquet", "-o", tmp_path / "out", "-q"]
    assert main([str(argument) for argument in command]) == 0
    path = tmp_path / "out" / "clip_predictions.parquet"
    manifest = json.loads(path.with_name("clip_manifest.json").read_text(encoding="utf-8"))
    assert manifest["outputs"]["parquet"] == str(path)
    pd.testing.assert_frame_equal(
        vidclf.read_predictions(path), vidclf.read_predictions(path.with_suffix(".csv"))
    )
    assert vidclf.compare_tables(path, path.with_suffix(".csv")).found.frames_share == 1.0


@pytest.mark.parametrize(
    ("output", "parquet", "wanted"),
    [
        ("x", True, ("x/clip_predictions.csv", "x/clip_predictions.parquet")),
        ("x.csv", True, ("x.csv", "x.parquet")),
        ("x.parquet", False, ("x_predictions.csv", "x.parquet")),
        ("x.csv", False, ("x.csv", None)),
    ],
)
def test_names_follow_the_one_that_was_given(
    output: str, parquet: bool, wanted: tuple[str, str | None]
) -> None:
    (job,) = plan(["clip.mp4"], output=output, kinds={"parquet"} if parquet else set()).jobs
    outputs = {kind: path.as_posix() for kind, path in job.outputs.items()}
    assert (outputs["table"], outputs.get("parquet")) == wanted


@pytest.mark.parametrize("options", [["--parquet"], ["-o", "x.parquet"]])
def test_without_pyarrow_it_is_said_before_any_work(
    options: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert main(["predict", "no_clip.mp4", "-m", "no_model.keras", *options]) == 2
    assert capsys.readouterr().err == (
        "vidclf: error: Parquet is written by pyarrow, which is not installed: "
        "pip install 'vidclf[parquet]'\n"
    )
