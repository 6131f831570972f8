"""Planning: which clips, and where their outputs go."""

from __future__ import annotations

import os
import pickle
import tracemalloc
from pathlib import Path

import pytest
from helpers.clips import ClipSpec, make_clip
from helpers.tables_of_clips import class_table
from helpers.trees import names, touch
from hypothesis import given
from hypothesis import strategies as st

import vidclf
from vidclf.batch.plan import plan
from vidclf.errors import UsageError

BOTH = frozenset({"video", "gif"})
VIDEO = frozenset({"video"})
TABLE = frozenset()


def test_outputs_are_named_after_the_clip(tmp_path: Path) -> None:
    [job] = plan(["some/clip.mov"], output=tmp_path, kinds=BOTH).jobs
    assert {kind: path.name for kind, path in job.outputs.items()} == {
        "video": "clip_annotated.mp4",
        "gif": "clip.gif",
        "table": "clip_predictions.csv",
        "segments": "clip_segments.csv",
        "manifest": "clip_manifest.json",
    }
    assert {path.parent for path in job.outputs.values()} == {tmp_path}


def test_outputs_go_to_outputs_by_default() -> None:
    [job] = plan(["clip.mov"], output=None, kinds=VIDEO).jobs
    assert job.outputs["video"] == Path("outputs/clip_annotated.mp4")


def test_a_name_without_suffix_is_a_folder() -> None:
    [job] = plan(["clip.mov"], output="new_folder", kinds=VIDEO).jobs
    assert job.outputs["video"] == Path("new_folder/clip_annotated.mp4")


@pytest.mark.parametrize(
    ("output", "kinds", "files"),
    [
        ("x.mp4", VIDEO, {"video": "x.mp4", "table": "x_predictions.csv"}),
        ("x.webm", VIDEO, {"video": "x.webm", "table": "x_predictions.csv"}),
        ("x.mp4", BOTH, {"video": "x.mp4", "gif": "x.gif", "table": "x_predictions.csv"}),
        ("x.gif", VIDEO, {"gif": "x.gif", "table": "x_predictions.csv"}),
        ("x.csv", TABLE, {"table": "x.csv"}),
    ],
)
def test_a_file_sets_name_and_kind(
    output: str, kinds: frozenset[str], files: dict[str, str]
) -> None:
    [job] = plan(["clip.mov"], output=output, kinds=kinds).jobs
    outputs = {kind: path.name for kind, path in job.outputs.items()}
    assert outputs == {**files, "segments": "x_segments.csv", "manifest": "x_manifest.json"}


