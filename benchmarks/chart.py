"""A bar chart of the wall and CPU seconds, as SVG written by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import groupby

from inputs import Clip
from measure import Results, Run, middle, ratio

WIDTH, MARGIN, LABELS = 980, 16, 306
ROW, BAR, TITLE, GAP = 24, 16, 26, 14
SHARE = 76
"""Pixels for as long as the floor takes, in the columns."""
COLUMN = (WIDTH - LABELS) // 3
NUMBERS = 130
"""Pixels for the words behind a bar that takes all of its room."""
OURS, OTHERS, CPU, INK, FAINT = "#2563eb", "#8a94a6", "#d5dae3", "#1f2937", "#6b7280"
USUAL = ("floor", "same_encoder", "annotate", "predict")
"""What is measured on every clip."""

Runs = Mapping[str, Sequence[Run]]


def chart(results: Results, clips: Sequence[Clip], titles: Mapping[str, str]) -> str:
    """A row of columns for each length of clip, one column a size; below, all programs on one clip.

    Columns are drawn in multiples of the floor on their own clip, so that they can be compared.
    """
    measured = [clip for clip in clips if results.get(clip.name, {}).get("floor")]
    top, drawn = 34, []
    ordered = sorted(measured, key=lambda clip: -clip.seconds)
    for _, group in groupby(ordered, key=lambda clip: clip.seconds):
        of_length = list(group)
        keys = [key for key in USUAL if any(results[c.name].get(key) for c in of_length)]
        drawn += list(_names(keys, titles, top=top + TITLE))
        for place, clip in enumerate(of_length):
            left = LABELS + COLUMN * place
            drawn += list(_column(results[clip.name], clip, keys, left=left, top=top))
        top += TITLE + ROW * len(keys) + GAP
    for clip in measured:
        if set(results[clip.name]) - set(USUAL):
            drawn += list(_everything(results[clip.name], clip, titles, top=top))
            top += TITLE + ROW * len(results[clip.name]) + GAP
    legend = "Wall time; paler, CPU time. The line is the floor's wall time on the same clip."
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top}" '
            f'width="{WIDTH}" height="{top}" font-family="system-ui, sans-serif">',
            '<rect width="100%" height="100%" fill="white"/>',
            _text(MARGIN, 20, legend, color=FAINT),
            *drawn,
            "</svg>\n",
        ]
    )


def _names(keys: Sequence[str], titles: Mapping[str, str], *, top: float) -> Iterator[str]:
    for place, key in enumerate(keys):
        yield _text(LABELS - 10, top + ROW * place + 13, _plain(titles[key]), anchor="end")


def _column(
    runs: Runs, clip: Clip, keys: Sequence[str], *, left: float, top: float
) -> Iterator[str]:
    """Bars of one clip, in multiples of the floor's wall time."""
    yield _text(left, top + 18, f"{clip.size}, {clip.seconds} s", weight="600")
    floor = runs["floor"]
    scale = SHARE / middle(floor, "wall")
    for place, key in enumerate(keys):
        if own := runs.get(key):
            y = top + TITLE + ROW * place
            yield from _pair(own, key, left=left, y=y, scale=scale)
            words = f"{middle(own, 'wall'):.1f} s" if key == "floor" else f"× {_times(own, floor)}"
            end = max(middle(own, "wall"), middle(own, "cpu")) * scale
            yield _text(left + end + 6, y + 13, words, color=FAINT)
    bottom = top + TITLE + ROW * len(keys) - 4
    yield (
        f'<line x1="{left + SHARE:.1f}" y1="{top + TITLE - 3}" x2="{left + SHARE:.1f}" '
        f'y2="{bottom}" stroke="{INK}" stroke-width="1" stroke-dasharray="3 3"/>'
    )


def _everything(runs: Runs, clip: Clip, titles: Mapping[str, str], *, top: float) -> Iterator[str]:
    """All programs on one clip, in seconds."""
    yield _text(MARGIN, top + 18, f"{clip.size}, {clip.seconds} s, all programs", weight="600")
    keys = [key for key in titles if key in runs]
    yield from _names(keys, titles, top=top + TITLE)
    longest = max(max(middle(own, "wall"), middle(own, "cpu")) for own in runs.values())
    scale = (WIDTH - LABELS - NUMBERS) / longest
    for place, key in enumerate(keys):
        y = top + TITLE + ROW * place
        wall, cpu = middle(runs[key], "wall"), middle(runs[key], "cpu")
        yield from _pair(runs[key], key, left=LABELS, y=y, scale=scale)
        end = LABELS + max(wall, cpu) * scale
        yield _text(end + 8, y + 13, f"{wall:.1f} s, {cpu:.1f} CPU", color=FAINT)


def _pair(runs: Sequence[Run], key: str, *, left: float, y: float, scale: float) -> Iterator[str]:
    color = OURS if key in ("annotate", "predict", "same_encoder") else OTHERS
    yield _bar(left, y, middle(runs, "cpu") * scale, CPU)
    yield _bar(left, y + 3, middle(runs, "wall") * scale, color, height=BAR - 6)


def _times(runs: Sequence[Run], floor: Sequence[Run]) -> str:
    return f"{ratio(runs, floor, 'wall'):.2f}"


def _plain(title: str) -> str:
    return title.replace("*", "").replace("`", "")


def _bar(x: float, y: float, width: float, color: str, height: float = BAR) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height}" rx="2" '
        f'fill="{color}"/>'
    )


def _text(
    x: float, y: float, words: str, *, anchor: str = "start", color: str = INK, weight: str = "400"
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="13" font-weight="{weight}" fill="{color}" '
        f'text-anchor="{anchor}">{escape(words)}</text>'
    )
