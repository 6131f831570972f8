"""Labels are found in tables, whatever their columns are called."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.label_files import write_label_file

from vidclf.models.labels.reading import read_labels

FOUR = ("qux", "bar", "baz", "foo")


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("cat\ndog\n", ("cat", "dog")),
        ("name\ncat\ndog\n", ("cat", "dog")),
        ("label\n0\n1\n", ("0", "1")),
        ("title\nfooter\n", ("title", "footer")),
        ("cat,dog,bird,cow\n", ("cat", "dog", "bird", "cow")),
        ("0,1,2,3\n", ("0", "1", "2", "3")),
        ("0,cat\n", ("cat",)),
        ("yes,ja\nno,nein\n", ("yes", "no")),
        ('id,label,color\n0,"cat, big",red\n1,dog,blue\n', ("cat, big", "dog")),
        ("id,label,color\n0,7,red\n1,dog,blue\n", ("7", "dog")),
        ("label,color\ncat,red\n", ("cat",)),
        ("wnid,name\nn01,tench\nn02,shark\n", ("tench", "shark")),
        ('"name, long";"n"\r\n"cat, big";1\r\n"dog, small";0\r\n', ("dog, small", "cat, big")),
    ],
)
def test_tables(tmp_path: Path, text: str, labels: tuple[str, ...]) -> None:
    assert read_labels(write_label_file(tmp_path, "a.csv", text)) == labels


@pytest.mark.parametrize(
    "text",
    [
        "3,foo\n1,bar\n2,baz\n0,qux\n",
        "foo,3\nbar,1\nbaz,2\nqux,0\n",
        "class_id,name\n3,foo\n1,bar\n2,baz\n0,qux\n",
        "name,index\nfoo,3\nbar,1\nbaz,2\nqux,0\n",
        "ClassId,SignName\n3,foo\n1,bar\n2,baz\n0,qux\n",
        "nummer,tier\n3,foo\n1,bar\n2,baz\n0,qux\n",
        "class,name\n3,foo\n1,bar\n2,baz\n0,qux\n",
        "class,id\nfoo,3\nbar,1\nbaz,2\nqux,0\n",
        ",id,name\n0,3,foo\n1,1,bar\n2,2,baz\n3,0,qux\n",
        "id,name\n3.0,foo\n1.0,bar\n2.0,baz\n0.0,qux\n",
        "id,pictures,name\n3,80,foo\n1,9,bar\n2,0,baz\n0,9,qux\n",
        "foo,3,70\nbar,1,80\nbaz,2,90\nqux,0,100\n",
        "id,name,\n3,foo,\n1,bar,\n2,baz,\n0,qux,\n",
        "\ufeffid;name\r\n3;foo\r\n1;bar\r\n2;baz\r\n0;qux\r\n",
        "id\tname\n3\tfoo\n1\tbar\n2\tbaz\n0\tqux\n",
    ],
)
def test_the_column_of_numbers_is_the_order(tmp_path: Path, text: str) -> None:
    assert read_labels(write_label_file(tmp_path, "a.csv", text)) == FOUR


def test_tsv(tmp_path: Path) -> None:
    assert read_labels(write_label_file(tmp_path, "a.tsv", "1\tdog\n0\tcat, big\n")) == (
        "cat, big",
        "dog",
    )
