"""Folders of buckets as inputs, and outputs there: what is planned of them, without any clip."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from helpers.s3_server import S3Server

from vidclf.batch.plan import Plan, plan
from vidclf.errors import UsageError
from vidclf.remote.path import RemotePath
from vidclf.remote.upload import write_small

VIDEO = frozenset({"video"})


def put(*names: str, folder: str, content: bytes = b"x") -> str:
    for name in names:
        write_small(RemotePath(f"s3://lab/{folder}/{name}"), content)
    return f"s3://lab/{folder}/"


def planned(inputs: Sequence[str], *, output: str = "s3://lab/results/", **options: bool) -> Plan:
    return plan(inputs, output=output, kinds=VIDEO, **options)


def names(found: Plan) -> list[str]:
    return [job.name for job in found.jobs]


@pytest.fixture(scope="module")
def footage(s3_server: S3Server) -> str:
    with pytest.MonkeyPatch.context() as patch:
        s3_server.use(patch)
        return put(
            *("b.mp4", "a.mp4", "notes.txt", ".hidden.mp4", "day1/c.mov", "day1/x-1/d.mp4"),
            *("day1/x/e.mp4", ".trash/f.mp4", "results/a_annotated.mp4", "results/new.mp4"),
            folder="plan",
        )


def test_a_folder_stands_for_the_videos_in_it(footage: str, s3: S3Server) -> None:
    for named in (footage, footage.rstrip("/")):
        found = planned([named])
        assert names(found) == ["a.mp4", "b.mp4"]
        assert found.folder == RemotePath("s3://lab/results/")
    first = found.jobs[0]
    assert first.source.text == "s3://lab/plan/a.mp4"
    assert first.outputs["video"] == RemotePath("s3://lab/results/a_annotated.mp4")


def test_below_it_places_are_kept_in_the_order_of_a_disk(footage: str, s3: S3Server) -> None:
    found = planned([footage], recursive=True, output="out/")
    assert names(found) == [
        *("a.mp4", "b.mp4", "day1/c.mov", "day1/x/e.mp4", "day1/x-1/d.mp4"),
        *("results/a_annotated.mp4", "results/new.mp4"),
    ]


def test_the_folder_of_outputs_is_left_out(
    footage: str, s3: S3Server, caplog: pytest.LogCaptureFixture
) -> None:
    found = planned([footage], recursive=True, output=footage + "results")
    assert not [name for name in names(found) if name.startswith("results")]
    assert "s3://lab/plan/results/ is where outputs go" in caplog.text
    assert str(found.jobs[2].outputs["manifest"]) == "s3://lab/plan/results/day1/c_manifest.json"


def test_wildcards_and_folders_are_mixed_and_a_clip_is_taken_once(
    footage: str, s3: S3Server
) -> None:
    found = planned([footage + "*.mp4", footage, footage + "day1/x*", footage + "a.mp4"])
    assert names(found) == ["a.mp4", "b.mp4", "d.mp4", "e.mp4"]


def test_results_of_earlier_runs_are_no_clips(s3: S3Server) -> None:
    folder = put("dog.mp4", "cat.mp4", "dog_annotated.mp4", "demo.mp4", folder="mixed")
    told = {
        "dog": {"source": folder + "dog.mp4", "outputs": {"video": folder + "dog_annotated.mp4"}},
        "demo": {"source": "/home/me/fox.mp4", "outputs": {"video": folder + "demo.mp4"}},
    }
    for stem, manifest in told.items():
        put(f"{stem}_manifest.json", folder="mixed", content=json.dumps(manifest).encode())
    assert names(planned([folder])) == ["cat.mp4", "dog.mp4"]


def test_a_folder_without_a_video_is_told_and_costs_no_other_clip(
    footage: str, s3: S3Server
) -> None:
    empty = put("notes.txt", folder="no_videos")
    found = planned([empty, footage])
    assert names(found) == ["a.mp4", "b.mp4"]
    assert [str(fault) for _, fault in found.faults] == [
        "s3://lab/no_videos/ holds no video: check its name, or give --recursive for those below it"
    ]


def test_a_bucket_that_is_not_there_is_told(s3: S3Server) -> None:
    (_, fault), *_ = planned(["s3://nowhere/videos/"]).faults
    assert str(fault).startswith("s3://nowhere/videos/: there is no such bucket")


def test_a_web_server_has_no_folders() -> None:
    with pytest.raises(UsageError, match=r"^https://host/videos/ is a folder by its name"):
        planned(["https://host/videos/?key=secret"])


def test_an_output_in_a_bucket_is_no_input(footage: str, s3: S3Server) -> None:
    with pytest.raises(UsageError, match=r"s3://lab/plan/a\.mp4 is an input"):
        planned([footage + "b.mp4", footage + "a.mp4"][1:], output=footage + "a.mp4")
