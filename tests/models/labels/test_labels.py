"""Label files: read in the order of the outputs, or refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.tiny_model import COLOURS

from vidclf.errors import ModelError
from vidclf.models import open_model
from vidclf.models.labels.reading import read_labels, split_unit
from vidclf.settings import ModelSettings

FOUR = ("qux", "bar", "baz", "foo")


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_labels_are_taken_from_a_file(tiny_model: Path) -> None:
    info = open_model(
        tiny_model, settings=ModelSettings(labels=tiny_model.with_name("tiny.txt"))
    ).info
    assert info.labels == COLOURS


@pytest.mark.parametrize("name", ["labels.txt", "model.labels.txt", "model_labels.txt"])
def test_labels_beside_the_file_are_found(tmp_path: Path, tiny_model: Path, name: str) -> None:
    path = tmp_path / "model.keras"
    path.write_bytes(tiny_model.read_bytes())
    (tmp_path / name).write_text("\n".join(COLOURS), encoding="utf-8")
    info = open_model(path).info
    assert info.labels == COLOURS
    assert info.evidence["labels"] == str(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "text", "labels"),
    [
        ("a.txt", "cat\n\n dog \n", ("cat", "dog")),
        ("bom.txt", "\ufeffcat\ndog", ("cat", "dog")),
        ("empty.txt", "", ()),
        ("teachable.txt", "0 Class 1\n1 Class 2\n", ("Class 1", "Class 2")),
        ("shuffled.txt", "1 dog\n0 cat\n", ("cat", "dog")),
        ("points.txt", "1. dog\n0. cat\n", ("cat", "dog")),
        ("colons.txt", "1:dog\n0: cat\n", ("cat", "dog")),
        ("numbers.txt", "7 up\n9 to 5\n", ("7 up", "9 to 5")),
        ("one.txt", "1 direction\n", ("1 direction",)),
        ("fingers.txt", "1 finger\n0 fingers\n2 fingers", ("1 finger", "0 fingers", "2 fingers")),
        ("digits.txt", "1\n2\n3\n", ("1", "2", "3")),
    ],
)
def test_texts(tmp_path: Path, name: str, text: str, labels: tuple[str, ...]) -> None:
    assert read_labels(written(tmp_path, name, text)) == labels


@pytest.mark.parametrize(
    ("name", "text", "labels"),
    [
        ("a.json", '["Katze", "Hündin"]', ("Katze", "Hündin")),
        ("digits.json", "[0, 1]", ("0", "1")),
        ("fingers.json", '["1 finger", "2 fingers"]', ("1 finger", "2 fingers")),
        ("indices.json", '{"dog": 1, "cat": 0}', ("cat", "dog")),
        ("index.json", '{"1": "dog", "0": "cat"}', ("cat", "dog")),
        ("imagenet.json", '{"0": ["n1", "great_auk"], "1": ["n2", "emu"]}', ("great auk", "emu")),
    ],
)
def test_json(tmp_path: Path, name: str, text: str, labels: tuple[str, ...]) -> None:
    assert read_labels(written(tmp_path, name, text)) == labels


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
    assert read_labels(written(tmp_path, "a.csv", text)) == labels


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
    assert read_labels(written(tmp_path, "a.csv", text)) == FOUR


def test_tsv(tmp_path: Path) -> None:
    assert read_labels(written(tmp_path, "a.tsv", "1\tdog\n0\tcat, big\n")) == ("cat, big", "dog")


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
        read_labels(written(tmp_path, name, content))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("b.json", "[", "not JSON"),
        ("b.json", "[" * 100_000, "not JSON"),
        ("b.json", '"cat"', 'holds "cat" and should hold names: a JSON list'),
        ("b.json", '["cat", null]', "number 1, holds null and should hold names"),
        ("b.json", '{"cat": 0, "dog": 1.5}', r'holds {"dog": 1.5} and .* with whole numbers'),
        ("b.json", '{"0": "cat", "1": null}', "number 1, holds null"),
        ("c.txt", "cat\ncat\n", "names the label 'cat' twice"),
        ("f.json", '["cat", " "]', "has no name in place 1: every output needs one"),
        ("g.csv", "label,color\ncat,red\n,blue\n", "has no name in place 1"),
        ("e.csv", "0,cat\n1\n", "rows of different lengths, 1 to 2 cells"),
        ("e.csv", "cat, big\ndog\n", 'put names with commas in quotes, as "cat, big"'),
        ("e.csv", "x" * 200_000, "cannot read .*e.csv as CSV"),
        ("d.txt", b"\xff\xfe\x00", "save it as UTF-8"),
        ("", "", "cannot read labels from"),
    ],
)
def test_label_files_that_are_wrong(
    tmp_path: Path, name: str, content: str | bytes, message: str
) -> None:
    path = written(tmp_path, name, content) if name else tmp_path / "missing.txt"
    with pytest.raises(ModelError, match=message):
        read_labels(path)


def test_too_few_labels_show_both_counts(tmp_path: Path, tiny_model: Path) -> None:
    path = written(tmp_path, "three.txt", "a\nb\nc\n")
    with pytest.raises(ModelError, match="holds 3 labels but the model has 4 outputs"):
        open_model(tiny_model, settings=ModelSettings(labels=path))


def test_units_are_split_from_names() -> None:
    assert split_unit("speed [m/s]") == ("speed", "m/s")
    assert split_unit("gear") == ("gear", "")
