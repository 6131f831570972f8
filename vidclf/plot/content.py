"""What a figure shows: lanes of labels, curves of scores and values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from vidclf.core.counting import counted
from vidclf.core.run_warnings import get_logger
from vidclf.core.thresholds import certain_threshold
from vidclf.errors import UsageError
from vidclf.overlay.colors import NEUTRAL, PAPER, Rgb, mix
from vidclf.overlay.table_colors import table_colors, value_colors
from vidclf.segments.from_table import segments_of
from vidclf.table.certainty import uncertain_spans, within
from vidclf.table.schema import RAW, SCORE, VALUE
from vidclf.table.table import Table

logger = get_logger(__name__)

Numbers = NDArray[np.float64]

MOST_LANES = 12
_OTHERS = mix(NEUTRAL, PAPER, 0.5)


@dataclass(frozen=True, kw_only=True)
class Curve:
    """Numbers over the clip's frames."""

    name: str
    """What they are, with their unit."""
    shown: Numbers
    """(N,) what the viewer sees."""
    raw: Numbers | None = None
    """(N,) the model's own for each frame alone; None where they are the same, or not known."""
    is_score: bool = False
    """Whether they run from 0 to 1."""
    color: Rgb | None = None
    """Its colour; None for a curve of several labels."""
    certain_from: float | None = None
    """Of scores, from which on labels are certain; None where all are, or where it has no say."""


@dataclass(frozen=True, kw_only=True)
class Lane:
    """One label over time."""

    label: str
    """The label, or what stands for the labels without a lane of their own."""
    color: Rgb
    """Its colour."""
    spans: Numbers
    """(K, 2) seconds, when each of its segments begins and ends; in order, apart."""
    uncertain: Numbers = field(default_factory=lambda: np.empty((0, 2)))
    """(K, 2) what of them is drawn as uncertain."""
    score: Numbers | None = None
    """(N,) its score at each frame, where several labels may hold at once."""


@dataclass(frozen=True, kw_only=True)
class Content:
    """All that a figure shows."""

    title: str
    """The clip's name."""
    seconds: Numbers
    """(N,) when each frame is shown."""
    end_seconds: float
    """When the last one ends."""
    lanes: Sequence[Lane] = ()
    """Labels, from top to bottom."""
    curves: Sequence[Curve] = ()
    """Curves below them, each on axes of its own."""


def content_of(table: Table, *, labels: Sequence[str] | None = None) -> Content:
    """What the figure of a table shows.

    Args:
        table: the table.
        labels: those that get a lane, or the values that get a curve, from top to bottom; None for
            all values, and for labels by class, at most `MOST_LANES`: those with the most time.

    Raises:
        UsageError: a label stands twice, or the table does not have it.
    """
    if labels is not None:
        _check_known(table, labels)
    seconds = table.numbers("timestamp")
    lanes = [] if table.kind == "values" else _lanes(table, labels)
    curves = []
    if table.kind == "values":
        curves = [_value(table, name) for name in labels or table.values]
    elif table.kind == "classes":
        curves = [_confidence(table)]
    return Content(
        title=table.video,
        seconds=seconds,
        end_seconds=table.end_seconds,
        lanes=lanes,
        curves=curves,
    )


def _check_known(table: Table, labels: Sequence[str]) -> None:
    """Without scores, a table names only the labels that it shows; others get an empty lane."""
    known = table.values or list(table.class_ids)
    names_all = any(column.startswith((VALUE, SCORE)) for column in table.columns.names)
    for label in labels:
        if labels.count(label) > 1:
            raise UsageError(f"--labels {label}: name it once")
        if label in known:
            continue
        has = f"{table.path} has {', '.join(known[:MOST_LANES])}"
        if names_all:
            raise UsageError(f"--labels {label}: there is none of this name; {has}")
        logger.warning("--labels %s: it is never shown, its lane is empty; %s", label, has)


# --- labels ------------------------------------------------------------------------------------


def _lanes(table: Table, labels: Sequence[str] | None) -> list[Lane]:
    spans: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for segment in segments_of(table):
        spans[segment.label].append((segment.start_seconds, segment.end_seconds))
    colors = table_colors(table)
    uncertain = uncertain_spans(table)
    chosen = labels or _chosen(table, {label: _lasting(own) for label, own in spans.items()})
    lanes = [
        Lane(
            label=label,
            color=colors.color(label),
            spans=_as_array(spans.get(label, ())),
            uncertain=within(uncertain, _as_array(spans.get(label, ()))),
            score=_scores(table, label),
        )
        for label in chosen
    ]
    others = [label for label in spans if label not in chosen]
    if others:
        rest = _merged(_as_array(span for label in others for span in spans[label]))
        name = counted(len(others), "other label")
        lanes.append(Lane(label=name, color=_OTHERS, spans=rest))
    return lanes


def _chosen(table: Table, lasting: dict[str, float]) -> list[str]:
    """Those with the most time, by class; where labels do not exclude each other, all if few."""
    all_labels = list(table.class_ids)
    if table.kind == "labels" and len(all_labels) <= MOST_LANES:
        return all_labels
    longest = sorted(lasting, key=lambda label: -lasting[label])[:MOST_LANES]
    return [label for label in all_labels if label in longest]


def _lasting(spans: Iterable[tuple[float, float]]) -> float:
    return sum(end - start for start, end in spans)


def _as_array(spans: Iterable[tuple[float, float]]) -> Numbers:
    return np.array(sorted(spans), dtype=np.float64).reshape(-1, 2)


def _merged(spans: Numbers) -> Numbers:
    """Spans that touch or lie over each other, as one."""
    ends = np.maximum.accumulate(spans[:, 1])
    first = np.flatnonzero(np.append(True, spans[1:, 0] > ends[:-1]))
    return np.column_stack([spans[first, 0], ends[np.append(first[1:], len(spans)) - 1]])


def _scores(table: Table, label: str) -> Numbers | None:
    if table.kind != "labels" or SCORE + label not in table.columns.names:
        return None
    return table.numbers(SCORE + label).astype(np.float64)


# --- curves ------------------------------------------------------------------------------------


def _confidence(table: Table) -> Curve:
    curve = _curve(table, "confidence", shown="confidence", raw="raw_confidence", is_score=True)
    if not len(uncertain_spans(table)):
        return curve
    return replace(curve, certain_from=certain_threshold(table.manifest.settings.threshold))


def _value(table: Table, name: str) -> Curve:
    unit = table.units.get(name)
    called = f"{name} ({unit})" if unit else name
    curve = _curve(table, called, shown=VALUE + name, raw=RAW + name, is_score=False)
    return replace(curve, color=value_colors(table)[name])


def _curve(table: Table, name: str, *, shown: str, raw: str, is_score: bool) -> Curve:
    """A curve, with the model's own numbers where smoothing changed them."""
    numbers = table.numbers(shown).astype(np.float64)
    has_own = raw in table.columns.names
    own = table.numbers(raw).astype(np.float64) if has_own else numbers
    is_smoothed = not np.array_equal(numbers, own)
    return Curve(name=name, shown=numbers, raw=own if is_smoothed else None, is_score=is_score)
