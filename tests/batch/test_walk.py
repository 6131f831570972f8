"""Folders: what lies in them, what links lead to, and what cannot be looked into."""

from __future__ import annotations

import json
import os
from pathlib import Path

import av
import pytest
from helpers.trees import names, touch, unreadable

import vidclf
import vidclf.batch.run  # now, as nobody may not read the library
from vidclf.batch.plan import Plan, plan
from vidclf.errors import SourceError
from vidclf.sinks.signature import sign


def planned(*inputs: Path | str, output: Path | str = "out", recursive: bool = True) -> Plan:
    return plan(inputs, output=output, kinds={"video"}, recursive=recursive)


def signed_video(path: Path) -> None:
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=25)
        sign(stream)
        container.mux(stream.encode(av.VideoFrame(32, 32, "yuv420p")))
        container.mux(stream.encode(None))


def test_clips_come_in_the_order_of_their_paths_part_by_part(tmp_path: Path) -> None:
    touch(tmp_path, "b.mp4", "a-b.mp4", "a/z.mp4", "B.mp4", "a/b/c.mp4", "a/b.mp4", "a.mp4")
    places = [path.relative_to(tmp_path) for path in sorted(tmp_path.rglob("*.mp4"))]
    assert names(planned(tmp_path)) == [place.as_posix() for place in places]


def test_a_folder_may_be_called_like_a_video(tmp_path: Path) -> None:
    touch(tmp_path, "a.mp4/b.mp4", "c.mp4")
    assert names(planned(tmp_path)) == ["a.mp4/b.mp4", "c.mp4"]
    assert names(planned(tmp_path, recursive=False)) == ["c.mp4"]


def test_a_folder_that_cannot_be_read_costs_its_own_clips_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    touch(tmp_path, "footage/a.mp4", "footage/private/b.mp4", "footage/z/c.mp4")
    monkeypatch.chdir(tmp_path)
    tmp_path.chmod(0o755)
    with unreadable(tmp_path / "footage" / "private"):
        found = planned("footage")
    assert names(found) == ["a.mp4", "z/c.mp4"]
    [(name, error)] = found.faults
    assert (name, str(error)) == (
        "footage/private",
        "footage/private cannot be read (Permission denied): its clips are left out; "
        "change its permissions, or name the clips",
    )


