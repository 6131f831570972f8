"""Versions of packages, by the names of their folders."""

from __future__ import annotations

from importlib.metadata import distributions
from pathlib import Path

import pytest

from vidclf.core.installed import installed_version


def test_versions_are_those_that_python_tells() -> None:
    told = {found.name: found.version for found in distributions()}
    assert len(told) > 30
    assert {name: installed_version(name) for name in told} == told


def test_a_package_that_is_not_there_has_none() -> None:
    assert installed_version("no-such-package") is None


@pytest.mark.parametrize("asked", ["my-package", "my_package", "My.Package"])
def test_spellings_of_a_name_are_one(
    asked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "my_package-1.2.dist-info").mkdir()
    (tmp_path / "my_package_extra-3.dist-info").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    assert installed_version(asked) == "1.2"


def test_an_older_way_of_installing_is_found_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "old_package-1.4.egg-info").write_text("Name: old-package\nVersion: 1.4\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert installed_version("old-package") == "1.4"
