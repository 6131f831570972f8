"""A figure's file, PNG, SVG or PDF: the same figure always makes the same bytes."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
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


def save_figure(figure: Figure, path: Path) -> None:
    """Write a figure, in the kind of `path`'s suffix.

    Raises:
        OutputError: the disk is full or the file cannot be written.
    """
    kind = path.suffix.lower()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with explained(path, kind="the figure"):
            figure.savefig(path, format=kind[1:], dpi=PIXELS_PER_INCH, metadata=_NO_DATE[kind])
    if kind != ".svg":  # its text is drawn by whoever shows it
        _warn_of_glyphs([str(warning.message) for warning in caught])


def _warn_of_glyphs(messages: Sequence[str]) -> None:
    """Say once which characters are boxes in the figure."""
    found = {match[1] for text in messages if (match := re.match(r"Glyph (\d+) ", text))}
    if found:
        missing = "".join(sorted(chr(int(code)) for code in found))
        logger.warning(
            "no font that matplotlib finds has %s: install one, or write an .svg, whose text is "
            "drawn with the reader's fonts",
            missing,
        )
