"""Says what labels are called: names of the table, and those that are shown in their place."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelNames:
    """What labels, or the values of a regression, are called, and which are left out."""

    renamed: Mapping[str, str] = field(default_factory=dict)
    """Name in the table → name that is shown."""
    hidden: frozenset[str] = frozenset()
    """Names that are not shown, either as in the table or as renamed."""

    def display_name(self, name: str) -> str | None:
        """What a name of the table is shown as; None if it is hidden."""
        new = self.renamed.get(name, name)
        return None if name in self.hidden or new in self.hidden else new

    def table_names(self, wanted: Collection[str], known: Sequence[str]) -> list[str]:
        """Those of the table's names that are called as is wanted, there or after renaming."""
        return [name for name in known if name in wanted or self.renamed.get(name) in wanted]

    def class_ids(self, ids: Mapping[str, int]) -> dict[str, int]:
        """Shown name → class: a new name has its label's, unless a label of that name has one."""
        shown = {name: i for name, i in ids.items() if name not in self.renamed}
        for name, new in self.renamed.items():
            shown.setdefault(new, ids.get(name, -1))
        return shown
