"""`vidclf evaluate`: which files, what is printed, and which words it does not take."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pandas as pd
import pytest
from helpers.labelled_pictures import save_class_folders
from helpers.report_tables import class_rows
from helpers.s3_server import S3Server
from helpers.tiny_model import COLOURS

from vidclf.cli.app import main
from vidclf.evaluation.kinds import default_folder, is_of_tables

FILES = {
    "metrics.json", "cases.csv", "mistakes.csv", "confusion.png", "reliability.png",
    "evaluation.html",
}  # fmt: skip


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A second of sitting and two of walking, and the truth beside it."""
    path = tmp_path / "dog_predictions.csv"
    class_rows([("sit", 24, 0.9), ("walk", 48, 0.8)], video="dog.mp4").to_csv(path, index=False)
    (tmp_path / "dog.csv").write_text("0,1.5,sit\n1.5,3,walk\n")
    return path


def test_a_table_gives_files_beside_it_and_a_summary(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(table), str(table.with_name("dog.csv"))]) == 0
    folder = table.with_name("dog_evaluation")
    assert {path.name for path in folder.iterdir()} == FILES
    assert json.loads((folder / "metrics.json").read_text())["accuracy"] == pytest.approx(60 / 72)
    told = capsys.readouterr().out
    assert "72 frames of 1 clip" in told
    assert "Frame accuracy" in told
    assert "83.3 %" in told
    assert any(
        line.split() == ["sit", "36", "1.000", "0.667", "0.800"] for line in told.split("\n")
    )
    assert str(folder) in told


def test_the_page_in_a_bucket_has_its_whole_address(
    table: Path, s3: S3Server, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["evaluate", str(table), str(table.with_name("dog.csv"))]
    assert main([*words, "-o", "s3://lab/page_of_evaluate/"]) == 0
    assert (s3.bucket / "page_of_evaluate" / "evaluation.html").is_file()
    assert "\ns3://lab/page_of_evaluate/evaluation.html: open" in capsys.readouterr().out


def test_characters_without_a_font_are_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "a_predictions.csv"
    rows = class_rows([("\ue123", 24, 0.9), ("b", 24, 0.9)], video="a.mp4")
    scores = {"score_\ue123": [0.9] * 24 + [0.1] * 24, "score_b": [0.1] * 24 + [0.9] * 24}
    rows.assign(**scores, top2_label=["b"] * 24 + ["\ue123"] * 24, top2_confidence=0.1).to_csv(
        path, index=False
    )
    (tmp_path / "a.csv").write_text("0,1.5,\ue123\n1.5,2,b\n", "utf-8")
    assert main(["evaluate", str(path), str(tmp_path / "a.csv")]) == 0
    assert caplog.messages == ["no font that matplotlib finds has \ue123: install one"]


def test_what_is_there_is_replaced_only_with_leave(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["evaluate", str(table), str(table.with_name("dog.csv")), "-q"]
    assert main(words) == 0
    assert main(words) == 1
    assert "give --overwrite to replace the evaluation" in capsys.readouterr().err
    earlier = str(table.with_name("dog_evaluation") / "metrics.json")
    assert main([*words, "--overwrite", "--compare", earlier]) == 0
    told = json.loads(Path(earlier).read_text())["comparison"]
    assert (told["better"], told["cases"]) == (None, 72)


@pytest.mark.slow
def test_a_model_on_a_folder_of_pictures(
    tiny_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = save_class_folders(tmp_path / "data", *COLOURS[:2], count=3)
    out = tmp_path / "out"
    named = ["--labels", str(tiny_model.with_name("tiny.txt"))]
    assert main(["evaluate", str(tiny_model), str(data), "-o", str(out), *named]) == 0
    assert {"metrics.json", "precision_recall.png"} <= {path.name for path in out.iterdir()}
    assert len(pd.read_csv(out / "cases.csv")) == 6
    assert f"tiny on {data}: 6 cases" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--split", "split.csv"], "--split is for models, and .* is a table"),
        (["--head", "softmax"], "--head is for models"),
        (["--threshold", "2"], "--threshold 2.0: a score is 0 to 1"),
        (["another.csv"], "tables take one file or folder of true segments"),
    ],
)
def test_words_that_tables_do_not_take(
    table: Path, words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(table), str(table.with_name("dog.csv")), *words]) == 2
    assert re.search(message, capsys.readouterr().err)
    assert not table.with_name("dog_evaluation").exists()


def test_a_name_is_a_model_or_a_table(table: Path, tmp_path: Path) -> None:
    saved = tmp_path / "saved"
    saved.mkdir()
    (saved / "saved_model.pb").touch()
    tables = [is_of_tables(name) for name in (str(table), "gone.csv", str(tmp_path))]
    models = [is_of_tables(name) for name in (str(saved), "gone.keras", "mobilenet_v2")]
    assert (tables, models) == ([True] * 3, [False] * 3)


def test_outputs_have_a_place_of_their_own(tmp_path: Path) -> None:
    assert default_folder("nets/birds.keras", of_tables=False) == Path("outputs/birds_evaluation")
    assert default_folder("a/dog_predictions.csv", of_tables=True) == Path("a/dog_evaluation")
    assert default_folder(str(tmp_path), of_tables=True) == tmp_path / "evaluation"


def test_without_matplotlib_it_is_said_before_anything_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert main(["evaluate", "gone_predictions.csv", "truth.csv"]) == 2
    assert capsys.readouterr().err == (
        "vidclf: error: figures are drawn by matplotlib, which is not installed: "
        "pip install 'vidclf[train]'\n"
    )
