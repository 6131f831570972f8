"""What labelled data must be before anything is decoded, each rule with its sentence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from unicodedata import normalize

from vidclf.core.counting import counted
from vidclf.core.file_digest import file_digest
from vidclf.core.run_warnings import get_logger
from vidclf.dataset.examples import Example, LabelledSet
from vidclf.errors import DataError
from vidclf.files.local_files import local_file
from vidclf.files.places import Place

logger = get_logger(__name__)

_MOST_NAMED = 3
"""So many of what is wrong are named; the rest is counted."""


def checked(data: LabelledSet, *, is_new: bool) -> LabelledSet:
    """Return labelled data that can be used.

    Args:
        data: the data.
        is_new: whether its labels are to be learnt; else they are those of a model.

    Raises:
        DataError: they cannot; the message says why and what to do.
    """
    if not data.examples:
        raise DataError(f"{data.name} holds no example: add labelled pictures or clips")
    if data.task != "regression":
        if is_new:
            _check_spellings(data)
            _check_several(data)
            _check_learnt(data)
        else:
            _check_known(data)
    _check_contradictions(data)
    return data


def listed(names: Iterable[object], *, separator: str = ", ") -> str:
    """`a, b, c and 4 more`."""
    every = [str(name) for name in names]
    more = len(every) - _MOST_NAMED
    return separator.join(every[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def origin_of(example: Example) -> str:
    """Where an example was said, for messages."""
    return f"{example.path} ({example.origin})" if example.origin else str(example.path)


def _used(examples: Iterable[Example]) -> dict[str, int]:
    """Label → how many examples have it."""
    counts: dict[str, int] = defaultdict(int)
    for example in examples:
        for label in example.labels:
            counts[label] += 1
    return counts


def _check_spellings(data: LabelledSet) -> None:
    spellings: dict[str, set[str]] = defaultdict(set)
    for label in data.labels:
        spellings[_plain(label)].add(label)
    for alike in spellings.values():
        if len(alike) > 1:
            counts = _used(data.examples)
            said = " and ".join(f"{label!r} ({counts[label]})" for label in sorted(alike))
            raise DataError(
                f"{data.name}: the labels {said} differ by case or blanks alone: spell them alike, "
                "or give them names that differ"
            )


def _plain(label: str) -> str:
    """A label whatever its case and blanks."""
    return " ".join(normalize("NFKC", label).casefold().split())


def _check_several(data: LabelledSet) -> None:
    if data.task == "classes" and len(data.labels) < 2:
        raise DataError(
            f"{data.name} has one label only, {data.labels[0]!r}: a classifier needs at least two; "
            "add pictures of something else under another label"
        )
    if not data.labels:
        raise DataError(f"{data.name}: no example has a label; fill in the column label")


def _check_learnt(data: LabelledSet) -> None:
    """Refuse a label that is to be measured and was never shown in training."""
    learnt = _used(example for example in data.examples if example.part in ("train", None))
    for part in ("val", "test"):
        measured = _used(example for example in data.examples if example.part == part)
        if unseen := sorted(measured.keys() - learnt.keys()):
            raise DataError(
                f"{data.name}: {listed(map(repr, unseen))} in {part} and not in train: a label "
                "that training never saw cannot be told; add examples to train or take these out"
            )


def _check_known(data: LabelledSet) -> None:
    unknown = sorted(_used(data.examples).keys() - set(data.labels))
    if not unknown:
        return
    alike = [name for name in data.labels if _plain(name) == _plain(unknown[0])]
    known = f"but {alike[0]!r}" if alike else f"only {listed(map(repr, data.labels))}"
    raise DataError(
        f"{data.name}: the model has no label {listed(map(repr, unknown))}, {known}: rename the "
        "label in the data, or leave its examples out"
    )


def _check_contradictions(data: LabelledSet) -> None:
    """Refuse the same picture, or the same moment of a clip, with two truths."""
    wrong = [*_contradicting_files(data.examples), *_contradicting_parts(data)]
    if wrong:
        pairs = [f"{origin_of(a)} as {_truth(a)}, {origin_of(b)} as {_truth(b)}" for a, b in wrong]
        raise DataError(
            f"{data.name}: {counted(len(wrong), 'picture')} under two labels: "
            f"{listed(pairs, separator='; ')}; keep the right one of each, or, where "
            "both are true, write them into one cell of a table as a;b"
        )


def _truth(example: Example) -> str:
    names = example.labels or tuple(f"{value:g}" for value in example.values)
    return ";".join(names) or "nothing"


def _contradicting_files(examples: Sequence[Example]) -> list[tuple[Example, Example]]:
    """Whole files that are the same to the byte and have two truths; first of each and the other.

    Only files of one size are read for it.
    """
    by_size: dict[int, list[Example]] = defaultdict(list)
    for example in examples:
        if _is_whole(example):
            by_size[_size(example.path)].append(example)
    wrong = []
    for size, alike in by_size.items():
        if size > 0 and len({_truth(example) for example in alike}) > 1:
            wrong += _contradicting(_by_digest(alike))
    return wrong


def _size(path: Place) -> int:
    if not isinstance(path, Path):
        return -1  # what lies elsewhere is not asked for one by one
    try:
        return path.stat().st_size
    except OSError:
        return -1


def _by_digest(examples: Iterable[Example]) -> Mapping[str | None, list[Example]]:
    known: dict[Place, str | None] = {}
    digests: dict[str | None, list[Example]] = defaultdict(list)
    for example in examples:
        if example.path not in known:
            known[example.path] = file_digest(local_file(example.path))
        digests[known[example.path]].append(example)
    return digests


def _contradicting(digests: Mapping[str | None, list[Example]]) -> list[tuple[Example, Example]]:
    return [
        (alike[0], other)
        for digest, alike in digests.items()
        if digest is not None
        for other in alike[1:]
        if _truth(other) != _truth(alike[0])
    ]


def _contradicting_parts(data: LabelledSet) -> list[tuple[Example, Example]]:
    """Parts of one clip that overlap and exclude each other."""
    if data.task == "multi_label":
        return []
    clips: dict[Place, list[Example]] = defaultdict(list)
    for example in data.examples:
        clips[example.path].append(example)
    wrong = []
    for parts in clips.values():
        parts.sort(key=lambda part: part.start_seconds or 0.0)
        for part, after in pairwise(parts):
            end = part.end_seconds
            overlaps = end is None or (after.start_seconds or 0.0) < end
            is_whole = _is_whole(part) and _is_whole(after)
            is_told = is_whole and isinstance(part.path, Path)  # by their file
            if overlaps and not is_told and _truth(part) != _truth(after):
                wrong.append((part, after))
    return wrong


def _is_whole(example: Example) -> bool:
    return example.start_seconds is None and example.end_seconds is None
