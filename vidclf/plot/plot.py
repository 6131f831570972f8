"""A table → a figure, as PNG, SVG or PDF."""

from __future__ import annotations

from collections.abc import Sequence

from vidclf.files.figure_file import FIGURE_KINDS, check_matplotlib, save_figure, warn_of_boxes
from vidclf.files.names import FIGURE, output_path
from vidclf.files.places import Place
from vidclf.files.staging import Staging
from vidclf.plot.content import content_of
from vidclf.table.named_tables import PathLike
from vidclf.table.table import open_table

KINDS = FIGURE_KINDS
_OTHER_FONT = "install one, or write an .svg, whose text is drawn with the reader's fonts"


def plot_table(
    table: PathLike,
    output: PathLike | None = None,
    *,
    labels: str | Sequence[str] | None = None,
    overwrite: bool = False,
) -> Place:
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
    check_matplotlib(extra="plot")
    opened = open_table(table)
    path = output_path(opened.stem, output, ending=FIGURE, kinds=KINDS, inputs=[opened.path])
    with Staging(overwrite=overwrite) as staging:
        temporary = staging.add(path)
        content = content_of(opened, labels=[labels] if isinstance(labels, str) else labels)

        from vidclf.core.figure_look import own_look
        from vidclf.plot.drawing import draw_figure

        with own_look():
            boxes = save_figure(draw_figure(content), temporary)
        warn_of_boxes(boxes, remedy=_OTHER_FONT)
    return path
