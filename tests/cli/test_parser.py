"""What the command says to words that it does not know."""

from __future__ import annotations

from pathlib import Path

import pytest

from vidclf.cli.app import main


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["anotate", "x.mp4"], "no command is called anotate: did you mean annotate?"),
        (["x.mp4"], "x.mp4 is no command: did you mean vidclf annotate x.mp4?"),
        (["x y.mp4"], "x y.mp4 is no command: did you mean vidclf annotate 'x y.mp4'?"),
        (["dance"], "no command is called dance: there are annotate, predict, inspect"),
        (["--gif", "x.mp4"], "--gif stands where a command should: vidclf annotate clip.mp4 --gif"),
        (["annotate", "x.mp4", "--stile", "card"], "--stile card: did you mean --style?"),
        (["annotate", "x.mp4", "--outptu=a"], "--outptu=a: did you mean --output=a?"),
        (["annotate", "x.mp4", "-overwrite"], "-overwrite: did you mean --overwrite?"),
        (["annotate", "x.mp4", "—gif"], "—gif begins with a printed dash: type --gif"),
        (["segments", "x.csv", "--treshold", "1"], "did you mean --threshold?"),
    ],
)
def test_what_was_probably_meant_is_named(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_info:
        main(words)
    assert exit_info.value.code == 2
    assert message in capsys.readouterr().err


def test_an_option_unlike_any_gets_no_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["annotate", "x.mp4", "--zzz"])
    assert capsys.readouterr().err.endswith("unrecognized arguments: --zzz\n")


def test_an_unknown_option_is_told_with_the_usage_of_its_command(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["annotate", "x.mp4", "--zzz"])
    assert capsys.readouterr().err.startswith("usage: vidclf annotate INPUT... [options]\n")


def test_alone_it_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_info:
        main([])
    assert exit_info.value.code == 2
    told = capsys.readouterr().err
    assert "examples:\n  vidclf annotate clip.mp4 --gif" in told
    assert told.endswith("name a command, such as vidclf annotate clip.mp4\n")


def test_words_after_two_hyphens_are_names_of_files(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["inspect", "--", "-labels.mp4"]) == 1
    assert "-labels.mp4: no such file" in capsys.readouterr().err
