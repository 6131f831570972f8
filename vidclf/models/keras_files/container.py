"""Read a Keras file: check what kind of file it is, and parse all that it says but its weights.

Nothing here imports Keras or TensorFlow, so that a wrong download is reported at once.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vidclf.errors import ModelError
from vidclf.models.applications.recognising import recognise
from vidclf.models.keras_files.stored_weights import check_unpacked_size, count_stored_numbers

_MAX_DESCRIPTION_BYTES = 64 * 2**20
"""The description of NASNetLarge has 1.3 MB."""
_WEIGHTS = "model.weights.h5"
_ZIP, _HDF5 = b"PK\x03\x04", b"\x89HDF\r\n\x1a\n"
_UNREADABLE = (
    OSError, EOFError, RuntimeError, KeyError, ValueError, TypeError, SystemError,
    zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What h5py and zipfile raise for files that are not whole."""
_AGAIN = "export or download it again"
_OTHER_KINDS: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (
        re.compile(rb"\s*version https://git-lfs"),
        "a Git LFS pointer, not the model itself: run git lfs pull",
    ),
    (
        re.compile(rb"\s*(<!doctype html|<html|<head)", re.IGNORECASE),
        "an HTML page, not a model: the download went wrong; download it again",
    ),
    (re.compile(rb"\x80[\x02-\x05]"), "a Python pickle, perhaps of PyTorch, not a Keras model"),
    (re.compile(rb"(?s).{4}TFL3"), "a TensorFlow Lite model: name it .tflite"),
    (re.compile(rb"\x1f\x8b"), "compressed by gzip: unpack it first"),
    (re.compile(rb"PK\x05\x06"), "an empty archive: export or download it again"),
    (
        re.compile(rb'\s*\{\s*"'),
        "a JSON text: a description of a network at best, without its weights; save the whole with "
        "model.save('name.keras')",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """Holds what is written in a model file beside its weights, before any library loads it."""

    description: Any
    """All layers: the parsed `config.json` of a `.keras`, without the training configuration in it,
    or `model_config` of an HDF5 file."""
    saved_by: str | None
    """The version of Keras that saved it, such as `2.15.0`; None where that is not written."""
    training: Any
    """The parsed training configuration, with the loss in it; None where there is none."""
    stored_numbers: int
    """How many numbers its weights are, an optimizer's among them."""
    is_archive: bool
    """Whether it is an archive, as Keras 2.12 and later save `.keras`, and not HDF5."""
    backend: str | None = None
    """What computed it where it was trained, such as `tensorflow`; only HDF5 files tell."""


def read_contents(path: Path) -> Contents:
    """Read all of a file but its weights, and check that its container is what it claims to be.

    The weights are read, too, and forgotten: what is damaged in them shows here.

    Raises:
        ModelError: it is no Keras model, damaged, holds weights only, unpacks to far more than a
            model would, or points to other files.
    """
    is_archive = check_beginning(path).startswith(_ZIP)
    return _read_archive(path) if is_archive else _read_hdf5(path)


def check_beginning(path: Path) -> bytes:
    """Return the first bytes of a Keras file, after checking that it is one.

    Raises:
        ModelError: it is neither an archive nor HDF5, and what it seems to be, instead; or its name
            has another ending than its kind.
    """
    try:
        with path.open("rb") as file:
            beginning = file.read(512)
    except OSError as exc:
        raise ModelError(f"cannot read {path} ({exc.strerror})") from exc
    if not beginning.startswith((_ZIP, _HDF5)):
        raise ModelError(f"{path} is {_explain_beginning(beginning)}")
    ending = ".keras" if beginning.startswith(_ZIP) else path.suffix.lower()
    if path.suffix != ending:  # Keras goes by the name, and would read something else, or nothing
        raise ModelError(f"{path} has the wrong ending for Keras: rename it to {path.stem}{ending}")
    return beginning


def _explain_beginning(beginning: bytes) -> str:
    """Say what a file that is neither an archive nor HDF5 seems to be, and what to do."""
    if not beginning:
        return f"empty: {_AGAIN}"
    for pattern, words in _OTHER_KINDS:
        if pattern.match(beginning):
            return words
    is_text = not re.search(rb"[\x00-\x08\x0e-\x1f]", beginning)
    return (
        f"{'a text, ' if is_text else ''}no model, whatever its name: it begins like neither a "
        + (f".keras archive nor an HDF5 file; {_AGAIN}")
    )


def _read_archive(path: Path) -> Contents:
    try:
        with zipfile.ZipFile(path) as archive:
            _check_members(path, archive)
            description, training = _parse(path, archive.read("config.json")), None
            if isinstance(description, dict):  # it is not loaded, so need not be checked for code
                training = description.pop("compile_config", None)
            return Contents(
                description=description,
                training=training,
                saved_by=_metadata_version(archive),
                is_archive=True,
                stored_numbers=_count_archived_weights(path, archive),
            )
    except _UNREADABLE as exc:
        raise ModelError(f"{path} is a damaged or cut off archive ({exc}): {_AGAIN}") from exc


def _check_members(path: Path, archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    names = Counter(member.filename for member in members)
    _check_is_keras(path, names)
    for name, count in names.items():
        if count > 1 or re.search(r"^[/~]|^\w:|\\|(^|/)\.\.(/|$)", name):
            raise ModelError(f"{path} holds the odd member {name!r}, as no .keras does: {_AGAIN}")
    if any(member.flag_bits & 1 for member in members):
        raise ModelError(f"{path} is encrypted: save the model again without a password")
    check_unpacked_size(path, sum(member.file_size for member in members), "its members")
    if archive.getinfo("config.json").file_size > _MAX_DESCRIPTION_BYTES:
        raise ModelError(f"{path} has a description of more than 64 MiB, as no model has: {_AGAIN}")


def _check_is_keras(path: Path, names: Counter[str]) -> None:
    if "config.json" in names and _WEIGHTS in names:
        return
    tops = {name.partition("/")[0] for name in names}
    if any(name.endswith("data.pkl") for name in names):
        raise ModelError(f"{path} is a PyTorch file, not a Keras model: export it to ONNX")
    if any(name.endswith("saved_model.pb") for name in names):
        raise ModelError(f"{path} is a zipped SavedModel: unpack it, and give the folder")
    if "config.json" in names:
        raise ModelError(
            f"{path} holds no weights (no {_WEIGHTS}): save the whole with model.save('name.keras')"
        )
    raise ModelError(
        f"{path} is an archive without config.json, so not a .keras model; it holds "
        f"{_list_some(sorted(tops))}"
    )


def _count_archived_weights(path: Path, archive: zipfile.ZipFile) -> int:
    """Check the HDF5 file inside an archive; reading it checks each member's checksum, too."""
    import h5py

    with tempfile.TemporaryFile() as unpacked:
        try:
            with archive.open(_WEIGHTS) as member:
                shutil.copyfileobj(member, unpacked, 2**20)
        except OSError as exc:
            raise ModelError(
                f"cannot unpack {path} to look at its weights ({exc.strerror or exc}): free space "
                f"in {tempfile.gettempdir()}, or name another folder with TMPDIR"
            ) from exc
        with h5py.File(unpacked) as file:
            return count_stored_numbers(path, file)


def _metadata_version(archive: zipfile.ZipFile) -> str | None:
    try:
        with archive.open("metadata.json") as file:
            return str(json.loads(file.read(2**16))["keras_version"])
    except (KeyError, ValueError, TypeError):
        return None


def _read_hdf5(path: Path) -> Contents:
    import h5py

    # one library might read the one, this check the other
    if path.suffix == ".keras" and zipfile.is_zipfile(path):
        raise ModelError(f"{path} is an HDF5 file and an archive at once, as no model is: {_AGAIN}")
    try:
        with h5py.File(path) as file:
            stored_numbers = count_stored_numbers(path, file)
            text = _attribute(file, "model_config")
            if text is None:
                raise ModelError(f"{path} {_explain_no_description(file)}")
            training = _attribute(file, "training_config")
            return Contents(
                description=_parse(path, text),
                training=None if training is None else _parse(path, training),
                saved_by=_attribute(file, "keras_version"),
                is_archive=False,
                stored_numbers=stored_numbers,
                backend=_attribute(file, "backend"),
            )
    except _UNREADABLE as exc:
        raise ModelError(f"{path} is a damaged or cut off HDF5 file ({exc}): {_AGAIN}") from exc


def _attribute(file: Any, name: str) -> str | None:
    """Read a text among an HDF5 file's own attributes; None where it is not there."""
    if name not in file.attrs:
        return None
    if file.attrs.get_id(name).shape != ():
        raise ValueError(f"{name} is not one text")
    text = file.attrs[name]
    return text.decode() if isinstance(text, bytes) else str(text)


def _explain_no_description(file: Any) -> str:
    """Say what an HDF5 file without a network is, and what is needed."""
    names: list[str] = []
    file.visit(names.append)
    names += [_decoded(name) for name in file.attrs.get("layer_names", ())]
    marks = {"layers", "vars", "_layer_checkpoint_dependencies", "model_weights"}
    if "layer_names" not in file.attrs and not marks.intersection(file):
        contents = _list_some(sorted(file)) or "nothing"
        return f"is an HDF5 file, but not a Keras model; it holds {contents}"
    backbone = recognise(names)
    like = f" (they look like those of {backbone.name})" if backbone else ""
    return (
        f"holds weights only{like}, not the network they belong to: build the network, load "
        "the weights into it, and save the whole with model.save('name.keras')"
    )


def _decoded(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _list_some(names: list[str]) -> str:
    shown = ", ".join(map(repr, names[:3]))
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown


def _parse(path: Path, text: str | bytes) -> Any:
    if len(text) > _MAX_DESCRIPTION_BYTES:
        raise ModelError(f"{path} has a description of more than 64 MiB, as no model has: {_AGAIN}")
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise ModelError(f"{path} has a damaged description ({exc}): {_AGAIN}") from exc
