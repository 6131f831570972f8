"""Segments of several tables or of folders of them: one that fails does not stop the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from vidclf.errors import UsageError, VidclfError
from vidclf.files.names import is_folder
from vidclf.files.places import Place
from vidclf.segments.finder import SegmentRules
from vidclf.segments.segments import PathLike, SegmentFiles, segment_paths, write_table_segments
from vidclf.table.named_tables import named_tables


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentBatch:
    """What became of several tables."""

    done: list[SegmentFiles]
    """What was written, for each table that was done."""
    failed: list[tuple[Place, VidclfError]]
    """Table and error of each that was not."""


def write_all_segments(
    tables: PathLike | Iterable[PathLike],
    output: PathLike | None = None,
    *,
    formats: str | Sequence[str] | None = None,
    min_duration: float = 0.0,
    merge_gap: float = 0.0,
    threshold: float | None = None,
    thresholds: Mapping[str, float] | None = None,
    overwrite: bool = False,
) -> SegmentBatch:
    """Write the segments of several tables: the same as `vidclf segments TABLE...`.

    Args:
        tables: tables, and folders, which stand for the tables in them and below.
        output: a folder, or, for a single table, a file whose suffix names the format; None for
            beside each table.
        formats: as in `write_segments`, as are all that follow.
        min_duration: seconds.
        merge_gap: seconds.
        threshold: a score.
        thresholds: label → score.
        overwrite: whether files that are there already may be replaced.

    Returns:
        What was written of each table, and why it was not; of one table all files or none.

    Raises:
        SourceError: a folder holds no table.
        UsageError: an argument cannot be, or two tables would be written to one file.
    """
    rules = SegmentRules(
        min_duration=min_duration,
        merge_gap=merge_gap,
        threshold=threshold,
        thresholds=dict(thresholds or {}),
    )
    files = list(dict.fromkeys(named_tables(tables)))
    wanted = [formats] if isinstance(formats, str) else formats
    batch = SegmentBatch(done=[], failed=[])
    for table, paths in _planned(files, output, wanted).items():
        try:
            batch.done.append(write_table_segments(table, paths, rules, overwrite=overwrite))
        except VidclfError as exc:
            batch.failed.append((table, exc))
    return batch


def _planned(
    tables: Sequence[Place], output: PathLike | None, formats: Sequence[str] | None
) -> dict[Place, dict[str, Place]]:
    """Each table and the files that are made of it."""
    if len(tables) > 1 and output and not is_folder(output):
        raise UsageError(
            f"-o {output} names one file, but there are {len(tables)} tables: name a folder instead"
        )
    planned = {table: segment_paths(table, output, formats) for table in tables}
    taken: dict[Place, Place] = {}
    for table, paths in planned.items():
        for path in paths.values():
            if path in taken:
                raise UsageError(
                    f"{taken[path]} and {table} would both be written to {path}: write them one "
                    "by one"
                )
            taken[path] = table
    return planned
