"""Which files are made of a clip, and what they are called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from importlib.util import find_spec
from pathlib import Path

from vidclf.errors import UsageError
from vidclf.files.names import MANIFEST, SEGMENTS_CSV
from vidclf.files.output_kinds import kind_of_file, suffixes_of
from vidclf.files.places import Place
from vidclf.settings import Settings
from vidclf.sinks import PICTURE_SINKS
from vidclf.sources.location import ClipLocation
from vidclf.sources.stills import still_suffix
from vidclf.table.row_sinks import ROW_SINKS

Endings = Mapping[str, str]
"""Kind → what is put behind a clip's stem."""

_KINDS = {**PICTURE_SINKS, **ROW_SINKS}
_ENDINGS = {
    **{kind: entry.ending for kind, entry in _KINDS.items()},
    "segments": SEGMENTS_CSV,
    "manifest": MANIFEST,
}
_ALWAYS_MADE = frozenset({"table", "segments", "manifest"})


def wanted_kinds(settings: Settings) -> frozenset[str]:
    """The kinds of files that settings ask for, beside those that are always made."""
    return frozenset(kind for kind in _KINDS if getattr(settings, kind, False))


_BY_DEFAULT = wanted_kinds(Settings()) | {"still"}
"""Give way to the file that `-o` names."""


class ClipOutputs(Mapping[str, Place]):
    """The files of a clip by their kinds, named when they are asked for: a stem and endings.

    Args:
        stem: their path without the endings.
        endings: of each kind.
        place: makes a place of a path, `Path` or `RemotePath`.
    """

    __slots__ = ("_endings", "_place", "_stem")

    def __init__(self, stem: str, endings: Endings, place: Callable[[str], Place] = Path) -> None:
        self._stem = stem
        self._endings = endings
        self._place = place

    def __getitem__(self, kind: str) -> Place:
        return self._place(self._stem + self._endings[kind])

    def __iter__(self) -> Iterator[str]:
        return iter(self._endings)

    def __len__(self) -> int:
        return len(self._endings)


class FolderOutputs:
    """What is made of clips in an output folder; clips of one sort share their endings."""

    def __init__(self, kinds: Set[str]) -> None:
        """Make files of these kinds, and those that are made of every clip."""
        self.of_video: Endings = _endings(kinds)
        self._wants_pictures = "video" in kinds
        still = _endings((kinds - {"video"}) | {"still"})
        ending = still["still"].removesuffix(".jpg")
        self._of_still = {
            suffix: {**still, "still": ending + suffix} for suffix in (".jpg", ".png")
        }

    def of(self, source: ClipLocation) -> Endings:
        """What is put behind a clip's stem; where it may be a still, its header is read."""
        suffix = still_suffix(source) if self._wants_pictures else None
        return self.of_video if suffix is None else self._of_still[suffix]


def _endings(kinds: Set[str]) -> dict[str, str]:
    made = kinds | _ALWAYS_MADE
    return {kind: ending for kind, ending in _ENDINGS.items() if kind in made}


def outputs_of_file(target: Place, kinds: Set[str]) -> dict[str, Place]:
    """The outputs where `-o` names one of them: what is wanted of its sort is called like it.

    Raises:
        UsageError: vidclf writes no such file, or pictures are named where none are made.
    """
    suffixes = suffixes_of(_KINDS)
    if target.suffix.lower() not in suffixes:
        raise UsageError(
            f"-o {target}: vidclf writes {', '.join(suffixes)}; a name without a suffix is "
            "taken for a folder"
        )
    named = kind_of_file(target, _KINDS)
    if named in PICTURE_SINKS and not kinds & PICTURE_SINKS.keys():
        raise UsageError(f"-o {target} names pictures, but only the table is written: name a .csv")
    stem = target.with_name(target.stem)
    wanted = (kinds - _BY_DEFAULT) | {named}
    outputs: dict[str, Place] = {
        kind: stem.with_name(stem.name + ending) for kind, ending in _endings(wanted).items()
    }
    alike = PICTURE_SINKS if named in PICTURE_SINKS else ROW_SINKS
    for kind in wanted & alike.keys():
        outputs[kind] = stem.with_name(stem.name + alike[kind].suffixes[0])
    outputs[named] = target
    return outputs


def check_installed(kinds: Iterable[str]) -> None:
    """See that what writes files of some kinds is there.

    Raises:
        UsageError: a library is not installed.
    """
    for kind in kinds:
        library = _KINDS[kind].library if kind in _KINDS else None
        if library is not None and find_spec(library) is None:
            raise UsageError(
                f"{kind.capitalize()} is written by {library}, which is not installed: "
                f"pip install 'vidclf[{kind}]'"
            )
