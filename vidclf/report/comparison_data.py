"""A comparison as plain values for a page: both tables in lanes, and where they differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from vidclf.compare import ClassAgreement, Comparison, Difference, LabelComparison, ValueComparison
from vidclf.compare.join import JoinedTables
from vidclf.overlay.colors import NEUTRAL
from vidclf.overlay.table_colors import table_colors
from vidclf.pages.compact_numbers import TICKS_PER_SECOND, ticks
from vidclf.report.curves import MOST_CURVES, draw
from vidclf.report.run_facts import facts
from vidclf.report.table_data import hex_color, segment_columns
from vidclf.segments.finder import Segment
from vidclf.segments.from_table import segments_of
from vidclf.table.schema import VALUE

MOST_NUMBERS = 160_000
_NEITHER = -1
_UNKNOWN_CLASS = -1
_MOST_LABELS_IN_LANES = 60


def comparison_data(
    comparison: Comparison, joined: JoinedTables
) -> tuple[dict[str, Any], list[Segment], int]:
    """What a page says of a comparison.

    Returns:
        The data, but for the clip and its stills; the stretches that differ; and the number of the
        first of them among the page's segments.
    """
    data = {
        "video": comparison.video,
        "kind": comparison.kind,
        "start": comparison.start_seconds,
        "end": comparison.end_seconds,
        "ticksPerSecond": TICKS_PER_SECOND,
        "frameSeconds": comparison.seconds / comparison.frames,
        "pairs": {},
        "doubts": [],
        "remarks": _remarks(comparison),
        "facts": _facts(comparison, joined),
    }
    if isinstance(comparison.found, ValueComparison):
        return {**data, **_of_values(comparison.found, joined)}, [], 0
    return _of_labels(data, comparison.found, joined)


# --- labels ------------------------------------------------------------------------------------


def _of_labels(
    data: dict[str, Any], found: ClassAgreement | LabelComparison, joined: JoinedTables
) -> tuple[dict[str, Any], list[Segment], int]:
    names = [item.label for item in found.labels]
    colors = table_colors(joined.a, joined.b)
    places = {name: place for place, name in enumerate(names)}
    pairs = list(dict.fromkeys((one.label_a, one.label_b) for one in found.differences))
    numbers = {pair: len(names) + place for place, pair in enumerate(pairs)}
    of_a, of_b = (_within(table, joined, places) for table in (joined.a, joined.b))
    apart = [_as_segment(difference) for difference in found.differences]
    labels = [
        *(places[one.label] for one in (*of_a, *of_b)),
        *(numbers[one.label_a, one.label_b] for one in found.differences),
    ]
    sides = np.repeat([0, 1, 2], [len(of_a), len(of_b), len(apart)])
    data |= {
        "labels": [*names, *(f"{a or 'nothing'} → {b or 'nothing'}" for a, b in pairs)],
        "colors": [
            *(hex_color(colors.color(name)) for name in names),
            *(hex_color(NEUTRAL) for _ in pairs),
        ],
        "pairs": {
            number: [places.get(a or "", _NEITHER), places.get(b or "", _NEITHER)]
            for (a, b), number in numbers.items()
        },
        "segments": segment_columns([*of_a, *of_b, *apart], labels),
        "listed": len(of_a) + len(of_b),
        **_curves_of_confidence(joined),
    }
    data |= _lanes(data, names, sides, exclusive=isinstance(found, ClassAgreement))
    return data, apart, len(of_a) + len(of_b)


def _within(table: Any, joined: JoinedTables, places: dict[str, int]) -> list[Segment]:
    """A table's segments over the compared time, of the compared labels."""
    start, end = float(joined.starts[0]), float(joined.ends[-1])
    return [
        segment
        for segment in segments_of(table)
        if segment.label in places and segment.start_seconds < end and segment.end_seconds > start
    ]


def _as_segment(difference: Difference) -> Segment:
    """A stretch that differs; its confidences are A's and B's."""
    return Segment(
        label=f"{difference.label_a} → {difference.label_b}",
        class_id=_UNKNOWN_CLASS,
        start_frame=difference.start_frame,
        end_frame=difference.end_frame,
        start_seconds=difference.start_seconds,
        end_seconds=difference.end_seconds,
        frames=difference.end_frame - difference.start_frame + 1,
        mean_confidence=difference.confidence_a,
        max_confidence=difference.confidence_b,
    )


