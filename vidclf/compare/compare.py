"""The comparison of two tables: what was compared, and what was found."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from vidclf.compare.class_tables import compare_classes
from vidclf.compare.join import Indexes, JoinedTables, join
from vidclf.compare.label_tables import compare_labels
from vidclf.compare.results import ClassAgreement, LabelComparison, ValueComparison
from vidclf.compare.text_report import comparison_text
from vidclf.compare.value_tables import compare_values
from vidclf.files.places import Place
from vidclf.table.column_types import TableKind
from vidclf.table.named_tables import PathLike
from vidclf.table.schema import LABELS
from vidclf.table.table import Table, open_table

Findings = ClassAgreement | LabelComparison | ValueComparison


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two tables."""

    path: Place
    """Its file."""
    model: str
    """The model's name as its manifest tells; empty where there is none."""
    frames: int
    """How many frames it holds."""
    only_here: tuple[str, ...]
    """Labels that it shows and the other one never names, or that the other has no score of, or
    values that the other lacks. They tell of other label files, or of other models."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two tables of one clip, compared."""

    video: str
    """The clip's name, as in A."""
    clip: Path | None
    """The clip, where it is still there."""
    kind: TableKind
    """What the tables hold, which says what `found` is."""
    a: Side
    """The first table."""
    b: Side
    """The second table."""
    frames: int
    """How many frames both have, which are those that were compared."""
    start_seconds: float
    """When the first of them is shown."""
    end_seconds: float
    """When the last of them ends."""
    seconds: float
    """How long they last together."""
    found: Findings
    """How far the two agree, and where they differ."""

    def as_text(self) -> str:
        """What `vidclf compare` prints: the most important first, ten rows of each list."""
        return comparison_text(self)


def compare_tables(a: PathLike, b: PathLike) -> Comparison:
    """Compare two tables of one clip: what `vidclf compare A B` prints.

    Frames are joined by their index, and only those that both tables have are compared. What is
    compared is what the viewer sees: `label`, `labels` or `value_…`, after smoothing.

    Args:
        a: a table, CSV or Parquet.
        b: another one of the same clip and kind.

    Raises:
        SourceError: a table cannot be read.
        UsageError: they are of different kinds or clips, or have no frame or label in common.
    """
    return compare_joined(join(open_table(a), open_table(b)))


def compare_joined(joined: JoinedTables) -> Comparison:
    """Compare two tables that are joined already; see `compare_tables`.

    Raises:
        UsageError: they have no label or value in common.
    """
    table_a, table_b = joined.a, joined.b
    shown_a, shown_b = _shown(table_a, joined.rows_a), _shown(table_b, joined.rows_b)
    return Comparison(
        video=table_a.video,
        clip=table_a.clip or table_b.clip,
        kind=table_a.kind,
        a=_side(table_a, shown_a, _named(table_b)),
        b=_side(table_b, shown_b, _named(table_a)),
        frames=len(joined.frames),
        start_seconds=float(joined.starts[0]),
        end_seconds=float(joined.ends[-1]),
        seconds=float(joined.seconds.sum()),
        found=_found(joined),
    )


def _found(joined: JoinedTables) -> Findings:
    match joined.a.kind:
        case "classes":
            return compare_classes(joined)
        case "labels":
            return compare_labels(joined)
        case "values":
            return compare_values(joined)


def _side(table: Table, shown: Sequence[str], named_by_other: Set[str]) -> Side:
    return Side(
        path=table.path,
        model=table.manifest.model.name or "",
        frames=len(table.rows),
        only_here=tuple(name for name in shown if name not in named_by_other),
    )


def _shown(table: Table, rows: Indexes) -> list[str]:
    """What is compared: the labels shown at these rows, all that have a score, or the values."""
    if table.kind != "classes":
        return table.values or list(table.classes)
    return [str(label) for label in table.rows["label"].iloc[rows].unique()]


def _named(table: Table) -> Set[str]:
    """All labels, or values, that stand anywhere in a table, be it as runners-up."""
    names = {*table.values, *table.classes}
    for column in table.rows.select_dtypes("category").columns:
        if column not in ("video", LABELS):
            names.update(map(str, table.rows[column].cat.categories))
    return names
