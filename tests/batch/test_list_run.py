"""Runs over lists of clips: parts, names and cells reach the outputs; reruns see changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from helpers.clips import ClipSpec, make_clip

import vidclf
from vidclf.cli.app import main
from vidclf.errors import BrokenRowsError, DataError, UsageError

TEXT = """\
path,start,end,name,label,depth
clip.mp4,0.2,0.4,,red,3
clip.mp4,10f,,second,"blue, dark",2.50
other.mp4,,,,,
"""


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two clips of 25 frames a second."""
    folder = tmp_path_factory.mktemp("clips")
    make_clip(folder / "clip.mp4", ClipSpec(frames=15, width=96, height=72, rate=Fraction(25)))
    make_clip(folder / "other.mp4", ClipSpec(frames=3, width=96, height=72, rate=Fraction(25)))
    return folder


@pytest.fixture
def run(clips: Path, tiny_model: Path, tmp_path: Path) -> Callable[..., vidclf.BatchSummary]:
    """Runs over a list, without videos, into `tmp_path`."""

    def run(text: str = TEXT, **options: Any) -> vidclf.BatchSummary:
        (clips / "clips.csv").write_text(text, "utf-8")
        options = {"model": tiny_model, "video": False, "output": tmp_path, **options}
        return vidclf.annotate_all(manifest=clips / "clips.csv", **options)

    return run


def test_each_row_is_a_clip_of_its_own(
    run: Callable[..., vidclf.BatchSummary], tmp_path: Path
) -> None:
    assert len(run(parquet=True).done) == 3
    rows = vidclf.read_predictions([
        *(tmp_path / f"{stem}_predictions.csv" for stem in ("clip_0.2-0.4", "second", "other")),
    ])  # fmt: skip
    assert rows.groupby("video", observed=True, sort=False)["frame"].agg(list).to_dict() == {
        "clip_0.2-0.4.mp4": [5, 6, 7, 8, 9],
        "second": [10, 11, 12, 13, 14],
        "other.mp4": [0, 1, 2],
    }
    assert list(rows.columns[-2:]) == ["true_label", "depth"]
    assert (tmp_path / "second_predictions.csv").read_text().count(',"blue, dark",2.50\n') == 5
    depths = [pd.read_parquet(path)["depth"].dtype for path in tmp_path.glob("*.parquet")]
    assert depths == ["float64"] * 3
    manifest = json.loads((tmp_path / "second_manifest.json").read_text("utf-8"))
    assert manifest["columns"] == {"true_label": "blue, dark", "depth": 2.5}
    assert (manifest["settings"]["start"], manifest["settings"]["end"]) == ("10f", None)
    assert pd.read_csv(tmp_path / "run.csv")["status"].tolist() == ["done"] * 3


def test_a_second_run_makes_what_its_rows_changed(
    run: Callable[..., vidclf.BatchSummary], tmp_path: Path
) -> None:
    run()
    assert run().earlier == 3
    changed = TEXT.replace("2.50", "2.51").replace("10f", "11f")
    [(name, error)] = run(changed).failed
    assert name == "second"
    assert (
        "its row in the list says otherwise: depth was 2.5, is 2.51, --start was 10f, is 11f"
        in (str(error))
    )
    summary = run(changed, update=True)
    assert ([done.video for done in summary.done], summary.earlier) == (["second"], 2)
    [_, (_, error), _] = run(TEXT.replace("depth", "deep")).failed
    assert "its row in the list has other columns" in str(error)


def test_worker_processes_and_shards_make_the_same(
    run: Callable[..., vidclf.BatchSummary], tmp_path: Path
) -> None:
    run(output=tmp_path / "one")
    for shard in ("1/2", "2/2"):
        run(output=tmp_path / "many", executor="processes", jobs=1, shard=shard)
    tables = sorted((tmp_path / "one").glob("*_predictions.csv"))
    assert len(tables) == 3
    for table in tables:
        assert (tmp_path / "many" / table.name).read_bytes() == table.read_bytes()


def test_nothing_is_made_while_a_row_is_broken(
    run: Callable[..., vidclf.BatchSummary], tmp_path: Path
) -> None:
    with pytest.raises(DataError, match=r"line 5: .*gone\.mp4: no such file.*; nothing was made"):
        run(TEXT + "gone.mp4,,,,,\n")
    with pytest.raises(BrokenRowsError, match="2 of 5 rows cannot be taken, and nothing was made"):
        run(TEXT + "gone.mp4,,,,,\nother.mp4,x,,,,\n")
    assert not list(tmp_path.iterdir())


def test_a_program_names_either_clips_or_a_list() -> None:
    with pytest.raises(UsageError, match="or a list of clips as manifest"):
        vidclf.annotate_all()
    with pytest.raises(UsageError, match="or a list of clips as manifest"):
        vidclf.annotate_all("a.mp4", manifest="clips.csv")


def test_a_segment_table_of_a_named_part_is_labelled_data(
    run: Callable[..., vidclf.BatchSummary], tmp_path: Path, clips: Path
) -> None:
    from vidclf.dataset.reading import read_labelled_set

    run()
    tables = [tmp_path / f"{stem}_segments.csv" for stem in ("second", "other")]
    data = read_labelled_set(tables, labels=["class 0", "class 1"])
    assert {example.path for example in data.examples} == {clips / "clip.mp4", clips / "other.mp4"}


@pytest.mark.parametrize("command", ["annotate", "predict"])
def test_the_command_lists_broken_rows(
    clips: Path, command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (clips / "clips.csv").write_text("path\ngone_1.mp4\ngone_2.mp4\n", "utf-8")
    output = ["-o", str(tmp_path)]
    assert main([command, "--manifest", str(clips / "clips.csv"), *output]) == 1
    told = capsys.readouterr().err.splitlines()
    assert told[0].startswith("vidclf: error: ")
    assert "2 of 2 rows cannot be taken" in told[0]
    assert [f"line {line}: " in text for line, text in zip((2, 3), told[1:], strict=True)]
    assert not list(tmp_path.iterdir())


def test_the_command_takes_clips_or_a_list(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_info:
        main(["predict", "a.mp4", "--manifest", "clips.csv"])
    assert exit_info.value.code == 2
    assert "--manifest: not allowed with INPUT (a.mp4)" in capsys.readouterr().err
