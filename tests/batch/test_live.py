"""Live inputs as runs: their parts, names and ends, by what is piped in."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pandas as pd
import pytest
from helpers.clips import ClipSpec, make_clip, read_number
from helpers.live_senders import live_clip, piped_in
from helpers.rtsp_server import serving_rtsp
from helpers.s3_server import S3Server

import vidclf
from vidclf.batch.live import live_name
from vidclf.cli.app import main
from vidclf.errors import UsageError
from vidclf.files.staging import Staging
from vidclf.sources.location import ClipLocation

FRAMES = 60
NAME = re.compile(r"stdin_\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d")


@pytest.fixture(scope="module")
def piped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """60 numbered frames at 24 a second, 2.5 s, whose stream begins at 1.4 s."""
    path = tmp_path_factory.mktemp("live") / "piped.ts"
    return make_clip(path, ClipSpec(frames=FRAMES, mux_options={"muxdelay": "0"}))


@pytest.fixture(autouse=True)
def standard_input(piped: Path) -> Iterator[None]:
    """The clip, piped in."""
    with piped_in(piped):
        yield


@pytest.fixture
def one_second(monkeypatch: pytest.MonkeyPatch) -> str:
    """The second in which each part begins."""
    time = "2026-11-29T16-23-02"
    monkeypatch.setattr("vidclf.pipeline.live_job._TIME", time)
    return time


def made(folder: Path, model: Path, **options: Any) -> Path:
    summary = vidclf.annotate_all("-", output=folder, model=model, **options)
    assert not summary.failed
    return folder


def tables(folder: Path) -> list[pd.DataFrame]:
    return [pd.read_csv(path) for path in sorted(folder.glob("*_predictions.csv"))]


def video_numbers(path: Path) -> list[int]:
    with av.open(str(path)) as file:
        return [read_number(frame.to_ndarray(format="rgb24")) for frame in file.decode(video=0)]


def test_the_table_is_that_of_the_file(tmp_path: Path, piped: Path, tiny_model: Path) -> None:
    vidclf.annotate(piped, output=tmp_path / "file", model=tiny_model)
    made(tmp_path / "live", tiny_model)
    [stored], [live] = tables(tmp_path / "file"), tables(tmp_path / "live")
    assert NAME.fullmatch(live.pop("video")[0])
    pd.testing.assert_frame_equal(live, stored.drop(columns="video"))


def test_outputs_are_named_by_input_and_time_and_nothing_else_is_left(
    tmp_path: Path, tiny_model: Path
) -> None:
    folder = made(tmp_path, tiny_model)
    names = sorted(path.name for path in folder.iterdir())
    [stem] = {NAME.match(name)[0] for name in names}  # type: ignore[index]
    endings = ["annotated.mp4", "manifest.json", "predictions.csv", "segments.csv"]
    assert names == [f"{stem}_{ending}" for ending in endings]


def test_parts_joined_are_what_one_part_would_be(
    tmp_path: Path, piped: Path, tiny_model: Path
) -> None:
    made(tmp_path / "one", tiny_model)
    with piped_in(piped):
        made(tmp_path / "parts", tiny_model, split_every="1s")
    [one], parts = tables(tmp_path / "one"), tables(tmp_path / "parts")
    assert [len(part) for part in parts] == [24, 24, 12]
    joined = pd.concat(parts, ignore_index=True)
    pd.testing.assert_frame_equal(joined.drop(columns="video"), one.drop(columns="video"))
    assert len(vidclf.read_predictions(tmp_path / "parts")) == FRAMES  # each has its own name
    shown = [video_numbers(p) for p in sorted((tmp_path / "parts").glob("*.mp4"))]
    assert sum(shown, []) == list(range(FRAMES))  # noqa: RUF017 - three lists
    assert [len(numbers) for numbers in shown] == [24, 24, 12]


def test_each_part_has_a_manifest_of_its_own(tmp_path: Path, tiny_model: Path) -> None:
    summary = vidclf.annotate_all("-", output=tmp_path, model=tiny_model, split_every=1)
    assert [part.live["part"] for part in summary.done if part.live] == [1, 2, 3]
    for part in summary.done:
        told = json.loads(Path(part.outputs["manifest"]).read_bytes())
        assert told["frames_read"] == told["frames_written"] == part.frames_read
        assert told["live"]["frames_dropped"] == 0
        assert set(told["output_digests"]) == {"video", "table", "segments"}


def test_an_annotated_video_is_an_ordinary_one_that_begins_at_0(
    tmp_path: Path, tiny_model: Path
) -> None:
    [path] = made(tmp_path, tiny_model).glob("*.mp4")
    boxes = path.read_bytes()
    assert b"moof" not in boxes
    assert boxes.find(b"moov") < boxes.find(b"mdat")
    with av.open(str(path)) as file:
        stream = file.streams.video[0]
        assert (stream.frames, stream.start_time) == (FRAMES, 0)
        assert stream.time_base is not None
        assert stream.duration is not None
        assert stream.duration * stream.time_base == Fraction(FRAMES, 24)


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        ({"frames": 10}, 10),
        ({"duration": 0.5}, 12),
        ({"start": "6f", "duration": "0.5s"}, 12),
        ({"start": "50f", "frames": 20}, 10),
    ],
)
def test_it_ends_where_it_is_told_as_a_file_does(
    options: dict[str, Any], kept: int, tmp_path: Path, piped: Path, tiny_model: Path
) -> None:
    live = made(tmp_path / "live", tiny_model, video=False, **options)
    vidclf.annotate(piped, output=tmp_path / "file", model=tiny_model, video=False, **options)
    [table], [stored] = tables(live), tables(tmp_path / "file")
    assert len(table) == kept
    pd.testing.assert_frame_equal(table.drop(columns="video"), stored.drop(columns="video"))


def stems(folder: Path) -> list[str]:
    """The names of parts, by their manifests, in the order in which they began."""
    manifests = [json.loads(path.read_bytes()) for path in folder.glob("*_manifest.json")]
    manifests.sort(key=lambda told: told["live"]["part"])
    return [Path(told["outputs"]["manifest"]).name.split("_manifest")[0] for told in manifests]


@pytest.mark.parametrize("output", ["parts", "parts/door.mp4"])
def test_parts_that_begin_in_one_second_have_names_of_their_own(
    output: str, tmp_path: Path, tiny_model: Path, one_second: str
) -> None:
    folder = tmp_path / "parts"
    made(tmp_path / output, tiny_model, split_every="1s", overwrite=True)
    name = "door" if output.endswith(".mp4") else "stdin"
    numbered = [one_second, f"{one_second}_2", f"{one_second}_3"]
    assert stems(folder) == [f"{name}_{time}" for time in numbered]
    assert not list(folder.glob(".*"))
    tables_of_parts = [pd.read_csv(folder / f"{stem}_predictions.csv") for stem in stems(folder)]
    assert [list(table["video"].unique()) for table in tables_of_parts] == [
        [f"stdin_{time}"] for time in numbered
    ]
    assert list(vidclf.read_predictions(folder)["frame"]) == list(range(FRAMES))


def test_a_run_takes_the_next_number_while_another_writes_that_name(
    tmp_path: Path, tiny_model: Path, one_second: str
) -> None:
    other = f"stdin_{one_second}"
    with Staging(record=tmp_path / f"{other}_manifest.json") as staging:
        staging.add(tmp_path / f"{other}_predictions.csv").write_text("theirs")
        made(tmp_path, tiny_model, video=False, frames=5, overwrite=True)
    assert stems(tmp_path) == [f"{other}_2"]
    assert (tmp_path / f"{other}_predictions.csv").read_text() == "theirs"


def test_a_run_takes_the_next_number_where_another_has_been(
    tmp_path: Path, piped: Path, tiny_model: Path, one_second: str
) -> None:
    made(tmp_path, tiny_model, video=False, frames=5)
    with piped_in(piped):
        made(tmp_path, tiny_model, video=False, frames=5, overwrite=True)
    found = pd.concat(tables(tmp_path))["video"].value_counts()
    assert dict(found) == {f"stdin_{one_second}": 5, f"stdin_{one_second}_2": 5}


def test_a_named_file_is_called_so(tmp_path: Path, piped: Path, tiny_model: Path) -> None:
    summary = vidclf.annotate("-", output=tmp_path / "door.webm", model=tiny_model, frames=5)
    assert summary.outputs["video"] == str(tmp_path / "door.webm")
    assert (tmp_path / "door_predictions.csv").exists()
    assert len(video_numbers(tmp_path / "door.webm")) == 5
    with piped_in(piped), pytest.raises(vidclf.OutputExistsError, match=r"door.* exists already"):
        vidclf.annotate("-", output=tmp_path / "door.webm", model=tiny_model)
    assert not list(tmp_path.glob(".*"))


def test_outputs_go_to_a_bucket(
    s3: S3Server, tmp_path: Path, tiny_model: Path, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    vidclf.annotate_all("-", output="s3://lab/live/", model=tiny_model, split_every=1)
    found = sorted(path.name for path in (s3.bucket / "live").iterdir())
    assert len(found) == 12
    assert not list((tmp_path / "outputs").iterdir())


def test_parts_that_begin_in_one_second_have_names_of_their_own_in_a_bucket(
    s3: S3Server, tmp_path: Path, tiny_model: Path, one_second: str, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    vidclf.annotate_all("-", output="s3://lab/second/", model=tiny_model, split_every=1)
    found = {path.name for path in (s3.bucket / "second").glob("*_predictions.csv")}
    numbered = [one_second, f"{one_second}_2", f"{one_second}_3"]
    assert found == {f"stdin_{time}_predictions.csv" for time in numbered}
    assert list(vidclf.read_predictions("s3://lab/second/")["frame"]) == list(range(FRAMES))


def test_what_came_before_a_lost_connection_is_there(
    tmp_path: Path,
    tiny_model: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("vidclf.sources.live.source.GIVEN_UP_AFTER_SECONDS", 0.3)
    clip = live_clip(tmp_path / "door.mp4", frames=500)
    out, server = tmp_path / "out", ExitStack()

    def end_the_server() -> None:
        while not any(path.stat().st_size > 2000 for path in out.glob(".*.live.csv")):
            time.sleep(0.05)
        server.close()

    with server:
        address = server.enter_context(serving_rtsp(clip))
        ending = threading.Thread(target=end_the_server)
        ending.start()
        assert main(["annotate", address, "-o", str(out), "-m", str(tiny_model)]) == 1
        ending.join()
    printed = capsys.readouterr()
    assert f"{address}: the connection was lost, and could not be taken up again" in printed.err
    [table], [video] = tables(out), list(out.glob("*_annotated.mp4"))
    assert len(video_numbers(video)) == len(table) > 10
    assert not list(out.glob(".*"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-", "clip.mp4"], "- is a live input, and 2 inputs are named: start one command for"),
        (["-", "camera:0"], "- is a live input, and 2 inputs are named"),
        (["-", "--executor", "processes"], "--executor processes: - is a live input"),
        (["-", "--shard", "1/2"], "--shard is for many clips, and - is one live input"),
        (["-", "-o", "a.png"], "-o a.png names a picture, and a live input is no still"),
        (["clip.mp4", "--split-every", "10m"], "--split-every is for live inputs, and none is"),
        (["clip.mp4", "--live", "all"], "--live is for live inputs, and none is named"),
        (["-", "--camera-fps", "30"], "--camera-fps is for cameras, and - is none"),
        (["-", "--duration", "ten"], "'ten' is no length of time: give seconds (90), a number"),
        (["-", "--split-every", "0"], "'0' is no length of time"),
    ],
)
def test_what_cannot_be_is_refused(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str], tiny_model: Path,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    with suppress(SystemExit):  # of argparse
        assert main(["annotate", *arguments, "-m", str(tiny_model)]) == 2
    assert message in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_several_outputs_are_no_one_summary(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="split_every makes several outputs"):
        vidclf.annotate("-", output=tmp_path, split_every=10)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("camera:0", "camera_0"),
        ("rtsp://me:secret@host:554/hall/door?channel=2", "door"),
        ("udp://239.0.0.1:5000", "239.0.0.1_5000"),
        ("https://host/live/street.m3u8?token=secret", "street"),
        ("rtsp://host/", "host"),
        ("-", "stdin"),
    ],
)
def test_what_a_live_input_is_called(address: str, name: str) -> None:
    assert live_name(ClipLocation.of(address)) == name
