"""The command as a stranger meets it: exit codes, messages, what is left behind."""

from __future__ import annotations

import csv
import errno
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from helpers.clips import ClipSpec, make_clip

from vidclf._version import __version__
from vidclf.cli.app import main


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder of its own for each test."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture(scope="module")
def long_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip that takes a slow encoder long enough to be interrupted."""
    fast = {"crf": "30", "preset": "ultrafast"}
    spec = ClipSpec(frames=500, width=480, height=360, options=fast)
    return make_clip(tmp_path_factory.mktemp("long") / "long.mp4", spec)


def run(*arguments: str | Path) -> int:
    return main([str(argument) for argument in arguments])


def in_process(*arguments: str | Path, **options: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "vidclf", *map(str, arguments)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
    )


def test_annotate_makes_video_table_and_manifest(
    clip: Path, tiny_model: Path, elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("annotate", clip, "-m", tiny_model) == 0
    made = sorted(path.name for path in (elsewhere / "outputs").iterdir())
    kinds = ("annotated.mp4", "manifest.json", "predictions.csv", "segments.csv")
    assert made == [f"clip_{kind}" for kind in kinds]
    output = capsys.readouterr()
    assert re.fullmatch(
        r"clip\.mp4: class \d .* of the time; 48 frames, \d+ frames/s → outputs/\n", output.out
    )
    assert output.err == ""


def test_quiet_says_nothing(
    clip: Path, tiny_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("predict", clip, "-m", tiny_model, "-q") == 0
    output = capsys.readouterr()
    assert (output.out, output.err) == ("", "")


def test_verbose_tells_where_the_time_went(
    clip: Path, tiny_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("predict", clip, "-m", tiny_model, "-v") == 0
    told = capsys.readouterr().out
    assert "  written: outputs/clip_predictions.csv, outputs/clip_segments.csv, " in told
    assert "infer" in told


def test_a_file_that_is_named_is_told_by_its_name(
    clip: Path, tiny_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("predict", clip, "-m", tiny_model, "-o", "a.csv", "--end", "1f") == 0
    assert re.search(r"; 1 frame → a\.csv, and 2 files beside it$", capsys.readouterr().out)


def test_predict_writes_tables_only(clip: Path, tiny_model: Path, elsewhere: Path) -> None:
    assert run("predict", clip, "-m", tiny_model, "-o", "rows.csv", "--scores") == 0
    made = sorted(path.name for path in elsewhere.iterdir())
    assert made == ["rows.csv", "rows_manifest.json", "rows_segments.csv"]
    with (elsewhere / "rows.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["frame"]) for row in rows] == list(range(48))
    assert "score_class 3" in rows[0]


def test_one_bad_file_does_not_stop_the_others(
    clip: Path, tiny_model: Path, elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = elsewhere / "text.mp4"
    text.write_text("this is not a video", encoding="utf-8")
    (elsewhere / "clips").mkdir()
    (elsewhere / "clips" / "good.mp4").write_bytes(clip.read_bytes())
    assert run("predict", text, "gone.mp4", elsewhere / "clips", "-m", tiny_model) == 1
    output = capsys.readouterr()
    assert "1 of 3 clips done" in output.out
    assert "text.mp4: is not a video" in output.err
    assert "gone.mp4: no such file" in output.err
    assert "Traceback" not in output.err
    assert (elsewhere / "outputs" / "good_predictions.csv").exists()
    made = sorted(path.name for path in (elsewhere / "outputs").iterdir())
    assert made == ["good_manifest.json", "good_predictions.csv", "good_segments.csv", "run.csv"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["annotate"], "required: INPUT"),
        (["annotate", "x.mp4", "--stile", "card"], "unrecognized arguments: --stile card"),
        (["annotate", "x.mp4", "--style", "neon"], "invalid choice: 'neon'"),
        (["annotate", "x.mp4", "--start", "soon"], "'soon' is no place in a clip"),
        (["annotate", "x.mp4", "--crf", "abc"], "invalid int value: 'abc'"),
        (["annotate", "x.mp4", "-q", "-v"], "not allowed with"),
    ],
)
def test_bad_usage_is_told_by_the_parser(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_info:
        main(arguments)
    assert exit_info.value.code == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--stride", "0"], "--stride 0: must be 1 or more"),
        (["--stride", "2", "--infer-fps", "3"], "give one"),
        (["--start", "2", "--end", "1"], "nothing would be kept"),
        (["-o", ""], "an empty name stands for no clip"),
        (["-o", "clip.gif", "--no-video"], "names pictures, but only the table is written"),
        (["--smooth", "11"], "must be between 0 and 10 seconds"),
        (["-o", "clip.avi"], "vidclf writes .mp4, .webm, .gif, .jpg"),
        (["-o", "clip.webm", "--codec", "h264"], "does not hold h264"),
        (["--font", "clip.mp4"], "font"),
    ],
)
def test_bad_usage_is_told_by_the_settings(
    clip: Path, tiny_model: Path, arguments: list[str], message: str,
    capsys: pytest.CaptureFixture[str], elsewhere: Path,
) -> None:  # fmt: skip
    assert run("annotate", clip, "-m", tiny_model, *arguments) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.startswith("vidclf: error: ")
    assert not list(elsewhere.rglob("*.*"))


def test_a_model_that_is_not_there_stops_the_run_at_once(
    clip: Path, capsys: pytest.CaptureFixture[str], elsewhere: Path
) -> None:
    assert run("annotate", clip, "another.mp4", "-m", "birds.keras") == 1
    assert capsys.readouterr().err.count("no model at birds.keras") == 1
    assert not list(elsewhere.iterdir())


def test_existing_outputs_are_kept_without_overwrite(
    clip: Path, tiny_model: Path, elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (elsewhere / "outputs").mkdir()
    kept = elsewhere / "outputs" / "clip_predictions.csv"
    kept.write_text("my own notes", encoding="utf-8")
    assert run("annotate", clip, "-m", tiny_model) == 1
    assert "--overwrite" in capsys.readouterr().err
    assert [path.name for path in kept.parent.iterdir()] == [kept.name]
    assert kept.read_text(encoding="utf-8") == "my own notes"
    assert run("annotate", clip, "-m", tiny_model, "--overwrite") == 0
    assert kept.read_text(encoding="utf-8").startswith("video,frame,timestamp")


def test_an_output_folder_that_cannot_be_made(
    clip: Path, tiny_model: Path, elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (elsewhere / "blocked").write_text("a file in the way", encoding="utf-8")
    assert run("predict", clip, "-m", tiny_model, "-o", "blocked/deeper") == 1
    assert "choose another place with -o" in capsys.readouterr().err


def test_a_cut_past_the_end_says_how_long_the_clip_is(
    clip: Path, tiny_model: Path, elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("predict", clip, "-m", tiny_model, "--start", "1:00") == 1
    told = "no frame at or after --start 60 s; the clip has 48 frames and ends at 2.00 s"
    assert told in capsys.readouterr().err
    assert not list(elsewhere.rglob("*.csv"))


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_an_interrupted_run_leaves_nothing(
    long_clip: Path, tiny_model: Path, elsewhere: Path, name: str
) -> None:
    number = getattr(signal, name)
    process = in_process(
        *("annotate", long_clip, "-m", tiny_model, "--preset", "placebo", "--gif"),
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),  # nohup has SIGHUP ignored
    )
    wait_for(elsewhere / "outputs", "*.part.mp4")
    process.send_signal(number)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted" in error
    assert "Traceback" not in error
    assert not list(elsewhere.rglob("*.*"))


def test_a_killed_run_leaves_nothing_under_a_final_name(
    long_clip: Path, tiny_model: Path, elsewhere: Path
) -> None:
    process = in_process("annotate", long_clip, "-m", tiny_model, "--preset", "placebo")
    wait_for(elsewhere / "outputs", "*.part.mp4")
    process.kill()
    process.communicate(timeout=60)
    assert all(path.name.startswith(".") for path in (elsewhere / "outputs").iterdir())
    assert run("predict", long_clip, "-m", tiny_model, "--end", "2f") == 0
    made = sorted(path.name for path in (elsewhere / "outputs").iterdir())
    assert made == ["long_manifest.json", "long_predictions.csv", "long_segments.csv"]


@pytest.mark.skipif(os.name != "posix", reason="Windows knows no SIGHUP")
def test_a_hangup_that_nohup_ignores_stays_ignored() -> None:
    handler = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        run("cache")
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, handler)


def wait_for(folder: Path, pattern: str) -> None:
    """Wait until a file of that pattern has grown."""
    for _ in range(600):
        if any(path.stat().st_size for path in folder.glob(f".{pattern}")):
            return
        time.sleep(0.1)
    raise AssertionError(f"no {pattern} in {folder}")


def test_a_full_disk_is_an_error_and_leaves_nothing(
    clip: Path, tiny_model: Path, elsewhere: Path
) -> None:
    resource = pytest.importorskip("resource")
    assert run("predict", clip, "-m", tiny_model, "-o", elsewhere / "before", "-q") == 0

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (8000, 8000))

    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    process = in_process(
        "annotate", clip, "-m", tiny_model, preexec_fn=limit, env=environment,
    )  # fmt: skip
    _, error = process.communicate(timeout=120)
    assert process.returncode == 1, error
    assert "cannot write" in error
    assert "Traceback" not in error
    assert not list((elsewhere / "outputs").glob("*"))


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_output_that_a_terminal_cannot_show_stops_nothing(
    clip: Path, tiny_model: Path, encoding: str
) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    process = in_process("predict", clip, "-m", tiny_model, env=environment)
    output, error = process.communicate(timeout=120)
    assert (process.returncode, error) == (0, "")
    assert "48 frames" in output


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")
def test_a_full_standard_output_is_told(clip: Path, tiny_model: Path) -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "vidclf", "predict", str(clip), "-m", str(tiny_model)]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "vidclf: error: cannot print (No space left on device)\n"


@pytest.mark.skipif(os.name != "posix", reason="needs a POSIX shell")
@pytest.mark.parametrize(
    ("closed", "output"), [(">&-", ""), ("2>&-", "48 frames"), ("<&- >&- 2>&-", "")]
)
def test_closed_standard_streams_stop_nothing(
    clip: Path, tiny_model: Path, elsewhere: Path, closed: str, output: str
) -> None:
    command = f"'{sys.executable}' -m vidclf predict '{clip}' -m '{tiny_model}' {closed}"
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert output in done.stdout
    assert (elsewhere / "outputs" / "clip_predictions.csv").exists()


def test_a_reader_that_leaves_does_not_stop_the_other_clips(
    clip: Path, tiny_model: Path, elsewhere: Path
) -> None:
    another = shutil.copy(clip, elsewhere / "another.mp4")
    process = in_process("predict", clip, another, "-m", tiny_model)
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    _, error = process.communicate(timeout=120)
    assert (process.returncode, error) == (0, "")
    assert len(list((elsewhere / "outputs").glob("*_predictions.csv"))) == 2


@pytest.mark.skipif(os.name != "posix", reason="terminals are POSIX")
def test_a_terminal_that_goes_away_is_no_failure(clip: Path) -> None:
    watcher, terminal = os.openpty()
    command = [sys.executable, "-m", "vidclf", "inspect", str(clip)]
    process = subprocess.Popen(command, stdout=terminal, stderr=subprocess.PIPE)
    os.close(terminal)
    os.close(watcher)
    _, error = process.communicate(timeout=120)
    assert (process.returncode, error) == (0, b"")


def test_a_second_signal_does_not_disturb_the_cleaning_up(
    long_clip: Path, tiny_model: Path, elsewhere: Path
) -> None:
    process = in_process("annotate", long_clip, "-m", tiny_model, "--preset", "placebo")
    wait_for(elsewhere / "outputs", "*.part.mp4")
    for _ in range(3):
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in error
    assert not list(elsewhere.rglob("*.*"))


def test_a_value_that_looks_like_an_option_can_be_given(
    clip: Path, tiny_model: Path, elsewhere: Path
) -> None:
    assert run("predict", clip, "-m", tiny_model, "--preprocess", "-1-1") == 0
    manifest = json.loads((elsewhere / "outputs" / "clip_manifest.json").read_text("utf-8"))
    assert manifest["model"]["preprocessing"] == "-1-1"


def test_a_link_in_a_circle_is_one_failed_clip(
    clip: Path, tiny_model: Path, elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (elsewhere / "loop.mp4").symlink_to("loop.mp4")
    assert run("predict", "loop.mp4", clip, "-m", tiny_model) == 1
    output = capsys.readouterr()
    assert "1 of 2 clips done" in output.out
    assert "loop.mp4" in output.err


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_a_folder_that_may_not_be_listed_is_one_failed_clip(
    clip: Path, tiny_model: Path, elsewhere: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    secret = elsewhere / "secret"
    secret.mkdir()
    listed = os.scandir

    def forbidden(folder: Any) -> Any:
        if Path(folder) == secret:  # as for anyone but root
            raise PermissionError(errno.EACCES, "Permission denied", str(folder))
        return listed(folder)

    monkeypatch.setattr(os, "scandir", forbidden)
    assert run("predict", secret, clip, "-m", tiny_model) == 1
    output = capsys.readouterr()
    assert "1 of 2 clips done" in output.out
    assert "secret cannot be read (Permission denied)" in output.err


def test_a_cache_that_cannot_be_written_costs_a_warning(
    clip: Path, tiny_model: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    (elsewhere / "blocked").write_text("a file in the way", encoding="utf-8")
    monkeypatch.setenv("VIDCLF_CACHE", str(elsewhere / "blocked"))
    assert run("predict", clip, "-m", tiny_model) == 0
    manifest = json.loads((elsewhere / "outputs" / "clip_manifest.json").read_text("utf-8"))
    assert manifest["runtime"] == "openvino"
    assert caplog.text.count("VIDCLF_CACHE") == 1


def test_inspect_tells_of_a_clip_and_of_a_model(
    clip: Path, tiny_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("inspect", clip, tiny_model) == 0
    output = capsys.readouterr().out
    assert "192x144 upright" in output
    assert "32x24 RGB" in output
    assert "rescaling" in output


def test_inspect_goes_on_after_what_it_cannot_read(
    clip: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("inspect", "gone.mp4", clip) == 1
    output = capsys.readouterr()
    assert "gone.mp4: no such file" in output.err
    assert "192x144" in output.out


def test_version_and_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "vidclf", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"vidclf {__version__}\n"


def test_the_program_ends_without_a_search_for_garbage() -> None:
    code = (
        "import atexit, gc, sys\n"
        "tell = lambda: print(gc.get_freeze_count() > 1000, len(gc.get_objects()) < 1000)\n"
        "atexit.register(tell)\n"
        "from vidclf.__main__ import program\n"
        "sys.argv = ['vidclf', '--version']\n"
        "program()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [f"vidclf {__version__}", "True True"]


def test_the_manifest_tells_the_run(clip: Path, tiny_model: Path, elsewhere: Path) -> None:
    assert run("annotate", clip, "-m", tiny_model, "--start", "10f", "--stride", "3") == 0
    manifest = json.loads((elsewhere / "outputs" / "clip_manifest.json").read_text("utf-8"))
    assert manifest["format"] == 1
    assert (manifest["frames_read"], manifest["frames_inferred"]) == (38, 13)
    assert manifest["frames_written"] == 38
    assert manifest["settings"]["start"] == "10f"
    assert manifest["runtime"] == "openvino"
    assert manifest["model"]["classes"] == 4
    assert set(manifest["outputs"]) == {"video", "table", "segments", "manifest"}
    assert manifest["warnings"] == []


def test_inspect_gives_programs_one_json(
    clip: Path, tiny_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("inspect", tiny_model, "--json") == 0
    model = json.loads(capsys.readouterr().out)
    assert (model["kind"], model["input_shape"]) == ("model", [None, 24, 32, 3])
    assert (model["preprocessing"], model["head"]) == ("none", "softmax")
    assert run("inspect", tiny_model, "gone.mp4", clip, "--json") == 1
    several = json.loads(capsys.readouterr().out)
    assert [what["kind"] for what in several] == ["model", "error", "clip"]
    assert several[2]["info"]["frame_rate"] == "24"
