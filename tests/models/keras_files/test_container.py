"""What kind of file a model is, and whether its inside is what it claims."""

from __future__ import annotations

import io
import json
import pickle
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from helpers.tiny_model import build_tiny_model

from vidclf.errors import ModelError
from vidclf.models.keras_files.container import read_contents
from vidclf.models.keras_files.loading import import_keras, load_keras
from vidclf.models.keras_files.stored_weights import ALWAYS_ALLOWED_BYTES

MIB = 2**20


def hdf5(fill: Callable[[Any], object] = lambda file: None) -> bytes:
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        file.create_group("vars")
        fill(file)
    return content.getvalue()


def archive(path: Path, members: dict[str, bytes] | None = None, *, packed: bool = False) -> Path:
    members = {"config.json": b"{}", "model.weights.h5": hdf5()} | (members or {})
    method = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    with zipfile.ZipFile(path, "w", method) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


def described(file: Any) -> None:
    file.attrs["model_config"] = "{}"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty: export or download it again"),
        (b"<!DOCTYPE html>\n<html>", "an HTML page, not a model: the download went wrong"),
        (b"\n <html lang='en'>", "an HTML page"),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:",
            "Git LFS pointer.*git lfs pull",
        ),
        (b'{"class_name": "Sequential"}', "without its weights"),
        (pickle.dumps([1]), "a Python pickle"),
        (b"\x1c\x00\x00\x00TFL3", "TensorFlow Lite model"),
        (b"\x1f\x8b\x08\x00", "unpack it first"),
        (b"access denied", "is a text, no model, whatever its name"),
        (b"\x00\x01\x02", "is no model, whatever its name"),
        (b"PK\x03\x04 and no more", "damaged or cut off archive"),
    ],
)
def test_what_else_a_file_may_be_is_told(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "x.keras"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=message):
        load_keras(path)


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        ("x.h5", "zip", r"rename it to x\.keras"),
        ("x.KERAS", "zip", r"rename it to x\.keras"),
        ("x.H5", "hdf5", r"rename it to x\.h5"),
    ],
)
def test_endings_that_keras_would_trip_over(
    tmp_path: Path, name: str, kind: str, message: str
) -> None:
    path = tmp_path / name
    archive(path) if kind == "zip" else path.write_bytes(hdf5(described))
    with pytest.raises(ModelError, match=message):
        load_keras(path)


def test_a_folder_with_the_name_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "x.keras").mkdir()
    with pytest.raises(ModelError, match=r"is a folder and no SavedModel.*packed again"):
        load_keras(tmp_path / "x.keras")


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"archive/data.pkl": b""}, "a PyTorch file.*ONNX"),
        ({"m/saved_model.pb": b""}, "a zipped SavedModel: unpack it"),
        ({"a/b.txt": b"", "c": b""}, r"without config\.json.*holds 'a', 'c'"),
        ({"config.json": b"{}"}, r"holds no weights \(no model\.weights\.h5\)"),
    ],
)
def test_archives_of_other_kinds(tmp_path: Path, members: dict[str, bytes], message: str) -> None:
    path = tmp_path / "x.keras"
    with zipfile.ZipFile(path, "w") as file:
        for name, content in members.items():
            file.writestr(name, content)
    with pytest.raises(ModelError, match=message):
        read_contents(path)


@pytest.mark.parametrize("name", ["/etc/x", "../x", "assets/../../x", "C:/x", "a\\b"])
def test_members_with_odd_names_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelError, match="odd member"):
        read_contents(archive(tmp_path / "x.keras", {name: b""}))


def test_a_member_twice_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "x.keras")
    with zipfile.ZipFile(path, "a") as file, pytest.warns(UserWarning, match="Duplicate"):
        file.writestr("config.json", b"{}")
    with pytest.raises(ModelError, match=r"odd member 'config\.json'"):
        read_contents(path)


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "x.keras", {"assets/big": bytes(8 * MIB)}, packed=True)
    content = path.read_bytes()
    entry = content.rindex(b"PK\x01\x02", 0, content.rindex(b"assets/big"))
    claimed = struct.pack("<I", ALWAYS_ALLOWED_BYTES)
    path.write_bytes(content[: entry + 24] + claimed + content[entry + 28 :])
    with pytest.raises(ModelError, match=r"its members claim to unpack to 512: no model does"):
        read_contents(path)


def test_constant_weights_may_pack_as_well_as_they_do(tmp_path: Path) -> None:
    weights = hdf5(lambda file: file.create_dataset("vars/0", data=np.ones(4 * MIB, "f4")))
    path = archive(tmp_path / "x.keras", {"model.weights.h5": weights}, packed=True)
    assert path.stat().st_size < MIB / 8
    assert read_contents(path).description == {}


