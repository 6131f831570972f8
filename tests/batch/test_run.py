from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from helpers.clips import ClipSpec, make_clip
from helpers.tiny_model import build_tiny_model

import vidclf
from vidclf.batch import worker
from vidclf.batch.watcher import Overview, SilentWatcher
from vidclf.errors import DiskFullError, SourceError, UsageError
from vidclf.files.claim import Claim, claim_path
from vidclf.pipeline.job import ClipJob

NAMES = ("a.mp4", "b.mp4", "c.mp4")


class Recorder(SilentWatcher):
    """Notes what a run tells."""

    def __init__(self, **reactions: Callable[..., None]) -> None:
        self.told: list[tuple[str, str]] = []
        self.overview: Overview | None = None
        self._reactions = reactions

    def _tell(self, what: str, name: str) -> None:
        self.told.append((what, name))
        if what in self._reactions:
            self._reactions[what](name)

    def planned(self, overview: Overview) -> None:
        self.overview = overview

    def started(self, name: str) -> None:
        self._tell("started", name)

    def waiting(self, names: Sequence[str]) -> None:
        self._tell("waiting", ",".join(names))

    def earlier(self, job: ClipJob) -> None:
        self._tell("earlier", job.name)

    def done(self, summary: vidclf.RunSummary) -> None:
        self._tell("done", summary.video)

    def failed(self, name: str, error: Exception) -> None:
        self._tell("failed", name)


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clips")
    for frames, name in enumerate(NAMES, start=3):
        make_clip(folder / name, ClipSpec(frames=frames, width=96, height=72))
    return folder


@pytest.fixture
def folder(clips: Path, tiny_model: Path, tmp_path: Path) -> Path:
    """A folder with clips, a model, and no results yet."""
    shutil.copytree(clips, tmp_path / "clips")
    return tmp_path


@pytest.fixture
def predict(folder: Path, tiny_model: Path) -> Callable[..., vidclf.BatchSummary]:
    """Runs over the clips of the folder, without videos."""

    def run(**options: Any) -> vidclf.BatchSummary:
        options = {"model": tiny_model, "video": False, "output": folder / "out", **options}
        return vidclf.annotate_all(folder / "clips", **options)

    return run


Predict = Callable[..., vidclf.BatchSummary]


def record(folder: Path, name: str = "run.csv") -> pd.DataFrame:
    return pd.read_csv(folder / "out" / name, keep_default_na=False).set_index("clip")


def test_a_second_run_makes_nothing(predict: Predict) -> None:
    assert len(predict().done) == 3
    watcher = Recorder()
    again = predict(watcher=watcher)
    assert (again.done, again.earlier, again.failed) == ([], 3, [])
    assert watcher.told == [("earlier", name) for name in NAMES]


def test_only_what_is_missing_is_made(predict: Predict, folder: Path) -> None:
    predict()
    (folder / "out" / "b_segments.csv").unlink()
    again = predict()
    assert [summary.video for summary in again.done] == ["b.mp4"]
    assert again.earlier == 2


def stems(folder: Path) -> list[str]:
    """What the names of outputs begin with."""
    ending = "_manifest.json"
    return sorted(path.name.removesuffix(ending) for path in folder.glob(f"*{ending}"))


@pytest.mark.parametrize("shards", [[None], ["1/2", "2/2"]])
def test_a_clip_keeps_its_outputs_when_another_of_its_stem_comes(
    predict: Predict, folder: Path, shards: list[str | None]
) -> None:
    predict()
    make_clip(folder / "clips" / "a.mkv", ClipSpec(frames=4, width=96, height=72))
    runs = [predict(shard=shard) for shard in shards]
    assert [summary.video for run in runs for summary in run.done] == ["a.mkv"]
    assert stems(folder / "out") == ["a", "a_mkv", "b", "c"]
    assert vidclf.join_tables(folder / "out", folder / "all.csv").clips == 4


def test_a_clip_keeps_its_outputs_when_others_of_its_stem_are_not_named(
    predict: Predict, folder: Path
) -> None:
    make_clip(folder / "clips" / "a.mkv", ClipSpec(frames=4, width=96, height=72))
    predict()
    assert stems(folder / "out") == ["a_mkv", "a_mp4", "b", "c"]
    (folder / "clips" / "a.mp4").unlink()
    make_clip(folder / "clips" / "a_mkv.mov", ClipSpec(frames=4, width=96, height=72))
    again = predict()
    assert ([summary.video for summary in again.done], again.failed) == (["a_mkv.mov"], [])
    assert stems(folder / "out") == ["a_mkv", "a_mkv_mov", "a_mp4", "b", "c"]


