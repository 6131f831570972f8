"""The settings of the run that made a table, as far as drawing it again keeps them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from vidclf.core.run_warnings import get_logger
from vidclf.errors import UsageError
from vidclf.files.names import manifest_path
from vidclf.settings import Settings
from vidclf.table.table import Table

logger = get_logger(__name__)

_KEPT = ("style", "position", "threshold", "fps")


def settings_of_run(table: Table) -> dict[str, Any]:
    """Those that its manifest tells; one that cannot be, by hand or damage, is passed over."""
    run = table.manifest.settings
    told = {name: getattr(run, name) for name in _KEPT}
    kept = {n: v for n, v in told.items() if v is not None and _can_be(table, n, v)}
    if run.font and Path(run.font).is_file():
        kept["font"] = Path(run.font)
    return kept


def _can_be(table: Table, name: str, value: Any) -> bool:
    try:
        Settings(**{name: value})
    except UsageError as exc:
        logger.warning("%s: settings.%s is passed over (%s)", manifest_path(table.path), name, exc)
        return False
    return True
