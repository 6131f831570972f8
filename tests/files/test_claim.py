"""One run at a time writes a clip, and what a killed one left is removed by the next."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from helpers.killed_runs import NEW_NAMES, killed_run, write, writing_run

from vidclf.core.machine import machine_digest
from vidclf.errors import OutputBusyError, OutputError, OutputExistsError
from vidclf.files.claim import Claim, claim_path, remove_leftovers
from vidclf.files.staging import Staging
from vidclf.files.temporary_names import claim_name

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="has no such locks")

DAY_SECONDS = 24 * 3600
HIDDEN = ".a.1f2e3d4c-0.part.csv"
NOBODY = 65534


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a run left that was killed."""
    folder = tmp_path_factory.mktemp("left")
    killed_run(folder)
    return folder


@pytest.fixture
def killed(left: Path, tmp_path: Path) -> Path:
    """A folder with what a killed run left."""
    return Path(shutil.copytree(left, tmp_path / "killed"))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def lock_file(folder: Path) -> Path:
    return claim_name(folder / "a_manifest.json")


def hidden_files(folder: Path) -> list[Path]:
    return sorted(folder.glob(".*.part*"))


def make_again(folder: Path) -> None:
    """Run once more over the clip, with fewer outputs."""
    write(folder, ("a.csv", "a_manifest.json"), text="whole", overwrite=True)


def fail(path: Path) -> None:
    """Write a file, and fail."""
    with Staging() as staging:
        staging.add(path)
        raise RuntimeError


def remove_left(folder: Path) -> None:
    outputs = [folder / name for name in NEW_NAMES]
    remove_leftovers(outputs, record=folder / "a_manifest.json")


def say_of_another_machine(folder: Path, *, written_seconds_ago: float) -> None:
    """Let what a run left be that of another machine, written to some time ago."""
    lock = lock_file(folder)
    mine, other = f'"{machine_digest()}"', '"0123456789abcdef"'
    lock.write_text(lock.read_text().replace(mine, other))
    then = time.time() - written_seconds_ago
    for path in (lock, *hidden_files(folder)):
        os.utime(path, (then, then))


# --- two runs at once --------------------------------------------------------------------------


def test_a_second_run_is_refused_while_another_process_writes(tmp_path: Path) -> None:
    with writing_run(tmp_path) as process:
        before = names(tmp_path)
        with pytest.raises(OutputBusyError, match=r"a\.csv is being written by another run: wait"):
            make_again(tmp_path)
        remove_left(tmp_path)
        assert names(tmp_path) == before
        process.communicate()
    assert names(tmp_path) == sorted(NEW_NAMES)


def test_a_run_with_other_outputs_of_the_clip_is_refused_too(tmp_path: Path) -> None:
    record = tmp_path / "a_manifest.json"
    with Staging(record=record) as first:
        first.add(tmp_path / "a.mp4")
        with pytest.raises(OutputBusyError), Staging(record=record) as second:
            second.add(tmp_path / "a.csv")


def test_clips_beside_each_other_do_not_meet(tmp_path: Path) -> None:
    with Staging() as first:
        first.add(tmp_path / "a.csv").write_text("first")
        with Staging() as second:
            second.add(tmp_path / "b.csv").write_text("second")
    assert names(tmp_path) == ["a.csv", "b.csv"]


def test_long_names_that_begin_alike_have_claims_of_their_own(tmp_path: Path) -> None:
    with Staging() as first, Staging() as second:
        first.add(tmp_path / ("猫" * 60 + "_a.csv"))
        second.add(tmp_path / ("猫" * 60 + "_b.csv"))
        assert len([name for name in names(tmp_path) if name.endswith(".lock")]) == 2


def test_a_file_that_another_run_made_before_the_claim_is_not_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = Claim.take

    def take_late(path: Path) -> Claim:
        (tmp_path / "a.csv").write_text("theirs")
        return take(path)

    monkeypatch.setattr(Claim, "take", take_late)
    with pytest.raises(OutputExistsError):
        Staging().add(tmp_path / "a.csv")
    assert names(tmp_path) == ["a.csv"]


