"""What a run knows of each kind of file that it makes: the name, and who writes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from vidclf.files.places import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputKind:
    """A kind of file that a run makes of a clip."""

    ending: str
    """What is put behind the clip's name."""
    suffixes: tuple[str, ...]
    """By which a file named with `-o` is of this kind; the usual one first."""
    opener: str
    """Module and name of what opens a sink for it, below the package with the table."""
    library: str | None = None
    """What must be installed to write it; an extra of the kind's own name brings it."""


def suffixes_of(kinds: Mapping[str, OutputKind]) -> tuple[str, ...]:
    """The suffixes of all kinds, in their order."""
    return tuple(suffix for entry in kinds.values() for suffix in entry.suffixes)


def kind_of_file(path: Place, kinds: Mapping[str, OutputKind]) -> str:
    """The kind that a file is of by its suffix, which is one of `suffixes_of`."""
    suffix = path.suffix.lower()
    return next(kind for kind, entry in kinds.items() if suffix in entry.suffixes)
