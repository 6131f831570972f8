"""Names by which clips, and their outputs, are told from each other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from vidclf.batch.clips import Clip

_NUMBER = re.compile(r"[ _.-]*%\d*d")


def plain_stem(place: str) -> str:
    """A place without its suffix, and without a pattern's number (`shot_%05d.png` → `shot`)."""
    suffix = suffix_of(place)
    stem = place[: -len(suffix)] if suffix else place
    if "%" not in stem:
        return stem or "pictures"
    folder, slash, name = stem.rpartition("/")
    return f"{folder}{slash}{_NUMBER.sub('', name) or 'pictures'}"


def stem_with_suffix(place: str) -> str:
    """The stem of a clip that is not alone with its plain one: `a_mp4`."""
    return plain_stem(place) + suffix_of(place).replace(".", "_")


def distinct_stems(
    clips: Collection[Clip], earlier: Mapping[Clip, str] | None = None
) -> dict[Clip, str]:
    """Stems for the outputs of clips that would share one; all others keep `plain_stem`.

    They get their suffix, and a number where that is not enough: the same ones in whatever order
    the clips were named. Stems that a list gives stay as they are, and those of `earlier` outputs.

    >>> clips = [Clip(named="", place=name) for name in ("a.mp4", "a.avi", "b.mp4")]
    >>> list(distinct_stems(clips).values())
    ['a_avi', 'a_mp4']
    """
    stems = {clip: clip.stem for clip in clips if clip.stem is not None} | dict(earlier or {})
    given = {stem.casefold() for stem in stems.values()}
    others = [clip for clip in clips if clip not in stems]
    once, shared = _once_and_more(plain_stem(clip.place).casefold() for clip in others)
    shared |= once & given
    taken = once - shared | given
    tries: Counter[str] = Counter()
    for clip in _sorted(clip for clip in others if plain_stem(clip.place).casefold() in shared):
        stems[clip] = _free(stem_with_suffix(clip.place), taken, tries)
    return stems


def distinct_names(clips: Collection[Clip]) -> dict[Clip, str]:
    """Names of clips whose places are those of others, too; all others are called by their place.

    They are called by their paths as named: `day1/a.mp4` and `day2/a.mp4`.
    """
    names: dict[Clip, str] = {}
    while True:
        _, shared = _once_and_more(names.get(clip, clip.place) for clip in clips)
        alike = [clip for clip in clips if names.get(clip, clip.place) in shared]
        longer = {clip: clip.path_as_named for clip in alike if clip not in names}
        if not longer:
            return names | _numbered(names)
        names |= longer


def _numbered(names: dict[Clip, str]) -> dict[Clip, str]:
    """Names of their own for addresses of which what may be shown is the same."""
    _, shared = _once_and_more(names.values())
    taken = {name.casefold() for name in names.values() if name not in shared}
    tries: Counter[str] = Counter()
    alike = _sorted(clip for clip, name in names.items() if name in shared)
    return {clip: _free(names[clip], taken, tries) for clip in alike}


def _free(base: str, taken: set[str], tries: Counter[str]) -> str:
    """A name that is not taken, in any case of its letters; it is then. `a`, `a_2`, `a_3`."""
    name, folded = base, base.casefold()
    while name.casefold() in taken:
        tries[folded] += 1
        name = f"{base}_{tries[folded] + 1}"
    taken.add(name.casefold())
    return name


def _sorted(clips: Iterable[Clip]) -> list[Clip]:
    """Clips in an order that does not depend on the one in which they were named."""
    return sorted(clips, key=lambda clip: (clip.path_as_named, clip.source.text))


def _once_and_more(names: Iterable[str]) -> tuple[set[str], set[str]]:
    """The names that occur once, and those that do several times."""
    once: set[str] = set()
    more: set[str] = set()
    for name in names:
        (more if name in once else once).add(name)
    return once - more, more


def suffix_of(place: str) -> str:
    """`.mp4` of a place, as `Path.suffix` has it."""
    dot = place.rfind(".")
    return place[dot:] if place.rfind("/") + 1 < dot < len(place) - 1 else ""
