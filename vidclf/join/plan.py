"""The first pass over the tables: which there are, their columns, and whether they go together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from vidclf.core.addresses import shown_address
from vidclf.core.counting import counted
from vidclf.errors import SourceError, UnreadableTablesError, UsageError
from vidclf.files.manifest import Manifest
from vidclf.files.names import manifest_path
from vidclf.files.places import Place, address_of, place_of
from vidclf.table.blocks import TableHead, read_head
from vidclf.table.column_types import Types, column_types
from vidclf.table.joining import JoinedClips

OnTable = Callable[[str, int], None]
"""Is told of each table: what is looked at (`headers` or `rows`), and how many tables there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinPlan:
    """The tables that become one."""

    tables: list[str]
    """Their files or addresses, in order; text, as there may be a hundred thousand."""
    types: Types
    """Columns of all of them, in the order of their first, and their types; `str` is text that
    vidclf does not know."""
    clips: JoinedClips
    """The clip of each table's first row; others may follow."""

    @property
    def texts(self) -> Types:
        """The columns of others' making that are text."""
        return {column: kind for column, kind in self.types.items() if kind == "str"}


def plan_join(tables: Iterable[Place], *, on_table: OnTable) -> JoinPlan:
    """Look at the head of each table.

    Raises:
        UnreadableTablesError, SourceError: tables cannot be read, of which all are told.
        UsageError: there is none, they are of several kinds, or a clip stands in two.
    """
    names = [address_of(path) for path in dict.fromkeys(tables)]
    if not names:
        raise UsageError("no table was given")
    columns: dict[str, None] = {}
    others: Types = {}
    clips, doubles, failures = JoinedClips(), [], []
    for name in names:
        on_table("headers", len(names))
        try:
            head = _head(place_of(name))
        except SourceError as exc:
            failures.append(exc)
            continue
        clips.add_table(shown_address(name), head.columns)
        columns.update(dict.fromkeys(head.columns))
        _widen(others, head.others)
        try:
            clips.add_clip(head.video, shown_address(name))
        except UsageError as exc:
            doubles.append(exc)
    raise_failures(failures, count=len(names))
    if doubles:
        raise _first_of(doubles)
    types = {**{column: others.get(column, "") or "float64" for column in columns}}
    return JoinPlan(tables=names, types={**types, **column_types(list(columns))}, clips=clips)


def raise_failures(failures: list[SourceError], *, count: int) -> None:
    """Raise what is wrong with tables, if anything is.

    Raises:
        SourceError: what is wrong with the only one.
        UnreadableTablesError: what is wrong with several.
    """
    if len(failures) == 1:
        raise failures[0]
    if failures:
        raise UnreadableTablesError(
            f"{len(failures)} of {count:,} tables cannot be read, and nothing was written: mend "
            "them, or move them away",
            errors=failures,
        )


def _head(path: Place) -> TableHead:
    Manifest.read(manifest_path(path))  # refuses a format that is not known
    return read_head(path)


def _widen(types: Types, more: Types) -> None:
    """What holds the cells of a column of others' making in all tables: text, if nothing else."""
    for column, kind in more.items():
        known = types.get(column, "")
        if not known or not kind or known == kind:
            types[column] = known or kind
        else:
            types[column] = "float64" if {known, kind} == {"int64", "float64"} else "str"


def _first_of(doubles: list[UsageError]) -> UsageError:
    if len(doubles) == 1:
        return doubles[0]
    more = counted(len(doubles) - 1, "more clip")
    return UsageError(f"{doubles[0]} ({more} in two tables)")
