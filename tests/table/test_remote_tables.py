"""Tables in a bucket or behind a URL are read as those of a disk, and told of by their names."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from helpers.s3_server import S3Server
from helpers.stored_tables import LABELS, random_scores, stored
from helpers.web_server import WebServer, serving_web

import vidclf
from vidclf.errors import SourceError, UsageError
from vidclf.remote import kept_copies
from vidclf.remote.path import RemotePath
from vidclf.table import ClassRows
from vidclf.table.table import open_table

MANIFEST = {"format": 1, "table_format": 1, "video": "a", "frames_read": 10, "end_seconds": 9.5}


@pytest.fixture
def bucket(s3: S3Server) -> Path:
    """A folder of two tables in the bucket, one of them with a manifest."""
    folder = s3.bucket / "tables"
    (folder / "deep").mkdir(parents=True, exist_ok=True)
    table(folder / "a_predictions.csv", manifest=True)
    table(folder / "deep" / "b_predictions.csv")
    return folder


@pytest.fixture(scope="module")
def web() -> Iterator[WebServer]:
    """A web server."""
    with serving_web() as server:
        yield server


def table(path: Path, *, manifest: bool = False) -> Path:
    name = path.name.removesuffix("_predictions.csv")
    rows = ClassRows(video=name, labels=LABELS, top_k=2, all_scores=True)
    told = MANIFEST if manifest else None
    return stored(path, rows, range(0, 400, 40), random_scores(1, 10), manifest=told).path


def test_one_table_several_and_folders_read_as_from_disk(bucket: Path) -> None:
    for named, files in (
        ("s3://lab/tables/a_predictions.csv", [bucket / "a_predictions.csv"]),
        ("s3://lab/tables/", [bucket]),
        ("s3://lab/tables/deep/*.csv", [bucket / "deep" / "b_predictions.csv"]),
        (["s3://lab/tables/deep/b_predictions.csv", bucket / "a_predictions.csv"],
         [bucket / "deep" / "b_predictions.csv", bucket / "a_predictions.csv"]),
    ):  # fmt: skip
        pd.testing.assert_frame_equal(
            vidclf.read_predictions(named), vidclf.read_predictions(files)
        )


def test_parquet_goes_before_a_csv_of_the_same_run(bucket: Path) -> None:
    folder = bucket.parent / "both"
    folder.mkdir(exist_ok=True)
    rows = vidclf.read_predictions(table(folder / "c_predictions.csv"))
    rows.head(3).to_parquet(folder / "c_predictions.parquet")
    assert len(vidclf.read_predictions("s3://lab/both/")) == 3


def test_the_manifest_beside_it_is_read(bucket: Path) -> None:
    assert open_table("s3://lab/tables/a_predictions.csv").end_seconds == 9.5
    assert open_table("s3://lab/tables/deep/b_predictions.csv").manifest.document == {}


def test_a_wrong_cell_is_told_with_the_remote_name_and_its_line(bucket: Path) -> None:
    path = bucket / "a_predictions.csv"
    path.write_text(path.read_text("utf-8").replace(",3,0.12,", ",3,soon,"), "utf-8")
    with pytest.raises(SourceError) as told:
        vidclf.read_predictions("s3://lab/tables/a_predictions.csv")
    assert str(told.value).startswith("the table s3://lab/tables/a_predictions.csv, line 5: times")


def test_what_is_missing_is_told_with_its_name(bucket: Path) -> None:
    with pytest.raises(SourceError, match=r"s3://lab/tables/gone\.csv: no such file"):
        vidclf.find_segments("s3://lab/tables/gone.csv")
    with pytest.raises(SourceError, match="s3://lab/empty/ holds no table: their names end in"):
        vidclf.read_predictions("s3://lab/empty/")
    with pytest.raises(SourceError, match=r"s3://lab/tables/x\*\.csv: no such file"):
        vidclf.read_predictions("s3://lab/tables/x*.csv")
    with pytest.raises(UsageError, match=r"s3://lab/tables/ is a folder: name one table"):
        vidclf.find_segments("s3://lab/tables/")


def test_what_changed_meanwhile_is_read_anew(bucket: Path) -> None:
    assert len(vidclf.read_predictions("s3://lab/tables/a_predictions.csv")) == 10
    path = bucket / "a_predictions.csv"
    path.write_text("\n".join(path.read_text("utf-8").splitlines()[:5]) + "\n", "utf-8")
    assert len(vidclf.read_predictions("s3://lab/tables/a_predictions.csv")) == 4


def test_copies_give_way_to_others_and_are_removed_at_the_end(
    bucket: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies = kept_copies.KeptCopies()
    a = RemotePath("s3://lab/tables/a_predictions.csv")
    b = RemotePath("s3://lab/tables/deep/b_predictions.csv")
    first = copies.file(a)
    assert (copies.file(a), copies.file(b).exists(), first.exists()) == (first, True, True)
    monkeypatch.setattr(kept_copies, "MOST_BYTES", 1)
    second = copies.file(b)
    assert (first.exists(), second.exists()) == (False, True)
    copies.clear()
    assert not second.exists()


def test_commands_that_start_from_a_table_take_it_from_a_bucket(
    bucket: Path, tmp_path: Path
) -> None:
    remote, local = "s3://lab/tables/a_predictions.csv", bucket / "a_predictions.csv"
    for name, named in (("remote", remote), ("local", local)):
        folder = tmp_path / name
        folder.mkdir()
        vidclf.write_segments(named, folder / "a.srt")
        vidclf.write_smoothed(named, folder / "a.csv", method="mean", window=0.2)
        vidclf.write_report(named, output=folder / "a.html")
        vidclf.plot_table(named, folder / "a.png")
    for file in ("a.srt", "a.csv", "a.png"):
        assert (tmp_path / "remote" / file).read_bytes() == (tmp_path / "local" / file).read_bytes()
    assert vidclf.compare_tables(remote, local).frames == 10
    joined = vidclf.join_tables("s3://lab/tables/", tmp_path / "all.csv")
    assert (joined.tables, joined.rows) == (2, 20)


def test_tables_are_evaluated_against_a_truth_elsewhere(bucket: Path, tmp_path: Path) -> None:
    truth = bucket / "truth"
    (truth / "deep").mkdir(parents=True, exist_ok=True)
    for name in ("a.csv", "deep/b.csv"):
        (truth / name).write_text("start,end,label\n0,0.2,cat\n", "utf-8")
    one = vidclf.evaluate_table("s3://lab/tables/a_predictions.csv", "s3://lab/tables/truth/a.csv")
    of_disk = vidclf.evaluate_table(bucket / "a_predictions.csv", truth / "a.csv")
    assert one.metrics["accuracy"] == of_disk.metrics["accuracy"]
    both = vidclf.evaluate_table("s3://lab/tables/", "s3://lab/tables/truth/")
    assert len(both.metrics["clips"]) == 2


def test_no_message_shows_the_query_of_a_signed_url(
    web: WebServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    content = table(tmp_path / "a_predictions.csv").read_bytes()
    url = web.serve(content, "a_predictions.csv") + "?signature=secret"
    with caplog.at_level(logging.INFO, "vidclf"):
        assert len(vidclf.read_predictions(url)) == 10
    bad = web.serve(content.replace(b",3,0.12,", b",3,soon,"), "bad.csv") + "?signature=secret"
    with pytest.raises(SourceError, match=r"bad\.csv, line 5: ") as told:
        vidclf.join_tables([bad], tmp_path / "all.csv")
    assert "secret" not in caplog.text + str(told.value) + repr(told.value.__cause__)


def test_what_is_made_of_a_table_goes_beside_it(bucket: Path, web: WebServer) -> None:
    vidclf.write_segments("s3://lab/tables/a_predictions.csv", formats="srt")
    vidclf.write_smoothed("s3://lab/tables/a_predictions.csv", method="mean", window=0.2)
    made = {"a.srt", "a_smoothed_predictions.csv", "a_smoothed_manifest.json"}
    assert made <= {path.name for path in bucket.iterdir()}
    url = web.serve((bucket / "a_predictions.csv").read_bytes(), "a_predictions.csv")
    with pytest.raises(UsageError, match="nothing can be written to such an address"):
        vidclf.write_segments(url, formats="srt")
    for name in made:
        (bucket / name).unlink()
