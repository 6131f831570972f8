"""Look at a model file for the first time in a child process, where it can do no harm.

Damaged files make HDF5's library crash or loop, and a few bytes of a graph can ask for terabytes.
In a child with limits on memory and time that becomes a sentence. What the child found is used from
then on: the facts of a model are kept in the cache, so only its first run has a child.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from vidclf.core.cpu import usable_cores
from vidclf.errors import ModelError
from vidclf.models.info import ModelFacts
from vidclf.models.keras_files.container import Contents

_GIB = 2**30
_WEIGHT_SUFFIXES = (".bin", ".data", ".onnx_data", ".weights")
_CORE_BYTES = 64 * 2**20
"""TensorFlow and OpenVINO have some threads for each core, whose stacks count."""
_KERAS_SECONDS = 10
"""Of processor time; an honest file takes one, and half a gigabyte a second more."""


def look_at_keras_file(path: Path) -> Contents:
    """Read all of a Keras file but its weights, as `read_contents`, in a child process.

    Raises:
        ModelError: as `read_contents`, or its reader crashes, loops, or takes too much memory.
    """
    size = _size([path])
    memory_bytes, seconds = 2 * _GIB + 2 * size, _KERAS_SECONDS + size / 50e6
    return Contents(
        **_look("read_contents_fields", path, memory_bytes=memory_bytes, seconds=seconds)
    )


def look_at_graph(path: Path) -> ModelFacts:
    """Read the facts of an ONNX, TFLite or OpenVINO file, and compile it, in a child process.

    Raises:
        ModelError: as `graph_facts`, or its reader crashes, loops, or takes too much memory.
    """
    size = _size([path, *_files_beside(path)])
    memory_bytes, seconds = 4 * _GIB + 8 * size, 60 + size / 2e6
    return ModelFacts.from_fields(
        _look("read_graph_fields", path, memory_bytes=memory_bytes, seconds=seconds)
    )


def look_at_saved_model(folder: Path, *, allow_unsafe: bool = False) -> ModelFacts:
    """Read the facts of a SavedModel in a child process.

    Raises:
        ModelError: as `saved_model_facts`, or its reader crashes, loops, or takes too much memory.
    """
    size = _size(folder.rglob("*"))
    memory_bytes, seconds = 6 * _GIB + 8 * size, 150 + size / 2e6
    look = "read_saved_model_fields"
    return ModelFacts.from_fields(
        _look(look, folder, allow_unsafe, memory_bytes=memory_bytes, seconds=seconds)
    )


def _look(function: str, path: Path, *more: Any, memory_bytes: int, seconds: float) -> Any:
    from vidclf.core.limited_process import StoppedError, run_limited

    memory_bytes = min(memory_bytes + usable_cores() * _CORE_BYTES, _machine_bytes())
    try:
        return run_limited(
            f"{__name__}:{function}", str(path), *more, memory_bytes=memory_bytes, seconds=seconds
        )
    except StoppedError as exc:
        effects = {
            "memory": f"takes more than {memory_bytes / _GIB:.0f} GiB of memory",
            "time": f"keeps its reader busy for more than {exc.detail}",
            "crash": f"crashes its reader ({exc.detail})",
        }
        raise ModelError(
            f"{path} {effects[exc.reason]} when it is looked at: it is damaged, or made to do so; "
            "export or download it again"
        ) from exc


def _machine_bytes() -> int:
    """Return the memory of this computer, 4 GiB where it has less or does not tell."""
    try:
        return max(4 * _GIB, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, ValueError):  # Windows
        return 4 * _GIB


def _size(files: Iterable[Path]) -> int:
    return sum(file.stat().st_size for file in files if file.is_file())


def _files_beside(path: Path) -> list[Path]:
    """List the files in which the weights of a graph may be."""
    try:
        files = list(path.parent.iterdir())
    except OSError:  # a folder that may be searched, and not listed
        return []
    return [file for file in files if file.suffix in _WEIGHT_SUFFIXES and file != path]


# --- called in the child ------------------------------------------------------------------------


def read_contents_fields(path: str) -> dict[str, Any]:
    """Read what `Contents` holds of a Keras file."""
    from vidclf.models.keras_files.container import read_contents

    contents = read_contents(Path(path))
    return {field.name: getattr(contents, field.name) for field in fields(Contents)}


def read_graph_fields(path: str) -> dict[str, Any]:
    """Read what `ModelFacts` holds of a graph file, after compiling it as its runs will."""
    from vidclf.models.graphs.reading import check_compiles, graph_facts

    facts = graph_facts(Path(path))
    check_compiles(Path(path))
    return asdict(facts)


def read_saved_model_fields(folder: str, allow_unsafe: bool) -> dict[str, Any]:
    """Read what `ModelFacts` holds of a SavedModel."""
    from vidclf.models.saved_models.facts import saved_model_facts

    return asdict(saved_model_facts(Path(folder), allow_unsafe=allow_unsafe))
