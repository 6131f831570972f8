"""What `vidclf serve` refuses, and where its token comes from."""

from __future__ import annotations

import pytest

from vidclf.cli.app import main


def test_an_empty_token_is_not_taken_for_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--token", ""]) == 2
    assert capsys.readouterr().err.startswith("vidclf: error: --token: must be 8 or more letters")


def test_the_token_may_come_from_the_environment(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIDCLF_TOKEN", "short")
    assert main(["serve"]) == 2
    told = capsys.readouterr().err
    assert told.startswith("vidclf: error: --token: must be 8 or more letters")
    assert "short" not in told


def test_other_machines_are_not_let_in_unasked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--host", "0.0.0.0"]) == 2
    assert "--host 0.0.0.0 lets other machines in: give --token" in capsys.readouterr().err