def test_the_lost_and_found_of_a_disk_holds_no_clips(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    touch(tmp_path, "disk/a.mp4", "disk/lost+found/#12")
    monkeypatch.chdir(tmp_path)
    tmp_path.chmod(0o755)
    with unreadable(tmp_path / "disk" / "lost+found"):
        assert not planned("disk").faults


def test_a_named_folder_that_cannot_be_read_is_no_clip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    touch(tmp_path, "private/b.mp4")
    monkeypatch.chdir(tmp_path)
    tmp_path.chmod(0o755)
    with unreadable(tmp_path / "private"):
        found = planned("private")
        assert (len(found.jobs), found.folder) == (0, Path("out"))
        with pytest.raises(SourceError, match=r"private cannot be read \(Permission denied\)"):
            vidclf.annotate("private", output="out")


def test_links_to_folders_above_are_no_circles(tmp_path: Path) -> None:
    touch(tmp_path, "footage/a.mp4", "footage/deep/b.mp4", "other/c.mp4")
    footage = tmp_path / "footage"
    (footage / "again").symlink_to(footage, target_is_directory=True)
    (footage / "deep" / "up").symlink_to(tmp_path, target_is_directory=True)
    (footage / "itself").symlink_to(footage / "itself")
    found = planned(footage)
    assert (names(found), found.faults) == (["a.mp4", "deep/b.mp4"], [])


def test_folders_that_link_to_each_other_are_gone_through_once(tmp_path: Path) -> None:
    touch(tmp_path, "footage/a.mp4", "one/b.mp4", "two/c.mp4")
    (tmp_path / "footage" / "one").symlink_to(tmp_path / "one")
    (tmp_path / "one" / "two").symlink_to(tmp_path / "two")
    (tmp_path / "two" / "one").symlink_to(tmp_path / "one")
    assert names(planned(tmp_path / "footage")) == ["a.mp4", "one/b.mp4", "one/two/c.mp4"]


def test_links_are_followed_in_the_order_of_their_names(tmp_path: Path) -> None:
    order = ["d", "b", "f", "a", "e", "c", "g"]
    touch(tmp_path, *(f"elsewhere/{name}/1.mp4" for name in order), "footage/z.mp4")
    for name in order:
        (tmp_path / "footage" / name).symlink_to(tmp_path / "elsewhere" / name)
    found = names(planned(tmp_path / "footage"))
    assert found == ["z.mp4", *(f"{name}/1.mp4" for name in sorted(order))]


def test_files_behind_the_links_of_git_annex_are_no_clips_of_their_own(tmp_path: Path) -> None:
    touch(tmp_path, ".git/annex/objects/SHA256E-1f.mp4/SHA256E-1f.mp4", ".Trash-1000/b.mp4")
    (tmp_path / "a.mp4").symlink_to(".git/annex/objects/SHA256E-1f.mp4/SHA256E-1f.mp4")
    assert names(planned(tmp_path)) == ["a.mp4"]


def test_what_a_link_leads_to_is_called_by_its_own_place(tmp_path: Path) -> None:
    touch(tmp_path, "day_3/a.mp4", "day_3/deep/b.mp4")
    (tmp_path / "current").symlink_to("day_3")
    touch(tmp_path, "best/of/notes.txt")
    (tmp_path / "best" / "of" / "all.mp4").symlink_to(tmp_path / "day_3" / "a.mp4")
    assert names(planned(tmp_path)) == ["day_3/a.mp4", "day_3/deep/b.mp4"]


def test_a_link_to_a_clip_that_is_gone_is_a_clip_that_fails(tmp_path: Path) -> None:
    touch(tmp_path, "a.mp4")
    (tmp_path / "gone.mp4").symlink_to(tmp_path / "disk" / "gone.mp4")
    os.mkfifo(tmp_path / "pipe.mp4")
    assert names(planned(tmp_path)) == ["a.mp4", "gone.mp4"]


def test_a_name_that_is_no_utf_8_does_not_stop_the_others(tmp_path: Path) -> None:
    touch(tmp_path, "a.mp4", os.fsdecode(b"b\xe9.mp4"), os.fsdecode(b"\xff/c.mp4"))
    jobs = planned(tmp_path).jobs
    assert [os.fsencode(job.name) for job in jobs] == [b"a.mp4", b"b\xe9.mp4", b"\xff/c.mp4"]
    assert all(job.source.path.exists() for job in jobs)


def test_a_folder_of_outputs_below_the_clips_is_left_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    touch(tmp_path, "a.mp4", "results/a_manifest.json", "results/a_annotated.mp4")
    assert names(planned(tmp_path, output=tmp_path / "results")) == ["a.mp4"]
    assert not caplog.records


def test_videos_of_ones_own_in_the_folder_of_outputs_are_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    touch(tmp_path, "a.mp4", "results/deep/a_annotated.mp4", "results/b.mp4")
    (tmp_path / "link").symlink_to(tmp_path / "results")
    assert names(planned(tmp_path, output=tmp_path / "link")) == ["a.mp4"]
    [record] = caplog.records
    assert record.getMessage().startswith(f"{tmp_path / 'results'} is where outputs go: videos in")


def test_a_signed_video_in_the_folder_of_outputs_is_none_of_ones_own(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    touch(tmp_path, "a.mp4")
    results = tmp_path / "results"
    results.mkdir()
    signed_video(results / "without_a_manifest.mp4")
    assert names(planned(tmp_path, output=results)) == ["a.mp4"]
    assert not caplog.records


def test_a_clip_whose_results_lie_beside_it_is_not_taken_for_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its manifest tells: the file is signed, as clips are that another run rendered."""
    monkeypatch.chdir(tmp_path)
    for name, source in (("a", "a.mp4"), ("b", "elsewhere/b.mp4"), ("c", 7)):
        signed_video(tmp_path / f"{name}.mp4")
        (tmp_path / f"{name}_manifest.json").write_text(json.dumps({"source": source}))
    (tmp_path / "c_manifest.json").write_text("[" * 100_000)
    assert names(planned(".", output=".")) == ["a.mp4"]


def test_a_folder_of_outputs_may_be_that_of_the_clips_or_above_it(tmp_path: Path) -> None:
    touch(tmp_path, "day/a.mp4", "day/a_manifest.json", "day/a_annotated.mp4")
    for output in (tmp_path, tmp_path / "day"):
        assert names(planned(tmp_path / "day", output=output)) == ["a.mp4"]


def test_a_folder_of_pictures_with_its_outputs_inside_stays_a_clip(tmp_path: Path) -> None:
    touch(tmp_path, "1.png", "2.png", "out/x_annotated.mp4")
    [job] = planned(tmp_path, output=tmp_path / "out").jobs
    assert job.source.path == tmp_path