def test_a_lock_file_that_its_holder_removes_meanwhile_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    lock, path = fcntl.flock, claim_name(tmp_path / "a.csv")
    removals = iter([path.unlink])

    def lock_late(descriptor: int, operation: int) -> None:
        for remove in removals:
            remove()
        lock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", lock_late)
    claim = Claim.take(path)
    with pytest.raises(BlockingIOError):
        Claim.take(path)
    claim.release()


def test_a_folder_that_another_run_removes_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take, folder = Claim.take, tmp_path / "new"
    tries = iter([True, True, False])

    def take_late(path: Path) -> Claim:
        if next(tries):
            folder.rmdir()
        return take(path)

    monkeypatch.setattr(Claim, "take", take_late)
    with Staging() as staging:
        staging.add(folder / "a.csv").write_text("a")
    assert names(folder) == ["a.csv"]


# --- leftovers ---------------------------------------------------------------------------------


def test_the_next_run_removes_what_a_killed_one_left(tmp_path: Path) -> None:
    assert len(killed_run(tmp_path)) == len(NEW_NAMES) + 1
    make_again(tmp_path)
    assert names(tmp_path) == ["a.csv", "a_manifest.json"]


def test_what_a_worker_left_is_removed_for_it(killed: Path) -> None:
    (killed / "a.mp4").write_text("from before")
    remove_left(killed)
    assert names(killed) == ["a.mp4"]


def test_removing_leftovers_where_there_are_none_makes_nothing(tmp_path: Path) -> None:
    remove_left(tmp_path / "missing")
    remove_left(tmp_path)
    assert names(tmp_path) == []


