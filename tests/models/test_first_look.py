"""What crashes or loops when a file is read does so in a child process, and becomes a sentence."""

from __future__ import annotations

import zipfile
from pathlib import Path

import h5py
import pytest
from helpers.graph_files import make_onnx
from helpers.saved_models import export_keras_3
from helpers.tiny_model import build_tiny_model

from vidclf.core import limited_process
from vidclf.errors import ModelError
from vidclf.models import BUILT_IN, first_look, open_model
from vidclf.models.graphs.reading import graph_facts
from vidclf.models.keras_files.container import read_contents
from vidclf.models.saved_models.facts import saved_model_facts

pytestmark = pytest.mark.usefixtures("first_look_in_child")
BLOCK = 512


@pytest.fixture(scope="module")
def h5(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("h5") / "model.h5"
    build_tiny_model().save(path)
    return path


def zero(path: Path, offset: int, target: Path) -> Path:
    content = bytearray(path.read_bytes())
    content[offset : offset + BLOCK] = bytes(BLOCK)
    target.write_bytes(content)
    return target


def test_the_child_reads_what_the_parent_would(h5: Path, tiny_model: Path) -> None:
    assert first_look.look_at_keras_file(h5) == read_contents(h5)
    assert first_look.look_at_keras_file(tiny_model) == read_contents(tiny_model)


def test_the_child_finds_the_facts_of_a_graph(tmp_path: Path) -> None:
    path = make_onnx(tmp_path / "x.onnx", first=("Mul small",))
    assert first_look.look_at_graph(path) == graph_facts(path)


def test_the_child_finds_the_facts_of_a_saved_model(tmp_path: Path) -> None:
    export_keras_3(tmp_path / "x")
    assert first_look.look_at_saved_model(tmp_path / "x") == saved_model_facts(tmp_path / "x")


def test_the_built_in_model_needs_no_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited_process, "run_limited", None)
    assert open_model(BUILT_IN).load()


def nest(group: h5py.Group, count: int) -> None:
    inner = group.id
    for _ in range(count):
        inner = h5py.h5g.create(inner, b"g")


@pytest.mark.parametrize("name", ["x.h5", "x.keras"])
def test_thousands_of_nested_groups_are_refused(
    name: str, h5: Path, tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_look, "_KERAS_SECONDS", 3)
    path = tmp_path / name
    weights = path if name == "x.h5" else tmp_path / "weights.h5"
    weights.write_bytes(h5.read_bytes())
    with h5py.File(weights, "r+") as file:
        nest(file, 5_000)
    if name == "x.keras":
        with zipfile.ZipFile(tiny_model) as source, zipfile.ZipFile(path, "w") as target:
            target.writestr("config.json", source.read("config.json"))
            target.write(weights, "model.weights.h5")
    with pytest.raises(ModelError, match=r"(crashes|keeps) its reader .* download it again"):
        open_model(path)


def test_a_file_that_makes_its_reader_loop_is_refused(
    h5: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_look, "_KERAS_SECONDS", 3)
    path = zero(h5, 4096, tmp_path / "x.h5")
    with pytest.raises(ModelError, match="keeps its reader busy for more than 3 s"):
        open_model(path)
