"""The manifest that lies beside a table: what it says, whose format it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vidclf.core.run_warnings import get_logger
from vidclf.errors import SourceError
from vidclf.files.names import manifest_path

logger = get_logger(__name__)

TABLE_FORMAT = 1
"""Number of the columns' layout, in every manifest; changes when a column changes its meaning."""


def _no_number(constant: str) -> None:
    raise ValueError(f"{constant} is no number of JSON")


def manifest_of(table: Path) -> Mapping[str, Any]:
    """The manifest of a table; empty, with a warning, where it is no right one.

    Raises:
        SourceError: a newer vidclf wrote the table.
    """
    path = manifest_path(table)
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"), parse_constant=_no_number)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as exc:
        logger.warning("the manifest %s cannot be read (%s) and is passed over", path, exc)
        return {}
    if not isinstance(manifest, dict):
        logger.warning("%s is no manifest and is passed over", path)
        return {}
    if (written := manifest.get("table_format", TABLE_FORMAT)) != TABLE_FORMAT:
        raise SourceError(
            f"{path} says that the table's format is {written}, and this vidclf reads "
            f"{TABLE_FORMAT}: use the vidclf that wrote it, or a newer one"
        )
    return manifest
