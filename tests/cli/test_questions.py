"""The commands ask on a terminal, and elsewhere say how the question is answered."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from helpers.graph_files import make_onnx
from helpers.terminal import CTRL_C, CTRL_D, run_on_terminal
from helpers.tiny_model import build_tiny_model

import vidclf
from vidclf.cli.app import main
from vidclf.core.preprocessing import SCALINGS

PROMPT, OFFER = "--preprocess takes: ", "[y/N] "


@pytest.fixture
def folder(tmp_path: Path, bare: Path, clip: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a clip, and two models of which nothing tells how they are fed."""
    shutil.copy(bare, tmp_path / "animals.keras")
    make_onnx(tmp_path / "animals.onnx")  # in a process of its own, a graph needs no TensorFlow
    shutil.copy(clip, tmp_path / "clip.mp4")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bare") / "bare.keras"
    build_tiny_model(scaling=False).save(path)
    return path


def preprocessing_of(folder: Path) -> str:
    text = (folder / "outputs" / "clip_manifest.json").read_text(encoding="utf-8")
    return str(json.loads(text)["model"]["preprocessing"])


# --- without a terminal -------------------------------------------------------------------------


@pytest.mark.parametrize("flags", [[], ["-q"]])
def test_the_users_own_command_is_completed(
    folder: Path, capsys: pytest.CaptureFixture[str], flags: list[str]
) -> None:
    (folder / "my clip.mp4").symlink_to(folder / "clip.mp4")
    assert main(["annotate", "my clip.mp4", "-m", "animals.keras", *flags]) == 2
    *_, again, _, keep = capsys.readouterr().err.splitlines()
    quiet = " -q" if flags else ""
    assert again == f"  vidclf annotate 'my clip.mp4' -m animals.keras{quiet} --preprocess 0-1"
    assert keep == "  vidclf inspect animals.keras --preprocess 0-1 --save"
    assert not (folder / "outputs").exists()


def test_a_command_with_two_dashes_is_completed_before_them(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["predict", "-m", "animals.keras", "--", "clip.mp4"]) == 2
    told = capsys.readouterr().err
    assert "\n  vidclf predict -m animals.keras --preprocess 0-1 -- clip.mp4\n" in told


def test_what_else_was_said_of_the_model_is_kept_with_the_answer(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "names.txt").write_text("a\nb\nc\nd\n", encoding="utf-8")
    arguments = ["--labels", "names.txt", "--crop", "top=10%", "--input-size", "32x24"]
    assert main(["predict", "clip.mp4", "-m", "animals.keras", *arguments]) == 2
    keep = capsys.readouterr().err.splitlines()[-1]
    assert keep.endswith(
        "--preprocess 0-1 --save --labels names.txt --crop top=10% --input-size 32x24"
    )
    assert main(keep.split()[1:]) == 0
    assert main(["predict", "clip.mp4", "-m", "animals.keras"]) == 0


def test_a_folder_of_clips_stops_at_the_first_question(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clips = folder / "clips"
    clips.mkdir()
    for name in ("a.mp4", "b.mp4", "c.mp4"):
        shutil.copy(folder / "clip.mp4", clips / name)
    assert main(["annotate", "clips", "-m", "animals.keras", "-o", "out"]) == 2
    told = capsys.readouterr().err
    assert told.count("nothing tells for certain how") == 1
    assert not (folder / "out").exists()


def test_a_saved_answer_is_not_asked_for_again(folder: Path) -> None:
    assert main(["inspect", "animals.keras", "--preprocess", "-1-1", "--save"]) == 0
    told = vidclf.predict("clip.mp4", model="animals.keras")
    given = vidclf.predict("clip.mp4", model="animals.keras", preprocess="-1-1")
    assert list(told["confidence"]) == list(given["confidence"])


# --- on a terminal ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "scaling"),
    [("2\n", "0-1"), ("\nnonsense\n9\n-1-1\n", "-1-1"), ("bgr:0-1\n", "bgr:0-1")],
)
def test_an_answer_lets_the_run_go_on(folder: Path, typed: str, scaling: str) -> None:
    code, shown = run_on_terminal(
        ["annotate", "clip.mp4", "-m", "animals.onnx", "--no-video"],
        typed=[(PROMPT, typed), (OFFER, "\n")],
        folder=folder,
    )
    assert code == 0, shown
    assert preprocessing_of(folder) == scaling
    assert not (folder / "animals.json").exists()


