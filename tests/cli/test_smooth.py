"""`vidclf smooth`: a table beside the table, its manifest, and errors that help."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.stored_tables import LABELS, class_rows, flicker, random_scores, stored, value_rows

import vidclf
from vidclf.cli.app import main
from vidclf.core.file_digest import file_digest
from vidclf.table import ClassRows
from vidclf.table.frame_writer import write_predictions
from vidclf.table.table import open_table

ABC = ClassRows(video="a.mp4", labels=("a", "b", "c"), top_k=3)
SHORTEST = ("--method", "min-duration", "--min-duration", "0.2")
RUN = {
    "format": 1,
    "table_format": 1,
    "video": "a.mp4",
    "source": "films/a.mp4",
    "end_seconds": 0.5,
    "settings": {"smooth": 0.5},
    "outputs": {"table": "a_predictions.csv", "video": "a_annotated.mp4"},
    "warnings": ["the clip is damaged"],
}


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "a_predictions.csv"
    stored(path, ABC, *flicker("aabaa"), manifest=RUN)
    return path


def test_a_table_and_its_manifest_appear_beside_the_table(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = set(table.parent.iterdir())
    assert main(["smooth", str(table), *SHORTEST]) == 0
    made = {path.name for path in set(table.parent.iterdir()) - before}
    assert made == {"a_smoothed_predictions.csv", "a_smoothed_manifest.json"}
    rows = vidclf.read_predictions(table.with_name("a_smoothed_predictions.csv"))
    assert "".join(rows["label"]) == "aaaaa"
    assert "".join(rows["raw_label"]) == "aabaa"
    path = table.with_name("a_smoothed_predictions.csv")
    assert capsys.readouterr().out == f"a.mp4: 3 segments before, 1 after → {path}\n"


def test_the_manifest_is_the_runs_and_says_what_was_done(table: Path) -> None:
    main(["smooth", str(table), *SHORTEST, "-q"])
    smoothed = open_table(table.with_name("a_smoothed_predictions.csv"))
    step = {
        "table": str(table),
        "method": "min-duration",
        "min_duration": 0.2,
        "warnings": [],
    }
    outputs = {
        "table": str(smoothed.path),
        "manifest": str(table.with_name("a_smoothed_manifest.json")),
    }
    digests = {"table": file_digest(smoothed.path)}
    assert smoothed.manifest.document == {
        **RUN,
        "outputs": outputs,
        "output_digests": digests,
        "smoothing": [step],
    }
    assert smoothed.end_seconds == 0.5


def test_steps_follow_each_other_in_the_manifest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = tmp_path / "a_predictions.csv"
    manifest = {**RUN, "settings": {"smooth": 0}}
    times = list(range(0, 400, 40))
    stored(first, class_rows(), times, random_scores(3, 10), manifest=manifest)
    second, third = tmp_path / "b_predictions.csv", tmp_path / "c_predictions.csv"
    mean = ("--method", "mean", "--window", "0.1")
    assert main(["smooth", str(first), *mean, "-o", str(second)]) == 0
    assert not capsys.readouterr().err
    assert main(["smooth", str(second), *mean, "-o", str(third)]) == 0
    steps = open_table(third).manifest.smoothing
    assert [step["table"] for step in steps] == [str(first), str(second)]
    assert "b_predictions.csv are smoothed already (mean), and" in steps[1]["warnings"][0]


def test_without_a_manifest_the_new_one_says_what_is_known(tmp_path: Path) -> None:
    table = tmp_path / "a_predictions.csv"
    stored(table, ABC, *flicker("aabaa"))
    assert main(["smooth", str(table), *SHORTEST, "-q"]) == 0
    manifest = open_table(tmp_path / "a_smoothed_predictions.csv").manifest
    assert list(manifest.document) == [
        *("table_format", "video", "outputs", "output_digests", "smoothing"),
    ]


@pytest.mark.parametrize(
    "manifest", ['{"smoothing": 5}', '{"smoothing": [7]}', '{"end_seconds": Infinity}']
)
def test_a_manifest_that_makes_no_sense_does_not_matter(table: Path, manifest: str) -> None:
    table.with_name("a_manifest.json").write_text(manifest, encoding="utf-8")
    assert main(["smooth", str(table), *SHORTEST]) == 0
    smoothed = open_table(table.with_name("a_smoothed_predictions.csv"))
    assert smoothed.manifest.smoothing_methods == ["min-duration"]


def test_segments_find_the_smoothed_table(table: Path) -> None:
    main(["smooth", str(table), *SHORTEST, "-q"])
    assert main(["segments", str(table.with_name("a_smoothed_predictions.csv")), "-q"]) == 0
    text = table.with_name("a_smoothed_segments.csv").read_text(encoding="utf-8")
    assert text.splitlines()[1].startswith("a.mp4,0,a,0,4,0.0,0.5,0.5,")


def test_what_is_there_is_kept_unless_it_may_be_replaced(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = table.with_name("a_smoothed_manifest.json")
    path.write_text("mine", encoding="utf-8")
    assert main(["smooth", str(table), *SHORTEST]) == 1
    assert "exists already: give --overwrite" in capsys.readouterr().err
    assert not table.with_name("a_smoothed_predictions.csv").exists()
    assert main(["smooth", str(table), *SHORTEST, "--overwrite", "-q"]) == 0
    assert json.loads(path.read_text(encoding="utf-8"))["video"] == "a.mp4"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a_predictions.csv", "is an input: name another output"),
        ("a.csv", "a_manifest.json, which tells of"),
    ],
)
def test_the_table_and_its_manifest_are_never_written_over(
    table: Path, capsys: pytest.CaptureFixture[str], name: str, message: str
) -> None:
    before = {path: path.read_bytes() for path in table.parent.iterdir()}
    output = table.with_name(name)
    assert main(["smooth", str(table), *SHORTEST, "-o", str(output), "--overwrite"]) == 2
    assert message in capsys.readouterr().err
    assert {path: path.read_bytes() for path in table.parent.iterdir()} == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--method", "mean", "--window", "1", "-o", "x.json"], "this command writes .csv"),
        (["--method", "mean"], "error: --method mean needs --window SECONDS\n"),
        (["--method", "majority", "--window", "1", "--enter", "0.4"], "--enter is for --method hy"),
    ],
)
def test_what_cannot_be_right_is_said_before_anything_is_written(
    table: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    before = set(table.parent.iterdir())
    assert main(["smooth", str(table), *arguments]) == 2
    assert message in capsys.readouterr().err
    assert set(table.parent.iterdir()) == before


def test_values_are_counted_in_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "a_predictions.csv"
    stored(table, value_rows(), [0, 40], random_scores(1, 2))
    assert main(["smooth", str(table), "--method", "mean", "--window", "1"]) == 0
    assert capsys.readouterr().out.startswith(f"a.mp4: {len(LABELS)} values of 2 frames → ")


def test_columns_of_other_hands_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    text = (
        "video,frame,timestamp,label,confidence,top2_label,top2_confidence,note,weight,good\n"
        'a.mp4,0,0.0,cat,0.900000,,,"so, so",0.1,True\n'
        "a.mp4,1,0.04,dog,0.800000,cat,0.200000,,,False\n"
    )
    path.write_text(text, encoding="utf-8")
    write_predictions(tmp_path / "again.csv", vidclf.read_predictions(path))
    assert (tmp_path / "again.csv").read_text(encoding="utf-8") == text


def test_a_table_of_a_parquet_file_becomes_a_csv(table: Path) -> None:
    pytest.importorskip("pyarrow")
    parquet = table.with_name("b_predictions.parquet")
    vidclf.read_predictions(table).to_parquet(parquet)
    assert main(["smooth", str(parquet), *SHORTEST, "-q"]) == 0
    assert main(["smooth", str(table), *SHORTEST, "-q"]) == 0
    made = table.with_name("b_smoothed_predictions.csv").read_bytes()
    assert made == table.with_name("a_smoothed_predictions.csv").read_bytes()


def test_it_needs_no_model_and_none_of_their_libraries(table: Path) -> None:
    code = (
        "import sys\nfrom vidclf.cli.app import main\n"
        f"main(['smooth', {str(table)!r}, '--method', 'majority', '--window', '1', '-q'])\n"
        "print(*{name.split('.')[0] for name in sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    loaded = set(done.stdout.split())
    assert "pandas" in loaded
    assert not loaded & {"tensorflow", "keras", "tf_keras", "openvino", "moviepy", "cv2", "av"}
