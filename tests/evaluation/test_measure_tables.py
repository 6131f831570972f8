"""Tables against true segments."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from helpers.report_tables import Run, class_rows, label_rows

from vidclf.errors import DataError, UsageError
from vidclf.evaluation.measure_tables import measure_tables
from vidclf.evaluation.results import Evaluation
from vidclf.segments.segments import write_segments

RUNS: list[Run] = [("sit", 24, 0.9), ("walk", 48, 0.8)]
"""A second of sitting, two of walking."""


def stored(folder: Path, rows: pd.DataFrame, stem: str = "clip") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{stem}_predictions.csv"
    rows.to_csv(path, index=False)
    return path


def true(folder: Path, text: str, name: str = "clip.csv") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text("start,end,label\n" + text, encoding="utf-8")
    return path


def measured(folder: Path, truth: str, runs: list[Run] | None = None) -> Evaluation:
    return measure_tables(stored(folder, class_rows(runs or RUNS)), true(folder, truth))


@pytest.mark.parametrize("kind", ["csv", "eaf"])
@pytest.mark.parametrize("start", [0.0, 1.4])
def test_a_table_is_perfect_against_its_own_segments(
    tmp_path: Path, kind: str, start: float
) -> None:
    runs: list[Run] = [("sit", 7, 0.9), ("walk", 11, 0.8), ("sit", 5, 0.7)]
    table = stored(tmp_path, class_rows(runs, start=start, video="clip.ts", fps=30000 / 1001))
    (truth,) = write_segments(table, formats=kind)
    evaluation = measure_tables(table, truth)
    metrics = evaluation.metrics
    assert any("the run itself wrote" in note for note in evaluation.notes) == (kind == "csv")
    assert metrics["cases"] == 23
    assert metrics["accuracy"] == metrics["edit_score"] == metrics["f1_at_50"] == 1
    assert metrics["boundary_error"]["matched"] == 4


def test_figures_of_frames_and_segments(tmp_path: Path) -> None:
    evaluation = measured(tmp_path, "0,1.5,sit\n1.5,3,walk\n")
    metrics = evaluation.metrics
    assert evaluation.labels == ("sit", "walk")
    assert metrics["accuracy"] == pytest.approx(60 / 72)
    sit, walk = metrics["per_class"]
    assert (sit["recall"], sit["precision"]) == (pytest.approx(24 / 36), 1)
    assert (walk["recall"], walk["precision"]) == (1, 0.75)
    assert metrics["edit_score"] == 1
    assert metrics["boundary_error"]["median_seconds"] == pytest.approx(0.5)
    assert metrics["ece"] == pytest.approx((24 * 0.1 + 48 * 0.05) / 72)


def test_frames_in_no_segment_are_background(tmp_path: Path) -> None:
    evaluation = measured(tmp_path, "1,3,walk\n")
    assert evaluation.labels == ("sit", "walk", "background")
    assert evaluation.background == 2
    assert evaluation.metrics["accuracy"] == pytest.approx(48 / 72)
    assert evaluation.metrics["f1_at_50"] == pytest.approx(2 / 3)
    assert any("33.3 % of the frames are in no segment" in note for note in evaluation.notes)


def test_a_label_that_is_called_background_is_the_same(tmp_path: Path) -> None:
    evaluation = measured(tmp_path, "1,3,walk\n", [("background", 24, 0.9), ("walk", 48, 0.8)])
    assert evaluation.labels == ("walk", "background")
    assert evaluation.metrics["accuracy"] == evaluation.metrics["edit_score"] == 1


def test_labels_below_a_threshold_are_background(tmp_path: Path) -> None:
    table, truth = stored(tmp_path, class_rows(RUNS)), true(tmp_path, "0,1,sit\n")
    assert measure_tables(table, truth, threshold=0.85).metrics["accuracy"] == 1


def test_cases_tell_where_a_frame_is(tmp_path: Path) -> None:
    evaluation = measured(tmp_path, "0,1.5,sit\n1.5,3,walk\n")
    case = evaluation.cases[24]
    assert (case.path, case.frame, case.timestamp) == (Path("clip.mp4"), 24, 1.0)
    assert evaluation.is_wrong.nonzero()[0].tolist() == list(range(24, 36))


def test_any_number_of_labels_a_frame(tmp_path: Path) -> None:
    rows = label_rows({"dog": [0.9] * 48, "cat": [0.2] * 24 + [0.8] * 24})
    truth = true(tmp_path, "0,2,dog\n1.5,2,cat\n0,0.5,fox\n")
    evaluation = measure_tables(stored(tmp_path, rows), truth)
    metrics = evaluation.metrics
    assert evaluation.labels == ("dog", "cat", "fox")
    assert metrics["accuracy"] == pytest.approx(24 / 48)
    assert [row["f1"] for row in metrics["per_class"]] == [1, pytest.approx(2 / 3), 0]
    assert metrics["f1_at_50"] == pytest.approx(2 * 2 / (2 + 3))
    assert metrics["edit_score"] is None


def test_clips_are_measured_one_by_one_and_together(tmp_path: Path) -> None:
    tables, truths = tmp_path / "tables", tmp_path / "truths"
    stored(tables, class_rows(RUNS, video="a.mp4"), "a")
    stored(tables / "deep", class_rows(RUNS, video="b.mp4"), "b")
    stored(tables, class_rows(RUNS, video="c.mp4"), "c")
    true(truths, "0,1,sit\n1,3,walk\n", "a_segments.csv")
    true(truths, "0,3,walk\n", "b.csv")
    evaluation = measure_tables(tables, truths)
    assert [(clip.name, clip.first_case) for clip in evaluation.clips] == [
        ("a.mp4", 0),
        ("b.mp4", 72),
    ]
    assert evaluation.clips[0].metrics["accuracy"] == 1
    assert evaluation.clips[1].metrics["accuracy"] == pytest.approx(48 / 72)
    assert evaluation.metrics["accuracy"] == pytest.approx(120 / 144)
    assert evaluation.metrics["groups"] == 2
    assert (
        "1 tables have no true segments and were left out: c_predictions.csv"
        in (evaluation.notes[0])
    )


def test_one_file_of_truth_may_tell_of_several_clips(tmp_path: Path) -> None:
    for name in "ab":
        stored(tmp_path / "tables", class_rows(RUNS, video=f"{name}.mp4"), name)
    truth = tmp_path / "truth.csv"
    truth.write_text(
        "video,start,end,label\na.mp4,0,1,sit\na.mp4,1,3,walk\nb.mp4,0,3,sit\n", encoding="utf-8"
    )
    clips = measure_tables(tmp_path / "tables", truth).clips
    assert [clip.metrics["accuracy"] for clip in clips] == [1, pytest.approx(1 / 3)]


@pytest.mark.parametrize(
    ("truth", "message"),
    [
        ("0,1,sit\n0.5,3,walk\n", "line 3: 'walk' begins at 0.5 s, before 'sit' ends .*line 2"),
        ("0,3,sit\n0.1,0.2,sit\n1,2,walk\n", "line 4: 'walk' begins at 1 s, before 'sit' ends"),
        ("50,60,sit\n", "no segment of .* has a frame of .*, which goes from 0 s to 3 s"),
    ],
)
def test_a_truth_that_cannot_be_of_the_table_is_said(
    tmp_path: Path, truth: str, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        measured(tmp_path, truth)


def test_segments_beyond_the_clip_are_counted(tmp_path: Path) -> None:
    notes = measured(tmp_path, "0,1,sit\n1,3,walk\n50,60,sit\n").notes
    assert any("1 of the 3 segments in" in note for note in notes)


def test_labels_that_are_written_otherwise_are_said(tmp_path: Path) -> None:
    notes = measured(tmp_path, "0,1,Sit\n1,3,walk\n").notes
    assert any("labelled 'Sit'" in note and "is it 'sit'" in note for note in notes)


def test_values_have_no_segments(tmp_path: Path) -> None:
    rows = pd.DataFrame(
        {"video": "a.mp4", "frame": [0], "timestamp": [0.0], "value_angle": [1.0], "raw_angle": 1.0}
    )
    with pytest.raises(DataError, match=r"holds values \(angle\)"):
        measure_tables(stored(tmp_path, rows), true(tmp_path, "0,1,sit\n"))


def test_tables_of_two_kinds_are_not_measured_together(tmp_path: Path) -> None:
    stored(tmp_path / "tables", class_rows(RUNS), "a")
    stored(tmp_path / "tables", label_rows({"dog": [0.9] * 48}), "b")
    for name in "ab":
        true(tmp_path / "truths", "0,1,dog\n", f"{name}.csv")
    with pytest.raises(DataError, match=r"holds classes and .* labels: evaluate them one by one"):
        measure_tables(tmp_path / "tables", tmp_path / "truths")


def test_a_folder_without_the_truth_of_a_table_is_said(tmp_path: Path) -> None:
    table = stored(tmp_path, class_rows(RUNS))
    with pytest.raises(DataError, match=r"no true segments .* name them clip_segments.csv"):
        measure_tables(table, tmp_path)


def test_two_files_for_one_table_are_said(tmp_path: Path) -> None:
    table = stored(tmp_path, class_rows(RUNS))
    true(tmp_path, "0,1,sit\n", "clip.csv")
    true(tmp_path, "0,1,sit\n", "clip_segments.csv")
    with pytest.raises(UsageError, match=r"two files that may tell .* keep one"):
        measure_tables(table, tmp_path)
