"""Segments of tables, for programs and the command: found, and written in any format."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from vidclf.errors import UsageError
from vidclf.files.names import is_folder, output_path
from vidclf.files.staging import Staging
from vidclf.files.table_manifest import manifest_path, stem_of
from vidclf.segments import SegmentRules
from vidclf.segments.export import SegmentExport
from vidclf.segments.formats import FORMS, Format
from vidclf.segments.formats.csv_file import COLUMNS, save, values
from vidclf.segments.formats.player_time import player_zero
from vidclf.segments.from_table import segments_of
from vidclf.table.table import Table, open_table

PathLike = str | os.PathLike[str]

_BY_SUFFIX: dict[str, Format] = {
    form.suffix: name for name, form in FORMS.items() if form.suffix != ".txt"
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentFiles:
    """What was written of one table."""

    video: str
    """The clip's name."""
    count: int
    """How many segments there are."""
    paths: list[Path]
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
    rules = _rules(min_duration, merge_gap, threshold, thresholds)
    opened = open_table(Path(table))
    rows = [values(opened.video, i, s) for i, s in enumerate(segments_of(opened, rules))]
    kinds = {"segment": "int64", "start_frame": "int64", "end_frame": "int64"}
    texts = dict.fromkeys(("video", "label"), "str")
    numbers = {name: "float64" for name in COLUMNS if name not in kinds and name not in texts}
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({**kinds, **texts, **numbers})


def write_segments(
    table: PathLike,
    output: PathLike | None = None,
    *,
    formats: Format | Sequence[Format] | None = None,
    min_duration: float = 0.0,
    merge_gap: float = 0.0,
    threshold: float | None = None,
    thresholds: Mapping[str, float] | None = None,
    overwrite: bool = False,
) -> list[Path]:
    """Write the segments of a table: all files or none.

    Args:
        table: a `…_predictions.csv` or `.parquet` of one clip.
        output: a folder, or a file whose suffix names the format; None for beside the table.
        formats: any of `csv`, `srt`, `vtt`, `eaf`, `audacity`, `chapters` and `json`; None for
            what `output` names, else `csv`. docs/segments.md describes them.
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
    paths = segment_paths(Path(table), output, wanted)
    return write_table_segments(Path(table), paths, rules, overwrite=overwrite).paths


def segment_paths(
    table: Path, output: PathLike | None, formats: Sequence[Format] | None
) -> dict[Format, Path]:
    """Format → file to write, before the table is opened.

    Raises:
        UsageError: a format is none, or the output is not of it.
    """
    return {
        name: output_path(
            stem_of(table),
            output,
            ending=FORMS[name].ending,
            kinds=[FORMS[name].suffix],
            inputs=[table, manifest_path(table)],
        )
        for name in _formats(output, formats)
    }


def write_table_segments(
    table: Path, paths: Mapping[Format, Path], rules: SegmentRules, *, overwrite: bool
) -> SegmentFiles:
    """Write the segments of a table to these files; see `write_segments`."""
    opened = open_table(table)
    segments = segments_of(opened, rules)
    zero = 0.0 if paths.keys() <= {"csv", "json"} else player_zero(opened)
    with Staging(overwrite=overwrite) as staging:
        for name, path in paths.items():
            found = SegmentExport(
                video=opened.video,
                segments=segments,
                rules=rules,
                zero_seconds=zero,
                source=_source(opened),
                folder=path.parent,
            )
            save(staging.add(path), FORMS[name].text(found))
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


def _formats(output: PathLike | None, formats: Sequence[Format] | None) -> Sequence[Format]:
    if unknown := [name for name in formats or () if name not in FORMS]:
        raise UsageError(f"no format is called {unknown[0]!r}: there are {', '.join(FORMS)}")
    if output is None or is_folder(output):
        return list(dict.fromkeys(formats or ["csv"]))
    suffix = Path(output).suffix.lower()
    if not formats:
        if suffix in _BY_SUFFIX:
            return [_BY_SUFFIX[suffix]]
        if suffix == ".txt":
            raise UsageError(f"-o {output}: give --format audacity or --format chapters, too")
        raise UsageError(f"-o {output}: segments are written as {', '.join(_BY_SUFFIX)}, .txt")
    if len(set(formats)) > 1:
        raise UsageError(
            f"-o {output} names one file, but there are {len(set(formats))} formats: name a folder"
        )
    if suffix != FORMS[formats[0]].suffix:
        raise UsageError(f"-o {output}: {formats[0]} is written as {FORMS[formats[0]].suffix}")
    return [formats[0]]


def _source(table: Table) -> Path | None:
    """The clip's file as the manifest tells; None for a place that only the run knew."""
    told: Any = table.manifest.get("source")
    if table.clip is None and isinstance(told, str) and Path(told).is_absolute():
        return Path(told)
    return table.clip
