"""A table → a figure, as PNG, SVG or PDF."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from vidclf.core.run_warnings import get_logger
from vidclf.errors import UsageError
from vidclf.files.names import FIGURE, output_path
from vidclf.files.staging import Staging
from vidclf.files.write_errors import explained
from vidclf.plot.content import content_of
from vidclf.table.named_tables import PathLike
from vidclf.table.table import open_table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

logger = get_logger(__name__)

KINDS = (".png", ".svg", ".pdf")
PIXELS_PER_INCH = 300
_NO_DATE: dict[str, dict[str, str | None]] = {
    ".png": {"Software": None},
    ".svg": {"Date": None},
    ".pdf": {"CreationDate": None},
}
"""So that one table always makes the same file."""


def plot_table(
    table: PathLike,
    output: PathLike | None = None,
    *,
    labels: str | Sequence[str] | None = None,
    overwrite: bool = False,
) -> Path:
    """Draw the figure of a table: the same as `vidclf plot TABLE`.

    Args:
        table: a table, CSV or Parquet.
        output: a .png, .svg or .pdf, or a folder; None for `<stem>_plot.png` beside the table.
        labels: those that get a lane, or the values that get a curve, from top to bottom; None for
            all values, and for the twelve labels with the most time. Other labels share a lane.
        overwrite: whether a file that is there already may be replaced.

    Returns:
        The file.

    Raises:
        SourceError: the table cannot be read.
        UsageError: matplotlib is not installed, or there is no such label or kind of file.
        OutputError: the file cannot be written, or is there already.
    """
    if find_spec("matplotlib") is None:
        raise UsageError(
            "figures are drawn by matplotlib, which is not installed: pip install 'vidclf[plot]'"
        )
    opened = open_table(table)
    path = output_path(opened.stem, output, ending=FIGURE, kinds=KINDS, inputs=[opened.path])
    with Staging(overwrite=overwrite) as staging:
        temporary = staging.add(path)
        content = content_of(opened, labels=[labels] if isinstance(labels, str) else labels)

        from vidclf.plot.drawing import draw_figure, own_look

        with own_look():
            _save(draw_figure(content), temporary)
    return path


def _save(figure: Figure, path: Path) -> None:
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
