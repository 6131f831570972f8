"""What speed.py found, as Markdown, and its place in a document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from inputs import Clip
from measure import Results, Run, distance, middle, ratio, spread

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
HEAD = (
    "| clip | | wall s | ± | CPU s | peak MB | frames/s | wall ÷ floor | CPU ÷ floor | output MB |",
    "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|",
)


@dataclass(frozen=True, kw_only=True)
class Goal:
    """The most that a program may take beside the floor, on clips of one length."""

    title: str
    """What reports call it."""
    seconds: int
    """Length of the clips."""
    program: str
    """Key of the program."""
    quantity: Literal["wall", "cpu"]
    """What it is about."""
    bound: float
    """The most."""
    is_distance: bool = False
    """Whether the bound is seconds more than the floor's, and not how many times the floor's."""

    def value(self, runs: Mapping[str, Sequence[Run]]) -> float | None:
        """What is held against the bound; None where it was not measured."""
        own, floor = runs.get(self.program), runs.get("floor")
        if not own or not floor:
            return None
        return (distance if self.is_distance else ratio)(own, floor, self.quantity)


def _of_length(seconds: int, *, cpu: float, wall: float) -> Iterator[Goal]:
    """Bounds with the floor's encoder settings and with our own."""
    alike, own = "encoding as it does", "with the default encoder settings"
    for program, how, bounds in (
        ("same_encoder", alike, {"cpu": cpu, "wall": wall}),
        ("annotate", own, {"cpu": 0.85, "wall": 0.85}),
    ):
        yield Goal(
            title=f"CPU time over the floor's, {how}", seconds=seconds,
            program=program, quantity="cpu", bound=bounds["cpu"],
        )  # fmt: skip
        yield Goal(
            title=f"wall time over the floor's, {how}", seconds=seconds,
            program=program, quantity="wall", bound=bounds["wall"],
        )  # fmt: skip


GOALS = (
    *_of_length(30, cpu=1.04, wall=1.06),
    *_of_length(10, cpu=1.10, wall=1.10),
    Goal(
        title="seconds of wall time more than the floor", seconds=1, program="annotate",
        quantity="wall", bound=0.2, is_distance=True,
    ),
)  # fmt: skip


def report(
    results: Results,
    *,
    clips: Sequence[Clip],
    titles: Mapping[str, str],
    machine: Mapping[str, str],
    manifests: Mapping[str, Mapping[str, Any]],
    others: Sequence[float],
) -> str:
    """Everything, as Markdown: the machine, the goals, a table for each length, the stages.

    Args:
        results: clip → program → runs.
        clips: those that may have been measured, in order.
        titles: program → what to call it.
        machine: what it was measured on, in words.
        manifests: clip → the manifest of the last `vidclf annotate`.
        others: the parts of the machine that others used while it was measured, one for each time
            that measuring was begun.
    """
    measured = [clip for clip in clips if results.get(clip.name)]
    machine = {**machine, "measured": _conditions(results, measured, others)}
    parts = ["\n".join(f"- {name}: {words}" for name, words in machine.items())]
    parts += [goal_table(results, measured)]
    lengths = sorted({clip.seconds for clip in measured}, reverse=True)
    for seconds in lengths:
        of_length = [clip for clip in measured if clip.seconds == seconds]
        parts.append(f"### {'Clips' if len(of_length) > 1 else 'A clip'} of {seconds} s")
        parts.append(clip_table(results, of_length, titles))
        stages = [clip for clip in of_length if clip.name in manifests]
        if stages and seconds == lengths[0]:
            parts.append("Stages of `vidclf annotate` (they overlap), last round, ms a frame:")
            parts.append(stage_table(manifests, stages))
    return "\n\n".join(parts)


