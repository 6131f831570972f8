"""`vidclf report`: tables and clips → one page."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from vidclf._version import __version__
from vidclf.errors import OutputError, UsageError
from vidclf.naming import output_path
from vidclf.report.clips import ClipMaker
from vidclf.report.page import make_page
from vidclf.segments.finding import SegmentRules
from vidclf.sinks.staging import Staging, shown_path
from vidclf.table.opened import open_table, stem_of
from vidclf.table.predictions import PathLike, table_files

logger = logging.getLogger(__name__)

_LARGE_PAGE_BYTES = 3_000_000


def write_report(
    tables: PathLike | Iterable[PathLike],
    clip: PathLike | None = None,
    *,
    output: PathLike | None = None,
    embed: bool = False,
    overwrite: bool = False,
    rules: SegmentRules | None = None,
) -> Path:
    """Write a page with clips beside timelines of what tables say: the same as `vidclf report`.

    Args:
        tables: a table, several, or folders, which stand for the tables in them and below.
        clip: the video to be played, for a single table; by default the annotated one that its
            manifest names, else the clip it was made from.
        output: a folder or an `.html` file; by default `<stem>_report.html` beside the table, or
            `report.html` in the folder that all tables have in common.
        embed: whether the page holds the clips as data, so that it can be sent alone.
        overwrite: whether a page that is there already may be replaced.
        rules: what counts as a segment; by default what it did in the run.

    Returns:
        The page's path.

    Raises:
        SourceError: a table or the clip cannot be read.
        UsageError: the clip does not fit the table, or is named for several.
        OutputError: the page cannot be written.
    """
    named = [tables] if isinstance(tables, str | os.PathLike) else list(tables)
    paths = list(dict.fromkeys(path for table in named for path in table_files(Path(table))))
    if not paths:
        raise UsageError("no table was given")
    if clip is not None and len(paths) > 1:
        raise UsageError(f"{clip} was named for {len(paths)} tables: name it with its own table")
    named_clip = None if clip is None else Path(clip)
    page_path = _page_path(paths, output, inputs=[*paths, *filter(None, [named_clip])])
    with Staging(overwrite=overwrite) as staging:
        file = staging.add(page_path)
        maker = ClipMaker(folder=page_path.absolute().parent, embed=embed, clips=len(paths))
        clips = [maker.make(open_table(path), named_clip, rules) for path in paths]
        write_page(file, {"clips": clips}, title=_title(clips), blocks=maker.blocks)
    return page_path


def _page_path(paths: Sequence[Path], output: PathLike | None, *, inputs: Sequence[Path]) -> Path:
    """Beside the table, or in the folder that all tables have in common."""
    if len(paths) == 1:
        stem, ending = stem_of(paths[0]), "_report.html"
    else:
        folders = [path.absolute().parent for path in paths]
        stem, ending = Path(os.path.commonpath(folders)) / "report", ".html"
    return output_path(stem, output, ending=ending, kinds=[".html", ".htm"], inputs=inputs)


def _title(clips: Sequence[Mapping[str, Any]]) -> str:
    return str(clips[0]["video"]) if len(clips) == 1 else f"{len(clips)} clips"


def write_page(
    path: Path, data: Mapping[str, Any], *, title: str, blocks: Mapping[str, str]
) -> None:
    """Write a page as UTF-8.

    Args:
        path: the file.
        data: what it shows.
        title: the name of its tab.
        blocks: name → base64 of the clips that it holds.

    Raises:
        OutputError: the disk is full or the file cannot be written.
    """
    page = make_page({"version": __version__, **data}, title=title, blocks=blocks)
    size = len(page) - sum(map(len, blocks.values()))
    if size > _LARGE_PAGE_BYTES:
        logger.warning(
            "the page has %.1f MB: fewer segments (--min-duration, --merge-gap) make it smaller",
            size / 1e6,
        )
    try:
        path.write_text(page, encoding="utf-8", errors="replace", newline="\n")
    except OSError as exc:
        raise OutputError(
            f"cannot write {shown_path(path)} ({exc.strerror}): free space or use -o"
        ) from exc
