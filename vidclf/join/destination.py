"""Where the rows of a join go: a file or a folder of parts, which must be none of its inputs."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Literal

from vidclf.core.wildcards import matching_files
from vidclf.errors import OutputExistsError, UsageError
from vidclf.files.names import PREDICTIONS_CSV, PREDICTIONS_PARQUET, is_folder
from vidclf.files.places import Place, output_place, place_of
from vidclf.remote.path import RemotePath
from vidclf.remote.storing import sizes_of_outputs
from vidclf.remote.upload import check_writable, remove
from vidclf.table.named_tables import PathLike

_ENDINGS = (PREDICTIONS_CSV, PREDICTIONS_PARQUET)
_PART = re.compile(rf"part_(\d{{4,}}){re.escape(PREDICTIONS_PARQUET)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """What a join writes."""

    path: Place
    """The file, or the folder of the parts."""
    kind: Literal["csv", "parquet", "parts"]
    """What it is."""

    @classmethod
    def of(cls, output: PathLike, *, inputs: Sequence[PathLike]) -> Destination:
        """What `-o` names.

        Args:
            output: a `.parquet` or `.csv` file, or a folder.
            inputs: the files and folders that are joined.

        Raises:
            UsageError: it is of another kind, pyarrow is missing, it would be a table of a folder
                that is joined, or it is a folder of other tables.
        """
        if not os.fspath(output):
            raise UsageError("an empty name stands for no place: is a variable unset?")
        path = output_place(output)
        suffix = path.suffix.lower()
        if is_folder(output):
            kind: Literal["csv", "parquet", "parts"] = "parts"
        elif suffix in (".csv", ".parquet"):
            kind = "csv" if suffix == ".csv" else "parquet"
        else:
            raise UsageError(
                f"-o {path}: tables are joined to .parquet, .csv, or a folder of parts, whose name "
                "ends with /"
            )
        if kind != "csv" and find_spec("pyarrow") is None:
            raise UsageError(
                f"-o {path}: Parquet is written by pyarrow, which is not installed: "
                "pip install 'vidclf[parquet]', or name a .csv"
            )
        made = cls(path=path, kind=kind)
        made._check_apart(inputs)
        return made

    def part(self, number: int) -> Place:
        """The file of a part, from 1; the file itself where there are none."""
        if self.kind != "parts":
            return self.path
        return self.path / f"part_{number:04d}{PREDICTIONS_PARQUET}"

    def check_free(self, *, overwrite: bool) -> None:
        """See that a folder holds no tables but parts, and these only where they may be replaced.

        Raises:
            UsageError: it holds others, which would be taken for parts.
            OutputExistsError: it holds parts.
            StorageError: nothing can be written there.
        """
        if isinstance(self.path, RemotePath):
            check_writable(self.path.parent)
        if self.kind != "parts":
            return
        for name in self._tables():
            if not _PART.fullmatch(name):
                raise UsageError(
                    f"-o {self.path} holds a table of its own, {name}, which would be taken for a "
                    "part: name another folder"
                )
            if not overwrite:
                raise OutputExistsError(
                    f"{self.path} holds parts already: give --overwrite to replace them"
                )

    def remove_parts_from(self, number: int) -> None:
        """Remove the parts of an earlier, longer join."""
        if self.kind == "parts":
            for name in self._tables():
                match = _PART.fullmatch(name)
                if match and int(match[1]) >= number:
                    _remove(self.path / name)

    def apart_from(self, tables: Iterable[Place]) -> Iterator[Place]:
        """The same tables, of which none may be replaced.

        Raises:
            UsageError: one would be.
        """
        taken = {_identity(file) for file in self._files()} - {None}
        for table in tables:
            if taken and _identity(table) in taken:
                raise UsageError(f"{table} is an input: name another output, it would be replaced")
            yield table

    def _check_apart(self, inputs: Sequence[PathLike]) -> None:
        """What is written below a folder of tables must not look like one of them."""
        place = self.path if self.kind == "parts" else self.path.parent
        if self.kind != "parts" and not self.path.name.endswith(_ENDINGS):
            return
        if isinstance(place, RemotePath):
            self._check_apart_elsewhere(place, inputs)
            return
        real = os.path.realpath(place)
        for folder in (path for named in inputs for path in matching_files(named)):
            if os.path.isdir(folder) and _is_below(real, os.path.realpath(folder)):  # noqa: PTH112
                raise self._would_be_joined(os.fspath(folder))

    def _check_apart_elsewhere(self, place: RemotePath, inputs: Sequence[PathLike]) -> None:
        real = place.folder.address
        for folder in map(place_of, inputs):
            if not isinstance(folder, RemotePath) or not folder.is_folder_name:
                continue
            if real.startswith(folder.folder.address):
                raise self._would_be_joined(str(folder))

    def _would_be_joined(self, folder: str) -> UsageError:
        what = "its parts" if self.kind == "parts" else "it"
        return UsageError(
            f"-o {self.path} is in {folder}, which is joined: next time {what} "
            "would be among the tables; name another place"
            + ("" if self.kind == "parts" else f", or all{self.path.suffix}")
        )

    def _tables(self) -> list[str]:
        if isinstance(self.path, RemotePath):
            return sorted(
                name for name in sizes_of_outputs(self.path, prefix="") if name.endswith(_ENDINGS)
            )
        try:
            names = os.listdir(self.path)  # noqa: PTH208
        except OSError:  # of which is told when the first part is written
            return []
        return sorted(name for name in names if name.endswith(_ENDINGS))

    def _files(self) -> list[Place]:
        if self.kind != "parts":
            return [self.path]
        return [self.path / name for name in self._tables()]


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(os.path.join(folder, ""))  # noqa: PTH118


def _remove(file: Place) -> None:
    if isinstance(file, RemotePath):
        remove(file)
    else:
        file.unlink(missing_ok=True)


def _identity(file: Place) -> tuple[int, int] | RemotePath | None:
    """What tells a file from others, under whatever name; None where there is none."""
    if isinstance(file, RemotePath):
        return file
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