def shape_bomb(file: Any) -> None:
    file.create_dataset("vars/0", shape=(2**40,), dtype="f4", chunks=(MIB,), compression="gzip")


def wide_chunks(file: Any) -> None:
    file.create_dataset("vars/0", shape=(1,), maxshape=(None,), dtype="f8", chunks=(100 * MIB,))


def external_link(file: Any) -> None:
    file["vars/0"] = h5py.ExternalLink("/etc/other.h5", "/secret")


def external_data(file: Any) -> None:
    file.create_dataset("vars/0", shape=(4,), dtype="u1", external=[("/etc/passwd", 0, 4)])


def virtual_data(file: Any) -> None:
    layout = h5py.VirtualLayout((4,), "u1")
    layout[:] = h5py.VirtualSource("/etc/other.h5", "secret", (4,))
    file.create_virtual_dataset("vars/0", layout)


@pytest.mark.parametrize("name", ["x.h5", "x.keras"])
@pytest.mark.parametrize(
    ("fill", "message"),
    [
        (shape_bomb, "its weights claim to unpack to"),
        (wide_chunks, "its weights claim to unpack to"),
        (external_link, "links to another file, '/etc/other.h5'"),
        (external_data, "takes '/vars/0' from another file"),
        (virtual_data, "takes '/vars/0' from another file"),
    ],
)
def test_weights_that_are_elsewhere_or_endless_are_refused(
    tmp_path: Path, fill: Callable[[Any], None], message: str, name: str
) -> None:
    def both(file: Any) -> None:
        described(file)
        fill(file)

    path = tmp_path / name
    if name.endswith(".h5"):
        path.write_bytes(hdf5(both))
    else:
        archive(path, {"model.weights.h5": hdf5(fill)})
    with pytest.raises(ModelError, match=message):
        load_keras(path, allow_unsafe=True)


@pytest.mark.parametrize("name", ["x.h5", "x.keras"])
@pytest.mark.filterwarnings("ignore:.*HDF5")
def test_files_that_were_cut_off_anywhere(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    build_tiny_model().save(path)
    content = path.read_bytes()
    for share in (0.1, 0.5, 0.9, 0.999):
        path.write_bytes(content[: int(len(content) * share)])
        with pytest.raises(ModelError, match="damaged or cut off"):
            load_keras(path)


def test_a_flipped_bit_in_an_archive_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "x.keras"
    build_tiny_model().save(path)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ModelError, match="damaged"):
        load_keras(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"{", "damaged description"),
        (b"[" * 100_000, "damaged description"),
        (b" " * (65 * MIB), "more than 64 MiB"),
    ],
)
def test_descriptions_that_are_none(tmp_path: Path, text: bytes, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        read_contents(archive(tmp_path / "x.keras", {"config.json": text}))


def test_an_hdf5_file_that_is_an_archive_as_well_is_refused(tmp_path: Path) -> None:
    """Keras would read the archive, whatever stands before it."""
    path = tmp_path / "x.keras"
    tail = archive(tmp_path / "tail.zip").read_bytes()
    path.write_bytes(hdf5(described) + tail)
    with pytest.raises(ModelError, match="HDF5 file and an archive at once"):
        load_keras(path)


def test_an_hdf5_file_of_something_else(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["pictures"] = np.zeros(3)
    with pytest.raises(ModelError, match="not a Keras model; it holds 'pictures'"):
        load_keras(tmp_path / "x.h5")


def test_weights_tell_whose_they_are(tmp_path: Path) -> None:
    tf_keras = pytest.importorskip("tf_keras")
    model = tf_keras.applications.VGG16(weights=None, include_top=False, input_shape=(32, 32, 3))
    with h5py.File(tmp_path / "x.h5", "w") as file:  # the names alone, not 56 MiB
        file.attrs["layer_names"] = [layer.name.encode() for layer in model.layers]
    with pytest.raises(ModelError, match=r"weights only \(they look like those of VGG16\)"):
        load_keras(tmp_path / "x.h5")


@pytest.mark.parametrize("name", ["x.weights.h5", "y.h5"])
def test_weights_alone_are_told_from_a_model(tmp_path: Path, name: str) -> None:
    library = import_keras() if "weights" in name else pytest.importorskip("tf_keras")
    layers = library.layers
    model = library.Sequential([layers.Input((2,)), layers.Dense(1)])
    model.save_weights(tmp_path / name)
    with pytest.raises(ModelError, match=r"holds weights only.*build the network"):
        load_keras(tmp_path / name)


def test_what_saved_a_file_is_read(tmp_path: Path) -> None:
    metadata = json.dumps({"keras_version": "3.9.1"}).encode()
    path = archive(tmp_path / "x.keras", {"metadata.json": metadata})
    assert read_contents(path).saved_by == "3.9.1"
    assert read_contents(archive(tmp_path / "y.keras")).saved_by is None
