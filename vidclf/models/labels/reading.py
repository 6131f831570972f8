"""Read label files of any kind."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from pathlib import Path

from vidclf.errors import ModelError, SourceError
from vidclf.files.local_files import local_file, told_as
from vidclf.models.labels.checks import check_distinct
from vidclf.models.labels.json_labels import labels_of_json_text
from vidclf.models.labels.numpy_labels import PICKLE_SUFFIXES, labels_of_npy, refuse_pickle
from vidclf.models.labels.tables import read_table
from vidclf.models.labels.text_labels import labels_of_text
from vidclf.models.labels.yaml_labels import labels_of_yaml
from vidclf.remote.path import RemotePath

_PICKLE = re.compile(rb"\x80[\x02-\x05]")
_READERS: dict[str, Callable[..., tuple[str, ...]]] = {
    ".json": labels_of_json_text,
    ".csv": read_table,
    ".tsv": read_table,
    ".yaml": labels_of_yaml,
    ".yml": labels_of_yaml,
}
"""Ending → reader of such a text; all others are `.txt`."""


def read_labels(path: str | Path | RemotePath) -> tuple[str, ...]:
    """Read labels in the order of the scores.

    - Text: one a line; Teachable Machine's `0 cat`, `1 dog` count as `cat`, `dog`; a list such as
      `cat, dog` or `['cat', 'dog']`.
    - CSV with commas, semicolons or tabs: the column `label`, `name`, `class_name` or the like,
      else the first of text; in the order of the column of whole numbers, if there is one.
    - JSON: a list of names; `{"cat": 0}` (`class_indices` of Keras' generators) or `{"0": "cat"}`;
      `{"0": ["n02124075", "Egyptian_cat"]}` as in `imagenet_class_index.json`; objects such as
      `{"id": 0, "name": "cat"}`; any of these below `labels`, `names`, `categories` and the like.
    - YAML: what stands below `names:`. NumPy's `.npy`: a row of texts.

    Raises:
        ModelError: the file is missing, unreadable, names a label twice, or numbers them
            otherwise than 0 to N - 1.
    """
    place = path if isinstance(path, RemotePath) else Path(path)
    try:
        file = local_file(place)
    except SourceError as exc:
        raise ModelError(f"cannot read labels from {exc}") from exc
    with told_as(place, file):
        return check_distinct(_read(file, file.suffix.lower()), source=str(file))


def _read(path: Path, suffix: str) -> tuple[str, ...]:
    try:
        with path.open("rb") as file:
            is_pickle = suffix in PICKLE_SUFFIXES or _PICKLE.match(file.read(2)) is not None
    except OSError as exc:
        raise ModelError(f"cannot read labels from {path} ({exc.strerror})") from exc
    if is_pickle:
        raise refuse_pickle(path)
    if suffix == ".npy":
        return labels_of_npy(path)
    text = _decode(path.read_bytes(), path)
    return _READERS.get(suffix, labels_of_text)(text, source=str(path))


def _decode(content: bytes, path: Path) -> str:
    """Decode UTF-8, and UTF-16 with its mark, as PowerShell writes it; a guess mangles names."""
    is_utf_16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if is_utf_16 else "utf-8-sig")
    except UnicodeDecodeError as exc:
        raise _not_utf_8(path) from exc
    if "\0" in text:
        raise _not_utf_8(path)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _not_utf_8(path: Path) -> ModelError:
    return ModelError(
        f"cannot read labels from {path}: it is not UTF-8, and which encoding it has it does not "
        "say. In its editor save it as UTF-8, or convert it: iconv -f WINDOWS-1252 -t UTF-8 "
        f"{path.name} > {path.stem}_utf8{path.suffix}"
    )
