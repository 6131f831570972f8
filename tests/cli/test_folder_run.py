"""What a run over several clips says, and how it ends."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers.clips import ClipSpec, make_clip

from vidclf.batch import worker
from vidclf.cli.app import main
from vidclf.errors import DiskFullError

NAMES = ("a.mp4", "b.mp4", "c.mp4")


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clips")
    for frames, name in enumerate(NAMES, start=3):
        make_clip(folder / name, ClipSpec(frames=frames, width=96, height=72))
    return folder


@pytest.fixture
def predict(
    clips: Path, tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., int]:
    """The command over a copy of the clips, in a folder of its own."""
    shutil.copytree(clips, tmp_path / "clips")
    monkeypatch.chdir(tmp_path)

    def run(*more: str, inputs: str = "clips") -> int:
        command = ["predict", inputs, "-m", str(tiny_model), "-o", "out"]
        return main([*command, "--executor", "in_process", *more])

    return run


Predict = Callable[..., int]


def fail_at_the_second(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    annotate_clip = worker.annotate_clip

    def failing(job: Any, **options: Any) -> Any:
        if job.name == "b.mp4":
            raise error
        return annotate_clip(job, **options)

    monkeypatch.setattr(worker, "annotate_clip", failing)


def test_a_run_says_what_there_is_to_do(
    predict: Predict, capsys: pytest.CaptureFixture[str]
) -> None:
    assert predict() == 0
    first, *_, last = capsys.readouterr().out.splitlines()
    assert (first, last) == ("3 clips: 3 to make", "3 of 3 clips done, 12 frames, 0 failed")
    assert predict() == 0
    assert capsys.readouterr().out.splitlines() == [
        "3 clips: 3 done earlier",
        "3 of 3 clips done (3 of them earlier), 0 failed",
    ]


def test_a_single_clip_is_done_earlier_in_one_line(
    predict: Predict, capsys: pytest.CaptureFixture[str]
) -> None:
    assert predict(inputs="clips/a.mp4") == 0
    capsys.readouterr()
    assert predict(inputs="clips/a.mp4") == 0
    assert capsys.readouterr() == ("a.mp4: done earlier → out/\n", "")
    assert not Path("out/run.csv").exists()


def test_differences_are_told_once_for_all_clips(
    predict: Predict, capsys: pytest.CaptureFixture[str]
) -> None:
    predict()
    capsys.readouterr()
    assert predict("--smooth", "2") == 1
    output = capsys.readouterr()
    assert output.out.splitlines()[0] == "3 clips: 3 made otherwise"
    assert output.err.splitlines()[0] == (
        "vidclf: a.mp4, b.mp4, c.mp4: made otherwise by an earlier run (--smooth was 0.5, is 2): "
        "--update makes it again, or name another place with -o"
    )
    assert predict("--smooth", "2", "--update") == 0


def test_an_interrupted_run_says_what_is_done(
    predict: Predict, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fail_at_the_second(monkeypatch, KeyboardInterrupt())
    assert predict() == 130
    output = capsys.readouterr()
    assert output.out.splitlines()[-1] == (
        "1 of 3 clips done, 3 frames, 0 failed, 2 not made yet: the same command goes on"
    )
    assert output.err == "vidclf: interrupted: unfinished outputs are removed\n"
    monkeypatch.undo()


def test_a_full_disk_is_one_message(
    predict: Predict, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    full = "cannot write out/b_predictions.csv (No space left on device): free space or use -o"
    fail_at_the_second(monkeypatch, DiskFullError(full))
    assert predict() == 1
    output = capsys.readouterr()
    assert output.err == f"vidclf: error: {full}\n"
    assert "2 not made yet: the same command goes on" in output.out


def test_skipped_clips_are_counted(predict: Predict, capsys: pytest.CaptureFixture[str]) -> None:
    Path("clips/b.mp4").write_text("no video", encoding="utf-8")
    assert predict() == 1
    capsys.readouterr()
    assert predict("--skip-failed") == 0
    assert capsys.readouterr().out.splitlines()[0] == (
        "3 clips: 2 done earlier, 1 failed earlier, passed over"
    )


def test_a_shard_that_is_none_is_bad_usage(
    predict: Predict, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_code:
        predict("--shard", "4/3")
    assert exit_code.value.code == 2
    assert "write 3/10 for the third of ten" in capsys.readouterr().err
