"""Rows of names that NumPy saved are read; what holds Python objects is never unpickled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.label_files import write_label_file

from vidclf.errors import ModelError
from vidclf.models.labels.reading import read_labels


def save(path: Path, given: Any) -> Path:
    np.save(path, given)
    return path


@pytest.mark.parametrize(
    ("given", "labels"),
    [(np.array(["Katze", "Hündin"]), ("Katze", "Hündin")), (np.arange(3), ("0", "1", "2"))],
)
def test_a_row_of_names(tmp_path: Path, given: Any, labels: tuple[str, ...]) -> None:
    assert read_labels(save(tmp_path / "classes.npy", given)) == labels


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (np.array([["cat"], ["dog"]]), r"holds <U3 \(2, 1\) and should hold one row of names"),
        (np.array([0.5, 1.5]), "holds float64 .* and should hold one row of names"),
        (np.array(["cat", "cat"]), "names the label 'cat' twice"),
    ],
)
def test_arrays_that_are_no_row_of_names(tmp_path: Path, given: Any, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        read_labels(save(tmp_path / "classes.npy", given))


class Marker:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return Path.touch, (self.path,)


def test_objects_are_not_unpickled(tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    path = save(tmp_path / "classes.npy", np.array(["cat", Marker(marker)], dtype=object))
    with pytest.raises(ModelError, match=r"holds Python objects.*Path\('labels\.txt'\)"):
        read_labels(path)
    assert not marker.exists()


def test_the_remedy_writes_labels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save(tmp_path / "classes.npy", np.array(["Katze", "Hündin"], dtype=object))
    with pytest.raises(ModelError) as caught:
        read_labels(path)
    monkeypatch.chdir(tmp_path)
    exec(str(caught.value).partition("in Python: ")[2])
    assert read_labels(tmp_path / "labels.txt") == ("Katze", "Hündin")


@pytest.mark.parametrize(
    "content", [b"", b"\x93NUMPY", b"PK\x03\x04", b"cat\ndog\n", b"\x80\x04K\x01."]
)
def test_files_that_are_no_array(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ModelError, match=r"classes\.npy"):
        read_labels(write_label_file(tmp_path, "classes.npy", content))


def test_an_array_that_claims_to_be_huge(tmp_path: Path) -> None:
    """It would fill the machine before it is found to be cut off."""
    path = save(tmp_path / "classes.npy", np.array(["cat", "dog"]))
    content = path.read_bytes().replace(b"'shape': (2,), ", b"'shape': (2000000000000,), ")
    path.write_bytes(content)
    with pytest.raises(ModelError, match="cannot read labels from"):
        read_labels(path)
