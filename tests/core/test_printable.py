from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidclf.core.printable import printable, printable_json, printable_lines

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=[]))


@given(ANY_TEXT)
def test_no_character_commands_the_terminal(text: str) -> None:
    shown = printable(text)
    assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")]
    assert not [c for c in shown if unicodedata.bidirectional(c) in ("RLO", "LRO", "RLE", "LRE")]


@pytest.mark.parametrize(
    "name", ["猫.mp4", "Žluťoučký kůň", "👩‍🔬.gif", "חתול", "a → b, 40 %", r"a\b"]
)
def test_names_in_any_script_stay_as_they_are(name: str) -> None:
    assert printable(name) == name


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]0;title\x07", r"\x1b]0;title\x07"),
        ("two\nlines\r", r"two\nlines\r"),
        ("\x9b31m", r"\x9b31m"),
        ("gpj\u202e.exe", r"gpj\u202e.exe"),
        ("caf\udce9", r"caf\xe9"),
    ],
)
def test_what_would_be_obeyed_is_shown_as_an_escape(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_the_lines_of_a_text_stay_lines() -> None:
    assert printable_lines("a\x1b\nb") == "a\\x1b\nb"


@given(st.lists(ANY_TEXT))
def test_json_keeps_its_meaning(texts: list[str]) -> None:
    shown = printable_json(json.dumps(texts, ensure_ascii=False, indent=2))
    assert json.loads(shown) == texts
    assert printable_lines(shown) == shown
