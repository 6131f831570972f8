"""Live runs that are ended by signals, and what is made of those that were killed."""

from __future__ import annotations

import csv
import json
import shutil
import signal
from pathlib import Path

import av
import pandas as pd
import pytest
from helpers.clips import ClipSpec, make_clip, read_number
from helpers.live_runs import LiveRun

import vidclf
from vidclf.cli.app import main
from vidclf.files.live_files import HeldJournal, journals_in
from vidclf.recovery.whole_rows import whole_rows

FRAMES = 120
NOTHING_MORE = ("--smooth", "0")
"""A frame is done when it came: the last ones do not wait for later ones."""


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """120 numbered frames, 5 s."""
    return make_clip(tmp_path_factory.mktemp("live") / "sent.ts", ClipSpec(frames=FRAMES))


@pytest.fixture(scope="module")
def left(sent: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a run that was killed left; a recovery while it lived found it running."""
    folder = tmp_path_factory.mktemp("killed")
    run = LiveRun(sent, folder, options=NOTHING_MORE)
    run.wait_for_rows(80)
    before = sorted(path.name for path in folder.iterdir())
    summary = vidclf.recover(folder)
    assert len(summary.running) == 1
    assert not summary.parts
    assert sorted(path.name for path in folder.iterdir()) == before
    assert run.end(signal.SIGKILL)[0] == -signal.SIGKILL
    return folder


@pytest.fixture
def killed(left: Path, tmp_path: Path) -> Path:
    """The same, of each test's own."""
    return Path(shutil.copytree(left, tmp_path / "killed"))


def numbers(path: Path) -> list[int]:
    with av.open(str(path)) as file:
        return [read_number(frame.to_ndarray(format="rgb24")) for frame in file.decode(video=0)]


def test_a_signal_is_the_normal_end(sent: Path, tmp_path: Path) -> None:
    run = LiveRun(sent, tmp_path, options=NOTHING_MORE)
    run.wait_for_rows(60)
    code, printed = run.end(signal.SIGINT)
    assert (code, "frames" in printed) == (0, True), printed
    [video], [table] = tmp_path.glob("*.mp4"), tmp_path.glob("*_predictions.csv")
    rows = pd.read_csv(table)
    assert len(rows) >= 60
    assert numbers(video) == rows["frame"].tolist() == list(range(len(rows)))
    assert not list(tmp_path.glob(".*"))


def test_a_killed_run_becomes_outputs(killed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    playable = numbers(next(killed.glob(".*.live.mp4")))
    assert main(["recover", str(killed)]) == 0
    assert "recovered" in capsys.readouterr().out
    [table], [video] = killed.glob("*_predictions.csv"), killed.glob("*_annotated.mp4")
    rows = vidclf.read_predictions(table)
    assert rows["frame"].tolist() == list(range(len(rows)))
    assert len(rows) >= 80
    assert numbers(video) == playable == list(range(len(playable)))
    assert 0 < len(playable) <= len(rows)
    [manifest] = killed.glob("*_manifest.json")
    told = json.loads(manifest.read_bytes())
    assert told["recovered"] == {
        "rows": len(rows),
        "video_frames": len(playable),
        "table_bytes_left_out": 0,
    }
    assert told["frames_read"] == told["frames_inferred"] == len(rows)
    assert not list(killed.glob(".*"))


def test_its_segments_are_those_of_its_table(killed: Path) -> None:
    [part] = vidclf.recover(killed).parts
    found = vidclf.find_segments(part.outputs["table"])  # type: ignore[arg-type]
    written = pd.read_csv(str(part.outputs["segments"]))
    assert written["label"].tolist() == found["label"].tolist()
    assert written["end"].tolist() == found["end"].tolist()


def test_a_second_recovery_finds_nothing(killed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    vidclf.recover(killed)
    files = {path: path.read_bytes() for path in killed.iterdir()}
    assert main(["recover", str(killed)]) == 0
    assert capsys.readouterr().out == f"{killed}: nothing to recover\n"
    assert {path: path.read_bytes() for path in killed.iterdir()} == files


def test_two_recoveries_at_once_make_one(killed: Path) -> None:
    [journal] = journals_in(killed)
    with HeldJournal(journal):
        assert len(vidclf.recover(killed).running) == 1
    assert len(vidclf.recover(killed).parts) == 1


def test_what_was_killed_while_it_got_its_names_gets_the_rest(killed: Path) -> None:
    copy = Path(shutil.copytree(killed, killed.with_name("copy")))
    [part] = vidclf.recover(copy).parts
    manifest = str(part.outputs["manifest"])
    shutil.copy(manifest, killed / Path(manifest).name)  # it appears first
    assert len(vidclf.recover(killed).parts) == 1
    assert len(list(killed.glob("*_annotated.mp4"))) == 1


def test_what_another_run_made_is_not_replaced(killed: Path) -> None:
    copy = Path(shutil.copytree(killed, killed.with_name("copy")))
    [part] = vidclf.recover(copy).parts
    in_the_way = killed / Path(str(part.outputs["table"])).name
    in_the_way.write_text("mine", encoding="utf-8")
    [(name, error)] = vidclf.recover(killed).failed
    assert name == part.video
    assert "exists already" in str(error)
    assert in_the_way.read_text(encoding="utf-8") == "mine"
    in_the_way.unlink()
    assert len(vidclf.recover(killed).parts) == 1


def test_a_video_that_breaks_off_anywhere_is_kept_up_to_there(killed: Path) -> None:
    [video] = killed.glob(".*.live.mp4")
    whole = numbers(video)
    video.write_bytes(video.read_bytes()[: video.stat().st_size * 2 // 3])
    [part] = vidclf.recover(killed).parts
    assert 0 < part.frames < len(whole)
    assert numbers(Path(str(part.outputs["video"]))) == whole[: part.frames]


@pytest.mark.parametrize("content", [b"", b"nothing"])
def test_without_a_picture_the_table_is_kept(killed: Path, content: bytes) -> None:
    next(killed.glob(".*.live.mp4")).write_bytes(content)
    [part] = vidclf.recover(killed).parts
    assert part.frames == 0
    assert part.rows >= 80
    assert "video" not in part.outputs


def test_without_a_row_all_is_removed(killed: Path) -> None:
    table = next(killed.glob(".*.live.csv"))
    table.write_bytes(table.read_bytes().partition(b"\n")[0])
    assert vidclf.recover(killed).empty == 1
    assert not list(killed.glob(".*.live.*"))


def test_a_journal_that_tells_nothing_is_left(killed: Path) -> None:
    [journal] = journals_in(killed)
    journal.write_text('{"format": 99}', encoding="utf-8")
    [(_, error)] = vidclf.recover(killed).failed
    assert "no journal of a live run" in str(error)
    assert next(killed.glob(".*.live.csv")).exists()


def test_a_next_run_leaves_what_can_be_recovered(
    killed: Path, sent: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vidclf.annotate(sent, output=killed, model=tiny_model, video=False)
    assert len(vidclf.recover(killed).parts) == 1


def test_rows_are_whole_wherever_a_table_breaks_off(tmp_path: Path) -> None:
    rows = [["video", "frame", "label"], *([f"a {n}", n, 'say "b, c"'] for n in range(4))]
    path = tmp_path / "table.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    data = path.read_bytes()
    for size in range(len(data) + 1):
        for zeros in (0, 5):
            path.write_bytes(data[:size] + b"\0" * zeros)
            found = whole_rows(path)
            assert found.count == max(0, data[:size].count(b"\n") - 1)
            assert data[: found.end_bytes].count(b"\n") == data[:size].count(b"\n")
