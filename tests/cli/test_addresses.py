"""URLs, cameras and standard input on the command line, where local files are wanted."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from helpers.clips import ClipSpec, make_clip, numbered_picture
from helpers.stored_tables import class_rows, flicker, stored
from PIL import Image

import vidclf
from vidclf.cli.app import main

TABLE = "a_predictions.csv"
MAJORITY = ("--method", "majority", "--window", "1")
DOWNLOAD = "is a URL, and this version reads local files only: download it first"


def signed(name: str) -> str:
    return f"https://me:secret@host/{name}?signature=secret"


def unreachable(name: str) -> str:
    """An address of this machine at which nothing listens: port 1 needs more rights than tests."""
    return f"http://me:secret@127.0.0.1:1/{name}?signature=secret"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a table in it."""
    monkeypatch.chdir(tmp_path)
    stored(tmp_path / TABLE, class_rows(3), *flicker("aabaa"), manifest={"video": "a.mp4"})
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (["annotate", "a.mp4", "--font", signed("font.ttf")], "font.ttf"),
    ],
)
def test_a_url_is_told_as_what_it_is(
    arguments: list[str], name: str, elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(elsewhere.rglob("*"))
    assert _exit_code(arguments) in (1, 2)
    output = capsys.readouterr()
    assert f"https://host/{name} {DOWNLOAD}\n" in output.err
    assert "secret" not in output.out + output.err
    assert sorted(elsewhere.rglob("*")) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ["annotate", unreachable("a.mp4")],
        ["predict", unreachable("a.mp4")],
        ["predict", unreachable("a.png")],
        ["predict", unreachable("frame_%05d.png")],
        ["inspect", unreachable("a.mp4")],
        ["inspect", unreachable("watch")],
        ["render", TABLE, unreachable("a.mp4")],
        ["render", TABLE, unreachable("a.mp4"), "--subtitles"],
        ["report", TABLE, unreachable("a.mp4")],
        ["annotate", "--manifest", unreachable("clips.csv")],
        ["segments", unreachable(TABLE), "-o", "a.srt"],
        ["smooth", unreachable(TABLE), *MAJORITY, "-o", "a.csv"],
        ["render", unreachable(TABLE), "a.mp4", "-o", "b.mp4"],
        ["report", unreachable(TABLE), "-o", "a.html"],
        ["compare", unreachable(TABLE), TABLE],
        ["plot", unreachable(TABLE), "-o", "a.png"],
        ["join", unreachable(TABLE), "-o", "all.csv"],
        ["evaluate", TABLE, unreachable("truth.csv"), "-o", "figures"],
        ["annotate", "a.mp4", "-m", unreachable("m.keras")],
        ["annotate", "a.mp4", "--labels", unreachable("labels.txt")],
        ["inspect", unreachable("m.keras")],
    ],
)
def test_a_file_elsewhere_that_cannot_be_reached_is_told_without_its_secrets(
    arguments: list[str], elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(elsewhere.rglob("*"))
    assert main(arguments) == 1
    output = capsys.readouterr()
    assert "nothing answers at this address (connection refused); check host and port" in output.err
    assert "secret" not in output.out + output.err
    assert [path for path in sorted(elsewhere.rglob("*")) if path.name != "outputs"] == before


@pytest.mark.parametrize(
    "arguments",
    [
        ["annotate", "a.mp4"],
        ["predict", "a.mp4", "b.mp4"],
        ["segments", TABLE],
        ["segments", TABLE, "--format", "srt"],
        ["smooth", TABLE, *MAJORITY],
        ["render", TABLE, "a.mp4"],
        ["report", TABLE],
        ["compare", TABLE, TABLE],
        ["plot", TABLE],
    ],
)
@pytest.mark.parametrize("place", ["", "/out.csv", "/out.mp4", "/folder/"])
def test_an_output_cannot_be_a_web_address(
    arguments: list[str], place: str, elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(elsewhere.rglob("*"))
    assert main([*arguments, "-o", f"https://host{place}?key=secret"]) == 2
    assert capsys.readouterr().err == (
        f"vidclf: error: -o https://host{place}: nothing can be written to such an address: name a "
        "folder of this machine or of a bucket (s3://BUCKET/FOLDER/)\n"
    )
    assert sorted(elsewhere.rglob("*")) == before


@pytest.mark.parametrize("command", ["segments", "report"])
@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("rtsp://me:secret@host/live", "rtsp://host/live is a live stream, and this version"),
        ("camera:0", "camera:0 is a camera, and this version reads local files only: record it"),
        ("-", "- is standard input, and this version reads local files only: save it to a file"),
    ],
)
def test_what_is_no_file_either(
    command: str, address: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, address]) in (1, 2)
    assert message in capsys.readouterr().err


def test_json_of_a_url_keeps_its_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", "--json", unreachable("a.mp4")]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["target"], told["kind"]) == ("http://127.0.0.1:1/a.mp4", "error")
    assert told["error"].startswith("http://127.0.0.1:1/a.mp4: nothing answers")


def test_one_url_among_clips_does_not_cost_the_others(
    clip: Path, tiny_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["predict", unreachable("a.mp4"), str(clip), "-m", str(tiny_model)]) == 1
    output = capsys.readouterr()
    assert "1 of 2 clips done" in output.out
    assert output.err.endswith("vidclf: failed: a.mp4\n")
    assert Path("outputs/clip_predictions.csv").is_file()


@pytest.mark.parametrize("name", ["https://host/a.mp4", "camera:0", "rtsp://host/live"])
def test_a_clip_on_the_disk_that_is_called_like_an_address_is_read(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    made = make_clip(Path("clip.mp4"), ClipSpec(frames=2))
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    made.rename(name)
    assert main(["inspect", name, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["info"]["path"] == name


def test_a_picture_on_the_disk_that_is_called_like_a_url_is_read(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("https://host").mkdir(parents=True)
    Image.fromarray(numbered_picture(1)).save(Path("https://host/a.png"))
    assert main(["inspect", "https://host/a.png"]) == 0
    assert "192x144" in capsys.readouterr().out


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_table_on_the_disk_that_is_called_like_a_url_is_read(
    suffix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    name = f"https://host/a_predictions{suffix}"
    Path("https://host").mkdir(parents=True)
    write_table = {".csv": pd.DataFrame.to_csv, ".parquet": pd.DataFrame.to_parquet}[suffix]
    write_table(vidclf.read_predictions(TABLE), Path(name).absolute())
    assert main(["segments", name]) == 0
    assert "3 segments" in capsys.readouterr().out


def _exit_code(arguments: list[str]) -> int:
    """The command's, also where the parser ends it."""
    try:
        return main(arguments)
    except SystemExit as stopped:
        return int(stopped.code or 0)
