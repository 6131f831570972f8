"""Segments of tables, for programs and the command: found, and written in any format."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vidclf.errors import UsageError
from vidclf.files.names import is_folder, manifest_path, output_path, stem_of
from vidclf.files.places import Place, output_place, place_of
from vidclf.files.staging import Staging
from vidclf.files.text_file import write_text
from vidclf.segments.export import SegmentExport
from vidclf.segments.finder import SegmentRules
from vidclf.segments.formats import FORMATS
from vidclf.segments.formats.csv_file import COLUMNS, segment_rows
from vidclf.segments.formats.player_time import player_zero
from vidclf.segments.from_table import segments_of
from vidclf.table.certainty import uncertain_spans
from vidclf.table.table import Table, open_table

if TYPE_CHECKING:
    import pandas as pd

PathLike = str | os.PathLike[str]

_DTYPES: dict[type, str] = {str: "str", int: "int64", float: "float64"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentFiles:
    """What was written of one table."""

    video: str
    """The clip's name."""
    count: int
    """How many segments there are."""
    paths: list[Place]
    """The files."""


def find_segments(
    table: PathLike,
    *,
    min_duration: float = 0.0,
    merge_gap: float = 0.0,
    threshold: float | None = None,
    thresholds: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """When each label holds: the runs of one label in a table, without any model.

    Args:
        table: a `…_predictions.csv` or `.parquet` of one clip.
        min_duration: shorter segments are dropped, in seconds.
        merge_gap: segments of one label with at most so many seconds between them become one,
            before short ones are dropped; where frames have one label, what lies between goes.
        threshold: the score, 0 to 1, from which a label holds; None for what the table says.
        thresholds: label → its own threshold.

    Returns:
        One row for each segment, with the columns of docs/tables.md: `video`, `segment`, `label`,
        `start_frame`, `end_frame` (its last frame), `start`, `end`, `duration` (seconds on the
        clip's own clock), `mean_confidence`, `max_confidence`.

    Raises:
        SourceError: the table cannot be read or is not right.
        UsageError: it holds values or several clips, or a rule cannot be.
    """
    import pandas as pd  # the command writes files without it

    rules = _rules(min_duration, merge_gap, threshold, thresholds)
    opened = open_table(table)
    export = SegmentExport(video=opened.video, segments=segments_of(opened, rules))
    rows = pd.DataFrame(segment_rows(export), columns=list(COLUMNS))
    return rows.astype({name: _DTYPES[kind] for name, kind in COLUMNS.items()})


def write_segments(
    table: PathLike,
    output: PathLike | None = None,
    *,
    formats: str | Sequence[str] | None = None,
    min_duration: float = 0.0,
    merge_gap: float = 0.0,
    threshold: float | None = None,
    thresholds: Mapping[str, float] | None = None,
    overwrite: bool = False,
) -> list[Place]:
    """Write the segments of a table: all files or none.

    Args:
        table: a `…_predictions.csv` or `.parquet` of one clip.
        output: a folder, or a file whose suffix names the format; None for beside the table.
        formats: names in `vidclf.segments.formats.FORMATS`, such as `srt`; None for what `output`
            names, else `csv`. docs/segments.md describes them.
        min_duration: as in `find_segments`, as are `merge_gap`, `threshold` and `thresholds`.
        merge_gap: seconds.
        threshold: a score.
        thresholds: label → score.
        overwrite: whether files that are there already may be replaced.

    Returns:
        The files, in the order of `formats`.

    Raises:
        SourceError: the table cannot be read or is not right.
        UsageError: it holds values or several clips, or an argument cannot be.
        OutputError: a file is there already or cannot be written.
    """
    wanted = [formats] if isinstance(formats, str) else formats
    rules = _rules(min_duration, merge_gap, threshold, thresholds)
    path = place_of(table)
    paths = segment_paths(path, output, wanted)
    return write_table_segments(path, paths, rules, overwrite=overwrite).paths


def segment_paths(
    table: Place, output: PathLike | None, formats: Sequence[str] | None
) -> dict[str, Place]:
    """Format → file to write, before the table is opened.

    Raises:
        UsageError: a format is none, or the output is not of it.
    """
    return {
        name: output_path(
            stem_of(table),
            output,
            ending=FORMATS[name].ending,
            kinds=[FORMATS[name].suffix],
            inputs=[table, manifest_path(table)],
        )
        for name in _formats(output, formats)
    }


def write_table_segments(
    table: Place, paths: Mapping[str, Place], rules: SegmentRules, *, overwrite: bool
) -> SegmentFiles:
    """Write the segments of a table to these files; see `write_segments`."""
    opened = open_table(table)
    segments = segments_of(opened, rules)
    is_zero_needed = any(FORMATS[name].on_player_clock for name in paths)
    zero = player_zero(opened) if is_zero_needed else 0.0
    with Staging(overwrite=overwrite) as staging:
        for name, path in paths.items():
            export = SegmentExport(
                video=opened.video,
                segments=segments,
                rules=rules,
                uncertain=uncertain_spans(opened, rules.threshold).tolist(),
                zero_seconds=zero,
                source=_source(opened),
                folder=path.parent,
            )
            write_text(staging.add(path), FORMATS[name].text(export), kind="the segments")
    return SegmentFiles(video=opened.video, count=len(segments), paths=list(paths.values()))


def _rules(
    min_duration: float,
    merge_gap: float,
    threshold: float | None,
    thresholds: Mapping[str, float] | None,
) -> SegmentRules:
    return SegmentRules(
        min_duration=min_duration,
        merge_gap=merge_gap,
        threshold=threshold,
        thresholds=dict(thresholds or {}),
    )


def _formats(output: PathLike | None, formats: Sequence[str] | None) -> Sequence[str]:
    if unknown := [name for name in formats or () if name not in FORMATS]:
        raise UsageError(f"no format is called {unknown[0]!r}: there are {', '.join(FORMATS)}")
    if output is None or is_folder(output):
        return list(dict.fromkeys(formats or ["csv"]))
    suffix = output_place(output).suffix.lower()
    if not formats:
        return [_format_of(suffix, output)]
    if len(set(formats)) > 1:
        raise UsageError(
            f"-o {output} names one file, but there are {len(set(formats))} formats: name a folder"
        )
    if suffix != FORMATS[formats[0]].suffix:
        raise UsageError(f"-o {output}: {formats[0]} is written as {FORMATS[formats[0]].suffix}")
    return [formats[0]]


def _format_of(suffix: str, output: PathLike) -> str:
    """The one format whose files have this suffix."""
    names = [name for name, entry in FORMATS.items() if entry.suffix == suffix]
    if len(names) > 1:
        choices = " or ".join(f"--format {name}" for name in names)
        raise UsageError(f"-o {output}: give {choices}, too")
    if not names:
        suffixes = dict.fromkeys(entry.suffix for entry in FORMATS.values())
        raise UsageError(f"-o {output}: segments are written as {', '.join(suffixes)}")
    return names[0]


def _source(table: Table) -> Path | None:
    """The clip's file as the manifest tells; None for a place that only the run knew."""
    source = table.manifest.source
    if table.clip is None and source is not None and Path(source).is_absolute():
        return Path(source)
    return table.clip