def test_an_answer_that_is_kept_is_not_asked_for_again(folder: Path) -> None:
    arguments = ["predict", "clip.mp4", "-m", "animals.onnx", "--overwrite", "-q"]
    code, shown = run_on_terminal(arguments, typed=[(PROMPT, "3\n"), (OFFER, "y\n")], folder=folder)
    assert code == 0, shown
    assert "animals.json is written" in shown
    code, shown = run_on_terminal(arguments, typed=[], folder=folder)
    assert (code, shown) == (0, "")
    assert preprocessing_of(folder) == "-1-1"


def test_an_answer_that_cannot_be_kept_serves_the_run(folder: Path) -> None:
    (folder / "animals.json").write_text('{"epochs": 3}', encoding="utf-8")
    code, shown = run_on_terminal(
        ["predict", "clip.mp4", "-m", "animals.onnx"],
        typed=[(PROMPT, "0-1\n"), (OFFER, "y\n")],
        folder=folder,
    )
    assert code == 0, shown
    assert "animals.json is another program's file" in shown
    assert preprocessing_of(folder) == "0-1"


@pytest.mark.parametrize(
    ("key", "code", "said"),
    [(CTRL_C, 130, "interrupted: unfinished outputs are removed"), (CTRL_D, 2, "error: no answer")],
)
def test_no_answer_ends_the_run(folder: Path, key: str, code: int, said: str) -> None:
    ended, shown = run_on_terminal(
        ["annotate", "clip.mp4", "-m", "animals.onnx"], typed=[(PROMPT, key)], folder=folder
    )
    assert (ended, "Traceback" in shown) == (code, False)
    assert said in shown
    assert not (folder / "outputs").exists()


def test_head_and_scaling_are_asked_for_one_after_the_other(folder: Path) -> None:
    make_onnx(folder / "animals.onnx", last="Identity")
    code, shown = run_on_terminal(
        ["predict", "clip.mp4", "-m", "animals.onnx"],
        typed=[("--head takes: ", "2\n"), (OFFER, "y\n"), (PROMPT, "0-1\n"), (OFFER, "y\n")],
        folder=folder,
    )
    assert code == 0, shown
    info = vidclf.inspect("animals.onnx")
    assert (info.head, info.preprocessing, info.questions) == ("sigmoid", SCALINGS["0-1"], ())


# --- keeping what is known ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "options", "said"),
    [
        ("animals.keras", [], "--save has nothing to write of animals.keras: say what"),
        ("clip.mp4", ["--preprocess", "0-1"], "and clip.mp4 is none"),
        ("efficientnet-lite0", ["--preprocess", "0-1"], "and efficientnet-lite0 is none"),
        ("mobilenet_v2", ["--preprocess", "0-1"], "and mobilenet_v2 is none"),
    ],
)
def test_what_cannot_be_kept_is_bad_usage(
    folder: Path, capsys: pytest.CaptureFixture[str], target: str, options: list[str], said: str
) -> None:
    assert main(["inspect", target, *options, "--save"]) == 2
    assert said in capsys.readouterr().err
    assert not list(folder.glob("*.json"))


def test_several_models_keep_the_same_answer(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(folder / "animals.keras", folder / "birds.keras")
    assert main(["inspect", "animals.keras", "birds.keras", "--preprocess", "0-1", "--save"]) == 0
    assert capsys.readouterr().out.endswith("\n\nwritten: animals.json\n\nwritten: birds.json\n")


def test_json_stays_json_when_something_is_written(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["inspect", "animals.keras", "--preprocess", "0-1", "--save", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["preprocessing"] == "0-1"
    assert (folder / "animals.json").is_file()
