"""What every command of the table does alike; a new row of the table needs a line here."""

from __future__ import annotations

from pathlib import Path

import pytest

from vidclf.cli.app import main
from vidclf.cli.commands import COMMANDS

MISSING_FILE = {
    "annotate": (["gone.mp4"], "gone.mp4: no such file"),
    "predict": (["gone.mp4"], "gone.mp4: no such file"),
    "inspect": (["gone.mp4"], "gone.mp4: no such file"),
    "segments": (["gone.csv"], "cannot read the table gone.csv (No such file"),
    "smooth": (
        ["gone.csv", "--method", "majority", "--window", "1"],
        "cannot read the table gone.csv (No such file",
    ),
    "render": (["gone.csv"], "cannot read the table gone.csv (No such file"),
    "report": (["gone.csv"], "cannot read the table gone.csv (No such file"),
    "compare": (["gone.csv", "gone_too.csv"], "cannot read the table gone.csv (No such file"),
    "plot": (["gone.csv"], "cannot read the table gone.csv (No such file"),
    "join": (["gone.csv", "-o", "all.csv"], "cannot read the table gone.csv (No such file"),
    "recover": (["gone"], "gone: cannot be looked into (No such file"),
    "train": (["gone", "-o", "model.keras"], "gone: no such"),
    "evaluate": (["gone.csv", "true.csv"], "cannot read the table gone.csv (No such file"),
}
"""Command → arguments that name a file that is not there, and what is said of it."""
WITHOUT_FILES = ["serve", "cache"]
"""Commands that need no file of the user's."""


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder for each test."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_command_has_its_line() -> None:
    assert [*MISSING_FILE, *WITHOUT_FILES] == list(COMMANDS)


def test_the_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_info:
        main(["--help"])
    assert exit_info.value.code == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [words[0] for words in lines if words and words[0] in COMMANDS] == list(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_tells_of_the_command_by_example(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_info:
        main([command, "--help"])
    assert exit_info.value.code == 0
    told = capsys.readouterr().out
    assert told.startswith(f"usage: vidclf {command} ")
    assert f"examples:\n  vidclf {command} " in told


@pytest.mark.parametrize("command", COMMANDS)
def test_an_unknown_option_is_bad_usage(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments, _ = MISSING_FILE.get(command, ([], ""))
    with pytest.raises(SystemExit) as exit_info:
        main([command, *arguments, "--nonsense"])
    assert exit_info.value.code == 2
    assert "unrecognized arguments: --nonsense" in capsys.readouterr().err


@pytest.mark.parametrize("command", MISSING_FILE)
def test_without_arguments_it_says_what_it_needs(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_info:
        main([command])
    assert exit_info.value.code == 2
    assert "the following arguments are required" in capsys.readouterr().err


@pytest.mark.parametrize("command", MISSING_FILE)
def test_a_missing_file_is_one_line_and_leaves_nothing(
    command: str, capsys: pytest.CaptureFixture[str], elsewhere: Path
) -> None:
    arguments, message = MISSING_FILE[command]
    assert main([command, *arguments]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert message in told.err
    assert told.err.startswith("vidclf: ")
    assert told.err.count("\n") == 1
    assert not list(elsewhere.iterdir())


@pytest.mark.parametrize("command", MISSING_FILE)
def test_no_name_commands_the_terminal(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments, _ = MISSING_FILE[command]
    name = "a\x1b[2J\n\u202eb" + Path(arguments[0]).suffix
    assert main([command, name, *arguments[1:]]) == 1
    told = capsys.readouterr().err
    assert r"a\x1b[2J\n\u202eb" in told
    assert (told.count("\n"), told.isascii() or "\u202e" not in told) == (1, True)


def test_no_value_of_an_option_commands_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["annotate", "a.mp4", "--no-\x1b[2J"])
    assert r"--no-\x1b[2J" in capsys.readouterr().err


@pytest.mark.parametrize("command", MISSING_FILE)
def test_a_working_folder_that_was_removed_is_told(
    command: str, elsewhere: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    arguments, _ = MISSING_FILE[command]
    (elsewhere / "gone").mkdir()
    monkeypatch.chdir(elsewhere / "gone")
    (elsewhere / "gone").rmdir()
    assert main([command, *arguments]) == 1
    told = capsys.readouterr().err.splitlines()[-1]
    assert told.endswith("error: the folder that you are in was removed: go to another one (cd)")
