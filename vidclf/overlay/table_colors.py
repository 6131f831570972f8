"""The colours of a table's labels: those that the run's own video has."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from vidclf.core.thresholds import certain_threshold, holding_answers
from vidclf.overlay.colors import Rgb, palette_color
from vidclf.overlay.label_colors import LabelColors
from vidclf.table.column_annotations import annotation_rows, values_in_model_order
from vidclf.table.label_names import LabelNames
from vidclf.table.table import Table


def table_colors(*tables: Table, names: LabelNames | None = None) -> LabelColors:
    """The colours of the labels of a table, or of several ones that are seen together.

    A table's labels have them in the order in which they first count at its rows, with the
    threshold of its run, be they hidden or not. Behind them come the labels that never count, those
    of most rows first: a video shows them in grey, and a list tells them apart.

    Args:
        tables: Of any kind; values have no labels. The first one's labels come first.
        names: What labels are called instead.

    Raises:
        SourceError: A label in `labels` has no column of scores.
    """
    renamed = names.renamed if names else {}
    colors = LabelColors()
    for find in (_counting_labels, _best_labels):
        for table in tables:
            colors.add_labels(renamed.get(label, label) for label in find(table))
    return colors


def value_colors(table: Table) -> dict[str, Rgb]:
    """The colours of a table's values, by name: those of their gauges."""
    names = values_in_model_order(table)
    return {name: palette_color(place) for place, name in enumerate(names)}


def _counting_labels(table: Table) -> Iterator[str]:
    """The labels that count anywhere, in the order in which they first do; some more than once."""
    threshold = certain_threshold(table.manifest.settings.threshold)
    rows = annotation_rows(table)
    for row in rows.first_showings(threshold):
        for answer in holding_answers(rows.annotation(row), lambda _: threshold):
            yield answer.label


def _best_labels(table: Table) -> list[str]:
    """The labels that are a frame's best one, those of most rows first."""
    if table.kind == "values":
        return []
    labels = table.texts("label")
    counts = np.bincount(labels.codes[labels.codes >= 0])
    return [labels.distinct[code] for code in np.argsort(-counts, kind="stable") if counts[code]]
