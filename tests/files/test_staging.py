# ruff: noqa: PT012 - leaving a context by an exception from inside it is what is tested
from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from vidclf.errors import OutputError, OutputExistsError
from vidclf.files.staging import Staging
from vidclf.files.temporary_names import shown_path


def test_files_appear_together_at_the_end(tmp_path: Path) -> None:
    finals = [tmp_path / "new" / "deep" / name for name in ("a.mp4", "a.csv")]
    with Staging() as staging:
        for final in finals:
            staging.add(final).write_text(final.name)
        assert not any(final.exists() for final in finals)
    assert [final.read_text() for final in finals] == ["a.mp4", "a.csv"]
    assert len(list(finals[0].parent.iterdir())) == 2


def test_the_temporary_name_is_hidden_beside_the_final_one_and_keeps_its_suffix(
    tmp_path: Path,
) -> None:
    with pytest.raises(ZeroDivisionError), Staging() as staging:
        temporary = staging.add(tmp_path / "a.b.mp4")
        assert temporary.parent == tmp_path
        assert temporary.name.startswith(".")
        assert temporary.suffix == ".mp4"
        assert shown_path(temporary) == tmp_path / "a.b.mp4"
        _ = 1 / 0


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_an_exception_leaves_neither_files_nor_new_folders(
    error: type[BaseException], tmp_path: Path
) -> None:
    with pytest.raises(error), Staging() as staging:
        staging.add(tmp_path / "new" / "deep" / "a.mp4").write_text("half")
        raise error
    assert not list(tmp_path.iterdir())


def test_a_new_folder_that_got_other_files_stays(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), Staging() as staging:
        staging.add(tmp_path / "new" / "a.mp4")
        (tmp_path / "new" / "other").touch()
        raise RuntimeError
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["other"]


def test_an_existing_file_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_text("old")
    with pytest.raises(OutputExistsError, match=r"a\.mp4 exists already: give --overwrite"):
        Staging().add(tmp_path / "a.mp4")


def test_overwriting_keeps_the_old_file_until_the_end(tmp_path: Path) -> None:
    final = tmp_path / "a.mp4"
    final.write_text("old")
    with pytest.raises(RuntimeError), Staging(overwrite=True) as staging:
        staging.add(final).write_text("new")
        raise RuntimeError
    assert final.read_text() == "old"
    with Staging(overwrite=True) as staging:
        staging.add(final).write_text("new")
    assert final.read_text() == "new"


def test_a_file_that_came_up_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    with pytest.raises(OutputExistsError), Staging() as staging:
        staging.add(tmp_path / "b.csv").write_text("mine")
        staging.add(tmp_path / "a.mp4").write_text("mine")
        (tmp_path / "a.mp4").write_text("theirs")
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]
    assert (tmp_path / "a.mp4").read_text() == "theirs"


def test_a_failing_rename_takes_the_others_back(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot write"), Staging() as staging:
        staging.add(tmp_path / "a.csv").write_text("a")
        staging.add(tmp_path / "b.csv").unlink()
    assert not list(tmp_path.iterdir())


def test_a_failing_rename_brings_replaced_files_back(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("old")
    with pytest.raises(OutputError, match="cannot write"), Staging(overwrite=True) as staging:
        staging.add(tmp_path / "a.csv").write_text("new")
        staging.add(tmp_path / "b.csv").unlink()
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["a.csv", "b.csv"]
    assert [path.read_text() for path in sorted(tmp_path.iterdir())] == ["old", "old"]


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
@pytest.mark.parametrize("overwrite", [False, True])
def test_a_signal_between_the_renames_waits_until_all_are_done(
    name: str, overwrite: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = getattr(signal, name)
    renamed = Path.replace

    def rename(self: Path, target: Path) -> Path:
        signal.raise_signal(number)
        return renamed(self, target)

    monkeypatch.setattr(Path, "replace", rename)
    finals = [tmp_path / name for name in ("a.csv", "b.csv", "c.csv")]
    for final in finals if overwrite else []:
        final.write_text("old")
    handler = signal.signal(number, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt), Staging(overwrite=overwrite) as staging:
            for final in finals:
                staging.add(final).write_text("new")
    finally:
        signal.signal(number, handler)
    assert sorted(tmp_path.iterdir()) == finals
    assert [final.read_text() for final in finals] == ["new"] * 3


def test_a_signal_while_files_are_removed_after_an_error_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlinked = Path.unlink

    def unlink(self: Path, **options: Any) -> None:
        signal.raise_signal(signal.SIGINT)
        unlinked(self, **options)

    with pytest.raises(KeyboardInterrupt), Staging() as staging:
        for name in ("a.csv", "b.csv"):
            staging.add(tmp_path / "new" / name).write_text("half")
        monkeypatch.setattr(Path, "unlink", unlink)
        raise RuntimeError
    assert not list(tmp_path.iterdir())


def test_files_appear_from_any_thread(tmp_path: Path) -> None:
    def write() -> None:
        with Staging() as staging:
            staging.add(tmp_path / "a.csv").write_text("a")

    thread = Thread(target=write)
    thread.start()
    thread.join()
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_long_names_that_begin_alike_do_not_meet(tmp_path: Path) -> None:
    finals = [tmp_path / ("x" * 60 + f"_{kind}.csv") for kind in ("predictions", "segments")]
    with Staging() as staging:
        for final in finals:
            staging.add(final).write_text(final.name)
    assert [final.read_text() for final in finals] == [final.name for final in finals]


def test_one_name_for_two_outputs_is_refused(tmp_path: Path) -> None:
    with Staging() as staging:
        staging.add(tmp_path / "a.mp4")
        with pytest.raises(OutputError, match="two outputs would be written"):
            staging.add(tmp_path / "a.mp4")


def test_a_folder_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="is a folder"):
        Staging(overwrite=True).add(tmp_path)


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"cannot write .*a\.mp4 .*choose another place with -o"):
        Staging().add(tmp_path / "file" / "a.mp4")


def test_a_long_name_of_wide_letters_still_fits(tmp_path: Path) -> None:
    final = tmp_path / ("猫" * 80 + ".mp4")
    with Staging() as staging:
        staging.add(final).write_text("a")
    assert final.exists()


@pytest.mark.parametrize("folder", ["", "new"])
def test_a_name_too_long_for_the_disk_is_refused_at_once(folder: str, tmp_path: Path) -> None:
    final = tmp_path / folder / ("x" * 251 + "_annotated.mp4")
    with pytest.raises(OutputError, match=r"a name of 265 bytes is too long here; .* -o$"):
        Staging().add(final)
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform != "linux", reason="names are Unicode elsewhere")
def test_a_name_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"caf\\udce9\.mp4: .* not UTF-8; .* -o$"):
        Staging().add(tmp_path / os.fsdecode(b"caf\xe9.mp4"))
