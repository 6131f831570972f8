"""Numbers beside labels are refused where they are not those of the outputs."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.label_files import write_label_file

from vidclf.errors import ModelError
from vidclf.models.labels.reading import read_labels


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.json", '{"cat": 1, "dog": 2}', "numbers begin at 1, but outputs are counted from 0"),
        ("a.txt", "1 cat\n2 dog", r"if 'cat' is the first, take 1 off each, or list the names"),
        ("a.txt", "2: dog\n1: cat", "numbers begin at 1"),
        ("a.csv", "id,name\n1,cat\n2,dog", "a.csv, column 'id': numbers begin at 1"),
        ("a.csv", "2,cat\n1,dog", "a.csv, column 1: numbers begin at 1"),
        ("a.json", '{"0": "a", "2": "b"}', "no label with the number 1: 2 labels need the numbers"),
        ("a.txt", "0 a\n2 b", "no label with the number 1: 2 labels need the numbers 0 to 1"),
        ("a.csv", "id,name\n0,a\n3,b\n2,c", "has no label with the number 1"),
        ("a.csv", "name,count\na,500\nb,300", "column 'count' has no label with the number 0"),
        ("a.csv", "id,name\n-1,a\n0,b", "has no label with the number 1"),
        ("a.json", '{"a": 0, "b": 0}', "has the number 0 twice: each output has one label"),
        ("a.csv", "id,name\n0,a\n1,b\n1,c", "has the number 1 twice"),
        ("a.csv", "id,name\n0,a\n,b\n", "column 'id', has '' among its numbers"),
        ("a.csv", "0,a\nx,b\n", "column 1, has 'x' among its numbers"),
        ("a.csv", "name,r,g\na,9,7\nb,8,6", r"several columns of numbers \(column 'r', column 'g'"),
    ],
)
def test_numbers_that_are_not_those_of_the_outputs(
    tmp_path: Path, name: str, content: str, message: str
) -> None:
    with pytest.raises(ModelError, match=message):
        read_labels(write_label_file(tmp_path, name, content))