def test_no_folder_is_listed(killed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a folder was listed")

    with monkeypatch.context() as patched:
        patched.setattr(os, "listdir", refuse)
        patched.setattr(os, "scandir", refuse)
        make_again(killed)
        with pytest.raises(RuntimeError):
            fail(killed / "new" / "b.csv")
    assert names(killed) == ["a.csv", "a_manifest.json"]


def test_files_that_are_not_noted_stay(killed: Path) -> None:
    others = [".a.1f2e3d4c-0.part.mp4", f"{hidden_files(killed)[0].name}~", ".b.1f2e3d4c.lock"]
    for name in others:
        (killed / name).write_text("mine")
    remove_left(killed)
    assert names(killed) == sorted(others)


@pytest.mark.parametrize("name", ["mine", "../mine", "/etc/mine", f".x/../../{HIDDEN}"])
def test_a_note_of_what_is_no_hidden_file_is_passed_over(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    (folder / ".x").mkdir(parents=True)
    for path in (folder / "mine", tmp_path / "mine", tmp_path / HIDDEN):
        path.write_text("mine")
    lock_file(folder).write_text(json.dumps([machine_digest(), name]))
    remove_left(folder)
    assert names(folder) == [".x", "mine"]
    assert names(tmp_path) == [HIDDEN, "mine", "out"]


@pytest.mark.parametrize("end", ['["0123', "\0\0\0", "7", "[[", "[" * 10_000, "\udcff"])
def test_a_note_that_was_cut_off_does_no_harm(end: str, killed: Path) -> None:
    with lock_file(killed).open("a", errors="surrogateescape") as file:
        file.write(f"\n{end}")
    make_again(killed)
    assert names(killed) == ["a.csv", "a_manifest.json"]


def test_a_note_behind_one_that_was_cut_off_is_read(killed: Path) -> None:
    text = lock_file(killed).read_text()
    lock_file(killed).write_text('\n["0123' + text)
    remove_left(killed)
    assert names(killed) == []


def test_what_a_run_left_whose_notes_were_lost_in_a_power_cut_is_removed(tmp_path: Path) -> None:
    killed_run(tmp_path)
    os.truncate(lock_file(tmp_path), 0)
    write(tmp_path, NEW_NAMES, text="whole", overwrite=True)
    assert names(tmp_path) == sorted(NEW_NAMES)


def test_what_cannot_be_removed_is_left_to_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlink = Path.unlink

    def refuse(path: Path, **options: bool) -> None:
        if path.exists() and path.suffix == ".csv":
            raise PermissionError
        unlink(path, **options)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", refuse)
        with pytest.raises(RuntimeError):
            fail(tmp_path / "a.csv")
    assert len(names(tmp_path)) == 2
    remove_leftovers([tmp_path / "a.csv"])
    assert names(tmp_path) == []


# --- of another machine ------------------------------------------------------------------------


@pytest.mark.parametrize("again", [make_again, remove_left])
def test_what_another_machine_may_still_write_stays(
    again: Callable[[Path], None], killed: Path
) -> None:
    say_of_another_machine(killed, written_seconds_ago=DAY_SECONDS - 600)
    before = names(killed)
    notes = lock_file(killed).read_text()
    again(killed)
    assert set(before) <= set(names(killed))
    assert lock_file(killed).read_text().startswith(notes)


@pytest.mark.parametrize("again", [make_again, remove_left])
def test_what_another_machine_left_a_day_ago_is_removed(
    again: Callable[[Path], None], killed: Path
) -> None:
    say_of_another_machine(killed, written_seconds_ago=DAY_SECONDS + 600)
    again(killed)
    assert not [name for name in names(killed) if name.startswith(".")]


def test_a_run_of_another_machine_that_writes_one_file_keeps_its_others(killed: Path) -> None:
    say_of_another_machine(killed, written_seconds_ago=DAY_SECONDS + 600)
    left = hidden_files(killed)
    left[0].touch()
    remove_left(killed)
    assert hidden_files(killed) == left


def test_the_age_is_told_by_the_clock_of_the_disk(
    killed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    say_of_another_machine(killed, written_seconds_ago=0)
    left = hidden_files(killed)
    monkeypatch.setattr(time, "time", lambda: 4e9)
    make_again(killed)
    assert hidden_files(killed) == left


def test_notes_of_another_machine_do_not_pile_up(killed: Path) -> None:
    say_of_another_machine(killed, written_seconds_ago=0)
    make_again(killed)
    for path in hidden_files(killed):
        path.unlink()
    make_again(killed)
    assert names(killed) == ["a.csv", "a_manifest.json"]


def test_a_machine_is_the_same_after_it_was_started_anew() -> None:
    watch = """if True:
        import sys
        opened = []
        sys.addaudithook(lambda event, values: opened.append(values[0]) if event == "open" else 0)
        from vidclf.core.machine import machine_digest
        print(machine_digest(), any("boot_id" in str(path) for path in opened))
    """
    answer = subprocess.run([sys.executable, "-c", watch], capture_output=True, check=True)
    assert answer.stdout.decode().split() == [str(machine_digest()), "False"]


# --- odd disks and users -----------------------------------------------------------------------


def test_without_locks_all_else_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with Staging() as first, Staging() as second:
        first.add(tmp_path / "a.csv").write_text("first")
        second.add(tmp_path / "b.csv").write_text("second")
    remove_left(tmp_path)
    assert names(tmp_path) == ["a.csv", "b.csv"]


@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir, lambda path: path.symlink_to("mine")])
def test_something_else_under_the_name_of_a_lock_is_told(
    make: Callable[[Path], object], tmp_path: Path
) -> None:
    make(lock_file(tmp_path))
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(OutputError, match=r"cannot write .*a\.csv \(.*\): choose another place"):
        make_again(tmp_path)
    remove_left(tmp_path)
    assert names(tmp_path) == sorted([lock_file(tmp_path).name, "mine"])


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can")
def test_what_another_users_killed_run_left_is_no_hindrance() -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        killed_run(folder)
        os.seteuid(NOBODY)
        try:
            make_again(folder)
        finally:
            os.seteuid(0)
        assert names(folder) == ["a.csv", "a_manifest.json"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can")
def test_another_users_live_run_is_told_as_such() -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        with writing_run(folder) as process:
            os.seteuid(NOBODY)
            try:
                with pytest.raises(OutputBusyError):
                    make_again(folder)
            finally:
                os.seteuid(0)
            process.communicate()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can")
def test_a_folder_that_may_not_be_written_to_is_told_as_such() -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        os.seteuid(NOBODY)
        try:
            with pytest.raises(OutputError, match=r"a\.csv \(Permission denied\): choose another"):
                make_again(folder)
        finally:
            os.seteuid(0)


def test_a_claim_that_is_given_back_leaves_nothing(tmp_path: Path) -> None:
    claim = Claim.take(claim_path(tmp_path / "a.csv", record=None))
    assert len(names(tmp_path)) == 1
    claim.release()
    assert names(tmp_path) == []
