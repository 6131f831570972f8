"""The class of each label: what stands in the table, and what becomes of it by hand."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from vidclf.table.class_ids import class_ids
from vidclf.table.columns import FrameColumns

MODEL = ("cat", "dog", "cup", "sun")


def rows(*pairs: tuple[str, int], scored: tuple[str, ...] = ()) -> FrameColumns:
    table = pd.DataFrame(pairs, columns=["label", "class_id"])
    return FrameColumns(table.assign(**{f"score_{label}": 0.1 for label in scored}))


@given(st.lists(st.integers(0, 3), min_size=1), st.booleans())
def test_a_table_as_it_was_written_tells_its_classes(shown: list[int], has_scores: bool) -> None:
    table = rows(*((MODEL[i], i) for i in shown), scored=MODEL if has_scores else ())
    known = range(4) if has_scores else sorted(set(shown))
    assert class_ids(table) == {MODEL[i]: i for i in known}


def test_a_class_belongs_to_the_label_with_most_rows_of_it() -> None:
    corrected = rows(("dog", 0), ("cat", 0), ("cat", 0), ("dog", 1), ("dog", 1))
    assert class_ids(corrected) == {"cat": 0, "dog": 1}


def test_a_label_of_no_class_gets_one_behind_the_model_s() -> None:
    corrected = rows(("latte", 2), ("cup", 2), ("cup", 2))
    assert class_ids(corrected) == {"cup": 2, "latte": 3}
    assert class_ids(corrected, classes=1000) == {"cup": 2, "latte": 1000}
    assert class_ids(rows(("latte", 2), ("cup", 2), ("cup", 2), scored=MODEL))["latte"] == 4


def test_labels_without_class_ids_are_counted_as_they_come() -> None:
    assert class_ids(FrameColumns(pd.DataFrame({"label": ["b", "a", "b"]}))) == {"b": 0, "a": 1}
    assert class_ids(rows(("a", -1), ("b", 1))) == {"b": 1, "a": 2}


def test_scores_in_another_order_do_not_count() -> None:
    table = rows(("dog", 1), ("cup", 2), scored=("sun", "cup", "dog", "cat"))
    assert class_ids(table) == {"sun": 0, "dog": 1, "cup": 2, "cat": 3}


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(-1, 4)), min_size=1))
def test_no_two_shown_labels_share_a_class(pairs: list[tuple[str, int]]) -> None:
    ids = class_ids(rows(*pairs))
    assert len(set(ids.values())) == len(ids) == len({label for label, _ in pairs})
    assert min(ids.values()) >= 0
