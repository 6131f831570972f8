"""Runs over clips into a bucket: made, found again, stopped, joined."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from helpers.clips import ClipSpec, make_clip
from helpers.s3_server import S3Server

import vidclf
from vidclf.batch.bucket_record import BucketRecord
from vidclf.batch.record_rows import RecordRow
from vidclf.batch.run import annotate_all
from vidclf.batch.watcher import SilentWatcher
from vidclf.errors import StorageError
from vidclf.files.publishing_elsewhere import pending_record
from vidclf.remote import s3_upload
from vidclf.remote.listing import sizes_in
from vidclf.remote.path import RemotePath
from vidclf.remote.s3 import call
from vidclf.remote.small_files import read_whole
from vidclf.remote.upload import remove, write_small
from vidclf.settings import Settings

NAMES = ("a.mp4", "b.mp4")
ENDINGS = ("_manifest.json", "_predictions.csv", "_segments.csv")


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clips")
    for frames, name in enumerate(NAMES, start=3):
        make_clip(folder / name, ClipSpec(frames=frames, width=96, height=72))
    return folder


@pytest.fixture
def run(clips: Path, tiny_model: Path, s3: S3Server, tmp_path: Path) -> Any:
    output = f"s3://lab/runs/{tmp_path.name}/"

    def run(*, more: Sequence[Path] = (), **options: Any) -> Any:
        known = {"model": tiny_model, "video": False, "smooth": 0}
        return vidclf.annotate_all([clips, *more], output=output, **(known | options))

    run.folder, run.model = RemotePath(output), tiny_model
    return run


def record(folder: RemotePath, tmp_path: Path) -> pd.DataFrame:
    (tmp_path / "run.csv").write_bytes(read_whole(folder / "run.csv"))
    return pd.read_csv(tmp_path / "run.csv").set_index("clip")


def test_a_run_is_made_once_and_its_record_tells(
    run: Any, clips: Path, tiny_model: Path, tmp_path: Path
) -> None:
    assert len(run().done) == 2
    expected = {stem + ending for stem in "ab" for ending in ENDINGS} | {"run.csv"}
    assert sizes_in(run.folder).keys() == expected
    rows = record(run.folder, tmp_path)
    assert set(rows["status"]) == {"done"}
    assert rows.loc["a.mp4", "outputs"] == "a_predictions.csv;a_segments.csv;a_manifest.json"
    again = run()
    assert (again.done, again.earlier, again.failed) == ([], 2, [])
    vidclf.annotate_all([clips], output=tmp_path / "disk", model=tiny_model, video=False, smooth=0)
    for stem in "ab":
        name = f"{stem}_predictions.csv"
        assert read_whole(run.folder / name) == (tmp_path / "disk" / name).read_bytes()
    joined = vidclf.join_tables(run.folder.address, run.folder.address + "all.parquet")
    assert (str(joined.output), joined.rows) == (f"{run.folder}all.parquet", 7)


def test_what_is_missing_is_made_and_what_was_made_otherwise_stays(
    run: Any, tmp_path: Path
) -> None:
    run()
    remove(run.folder / "a_segments.csv")
    again = run()
    assert ([summary.video for summary in again.done], again.earlier) == (["a.mp4"], 1)
    ((name, error), _) = run(smooth=1).failed
    assert "made otherwise by an earlier run (--smooth was 0" in str(error)
    assert record(run.folder, tmp_path).loc[name, "status"] == "different"
    assert len(run(smooth=1, update=True).done) == 2


@pytest.mark.parametrize("ended", ["whole", "while outputs appeared"])
def test_a_clip_keeps_its_outputs_when_another_of_its_stem_comes(
    run: Any, clips: Path, tmp_path: Path, ended: str
) -> None:
    run()
    if ended != "whole":
        manifest = run.folder / "a_manifest.json"
        write_small(pending_record(manifest), read_whole(manifest))
        remove(manifest)
    make_clip(tmp_path / "a.mkv", ClipSpec(frames=4, width=96, height=72))
    again = run(more=[tmp_path / "a.mkv"])
    made = [summary.video for summary in again.done]
    assert made == (["a.mkv"] if ended == "whole" else ["a.mp4", "a.mkv"])
    expected = {stem + ending for stem in ("a", "a_mkv", "b") for ending in ENDINGS} | {"run.csv"}
    assert sizes_in(run.folder).keys() == expected
    only = run.folder.address
    assert vidclf.annotate_all(
        [tmp_path / "a.mkv"], output=only, model=run.model, video=False, smooth=0
    ).earlier


class Died(BaseException):
    """Stands for a kill."""


def test_a_run_that_died_while_outputs_appeared_is_made_whole_by_the_same_words(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dying(path: RemotePath, method: str, **arguments: Any) -> dict[str, Any]:
        if path.name == "b_manifest.json":
            raise Died
        return call(path, method, **arguments)

    with monkeypatch.context() as patch:
        patch.setattr(s3_upload, "call", dying)
        with pytest.raises(Died):
            run()
    pending = pending_record(run.folder / "b_manifest.json").name
    assert {"b_segments.csv", pending, "run.csv"} <= sizes_in(run.folder).keys()
    again = run()
    assert again.failed == []
    assert ([summary.video for summary in again.done], again.earlier) == (["b.mp4"], 1)
    assert len(sizes_in(run.folder)) == 7


def test_a_pending_record_beside_a_whole_clip_is_removed(run: Any) -> None:
    run()
    manifest = run.folder / "a_manifest.json"
    write_small(pending_record(manifest), read_whole(manifest))
    assert run().earlier == 2
    assert len(sizes_in(run.folder)) == 7


def test_a_bucket_that_cannot_be_written_stops_the_run_before_the_model_is_opened(
    clips: Path, s3: S3Server
) -> None:
    with pytest.raises(StorageError, match=r"cannot write s3://nowhere/: there is no such bucket"):
        vidclf.annotate_all([clips], output="s3://nowhere/", model="no_such_model.keras")


def test_a_bucket_that_takes_nothing_any_more_stops_the_run_with_one_message(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(path: RemotePath, method: str, **arguments: Any) -> dict[str, Any]:
        raise PermissionError

    monkeypatch.setattr(s3_upload, "call", denied)
    with pytest.raises(StorageError, match="access is denied"):
        run()


def test_rows_of_a_run_that_is_stopped_are_written_in_the_end(
    run: Any, clips: Path, tiny_model: Path, tmp_path: Path
) -> None:
    class Stopping(SilentWatcher):
        def done(self, summary: vidclf.RunSummary) -> None:
            if summary.video == "b.mp4":
                raise KeyboardInterrupt

    settings = Settings(model=tiny_model, video=False, smooth=0)
    with pytest.raises(KeyboardInterrupt):
        annotate_all([clips], output=run.folder.address, settings=settings, watcher=Stopping())
    assert list(record(run.folder, tmp_path).index) == ["a.mp4", "b.mp4"]


def test_runs_that_write_one_record_lose_no_row(s3: S3Server) -> None:
    path = RemotePath("s3://lab/records/run.csv")
    one, other = BucketRecord(path), BucketRecord(path)
    one.add(RecordRow(clip="a.mp4", status="done"))
    other.add(RecordRow(clip="b.mp4", status="done"))
    one.add(RecordRow(clip="c.mp4", status="failed"))  # too soon after its first
    assert one.statuses().keys() == {"a.mp4", "b.mp4"}
    one.close()
    assert one.statuses() == {"a.mp4": "done", "b.mp4": "done", "c.mp4": "failed"}