def _lanes(
    data: dict[str, Any], names: Sequence[str], sides: Any, *, exclusive: bool
) -> dict[str, Any]:
    """Lanes for A, B and where they differ: three in all, or three for each label."""
    if exclusive:
        lanes = [{"name": "A", "side": "A"}, {"name": "B", "side": "B"}, {"name": "They differ"}]
        return {"lanes": lanes, "segments": {**data["segments"], "lane": sides.tolist()}}
    lanes = [
        lane
        for name in names[:_MOST_LABELS_IN_LANES]
        for lane in (
            {"name": f"A {name}", "side": "A"},
            {"name": f"B {name}", "side": "B"},
            {"name": "They differ"},
        )
    ]
    owners = [max(data["pairs"].get(label, [label])) for label in data["segments"]["label"]]
    lane = [
        3 * owner + int(side) if owner < _MOST_LABELS_IN_LANES else _NEITHER
        for owner, side in zip(owners, sides, strict=True)
    ]
    return {"lanes": lanes, "segments": {**data["segments"], "lane": lane}}


def _curves_of_confidence(joined: JoinedTables) -> dict[str, Any]:
    if joined.a.kind != "classes":
        return {"times": [], "curves": []}
    columns = [column("confidence").to_numpy() for column in (joined.column_a, joined.column_b)]
    drawn = draw(columns, joined.starts, is_score=True, most_numbers=MOST_NUMBERS)
    for name, curve in zip(("A, confidence", "B, confidence"), drawn["curves"], strict=True):
        curve["name"] = name
    return drawn


# --- values ------------------------------------------------------------------------------------


def _of_values(found: ValueComparison, joined: JoinedTables) -> dict[str, Any]:
    shown = found.values[: MOST_CURVES // 2]
    columns = [
        column(VALUE + item.name).to_numpy()
        for item in shown
        for column in (joined.column_a, joined.column_b)
    ]
    drawn = draw(columns, joined.starts, is_score=False, most_numbers=MOST_NUMBERS)
    for place, curve in enumerate(drawn["curves"]):
        item, side = shown[place // 2], "AB"[place % 2]
        curve |= {"name": f"{item.name}, {side}", "unit": item.unit, "chart": place // 2}
    moments = [
        {
            "time": int(ticks(moment.seconds)),
            "frame": moment.frame,
            "name": item.name,
            "unit": item.unit,
            "values": [moment.value_a, moment.value_b],
        }
        for item in shown
        for moment in item.largest
    ]
    return {
        **drawn,
        "doubts": moments,
        "labels": [],
        "colors": [],
        "segments": segment_columns([], []),
    }


# --- in words ----------------------------------------------------------------------------------


def _facts(comparison: Comparison, joined: JoinedTables) -> list[dict[str, Any]]:
    sides = [
        {"name": f"{side}: {group['name'].lower()}", "rows": group["rows"]}
        for side, table in (("A", joined.a), ("B", joined.b))
        for group in facts(table)
        if group["name"] != "Clip"
    ]
    return [{"name": "Agreement", "rows": _agreement(comparison)}, *sides]


def _agreement(comparison: Comparison) -> list[list[str]]:
    rows = [["Frames compared", f"{comparison.frames:,}"]]
    match comparison.found:
        case ClassAgreement() as found:
            rows += [_share("Same label", found), ["Cohen's kappa", _number(found.kappa)]]
        case LabelComparison() as found:
            rows += [_share("Same labels", found), ["Mean Jaccard index", _number(found.jaccard)]]
        case ValueComparison() as found:
            rows += [
                [f"{item.name}, mean of |B − A|",
                 f"{item.mean_absolute_difference:.6g} {item.unit}".strip()]
                for item in found.values
            ]  # fmt: skip
    return rows


def _share(name: str, found: ClassAgreement | LabelComparison) -> list[str]:
    return [name, f"{100 * found.seconds_share:.1f} % of the time"]


def _number(number: float | None) -> str:
    return "–" if number is None else f"{number:.3f}"


def _remarks(comparison: Comparison) -> list[str]:
    sides = (("A", comparison.a, "B"), ("B", comparison.b, "A"))
    return [
        f"{name} has what {other} never names: {', '.join(side.only_here[:12])}"
        for name, side, other in sides
        if side.only_here
    ]
