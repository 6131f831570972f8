"""A figure's file, PNG, SVG or PDF: the same figure always makes the same bytes."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from vidclf.core.run_warnings import get_logger
from vidclf.errors import UsageError
from vidclf.files.write_errors import explained

if TYPE_CHECKING:
    from matplotlib.figure import Figure

logger = get_logger(__name__)

PIXELS_PER_INCH = 300
_NO_DATE: dict[str, dict[str, str | None]] = {
    ".png": {"Software": None},
    ".svg": {"Date": None},
    ".pdf": {"CreationDate": None},
}
"""So that the same figure always makes the same file."""
FIGURE_KINDS = tuple(_NO_DATE)


def check_matplotlib(*, extra: str) -> None:
    """See that figures can be drawn, before anything is computed for them.

    Args:
        extra: the extra of the package that brings matplotlib to who needs it here.

    Raises:
        UsageError: matplotlib is not installed.
    """
    if find_spec("matplotlib") is None:
        raise UsageError(
            "figures are drawn by matplotlib, which is not installed: "
            f"pip install 'vidclf[{extra}]'"
        )


def save_figure(figure: Figure, path: Path) -> frozenset[str]:
    """Write a figure, in the kind of `path`'s suffix.

    Returns:
        The characters that no font has, which are boxes in it; see `warn_of_boxes`.

    Raises:
        OutputError: the disk is full or the file cannot be written.
    """
    kind = path.suffix.lower()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with explained(path, kind="the figure"):
            figure.savefig(path, format=kind[1:], dpi=PIXELS_PER_INCH, metadata=_NO_DATE[kind])
    if kind == ".svg":  # its text is drawn by whoever shows it
        return frozenset()
    found = (re.match(r"Glyph (\d+) ", str(warning.message)) for warning in caught)
    return frozenset(chr(int(match[1])) for match in found if match)


def warn_of_boxes(characters: Iterable[str], *, remedy: str = "install one") -> None:
    """Say once which characters are boxes in figures that were saved, and what helps."""
    if missing := "".join(sorted(characters)):
        logger.warning("no font that matplotlib finds has %s: %s", missing, remedy)
