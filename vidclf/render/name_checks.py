"""Checks the names that a user gives labels, hides or asks for alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from vidclf.errors import UsageError
from vidclf.table.label_names import LabelNames
from vidclf.table.table import Table

_SHOWN_NAMES = 12


def known_names(table: Table) -> list[str]:
    """All labels that stand in a table, or the names of its values."""
    if table.kind == "values":
        return table.values
    columns = [c for c in table.rows.columns if c == "label" or _is_runner_up(c)]
    found = [str(label) for c in columns for label in table.rows[c].cat.categories]
    return [name for name in dict.fromkeys([*table.class_ids, *found]) if name]


def checked_names(
    table: Table, *, rename: Mapping[str, str], hide: Sequence[str], only: Sequence[str]
) -> LabelNames:
    """The names that a user asked for.

    Raises:
        UsageError: one is not in the table, a new one is empty, every value is hidden, or two have
            one name.
    """
    known = known_names(table)
    for name, new in rename.items():
        _check_known("--rename", name, known, table)
        if not new.strip():
            raise UsageError(f"--rename {name}=: a name cannot be empty; --hide {name!r} hides it")
    for flag, wanted in (("--hide", hide), ("--only", only)):
        for name in wanted:
            _check_known(flag, name, [*known, *rename.values()], table)
    names = LabelNames(renamed=dict(rename), hidden=frozenset(hide))
    if table.kind == "values":
        _check_values(names, known)
    return names


def _check_known(flag: str, name: str, known: Sequence[str], table: Table) -> None:
    if name in known:
        return
    close = get_close_matches(name, known, n=3)
    listed = list(dict.fromkeys([*close, *known]))[:_SHOWN_NAMES]
    more = f" and {len(known) - len(listed)} more" if len(known) > len(listed) else ""
    what = "value" if table.kind == "values" else "label"
    raise UsageError(
        f"{flag} {name!r}: the table {table.path} has no such {what}; it has "
        f"{', '.join(map(repr, listed))}{more}"
    )


def _check_values(names: LabelNames, known: Sequence[str]) -> None:
    shown = [new for name in known if (new := names.display_name(name)) is not None]
    if not shown:
        raise UsageError(f"--hide {known[-1]}: no value would be left to draw; show one of {known}")
    for name, new in names.renamed.items():
        if shown.count(new) > 1:
            raise UsageError(
                f"--rename {name}={new}: two values would be called {new!r}, and only labels can "
                "become one; give another name, or --hide one of them"
            )


def _is_runner_up(column: str) -> bool:
    return column.startswith("top") and column.endswith("_label")