def test_outputs_of_a_clip_that_lie_there_twice_keep_the_names_of_today(
    predict: Predict, folder: Path
) -> None:
    make_clip(folder / "clips" / "a.mkv", ClipSpec(frames=4, width=96, height=72))
    predict()
    for kind in ("predictions.csv", "segments.csv", "manifest.json"):
        shutil.copy(folder / "out" / f"a_mp4_{kind}", folder / "out" / f"a_{kind}")
    (folder / "out" / "a_mp4_segments.csv").unlink()
    assert [summary.video for summary in predict().done] == ["a.mp4"]
    assert (folder / "out" / "a_mp4_segments.csv").exists()


@pytest.mark.parametrize("text", ["", "[]", "no JSON", '{"video": "z.mp4"}'])
def test_a_manifest_of_something_else_gives_no_clip_its_name(
    predict: Predict, folder: Path, text: str
) -> None:
    (folder / "out").mkdir()
    (folder / "out" / "a_manifest.json").write_text(text)
    make_clip(folder / "clips" / "a.mkv", ClipSpec(frames=4, width=96, height=72))
    predict()
    assert stems(folder / "out") == ["a", "a_mkv", "a_mp4", "b", "c"]


def test_only_what_differs_is_made_by_an_update(predict: Predict, folder: Path) -> None:
    predict()
    make_clip(folder / "clips" / "b.mp4", ClipSpec(frames=9, width=96, height=72))
    refused = predict()
    assert [name for name, _ in refused.failed] == ["b.mp4"]
    assert record(folder).status.to_dict() == {
        "a.mp4": "done", "b.mp4": "different", "c.mp4": "done",
    }  # fmt: skip
    updated = predict(update=True)
    assert [summary.video for summary in updated.done] == ["b.mp4"]
    assert record(folder).loc["b.mp4", ["status", "frames"]].to_list() == ["done", 9]


def test_the_record_tells_of_each_clip(predict: Predict, folder: Path) -> None:
    (folder / "clips" / "b.mp4").write_text("no video", encoding="utf-8")
    predict()
    table = record(folder)
    assert table.index.to_list() == list(NAMES)
    assert table.status.to_list() == ["done", "failed", "done"]
    assert table.frames.to_list() == ["3", "", "5"]
    assert table.loc["a.mp4", "outputs"].split(";") == [
        "a_predictions.csv", "a_segments.csv", "a_manifest.json",
    ]  # fmt: skip
    assert "b.mp4: is not a video" in table.loc["b.mp4", "error"]


def test_a_record_that_was_lost_comes_back(predict: Predict, folder: Path) -> None:
    predict()
    before = record(folder)
    (folder / "out" / "run.csv").unlink()
    predict()
    pd.testing.assert_frame_equal(record(folder), before)


def test_what_failed_is_tried_again(predict: Predict, folder: Path, clips: Path) -> None:
    (folder / "clips" / "b.mp4").write_text("no video", encoding="utf-8")
    assert [name for name, _ in predict().failed] == ["b.mp4"]
    assert [name for name, _ in predict().failed] == ["b.mp4"]
    shutil.copy(clips / "b.mp4", folder / "clips")
    assert [summary.video for summary in predict().done] == ["b.mp4"]
    assert set(record(folder).status) == {"done"}


def test_what_failed_may_be_passed_over(predict: Predict, folder: Path) -> None:
    (folder / "clips" / "b.mp4").write_text("no video", encoding="utf-8")
    predict()
    again = predict(skip_failed=True)
    assert (again.skipped, again.failed, again.earlier) == (1, [], 2)
    assert record(folder).loc["b.mp4", "status"] == "failed"


