from __future__ import annotations

from pathlib import Path

import pytest

from vidclf.core.wildcards import matching_files


@pytest.fixture(autouse=True)
def clips(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with four clips as the working folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "deep").mkdir()
    for name in ("b.mp4", "a.mp4", ".hidden.mp4", "deep/c.mp4", "[1].mp4"):
        (tmp_path / name).touch()


@pytest.mark.parametrize(
    ("named", "files"),
    [
        ("*.mp4", ["[1].mp4", "a.mp4", "b.mp4"]),
        ("?.mp4", ["a.mp4", "b.mp4"]),
        ("[ab].mp4", ["a.mp4", "b.mp4"]),
        ("deep/*", ["deep/c.mp4"]),
        ("**/c.mp4", ["deep/c.mp4"]),
        ("a.mp4", ["a.mp4"]),
        ("[1].mp4", ["[1].mp4"]),
        ("*.avi", ["*.avi"]),
        ("frame_%05d.png", ["frame_%05d.png"]),
        ("https://host/a.mp4?key=1", ["https://host/a.mp4?key=1"]),
    ],
)
def test_a_name_stands_for_what_a_shell_would_make_of_it(named: str, files: list[str]) -> None:
    assert matching_files(named) == files