def _conditions(results: Results, clips: Sequence[Clip], others: Sequence[float]) -> str:
    """How it was measured, in words."""
    rounds = ", ".join(
        f"{max(len(runs) for runs in results[clip.name].values())} of {clip.name}" for clip in clips
    )
    known = f"others used {max(others):.1%} of the machine" if others else "others are not known"
    return f"medians of rounds ({rounds}) after one to warm up; {known} meanwhile"


def clip_table(results: Results, clips: Sequence[Clip], titles: Mapping[str, str]) -> str:
    """Every program on each clip: medians, and ratios to the floor."""
    return "\n".join([*HEAD, *(row for clip in clips for row in _rows(results, clip, titles))])


def _rows(results: Results, clip: Clip, titles: Mapping[str, str]) -> Iterator[str]:
    runs, what = results[clip.name], f"{clip.title}, {clip.frames} frames"
    floor = runs.get("floor")
    for key in (key for key in titles if key in runs):
        own = runs[key]
        wall = middle(own, "wall")
        over = [f"{ratio(own, floor, q):.2f}" if floor else "" for q in ("wall", "cpu")]
        apart = f"{spread(own, 'wall') / 2:.0%}" if len(own) > 1 else ""
        yield (
            f"| {what} | {titles[key]} | {wall:.2f} | {apart} "
            f"| {middle(own, 'cpu'):.2f} | {middle(own, 'peak_mb'):.0f} | {clip.frames / wall:.0f} "
            f"| {over[0]} | {over[1]} | {middle(own, 'output_mb'):.1f} |"
        )
        what = ""


def goal_table(results: Results, clips: Sequence[Clip]) -> str:
    """Every goal, in a column for each size."""
    sizes = list(dict.fromkeys(clip.size for clip in clips))
    lines = [
        f"| clips | goal | bound | {' | '.join(sizes)} |",
        "|---|---|---|" + "---:|" * len(sizes),
    ]
    for goal in GOALS:
        of_length = {clip.size: clip for clip in clips if clip.seconds == goal.seconds}
        cells = [_goal_cell(goal, results, of_length.get(size)) for size in sizes]
        if any(cells):
            bound = f"≤ {goal.bound:.2f}{' s' if goal.is_distance else ''}"
            lines.append(f"| {goal.seconds} s | {goal.title} | {bound} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _goal_cell(goal: Goal, results: Results, clip: Clip | None) -> str:
    value = goal.value(results[clip.name]) if clip else None
    return "" if value is None else f"{value:.2f} {'✓' if value <= goal.bound else '✗'}"


def stage_table(manifests: Mapping[str, Mapping[str, Any]], clips: Sequence[Clip]) -> str:
    """Milliseconds a frame in each stage, and the part of the run in which it was at work."""
    lines = [
        f"| stage | {' | '.join(clip.size for clip in clips)} |",
        "|---|" + "---:|" * len(clips),
    ]
    chosen = [manifests[clip.name] for clip in clips]
    for stage in chosen[0]["stage_seconds"]:
        cells = [
            f"{1000 * seconds / manifest['frames_read']:.2f} ({seconds / manifest['seconds']:.0%})"
            for manifest in chosen
            for seconds in [manifest["stage_seconds"].get(stage, 0.0)]
        ]
        lines.append(f"| {stage} | {' | '.join(cells)} |")
    whole = [f"{1000 * m['seconds'] / m['frames_read']:.2f}" for m in chosen]
    lines.append(f"| the run | {' | '.join(whole)} |")
    return "\n".join(lines)


def put_into_document(text: str, *, script: str) -> None:
    """Replace what a script wrote into docs/performance.md before, between its markers.

    Raises:
        ValueError: it has no markers.
    """
    begin, end = (f"<!-- {side}: written by benchmarks/{script} -->" for side in ("begin", "end"))
    before, found, rest = DOCUMENT.read_text("utf-8").partition(begin)
    _, found_end, after = rest.partition(end)
    if not (found and found_end):
        raise ValueError(f"{DOCUMENT.name} has no lines {begin} and {end} to write between")
    DOCUMENT.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", "utf-8")