def test_a_full_disk_stops_the_run(
    predict: Predict, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    annotate_clip = worker.annotate_clip

    def full_at_the_second(job: ClipJob, **options: Any) -> vidclf.RunSummary:
        if job.name != "a.mp4":
            raise DiskFullError("cannot write b_predictions.csv (No space left on device)")
        return annotate_clip(job, **options)

    monkeypatch.setattr(worker, "annotate_clip", full_at_the_second)
    watcher = Recorder()
    with pytest.raises(DiskFullError):
        predict(watcher=watcher)
    assert watcher.told == [("started", "a.mp4"), ("done", "a.mp4"), ("started", "b.mp4")]
    assert record(folder).index.to_list() == ["a.mp4"]


def test_a_bug_costs_one_clip(predict: Predict, monkeypatch: pytest.MonkeyPatch) -> None:
    annotate_clip = worker.annotate_clip

    def wrong_at_the_second(job: ClipJob, **options: Any) -> vidclf.RunSummary:
        if job.name == "b.mp4":
            raise ZeroDivisionError("by nought")
        return annotate_clip(job, **options)

    monkeypatch.setattr(worker, "annotate_clip", wrong_at_the_second)
    batch = predict()
    [(name, error)] = batch.failed
    assert (name, len(batch.done)) == ("b.mp4", 2)
    assert str(error).startswith("b.mp4: unexpected ZeroDivisionError at vidclf/batch/worker.py")


def test_a_clip_that_another_run_is_at_is_waited_for(predict: Predict, folder: Path) -> None:
    (folder / "out").mkdir()
    manifest = folder / "out" / "b_manifest.json"
    claim = Claim.take(claim_path(manifest, record=manifest))
    watcher = Recorder(waiting=lambda _: claim.release())
    batch = predict(watcher=watcher)
    assert [summary.video for summary in batch.done] == ["a.mp4", "c.mp4", "b.mp4"]
    assert ("waiting", "b.mp4") in watcher.told


def test_a_clip_that_another_run_made_meanwhile_is_not_made_again(
    predict: Predict, folder: Path
) -> None:
    def another_run(name: str) -> None:
        if name == "a.mp4":
            predict(shard=None)

    watcher = Recorder(started=another_run)
    batch = predict(watcher=watcher)
    assert (batch.done, batch.earlier, batch.failed) == ([], 3, [])
    assert record(folder).index.to_list() == list(NAMES)


def test_shards_make_each_clip_once(predict: Predict, folder: Path) -> None:
    parts = [predict(shard=f"{number}/3") for number in (1, 2, 3)]
    assert sorted(summary.video for part in parts for summary in part.done) == list(NAMES)
    records = [path.name for path in (folder / "out").glob("run*.csv")]
    assert all(name.endswith("_of_3.csv") for name in records)


def test_a_folder_that_cannot_be_read_is_told_and_counts(
    predict: Predict, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vidclf.batch import run

    plan = run.plan

    def with_fault(*args: Any, **options: Any) -> Any:
        planned = plan(*args, **options)
        fault = SourceError("clips/private cannot be read")
        return type(planned)(
            jobs=planned.jobs, folder=planned.folder, faults=[("clips/private", fault)]
        )

    monkeypatch.setattr(run, "plan", with_fault)
    batch = predict()
    assert ([name for name, _ in batch.failed], len(batch.done)) == (["clips/private"], 3)


def test_summaries_hold_what_is_equal_once(predict: Predict) -> None:
    first, *others = predict().done
    assert all(other.settings is first.settings for other in others)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"jobs": 0}, "--jobs 0: must be 1 or more"),
        ({"jobs": 2}, "--jobs 2 needs worker processes: --executor processes"),
        ({"executor": "cloud"}, "--executor 'cloud' is none of auto, in_process, processes"),
        ({"stall_seconds": 0}, "--stall-seconds 0: must be more than 0"),
        ({"shard": "4/3"}, "shard 4/3: a shard is I/N"),
        ({"overwrite": True, "update": True}, "--overwrite makes all anew, --update what differs"),
    ],
)
def test_options_that_cannot_be_right(
    predict: Predict, folder: Path, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        predict(**options)
    assert not (folder / "out").exists()


def test_a_model_in_memory_stays_in_this_process(predict: Predict) -> None:
    with pytest.raises(UsageError, match="cannot go to worker processes: save it"):
        predict(model=build_tiny_model(), executor="processes")


def test_what_a_lost_machine_left_of_a_clip_is_removed(predict: Predict, folder: Path) -> None:
    predict()
    manifest = folder / "out" / "b_manifest.json"
    lock = claim_path(manifest, record=manifest)
    left = lock.with_name(".b_predictions.0123abcd-0.part.csv")
    for path in (lock, left):
        path.touch()
    lock.write_text(f'\n["another machine", "{left.name}"]', encoding="utf-8")
    os.utime(left, (0, 0))
    predict()
    assert not lock.exists()
    assert not left.exists()
