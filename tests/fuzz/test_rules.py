"""The rules notice what is wrong; cases are the same when they are made again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers.clips import ClipSpec, make_clip

from fuzz.cases import make_case
from fuzz.clip_seeds import clip_seed
from fuzz.model_seeds import graph_files
from fuzz.outputs import what_is_wrong
from fuzz.rules import breaches
from fuzz.runs import Run, Runner, files_of
from vidclf.cli.app import main


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a clip was annotated."""
    folder = tmp_path_factory.mktemp("run")
    files = {**graph_files(), **clip_seed("mp4 h264 aac").files}
    for name, content in files.items():
        (folder / name).write_bytes(content)
    clip, model = folder / "clip.mp4", folder / "model.onnx"
    assert main(["annotate", str(clip), "-m", str(model), "-o", str(folder / "out"), "-q"]) == 0
    return folder / "out"


@pytest.fixture
def outputs(whole: Path, tmp_path: Path) -> Path:
    """Its outputs, to be broken."""
    for path in whole.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    manifest = json.loads((whole / "clip_manifest.json").read_text())
    manifest["outputs"] = {kind: Path(name).name for kind, name in manifest["outputs"].items()}
    (tmp_path / "clip_manifest.json").write_text(json.dumps(manifest))
    return tmp_path


def _wrong(folder: Path) -> list[str]:
    return list(what_is_wrong(folder, sorted(files_of(folder)), of_clip=True))


def _edited(path: Path, edit: Callable[[str], str]) -> None:
    path.write_text(edit(path.read_text()))


def test_whole_outputs_are_right(outputs: Path) -> None:
    assert _wrong(outputs) == []


def test_a_video_that_was_cut_off_is_noticed(outputs: Path) -> None:
    video = outputs / "clip_annotated.mp4"
    video.write_bytes(video.read_bytes()[:-2000])
    assert any(
        "clip_annotated.mp4 is not whole" in what or "pictures" in what for what in _wrong(outputs)
    )


def test_a_missing_row_is_noticed(outputs: Path) -> None:
    table = outputs / "clip_predictions.csv"
    _edited(table, lambda text: "".join(text.splitlines(keepends=True)[:-1]))
    assert _wrong(outputs)[0] == "11 rows for 12 frames read"


def test_a_missing_output_is_noticed(outputs: Path) -> None:
    (outputs / "clip_segments.csv").unlink()
    assert _wrong(outputs) == ["the manifest names clip_segments.csv, which is not there"]


def test_a_video_far_longer_than_its_table_is_noticed(outputs: Path) -> None:
    spec = ClipSpec(pts=[*range(11), 1000])  # as many pictures
    make_clip(outputs / "clip_annotated.mp4", spec)
    assert _wrong(outputs) == ["the video lasts 41.7 s, its table ends at 0.5 s"]


def test_a_manifest_that_is_no_json_is_noticed(outputs: Path) -> None:
    _edited(
        outputs / "clip_manifest.json",
        lambda text: text.replace('"end_seconds": 0.5', '"end_seconds": NaN'),
    )
    assert "NaN is no JSON" in _wrong(outputs)[0]


RUNS: dict[str, dict[str, Any]] = {
    "was ended by signal 11": {"exit_code": -11},
    "takes more than 1 MiB of memory": {"exit_code": -9, "over": "takes more than 1 MiB of memory"},
    "ended with exit code 3": {"exit_code": 3, "err": "vidclf: error: clip.mp4: no\n"},
    "failed without a word": {"exit_code": 1},
    "names none of its files": {"exit_code": 1, "err": "vidclf: error: it is damaged\n"},
    "failed with several errors": {
        "exit_code": 1,
        "err": "vidclf: error: clip.mp4: no\nvidclf: error: clip.mp4: no\n",
    },
    "a line that is not vidclf's own": {"out": "done", "err": "UserWarning: Corrupt EXIF data\n"},
    "says 'unexpected KeyError'": {
        "exit_code": 1,
        "err": "vidclf: clip.mp4: unexpected KeyError: 'label' (-v tells where)\n",
    },
    "prints '\\x1b'": {"out": "a\x1b[31mred"},
    "left out/.clip.12345678.part.mp4": {"out": "x", "new_files": ["out/.clip.12345678.part.mp4"]},
    "failed, and left out/clip.gif": {
        "exit_code": 1,
        "err": "vidclf: error: clip.mp4: no\n",
        "new_files": ["out/clip.gif"],
    },
    "did nothing": {},
}
"""What a rule says → what a run did."""


@pytest.mark.parametrize("breach", RUNS)
def test_a_run_that_breaks_a_rule_is_noticed(breach: str, tmp_path: Path) -> None:
    known: dict[str, Any] = {"argv": ["annotate", "x.mp4"], "exit_code": 0, "out": "", "err": ""}
    run = Run(**(known | RUNS[breach]))
    assert any(what.startswith(breach) for what in breaches(run, tmp_path, ["clip.mp4"]))


def test_a_question_about_a_model_may_have_a_table(tmp_path: Path) -> None:
    told = (
        "vidclf: error: model.onnx does not tell\n  --preprocess  frame 0\n  0-1  cat\nGive it.\n"
    )
    run = Run(argv=["predict", "clip.mp4"], exit_code=2, out="", err=told)
    assert breaches(run, tmp_path, ["model.onnx"]) == []


@pytest.mark.parametrize("number", range(3))
def test_a_case_is_the_same_when_it_is_made_again(number: int) -> None:
    runner = Runner()  # which clips do not need
    assert make_case("clips", 5, number, runner) == make_case("clips", 5, number, runner)
