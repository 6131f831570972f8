"""What was done to a table's scores before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vidclf.core.run_warnings import get_logger
from vidclf.errors import UsageError
from vidclf.files.names import manifest_path
from vidclf.settings import DEFAULT_LABEL_THRESHOLD
from vidclf.table.table import Table

logger = get_logger(__name__)

SMOOTHING = "smoothing"
"""The manifest's key for what was done to the table after its run, in order."""


def warn_if_smoothed(table: Table) -> None:
    """Say so where scores are to be averaged that are averages already."""
    run = told(table, "settings", "smooth")
    earlier = [str(step.get("method")) for step in earlier_steps(table)]
    if run:
        earlier.insert(0, f"a mean over {run} s")
    elif run is None and not earlier and _differs_from_raw(table):
        earlier = ["the run that made it"]
    if earlier:
        logger.warning(
            "the scores in %s are smoothed already (%s), and are smoothed once more: predict again "
            "with --smooth 0 --scores to smooth the model's own",
            table.path,
            ", ".join(earlier),
        )


def earlier_steps(table: Table) -> list[dict[str, Any]]:
    """What the manifest tells of earlier smoothing of the table, in order."""
    steps = table.manifest.get(SMOOTHING)
    return [step for step in steps if isinstance(step, dict)] if isinstance(steps, list) else []


def label_thresholds(table: Table) -> Sequence[float]:
    """The score from which each label of a multi-label table counts, as its manifest tells.

    Raises:
        UsageError: the manifest tells none for each label.
    """
    labels = list(table.classes)
    asked, own = told(table, "settings", "threshold"), told(table, "model", "thresholds")
    if asked is None and own is not None:
        if len(own) != len(labels):
            raise UsageError(
                f"{manifest_path(table.path)} has {len(own)} thresholds, and {table.path} has "
                f"{len(labels)} labels: keep all columns score_…"
            )
        return [float(threshold) for threshold in own]
    return [DEFAULT_LABEL_THRESHOLD if asked is None else float(asked)] * len(labels)


def told(table: Table, part: str, name: str) -> Any:
    """What a part of the manifest tells of something; None where it does not."""
    known = table.manifest.get(part)
    return known.get(name) if isinstance(known, dict) else None


def _differs_from_raw(table: Table) -> bool:
    rows: Any = table.rows
    return "raw_confidence" in rows and bool((rows["confidence"] != rows["raw_confidence"]).any())
