"""Check the weights in a Keras file before a library loads them: whole, its own, of sane size."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from vidclf.errors import ModelError

ALWAYS_ALLOWED_BYTES = 512 * 2**20
"""What a file may hold unpacked, however small it is: constant weights pack very well."""
MOST_EXPANSION = 30
"""How many times its own size a file may hold beyond that. Weights hardly pack; those of a heavily
pruned network, 95 % of them zeros, do so about 19 times. Deflate could claim 1,032 times."""
_READ_BYTES = 16 * 2**20
_AGAIN = "export or download it again"
_WHOLE_IN_ITSELF = "a model must be whole in itself; save it again with model.save('name.keras')"


def count_stored_numbers(path: Path, file: Any) -> int:
    """Check an open HDF5 file, read all that it stores, and count the numbers.

    Args:
        path: the model file, for errors.
        file: it, or the weights in it, opened by h5py.

    Raises:
        ModelError: links or datasets lead to other files, or claim to be huge.
        Exception: whatever h5py raises for damaged data.
    """
    import h5py

    links: list[Any] = []
    objects: list[Any] = []
    file.visititems_links(lambda name, link: links.append(link))
    file.visititems(lambda name, item: objects.append(item))
    for link in links:
        if isinstance(link, h5py.ExternalLink):
            raise ModelError(f"{path} links to another file, {link.filename!r}: {_WHOLE_IN_ITSELF}")
    datasets = [item for item in objects if isinstance(item, h5py.Dataset)]
    for dataset in datasets:
        if dataset.external or dataset.is_virtual:
            raise ModelError(f"{path} takes {dataset.name!r} from another file: {_WHOLE_IN_ITSELF}")
    declared = sum(max(_bytes(x.shape, x), _bytes(x.chunks, x)) for x in datasets)
    check_unpacked_size(path, declared, "its weights")
    for item in [file, *objects]:
        _read_attributes(item)
    return sum(map(_read, datasets))


def _bytes(shape: tuple[int, ...] | None, dataset: Any) -> int:
    return 0 if shape is None else math.prod(shape) * int(dataset.dtype.itemsize)


def check_unpacked_size(path: Path, declared: int, what: str) -> None:
    """Refuse a file that unpacks to far more than a model would.

    Args:
        path: the file.
        declared: the bytes that it claims to hold.
        what: its parts, for errors.

    Raises:
        ModelError: it claims too much.
    """
    size = path.stat().st_size
    if declared > max(ALWAYS_ALLOWED_BYTES, MOST_EXPANSION * size):
        raise ModelError(
            f"{path} has {size / 2**20:.1f} MiB, but {what} claim to unpack to "
            f"{declared / 2**20:,.0f}: no model does that; {_AGAIN}"
        )


def _read_attributes(item: Any) -> None:
    for name in item.attrs:
        item.attrs[name]


def _read(dataset: Any) -> int:
    """Read a dataset piece by piece, and return how many numbers it has.

    One that is declared and was never written has none: HDF5 makes them up.
    """
    for piece in _pieces(dataset):
        dataset[piece]
    return int(dataset.size) if dataset.id.get_storage_size() else 0


def _pieces(dataset: Any) -> Iterator[Any]:
    if not dataset.shape:
        yield ()
    elif dataset.chunks:
        yield from dataset.iter_chunks()
    else:
        row = max(1, _bytes(dataset.shape[1:], dataset))
        rows = max(1, _READ_BYTES // row)
        for start in range(0, dataset.shape[0], rows):
            yield slice(start, start + rows)
