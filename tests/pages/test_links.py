"""Addresses of files beside a page."""

from __future__ import annotations

from pathlib import Path

from vidclf.pages.links import relative_link


def test_a_file_is_named_from_the_page(tmp_path: Path) -> None:
    assert relative_link(tmp_path / "a b" / "é.png", tmp_path / "page") == "../a%20b/%C3%A9.png"


def test_a_name_may_be_any_bytes(tmp_path: Path) -> None:
    assert relative_link(tmp_path / "\udcff.png", tmp_path) == "%FF.png"
