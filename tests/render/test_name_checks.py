"""Names that a user gives, hides or asks for: which are refused, and with what remedy."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from helpers.tables_of_clips import class_table, written

from vidclf.errors import UsageError
from vidclf.render.name_checks import checked_names
from vidclf.table.table import Table, open_table


@pytest.fixture
def ranked(clip: Path, tmp_path: Path) -> Table:
    others = (("dog", 0.15), ("sun", 0.05))
    return open_table(class_table(clip, tmp_path / "ranked", ["cat", "cup", "cat"], others=others))


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"rename": {"cta": "x"}}, r"--rename 'cta': the table .* has no such label; it has 'cat'"),
        ({"hide": ["wolf"]}, r"--hide 'wolf': .* has no such label"),
        ({"only": ["wolf"]}, r"--only 'wolf': .* it has 'cat', 'cup', 'dog', 'sun'$"),
    ],
)
def test_unknown_labels_are_refused(ranked: Table, options: dict, complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        checked_names(ranked, **{"rename": {}, "hide": [], "only": [], **options})


def test_values_are_renamed_and_hidden_too(clip: Path, tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"video": "a", "frame": [0], "timestamp": [0.0], "value_x": [1.0], "value_y": [2.0]}
    )
    table = open_table(written(clip, tmp_path, frame))
    names = checked_names(table, rename={"y": "time"}, hide=["x"], only=[])
    assert [names.display_name(name) for name in "xy"] == [None, "time"]
    with pytest.raises(UsageError, match="no value would be left"):
        checked_names(table, rename={}, hide=["x", "y"], only=[])


def test_two_values_never_share_a_name(clip: Path, tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"video": "a", "frame": [0], "timestamp": [0.0], "value_x": [1.0], "value_y": [2.0]}
    )
    table = open_table(written(clip, tmp_path, frame))
    with pytest.raises(UsageError, match=r"--rename y=x: two values would be called 'x'"):
        checked_names(table, rename={"y": "x"}, hide=[], only=[])
    exchanged = checked_names(table, rename={"y": "x", "x": "y"}, hide=[], only=[])
    assert [exchanged.display_name(name) for name in "xy"] == ["y", "x"]
    alone = checked_names(table, rename={"y": "z"}, hide=["x"], only=[])
    assert [alone.display_name(name) for name in "xy"] == [None, "z"]
