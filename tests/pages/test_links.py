"""Addresses of files beside a page."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from vidclf.pages.links import relative_link


@pytest.mark.parametrize(
    ("path", "link"),
    [
        ("/data/pages/a.png", "a.png"),
        ("/data/birds/a b#1.png", "../birds/a%20b%231.png"),
        (os.fsdecode(b"/data/pages/caf\xe9.png"), "caf%E9.png"),
    ],
)
def test_a_link_leads_from_the_page_to_the_file(path: str, link: str) -> None:
    assert relative_link(Path(path), Path("/data/pages")) == link
