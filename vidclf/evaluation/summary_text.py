"""An evaluation as lines for people: the most important figures first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from vidclf.core.counting import counted
from vidclf.core.printable import printable
from vidclf.evaluation.headline import headlines
from vidclf.evaluation.results import Evaluation

MOST_ROWS = 20
Row = Sequence[str]


def summary_text(evaluation: Evaluation, comparison: Mapping[str, Any] | None = None) -> str:
    """What `vidclf evaluate` prints."""
    blocks = [
        [_title(evaluation)],
        _columns([(f.name, f.value, f.interval) for f in headlines(evaluation)]),
        _label_lines(evaluation),
        _clip_lines(evaluation),
        list(_to_look_at(evaluation)),
        [] if comparison is None else list(comparison_lines(comparison)),
        [f"Note: {note}{'' if note.endswith('?') else '.'}" for note in evaluation.notes],
    ]
    return "\n\n".join("\n".join(map(printable, block)) for block in blocks if block)


def _title(evaluation: Evaluation) -> str:
    what = evaluation.model_name or counted(len(evaluation.clips), "table")
    part = "" if evaluation.part == "all" else f" ({evaluation.part} part)"
    cases, groups = evaluation.metrics["cases"], evaluation.metrics["groups"]
    counts = f"{cases:,} {'frames' if evaluation.kind == 'tables' else 'cases'}"
    if evaluation.kind == "tables":
        counts += f" of {counted(groups, 'clip')}"
    elif groups < cases:
        counts += f" in {counted(groups, 'group')}"
    return f"{what} on {evaluation.data_name}{part}: {counts}"


def _label_lines(evaluation: Evaluation) -> list[str]:
    """A row for each label that has cases; of many, those with the lowest F1."""
    rows = [row for row in evaluation.metrics.get("per_class", ()) if row["support"]]
    if not rows:
        return _value_lines(evaluation)
    names = {"support": "cases", "precision": "precision", "recall": "recall", "f1": "F1"}
    names |= {"average_precision": "AP"} if "average_precision" in rows[0] else {}
    if evaluation.task == "multi_label":
        names |= {"threshold": "threshold", "suggested_threshold": "better"}
    shown = rows
    if len(rows) > MOST_ROWS:
        shown = sorted(rows, key=lambda row: row["f1"])[:MOST_ROWS]
    table = [("label", *names.values())]
    table += [(row["label"], *(_cell(row[name]) for name in names)) for row in shown]
    more = f"({MOST_ROWS} of {len(rows)} labels, the lowest F1 first)"
    return [*_columns(table), *([more] if len(shown) < len(rows) else [])]


def _value_lines(evaluation: Evaluation) -> list[str]:
    rows = evaluation.metrics.get("per_value", ())
    if len(rows) < 2:
        return []
    table = [("value", "MAE", "RMSE", "R²")]
    table += [(row["label"], *(_cell(row[name]) for name in ("mae", "rmse", "r2"))) for row in rows]
    return _columns(table)


def _clip_lines(evaluation: Evaluation) -> list[str]:
    """A row for each clip; of many, those with the lowest accuracy."""
    clips = evaluation.clips
    if len(clips) < 2:
        return []
    if len(clips) > MOST_ROWS:
        clips = tuple(sorted(clips, key=lambda clip: clip.metrics["accuracy"])[:MOST_ROWS])
    names = {"cases": "frames", "accuracy": "accuracy", "edit_score": "edit", "f1_at_50": "F1@50"}
    table = [("clip", *names.values())]
    table += [(clip.name, *(_cell(clip.metrics[name]) for name in names)) for clip in clips]
    more = f"({MOST_ROWS} of {len(evaluation.clips)} clips, the lowest accuracy first)"
    return [*_columns(table), *([more] if len(clips) < len(evaluation.clips) else [])]


def _to_look_at(evaluation: Evaluation) -> Iterator[str]:
    if issues := len(evaluation.label_issues):
        yield f"{counted(issues, 'label')} of the data {_are(issues)} likely wrong, says the model."
    if pairs := len(evaluation.near_duplicates):
        yield f"{counted(pairs, 'pair')} of cases {_are(pairs)} near-duplicates."
    if left_out := len(evaluation.left_out):
        yield f"{counted(left_out, 'example')} could not be read and {_were(left_out)} left out."


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def comparison_lines(comparison: Mapping[str, Any]) -> Iterator[str]:
    """Which is better, and how sure that is."""
    other = comparison["other_model"] or comparison["other"]
    verdict = {
        "here": f"better than {other}",
        "there": f"worse than {other}",
        None: f"not certainly better or worse than {other}",
    }[comparison["better"]]
    cases = counted(comparison["cases"], "case")
    yield f"This one is {verdict} on {cases} of both ({comparison['decided_by']})."
    for name, label in (("accuracy", "accuracy"), ("macro_f1", "macro F1"), ("mae", "MAE")):
        if name in comparison:
            yield f"  {label}: {_difference(comparison[name])}"
    if comparison["only_here"] or comparison["only_there"]:
        yield (
            f"  left out: {comparison['only_here']} cases of this one alone, "
            f"{comparison['only_there']} of the other"
        )


def _difference(told: Mapping[str, Any]) -> str:
    text = f"{_cell(told['here'])} against {_cell(told['there'])}"
    if told["interval"] is not None:
        low, high = told["interval"]
        text += f", {told['difference']:+.3g} (95 %: {low:+.3g} to {high:+.3g})"
    if "mcnemar_p_value" in told:
        text += f", p = {told['mcnemar_p_value']:.2g} by McNemar's test"
    return text


def _cell(figure: float | None) -> str:
    if figure is None:
        return "-"
    return f"{figure:,}" if isinstance(figure, int) else f"{figure:.3f}"


def _columns(rows: Sequence[Row]) -> list[str]:
    """Rows with their cells under each other: the first column to the left, others to the right."""
    rows = [[printable(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    return [f"  {line.rstrip()}" for line in lines]
