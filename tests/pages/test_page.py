"""A page is one file, and what it shows stays text."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest
from helpers.html_pages import HtmlPage
from hypothesis import given
from hypothesis import strategies as st

from vidclf.pages.page import PageParts, as_json, make_page

PACKAGE = Path(__file__).parents[2] / "vidclf"
BARE = PageParts(package="vidclf.pages", scripts=(), styles=())


@given(st.text(st.characters(codec="utf-8")))
def test_text_in_a_script_is_no_markup(text: str) -> None:
    encoded = as_json({"label": text})
    assert not set(encoded) & set("<>&\u2028\u2029")
    assert json.loads(encoded)["label"] == text


def test_a_title_is_no_markup() -> None:
    assert "<title>&lt;/title&gt;&lt;b&gt;</title>" in make_page({}, BARE, title="</title><b>")


def test_the_policy_allows_this_script_and_style_and_no_address() -> None:
    text = make_page({}, BARE, title="")
    page = HtmlPage(text)
    for content in (page.scripts[""], *page.styles):
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in page.policy
    assert page.policy.startswith("default-src 'none'; ")
    assert "unsafe" not in page.policy


@pytest.mark.parametrize(
    "script", sorted(PACKAGE.glob("*/assets/*.js")), ids=lambda path: path.name
)
def test_no_script_writes_markup_or_names_an_address(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    assert ".innerHTML" not in text
    assert set(re.findall(r"https?://[\w./]+", text)) <= {"http://www.w3.org/2000/svg"}
