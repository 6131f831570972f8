"""What is no model is refused with a reason and a remedy."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from vidclf.errors import ModelError
from vidclf.models import open_model


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("gone.keras", None, "no model at .*gone.keras"),
        ("notes.keras", b"these are my notes", "notes.keras is a text, no model"),
        ("notes.h5", b"these are my notes", "notes.h5 is a text, no model, whatever its name"),
        ("empty.keras", b"", "empty.keras is empty: export or download it again"),
        ("half.keras", b"PK\x03\x04 and no more", "half.keras is a damaged or cut off archive"),
        ("model.pt", b"torch", "is a model of PyTorch: export it to .onnx first"),
    ],
)
def test_files_that_are_no_models(
    tmp_path: Path, name: str, content: bytes | None, message: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError, match=message):
        open_model(path)


@pytest.mark.parametrize("name", ["bird", "bird.keras", "bird.v2"])
def test_an_unpacked_file_is_to_be_packed_again(
    tmp_path: Path, tiny_model: Path, name: str
) -> None:
    with zipfile.ZipFile(tiny_model) as archive:
        archive.extractall(tmp_path / name)
    with pytest.raises(ModelError, match=r"is a folder and no SavedModel.*must be packed again"):
        open_model(tmp_path / name)