@pytest.mark.parametrize(
    ("inputs", "output", "kinds", "message"),
    [
        (["a.mp4", "b.mp4"], "x.mp4", VIDEO, "names one file, but there are 2 clips"),
        (["a.mp4"], "x.avi", VIDEO, r"vidclf writes \.mp4, \.webm, \.gif, \.jpg"),
        (["a.mp4"], "x.mp4", TABLE, "names pictures, but only the table is written"),
        (["a.mp4"], "x.gif", TABLE, "names pictures, but only the table is written"),
        (["a.mp4", ""], None, VIDEO, "an empty name stands for no clip"),
        (["a.mp4"], "a.mp4", VIDEO, "a.mp4 is an input"),
    ],
)
def test_outputs_that_cannot_be_right(
    inputs: list[str], output: str | None, kinds: frozenset[str], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        plan(inputs, output=output, kinds=kinds)


def test_a_folder_stands_for_its_videos(tmp_path: Path) -> None:
    touch(tmp_path, "b.mp4", "a.MOV", "notes.txt", "cover.jpg", "deep/c.mkv")
    jobs = plan([tmp_path], output="out", kinds=VIDEO).jobs
    assert [job.name for job in jobs] == ["a.MOV", "b.mp4"]


def test_recursion_keeps_the_folders(tmp_path: Path) -> None:
    touch(tmp_path, "b.mp4", "deep/b.mp4")
    jobs = plan([tmp_path], output="out", kinds=VIDEO, recursive=True).jobs
    assert [job.name for job in jobs] == ["b.mp4", "deep/b.mp4"]
    assert [job.outputs["video"] for job in jobs] == [
        Path("out/b_annotated.mp4"),
        Path("out/deep/b_annotated.mp4"),
    ]


def test_clips_of_one_stem_get_outputs_of_their_own(tmp_path: Path) -> None:
    touch(tmp_path, "a.mp4", "a.avi", "A.mkv", "other/a.mp4")
    jobs = plan([tmp_path, tmp_path / "other" / "a.mp4"], output="out", kinds=VIDEO).jobs
    names = [job.outputs["video"].name.casefold() for job in jobs]
    assert len(set(names)) == 4


def test_a_folder_of_pictures_is_one_clip(tmp_path: Path) -> None:
    touch(tmp_path, "shots/1.png", "shots/2.png")
    [job] = plan([tmp_path / "shots"], output="out", kinds=VIDEO).jobs
    assert job.source.path == tmp_path / "shots"
    assert job.outputs["video"] == Path("out/shots_annotated.mp4")


def test_an_address_is_one_clip_with_a_name_of_its_own() -> None:
    address = "https://host/clips/a%20b.mp4?signature=secret"
    [job] = plan([address], output="out", kinds=VIDEO).jobs
    assert (job.source.text, job.name) == (address, "a b.mp4")
    assert job.outputs["video"] == Path("out/a b_annotated.mp4")


def test_a_local_clip_is_named_as_path_writes_it() -> None:
    [job] = plan(["./some//clip.mp4"], output="out", kinds=VIDEO).jobs
    assert str(job.source) == str(Path("some/clip.mp4"))


def test_a_pattern_is_named_without_its_number() -> None:
    [job] = plan(["shots/frame_%05d.png"], output="out", kinds=VIDEO).jobs
    assert job.outputs["video"] == Path("out/frame_annotated.mp4")


def test_earlier_results_are_not_taken_for_clips(tmp_path: Path) -> None:
    made = [f"a_{kind}.mp4" for kind in ("annotated", "subtitled")]
    touch(tmp_path, "a.mp4", *made, "a_manifest.json", "b_annotated.mp4")
    jobs = plan([tmp_path], output=tmp_path, kinds=VIDEO).jobs
    assert [job.name for job in jobs] == ["a.mp4", "b_annotated.mp4"]


def test_a_folder_with_results_alone_is_refused(tmp_path: Path) -> None:
    touch(tmp_path, "a_annotated.mp4", "a_manifest.json")
    with pytest.raises(UsageError, match="holds only videos of earlier runs: name one of them"):
        plan([tmp_path], output=None, kinds=set())


def test_wildcards_stand_for_the_clips_that_they_match(tmp_path: Path) -> None:
    touch(tmp_path, "a.mp4", "b.mp4", "c.avi")
    jobs = plan([f"{tmp_path}/*.mp4"], output=None, kinds=set()).jobs
    assert [job.name for job in jobs] == ["a.mp4", "b.mp4"]


@pytest.mark.parametrize(("suffix", "codec"), [(".mp4", "libx264"), (".webm", "libvpx")])
def test_what_was_rendered_under_a_name_of_its_own_is_no_clip(
    suffix: str, codec: str, tmp_path: Path
) -> None:
    touch(tmp_path, "a_manifest.json")
    make_clip(tmp_path / f"a_2{suffix}", ClipSpec(codec=codec, frames=3, options={}))
    table = class_table(tmp_path / f"a_2{suffix}", tmp_path / "tables", ["dog"] * 3)
    vidclf.render_table(table, output=tmp_path / f"a_dog_card{suffix}")
    jobs = plan([tmp_path], output=tmp_path, kinds=VIDEO).jobs
    assert [job.name for job in jobs] == [f"a_2{suffix}"]


def test_a_clip_that_is_named_twice_is_made_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    touch(tmp_path, "day/a.mp4", "day/b.mp4")
    (tmp_path / "c.mp4").symlink_to("day/b.mp4")
    (tmp_path / "link").symlink_to("day")
    monkeypatch.chdir(tmp_path)
    for inputs in (
        ["day", "day/a.mp4", "./day//a.mp4"],
        ["day/a.mp4", "day", "c.mp4", "link"],
        ["link/b.mp4", "c.mp4", "day/a.mp4", "day/b.mp4"],
    ):
        jobs = plan(inputs, output="out", kinds=VIDEO).jobs
        assert sorted(str(job.source) for job in jobs) == ["day/a.mp4", "day/b.mp4"]
    jobs = plan(["a.mp4", "a.mp4", "s3://b/c.mp4", "s3://b/c.mp4"], output="out", kinds=VIDEO).jobs
    assert [job.name for job in jobs] == ["a.mp4", "c.mp4"]
    assert "day/a.mp4 and 3 more: named twice, or by a link; a clip is made once" in caplog.text


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Clips that meet: by name, by stem, by links."""
    root = tmp_path_factory.mktemp("tree")
    touch(root, *(f"{day}/{clip}" for day in ("1", "2", "all/1") for clip in ("a.mp4", "a.avi")))
    (root / "link").symlink_to("1")
    (root / "2" / "b.mp4").symlink_to("../all/1/a.mp4")
    return root


NAMED = ["1", "2", "all", "link", "all/1", "1/a.mp4", "2/b.mp4", "link/a.avi", "2/../2/a.mp4"]


@given(order=st.permutations(NAMED))
def test_the_order_in_which_clips_were_named_changes_no_name(tree: Path, order: list[str]) -> None:
    def made_of(inputs: list[str]) -> dict[str, tuple[str, Path]]:
        named = [tree / name for name in inputs]
        jobs = plan(named, output="out", kinds=VIDEO, recursive=True).jobs
        return {os.path.realpath(job.source.path): (job.name, job.outputs["table"]) for job in jobs}

    found = made_of(order)
    assert found == made_of(NAMED)
    assert len({name for name, _ in found.values()}) == 6 == len(set(found.values()))


def test_clips_of_one_name_are_called_by_their_paths(tmp_path: Path) -> None:
    touch(tmp_path, "1/a.mp4", "2/a.mp4", "2/b.mp4", "all/1/a.mp4", "all/c.mp4")
    found = plan(
        [tmp_path / "1", tmp_path / "2", tmp_path / "all"],
        output="out",
        kinds=VIDEO,
        recursive=True,
    )
    assert names(found) == [
        f"{tmp_path.as_posix()}/1/a.mp4",
        f"{tmp_path.as_posix()}/2/a.mp4",
        "b.mp4",
        "1/a.mp4",
        "c.mp4",
    ]


def test_a_path_that_is_anothers_name_makes_that_one_longer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    touch(tmp_path, "1/a.mp4", "2/a.mp4", "all/1/a.mp4")
    monkeypatch.chdir(tmp_path)
    found = plan(["1", "2", "all"], output="out", kinds=VIDEO, recursive=True)
    assert names(found) == ["1/a.mp4", "2/a.mp4", "all/1/a.mp4"]


def test_addresses_that_are_shown_alike_have_names_of_their_own() -> None:
    found = plan([f"https://host/a.mp4?key={key}" for key in "ab"], output="out", kinds=VIDEO)
    assert names(found) == ["https://host/a.mp4", "https://host/a.mp4_2"]


@pytest.mark.parametrize("link", ["file", "folder"])
def test_an_input_is_not_written_over_through_a_link(link: str, tmp_path: Path) -> None:
    touch(tmp_path, "footage/a_annotated.mp4", "footage/a.mp4")
    footage, out = tmp_path / "footage", tmp_path / "out"
    if link == "folder":
        out.symlink_to(footage)
    else:
        out.mkdir()
        (out / "a_annotated.mp4").symlink_to(footage / "a_annotated.mp4")
    with pytest.raises(UsageError, match=r"out/a_annotated\.mp4 is an input: name another output"):
        plan([footage], output=out, kinds=VIDEO)
    assert len(plan([footage], output=out, kinds=TABLE).jobs) == 2


def test_an_input_is_not_written_over_through_a_link_among_other_inputs(tmp_path: Path) -> None:
    touch(tmp_path, "footage/a.mp4", "elsewhere/z.mp4")
    (tmp_path / "footage" / "a_annotated.mp4").symlink_to("../elsewhere/z.mp4")
    with pytest.raises(UsageError, match=r"footage/a_annotated\.mp4 is an input"):
        plan([tmp_path / "footage"], output=tmp_path / "footage", kinds=VIDEO)


def test_a_run_has_a_folder_where_a_folder_or_several_clips_were_named(tmp_path: Path) -> None:
    touch(tmp_path, "a.mp4")
    assert plan([tmp_path / "a.mp4"], output="out", kinds=VIDEO).folder is None
    assert plan([tmp_path], output="out", kinds=VIDEO).folder == Path("out")
    assert plan([tmp_path], output="x.mp4", kinds=VIDEO).folder is None
    assert plan(["a.mp4", "b.mp4"], output=None, kinds=VIDEO).folder == Path("outputs")


def test_a_job_is_sent_to_other_processes_as_it_is(tmp_path: Path) -> None:
    touch(tmp_path, "deep/a.mp4")
    [job] = plan([tmp_path], output="out", kinds=BOTH, recursive=True).jobs
    assert pickle.loads(pickle.dumps(job)) == job
    assert len(pickle.dumps(job)) < 1000


def test_a_clip_takes_some_hundred_bytes_of_a_plan(tmp_path: Path) -> None:
    touch(tmp_path, *(f"clip_{number:06d}.mp4" for number in range(500)))
    plan([tmp_path], output="out", kinds=BOTH)
    tracemalloc.start()
    try:
        made = plan([tmp_path], output="out", kinds=BOTH)
        assert tracemalloc.get_traced_memory()[0] / len(made.jobs) < 300
        assert tracemalloc.get_traced_memory()[1] / len(made.jobs) < 1000
    finally:
        tracemalloc.stop()


def test_a_slash_at_the_end_makes_a_folder_of_any_name() -> None:
    [job] = plan(["clip.mov"], output="results.2026/", kinds=VIDEO).jobs
    assert job.outputs["video"] == Path("results.2026/clip_annotated.mp4")
