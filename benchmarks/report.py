"""What speed.py found, as Markdown, and its place in a document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inputs import Clip
from measure import Results, Run, middle, ratio, spread
from stages import stage_table

BEGIN = "<!-- begin: written by benchmarks/speed.py -->"
END = "<!-- end: written by benchmarks/speed.py -->"


@dataclass(frozen=True, kw_only=True)
class Goal:
    """A bound on a ratio of two programs."""

    title: str
    """What reports call it."""
    program: str
    """Key of the program above the line."""
    over: str
    """Key of the program below it."""
    quantity: str
    """`wall` or `cpu`."""
    bound: float
    """What the ratio is held against."""
    is_least: bool = False
    """Whether the bound is the least rather than the most."""

    def met(self, value: float) -> bool:
        """Whether a ratio is on the right side."""
        return value >= self.bound if self.is_least else value <= self.bound


GOALS = (
    Goal(
        title="CPU time of `annotate` over the floor's", program="annotate", over="floor",
        quantity="cpu", bound=1.10,
    ),
    Goal(
        title="wall time of `annotate` over the floor's", program="annotate", over="floor",
        quantity="wall", bound=1.15,
    ),
    Goal(
        title="CPU time over the floor's, encoding as it does", program="same_encoder",
        over="floor", quantity="cpu", bound=1.10,
    ),
    Goal(
        title="wall time over the floor's, encoding as it does", program="same_encoder",
        over="floor", quantity="wall", bound=1.15,
    ),
    Goal(
        title="times faster than a frame at a time", program="naive", over="annotate",
        quantity="wall", bound=6.5, is_least=True,
    ),
    Goal(
        title="times faster than the careful script", program="careful", over="annotate",
        quantity="wall", bound=2.3, is_least=True,
    ),
)  # fmt: skip


def report(
    results: Results,
    *,
    clips: Sequence[Clip],
    titles: Mapping[str, str],
    machine: Mapping[str, str],
    manifests: Mapping[str, Mapping[str, Any]],
) -> str:
    """Everything, as Markdown: the machine, the goals, a table for each clip, the stages.

    Args:
        results: clip → program → runs.
        clips: those measured, in order.
        titles: program → what to call it.
        machine: what it was measured on, in words.
        manifests: clip → the manifest of the last `vidclf annotate`.
    """
    measured = [clip for clip in clips if results.get(clip.name)]
    parts = ["\n".join(f"- {name}: {words}" for name, words in machine.items())]
    parts += [goal_table(results, measured)] if goal_lines(results, measured) else []
    for clip in measured:
        parts.append(f"### {clip.title}, {clip.seconds} s, {clip.frames} frames")
        parts.append(clip_table(results[clip.name], clip, titles))
        if clip.name in manifests:
            parts.append("Stages of `vidclf annotate` (they overlap), last round:")
            parts.append(stage_table(manifests[clip.name]))
    return "\n\n".join(parts)


def clip_table(runs: Mapping[str, Sequence[Run]], clip: Clip, titles: Mapping[str, str]) -> str:
    """Every program on one clip: medians, and ratios to the floor."""
    lines = [
        "| | wall s | ± | CPU s | peak MB | frames/s | wall ÷ floor | CPU ÷ floor | output MB |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    floor = runs.get("floor")
    for key, own in runs.items():
        wall = middle(own, "wall")
        over = [f"{ratio(own, floor, q):.2f}" if floor else "" for q in ("wall", "cpu")]
        lines.append(
            f"| {titles[key]} | {wall:.2f} | {spread(own, 'wall') / 2:.0%} "
            f"| {middle(own, 'cpu'):.2f} | {middle(own, 'peak_mb'):.0f} | {clip.frames / wall:.0f} "
            f"| {over[0]} | {over[1]} | {middle(own, 'output_mb'):.1f} |"
        )
    return "\n".join(lines)


def goal_table(results: Results, clips: Sequence[Clip]) -> str:
    """Every goal on every clip."""
    names = " | ".join(clip.name for clip in clips)
    head = [f"| goal | bound | {names} |", "|---|---|" + "---:|" * len(clips)]
    return "\n".join(head + list(goal_lines(results, clips)))


def goal_lines(results: Results, clips: Sequence[Clip]) -> list[str]:
    """The goals whose programs ran."""
    return [
        f"| {goal.title} | {'≥' if goal.is_least else '≤'} {goal.bound:.2f} | {' | '.join(cells)} |"
        for goal in GOALS
        if any(cells := list(_goal_cells(goal, results, clips)))
    ]


def _goal_cells(goal: Goal, results: Results, clips: Sequence[Clip]) -> Iterator[str]:
    for clip in clips:
        runs = results[clip.name]
        if goal.program in runs and goal.over in runs:
            value = ratio(runs[goal.program], runs[goal.over], goal.quantity)
            yield f"{value:.2f} {'✓' if goal.met(value) else '✗'}"
        else:
            yield ""


def put_into(document: Path, text: str) -> None:
    """Replace what stands between the markers of a document.

    Raises:
        ValueError: it has no markers.
    """
    whole = document.read_text("utf-8")
    before, begin, rest = whole.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{document.name} has no lines {BEGIN} and {END} to write between")
    document.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", "utf-8")
