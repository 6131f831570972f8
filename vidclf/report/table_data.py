"""A table as plain values for a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from vidclf.core.thresholds import DEFAULT_LABEL_THRESHOLD, certain_threshold
from vidclf.overlay.colors import Rgb
from vidclf.overlay.label_colors import LabelColors
from vidclf.overlay.table_colors import value_colors
from vidclf.pages.compact_numbers import TICKS_PER_SECOND, scores, steps, ticks
from vidclf.report.curves import curves
from vidclf.report.run_facts import facts, remarks
from vidclf.report.uncertain import doubts, label_thresholds
from vidclf.segments.finder import Segment
from vidclf.table.certainty import uncertain_spans, within
from vidclf.table.table import Table


def table_data(
    table: Table, segments: Sequence[Segment], *, colors: LabelColors, most_numbers: int
) -> dict[str, Any]:
    """All that a page says of one table, but for the clip and its stills.

    Args:
        table: of any kind.
        segments: its segments by start; empty for values.
        colors: of the page's labels.
        most_numbers: how many numbers its curves may take.
    """
    names = list(labels_by_time(segments))
    places = {name: place for place, name in enumerate(names)}
    thresholds = label_thresholds(table)
    begin = float(table.numbers("timestamp")[0])
    data: dict[str, Any] = {
        "video": table.video,
        "kind": table.kind,
        "start": begin,
        "end": table.end_seconds,
        "ticksPerSecond": TICKS_PER_SECOND,
        "frameSeconds": (table.end_seconds - begin) / len(table),
        "labels": names,
        "colors": [hex_color(colors.color(name)) for name in names],
        "segments": segment_columns(segments, [places[one.label] for one in segments]),
        "doubts": doubts(table, thresholds),
        **curves(table, names, most_numbers=most_numbers),
        "facts": facts(table),
        "remarks": remarks(table),
    }
    if table.kind == "classes":
        data |= _uncertainty(table, segments)
    if table.kind == "values":
        of_values = value_colors(table)
        for curve in data["curves"]:
            curve["color"] = hex_color(of_values[curve["name"]])
    if table.kind == "labels":
        known = [thresholds.get(name, DEFAULT_LABEL_THRESHOLD) for name in names]
        data["thresholds"] = scores(known)
    return data


def _uncertainty(table: Table, segments: Sequence[Segment]) -> dict[str, Any]:
    """The score from which labels are certain, and when those of the segments are not."""
    held = np.array([(one.start_seconds, one.end_seconds) for one in segments]).reshape(-1, 2)
    starts, ends = ticks(within(uncertain_spans(table), held).T)
    (least,) = scores([certain_threshold(table.manifest.settings.threshold)])
    lengths: list[int] = (ends - starts).tolist()
    return {"certainFrom": least, "uncertain": {"start": steps(starts), "length": lengths}}


def labels_by_time(segments: Sequence[Segment]) -> dict[str, float]:
    """Label → seconds that it holds, most first."""
    seconds: dict[str, float] = {}
    for segment in segments:
        seconds[segment.label] = seconds.get(segment.label, 0.0) + segment.seconds
    return dict(sorted(seconds.items(), key=lambda pair: -pair[1]))


def hex_color(color: Rgb) -> str:
    """A colour as a page writes it."""
    return "#" + bytes(color).hex()


def segment_columns(segments: Sequence[Segment], labels: Sequence[int]) -> dict[str, list[int]]:
    """Segments in columns: `label` is its place among the page's, `start` counts from the last."""
    starts = ticks([segment.start_seconds for segment in segments])
    ends = ticks([segment.end_seconds for segment in segments])
    lengths: list[int] = np.asarray(ends - starts).tolist()
    return {
        "label": list(labels),
        "start": steps(starts),
        "length": lengths,
        "mean": scores(segment.mean_confidence for segment in segments),
        "best": scores(segment.max_confidence for segment in segments),
    }
