"""Read a PyTorch checkpoint of the layout before PyTorch 1.6, without PyTorch.

Five pickles (magic number, protocol, machine, tensors, storage keys), then each storage as an int64
count and its raw elements. Specification: `torch.serialization._legacy_load`.
"""

from __future__ import annotations

import pickle
from collections import OrderedDict
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Weights = dict[str, Array]

MAGIC = 0x1950A86A20F9469CFC6C
PROTOCOL = 1001


class CheckpointUnpickler(pickle.Unpickler):
    """Unpickles tensors and nothing else: any other name in the file is an error."""

    def find_class(self, module: str, name: str) -> Any:
        """The stand-in for one of the four names that a checkpoint of tensors holds."""
        allowed: dict[str, Any] = {
            "collections.OrderedDict": OrderedDict,
            "torch.FloatStorage": np.dtype("<f4"),
            "torch.LongStorage": np.dtype("<i8"),
            "torch._utils._rebuild_tensor_v2": lambda storage, offset, shape, strides, *_: (
                storage,
                offset,
                shape,
                strides,
            ),
        }
        if (full_name := f"{module}.{name}") not in allowed:
            raise pickle.UnpicklingError(f"{full_name} has no place in a checkpoint of weights")
        return allowed[full_name]

    def persistent_load(self, pid: Any) -> tuple[str, np.dtype[Any]]:
        """The key and element type of a storage, whose numbers follow after the pickles."""
        kind, dtype, key, _device, _count, _view = pid
        if kind != "storage":
            raise pickle.UnpicklingError(f"{kind!r} is no storage")
        return key, dtype


def read_checkpoint(path: Path) -> Weights:
    """Read a checkpoint: name → array.

    A tensor is a view of a storage: offset, shape and strides, counted in elements. The strides
    are not always those of a C array.
    """
    with path.open("rb") as file:
        if pickle_load(file) != MAGIC or pickle_load(file) != PROTOCOL:
            raise ValueError(f"{path.name} is no PyTorch checkpoint of the old layout")
        if not pickle_load(file)["little_endian"]:
            raise ValueError(f"{path.name} is big-endian")
        tensors, keys = pickle_load(file), pickle_load(file)
        dtypes = {key: dtype for (key, dtype), *_ in tensors.values()}
        storages = {key: read_storage(file, dtypes[key]) for key in keys}
    return {
        name: view(storages[key], offset, shape, strides)
        for name, ((key, _), offset, shape, strides) in tensors.items()
    }


def pickle_load(file: BinaryIO) -> Any:
    """The next pickle of the file."""
    return CheckpointUnpickler(file).load()


def read_storage(file: BinaryIO, dtype: np.dtype[Any]) -> Array:
    """The next storage of the file, 1-D."""
    count = int.from_bytes(file.read(8), "little")
    return np.frombuffer(file.read(count * dtype.itemsize), dtype, count)


def view(storage: Array, offset: int, shape: tuple[int, ...], strides: tuple[int, ...]) -> Array:
    """A copy of the elements that a tensor sees in its storage."""
    byte_strides = [stride * storage.itemsize for stride in strides]
    return np.lib.stride_tricks.as_strided(storage[offset:], shape, byte_strides).copy()
