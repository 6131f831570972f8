"""Rows of numbers that may be more than the memory holds: a file without a name."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from vidclf.files.write_errors import cannot_write

Places = NDArray[np.int64]


class Rows(Protocol):
    """An array (N, …) of which some rows are taken at once, such as NumPy's own."""

    @property
    def shape(self) -> tuple[int, ...]:
        """(N, …)."""
        ...

    def __len__(self) -> int: ...

    def __getitem__(self, places: Places | slice) -> NDArray[Any]: ...


class RowFile:
    """Takes rows of one shape, and gives them back from the disk.

    The file has no name, and is gone with the process, whatever ends it. It is read, not mapped
    into memory: pages that are mapped count as the process's own.
    """

    def __init__(self, dtype: str) -> None:
        self._dtype = np.dtype(dtype)
        self._file = tempfile.TemporaryFile(prefix="vidclf-")  # noqa: SIM115 - closed at the exit
        self._shape: tuple[int, ...] = ()
        self.count = 0
        """Rows so far."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def append(self, rows: NDArray[Any]) -> None:
        """Add (n, …) rows.

        Raises:
            OutputError: the disk is full.
        """
        self._shape = rows.shape[1:]
        try:
            self._file.write(np.ascontiguousarray(rows, self._dtype).tobytes())
        except OSError as exc:
            raise cannot_write(
                Path(tempfile.gettempdir()), exc, kind="pictures into",
                remedy="free space, or name another folder with TMPDIR",
            ) from exc  # fmt: skip
        self.count += len(rows)

    def rows(self, order: Places) -> DiskRows:
        """Return some of the rows, in any order, as long as the file is open."""
        self._file.flush()
        return DiskRows(self._file.fileno(), self._dtype, self._shape, order)


class DiskRows:
    """Rows of a file, read when they are taken."""

    def __init__(
        self, descriptor: int, dtype: np.dtype[Any], row_shape: tuple[int, ...], order: Places
    ) -> None:
        self._descriptor, self._dtype, self._row_shape = descriptor, dtype, row_shape
        self._order = order

    @property
    def shape(self) -> tuple[int, ...]:
        """(N, …)."""
        return (len(self._order), *self._row_shape)

    def __len__(self) -> int:
        return len(self._order)

    def __getitem__(self, places: Places | slice) -> NDArray[Any]:
        """(n, …) rows, newly read."""
        wanted = self._order[places]
        rows = np.empty((len(wanted), *self._row_shape), self._dtype)
        size = int(np.prod(self._row_shape)) * self._dtype.itemsize
        for row, place in zip(rows, wanted, strict=True):
            os.preadv(self._descriptor, [memoryview(row).cast("B")], int(place) * size)
        return rows

    def taken(self, places: Places) -> DiskRows:
        """Return some of these rows, without reading them."""
        return DiskRows(self._descriptor, self._dtype, self._row_shape, self._order[places])
