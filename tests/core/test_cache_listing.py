"""The cache is listed and emptied, whatever lies in its folder."""

from __future__ import annotations

from pathlib import Path

import pytest

import vidclf
from vidclf.cli.app import main
from vidclf.core.cache import CacheKey, use_cached
from vidclf.core.cache_upkeep import building_prefix


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("VIDCLF_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def fill(model: str = "cats", digest: str = "0") -> Path:
    key = CacheKey(kind="facts", model=model, digest=digest * 64, format=1)
    use_cached(
        key, build=lambda work: (work / "x").write_bytes(bytes(2000)) and None, use=lambda _: None
    )
    return key.folder


def test_the_cache_is_listed() -> None:
    fill("cats"), fill("dogs", "1")
    listing = vidclf.list_cache()
    assert {(entry.kind, entry.model) for entry in listing.entries} == {
        ("facts", "cats"),
        ("facts", "dogs"),
    }
    assert 4000 < listing.size < 6000


def test_the_command_tells_model_size_and_total(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    fill()
    assert main(["cache"]) == 0
    head, line, total = capsys.readouterr().out.splitlines()
    assert head.split() == ["kind", "model", "size", "last", "used"]
    assert line.split()[:4] == ["facts", "cats", "2.1", "kB"]
    assert total == f"{folder}: 1 folder, 2.1 kB"


def test_clearing_tells_what_was_freed(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    fill()
    assert main(["cache", "--clear"]) == 0
    assert capsys.readouterr().out == f"{folder}: removed 1 folder, 2.1 kB\n"
    assert not vidclf.list_cache().entries


@pytest.mark.parametrize("arguments", [["cache"], ["cache", "--clear"]])
def test_a_missing_cache_is_empty(
    arguments: list[str], capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    assert main(arguments) == 0
    assert "0 folders, 0 B" in capsys.readouterr().out
    assert not folder.exists()


def test_rubbish_is_listed_without_a_name_and_removed(folder: Path) -> None:
    place = fill()
    (place / "record.json").write_text("[]", encoding="utf-8")
    (folder / "facts" / f"{'1' * 32}_x").write_text("a file", encoding="utf-8")
    (folder / "openvino").write_text("a file", encoding="utf-8")
    assert [entry.model for entry in vidclf.list_cache().entries] == [None, None]
    assert len(vidclf.clear_cache().entries) == 2
    assert not vidclf.list_cache().entries


def test_what_is_not_ours_is_neither_listed_nor_removed(folder: Path) -> None:
    (folder / "facts" / "notes").mkdir(parents=True)
    (folder / "thesis.txt").touch()
    assert not vidclf.clear_cache().entries
    assert (folder / "facts" / "notes").exists()
    assert (folder / "thesis.txt").exists()


def test_a_link_is_removed_and_not_what_it_leads_to(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "file").touch()
    (folder / "facts").mkdir(parents=True)
    (folder / "facts" / f"{'1' * 32}_x").symlink_to(tmp_path / "precious")
    assert len(vidclf.clear_cache().entries) == 1
    assert (tmp_path / "precious" / "file").exists()


def test_what_is_being_made_stays(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "facts" / f"{building_prefix()}abc").mkdir(parents=True)
    assert main(["cache", "--clear"]) == 0
    assert "are being made at this moment" in capsys.readouterr().out
    assert len(vidclf.list_cache().entries) == 1
