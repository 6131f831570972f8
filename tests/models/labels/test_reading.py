"""Label files are read in the order of the outputs, or refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.label_files import write_label_file
from helpers.tiny_model import COLOURS

from vidclf.errors import ModelError
from vidclf.models import open_model
from vidclf.models.labels.checks import split_unit
from vidclf.models.labels.reading import read_labels
from vidclf.settings import ModelSettings


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
        ("line.txt", "cat, dog, bird\n", ("cat", "dog", "bird")),
        ("numbered_line.txt", "1 dog, 0 cat", ("cat", "dog")),
        ("number.txt", "0, cat", ("cat",)),
        ("quoted.txt", "'cat, big', \"dog's\",", ("cat, big", "dog's")),
        ("units.txt", "speed [m/s], gear", ("speed [m/s]", "gear")),
        ("commas.txt", "'cat',\n'dog',\n'bird'\n", ("cat", "dog", "bird")),
        ("list.txt", "['cat', 'dog']\n", ("cat", "dog")),
        ("json.txt", '[\n  "K\\u00e4tzchen",\n  "dog"\n]\n', ("Kätzchen", "dog")),
        ("bare.txt", "[cat, dog]", ("cat", "dog")),
        ("mapping.txt", "{'dog': 1, 'cat': 0}", ("cat", "dog")),
        ("numbers.txt", "{1: 'dog',\n 0: 'cat'}", ("cat", "dog")),
        ("in_brackets.txt", "[background]\ncat\n[other]", ("[background]", "cat", "[other]")),
        ("crlf.txt", "cat\r\ndog\r\n", ("cat", "dog")),
    ],
)
def test_texts(tmp_path: Path, name: str, text: str, labels: tuple[str, ...]) -> None:
    assert read_labels(write_label_file(tmp_path, name, text)) == labels


@pytest.mark.parametrize(
    ("name", "text", "labels"),
    [
        ("a.json", '["Katze", "Hündin"]', ("Katze", "Hündin")),
        ("digits.json", "[0, 1]", ("0", "1")),
        ("fingers.json", '["1 finger", "2 fingers"]', ("1 finger", "2 fingers")),
        ("indices.json", '{"dog": 1, "cat": 0}', ("cat", "dog")),
        ("index.json", '{"1": "dog", "0": "cat"}', ("cat", "dog")),
        ("texts.json", '{"dog": "1", "cat": "0"}', ("cat", "dog")),
        ("labels.json", '{"labels": ["cat", "dog"]}', ("cat", "dog")),
        ("classes.json", '{"version": 2, "classes": {"1": "dog", "0": "cat"}}', ("cat", "dog")),
        ("named_labels.json", '{"labels": 0, "names": 1}', ("labels", "names")),
        ("objects.json", '[{"id": 1, "name": "dog"}, {"id": 0, "name": "cat"}]', ("cat", "dog")),
        ("plain.json", '[{"title": "cat"}, {"title": "dog"}]', ("cat", "dog")),
        (
            "coco.json",
            '{"images": [], "categories": [{"supercategory": "pet", "id": 0, "name": "cat; big"}, '
            '{"supercategory": "pet", "id": 1, "name": "dog; big"}]}',
            ("cat; big", "dog; big"),
        ),
        ("imagenet.json", '{"0": ["n1", "great_auk"], "1": ["n2", "emu"]}', ("great auk", "emu")),
    ],
)
def test_json(tmp_path: Path, name: str, text: str, labels: tuple[str, ...]) -> None:
    assert read_labels(write_label_file(tmp_path, name, text)) == labels


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.json", "a.yaml"])
def test_encodings_that_say_what_they_are(tmp_path: Path, name: str, encoding: str) -> None:
    texts = {"a.json": '["Kätzchen", "犬"]', "a.yaml": "names: [Kätzchen, 犬]"}
    text = texts.get(name, "Kätzchen\r\n犬\r\n")
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    path = write_label_file(tmp_path, name, (mark + text).encode(encoding))
    assert read_labels(path) == ("Kätzchen", "犬")


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
        ("d.txt", "Kätzchen\nHund".encode("cp1252"), r"is not UTF-8.*iconv -f WINDOWS-1252"),
        ("d.txt", "cat\ndog".encode("utf-16-le"), "is not UTF-8, and which encoding"),
        ("d.txt", "['cat' 'dog']", r"holds \"\['cat' 'dog'\]\", which is neither .*as JSON"),
        ("d.txt", "array(['cat', 'dog'], dtype='<U3')", "write one label a line"),
        ("d.txt", "1: dog, 0: cat", "write one label a line"),
        ("d.txt", "names = ['cat', 'dog']", "write one label a line"),
        ("d.txt", "{'cat': 1, 'dog': 2}", "numbers begin at 1, but outputs are counted from 0"),
        ("b.json", '{"cat": "1", "dog": "2"}', "if 'cat' is the first, take 1 off each"),
        ("b.json", '[{"id": 1, "name": "cat"}]', "column 'id': numbers begin at 1"),
        ("b.json", '[{"id": 0, "name": "cat"}, {"id": 1}]', "should hold names"),
        ("b.json", '[{"box": [1, 2]}]', "should hold names"),
        ("b.json", '{"labels": ["cat"], "classes": ["dog"]}', "should hold names"),
        (
            "le.pkl",
            b"\x80\x04K\x01.",
            r"is a Python pickle.*joblib\.load\('le\.pkl'\).*labels\.txt",
        ),
        ("le.joblib", b"ZF0", "is a Python pickle"),
        ("le.txt", b"\x80\x04K\x01.", "is a Python pickle, and reading it could run code"),
        ("", "", "cannot read labels from"),
    ],
)
def test_label_files_that_are_wrong(
    tmp_path: Path, name: str, content: str | bytes, message: str
) -> None:
    path = write_label_file(tmp_path, name, content) if name else tmp_path / "missing.txt"
    with pytest.raises(ModelError, match=message):
        read_labels(path)


def test_too_few_labels_show_both_counts(tmp_path: Path, tiny_model: Path) -> None:
    path = write_label_file(tmp_path, "three.txt", "a\nb\nc\n")
    with pytest.raises(ModelError, match="holds 3 labels but the model has 4 outputs"):
        open_model(tiny_model, settings=ModelSettings(labels=path))


def test_units_are_split_from_names() -> None:
    assert split_unit("speed [m/s]") == ("speed", "m/s")
    assert split_unit("gear") == ("gear", "")
