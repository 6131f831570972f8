"""The record of a folder's runs, on a disk or in a bucket."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol

from vidclf.batch.bucket_record import BucketRecord
from vidclf.batch.record import RunRecord
from vidclf.batch.record_rows import RecordRow, record_name
from vidclf.batch.shard import Shard
from vidclf.files.places import Place
from vidclf.remote.path import RemotePath


class Record(Protocol):
    """What a run tells as its clips end."""

    def statuses(self) -> dict[str, str]:
        """Clip → its status in the file as it is."""
        ...

    def begin(
        self,
        rows: Sequence[RecordRow],
        *,
        without: Sequence[str],
        stale: Collection[str] = frozenset(),
    ) -> None:
        """Set rows, and take out those of clips to be made; written when the first clip ends."""
        ...

    def write(self) -> None:
        """Write what a run begins with."""
        ...

    def add(self, row: RecordRow) -> None:
        """Add the row of a clip that has just ended."""
        ...

    def finish(self, made: Iterable[RecordRow]) -> None:
        """See that the file is whole, and that each clip has one row."""
        ...

    def close(self) -> None:
        """Write what is not yet written, of a run that was stopped."""
        ...


def open_record(folder: Place | None, shard: Shard | None) -> Record:
    """The record of a run into a folder; one that keeps nothing for None."""
    if isinstance(folder, RemotePath):
        return BucketRecord(folder / record_name(shard))
    return RunRecord.of(folder, shard)
