"""How a rendered file is called: by what is special about it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from vidclf.settings import Position

_MOST_LABELS = 3
_LONGEST_LABEL = 32


def rendered_mark(
    *,
    style: str | None = None,
    position: str | None = None,
    only: Sequence[str] = (),
    hide: Sequence[str] = (),
    is_renamed: bool = False,
    threshold: float | None = None,
    bounds: Sequence[Position | None] = (None, None),
) -> str:
    """What is put behind the clip's name; `_rendered` where nothing is special.

    >>> rendered_mark(style="card")
    '_card'
    >>> rendered_mark(only=["Egyptian cat", "espresso"], is_renamed=True)
    '_Egyptian-cat_espresso_renamed'
    >>> rendered_mark(bounds=[Position(seconds=80), Position(frame=2100)])
    '_from-80_to-2100f'

    Args:
        style: what is drawn, where that was asked for.
        position: in which corner the card stands, where that was asked for.
        only: labels whose parts are joined.
        hide: labels that are not shown.
        is_renamed: whether labels have other names.
        threshold: the confidence that was asked for.
        bounds: where the part of the clip begins and ends, where that was asked for.
    """
    words = [
        *_label_words(only),
        *(f"{word}-{place}" for word, place in zip(("from", "to"), bounds, strict=True) if place),
        *filter(None, (style, position)),
        *(f"without-{word}" for word in _label_words(hide)),
        *(["renamed"] if is_renamed else []),
        *([] if threshold is None else [f"threshold-{threshold:g}"]),
    ]
    return "_" + "_".join(words or ["rendered"])


def _label_words(labels: Sequence[str]) -> list[str]:
    """Labels as parts of a file's name; of many the first, and how many more there are."""
    words = [_file_word(label) for label in labels[:_MOST_LABELS]]
    more = len(labels) - _MOST_LABELS
    return [*words, f"{more}-more"] if more > 0 else words


def _file_word(label: str) -> str:
    """A label with `-` for all but letters and digits: `tabby, cat` → `tabby-cat`."""
    return re.sub(r"\W+|_", "-", label).strip("-")[:_LONGEST_LABEL].rstrip("-") or "label"
