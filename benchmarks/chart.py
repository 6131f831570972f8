"""A bar chart of the wall and CPU seconds, as SVG written by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from inputs import Clip
from measure import Results, Run, middle

WIDTH, LABELS, NUMBERS = 880, 330, 140
ROW, BAR, CLIP_TITLE = 26, 16, 44
OURS, OTHERS, CPU, INK, FAINT = "#2563eb", "#8a94a6", "#d5dae3", "#1f2937", "#6b7280"


def chart(results: Results, clips: Sequence[Clip], titles: Mapping[str, str]) -> str:
    """One group of bars for each clip: wall seconds, and behind them CPU seconds, paler."""
    top, drawn = 30, []
    for clip in clips:
        if runs := results.get(clip.name):
            drawn += list(_group(runs, clip, titles, top=top))
            top += CLIP_TITLE + ROW * len(runs)
    legend = _text(16, 20, "Seconds for the whole clip: wall time; paler, CPU time", color=FAINT)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top + 12}" '
            f'width="{WIDTH}" height="{top + 12}" font-family="system-ui, sans-serif">',
            '<rect width="100%" height="100%" fill="white"/>',
            legend,
            *drawn,
            "</svg>\n",
        ]
    )


def _group(
    runs: Mapping[str, Sequence[Run]], clip: Clip, titles: Mapping[str, str], *, top: int
) -> Iterator[str]:
    title = f"{clip.title}, {clip.seconds} s"
    yield _text(16, top + 28, title, weight="600")
    longest = max(max(middle(own, "wall"), middle(own, "cpu")) for own in runs.values())
    room = WIDTH - LABELS - NUMBERS
    for place, (key, own) in enumerate(runs.items()):
        y = top + CLIP_TITLE + ROW * place
        wall, cpu = middle(own, "wall"), middle(own, "cpu")
        name = titles[key].replace("*", "").replace("`", "")
        yield _text(LABELS - 10, y + 13, name, anchor="end")
        color = OURS if titles[key].startswith("**") else OTHERS
        yield _bar(LABELS, y, cpu / longest * room, CPU)
        yield _bar(LABELS, y + 3, wall / longest * room, color, height=BAR - 6)
        end = LABELS + max(wall, cpu) / longest * room
        yield _text(end + 8, y + 13, f"{wall:.1f} s, {cpu:.1f} CPU", color=FAINT)


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
