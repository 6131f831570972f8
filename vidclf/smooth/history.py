"""What was done to a table's scores before."""

from __future__ import annotations

from typing import Any

from vidclf.core.run_warnings import get_logger
from vidclf.table.table import Table

logger = get_logger(__name__)


def warn_if_smoothed(table: Table) -> None:
    """Say so where scores are to be averaged that are averages already."""
    run = table.manifest.settings.smooth
    earlier = list(table.manifest.smoothing_methods)
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


def _differs_from_raw(table: Table) -> bool:
    rows: Any = table.rows
    return "raw_confidence" in rows and bool((rows["confidence"] != rows["raw_confidence"]).any())
