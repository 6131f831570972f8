"""`vidclf report`: tables and clips → one page."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from vidclf._version import __version__
from vidclf.core.run_warnings import get_logger
from vidclf.errors import UsageError
from vidclf.files.names import REPORT, output_path, stem_of
from vidclf.files.places import Place
from vidclf.files.staging import Staging
from vidclf.files.write_errors import explained
from vidclf.overlay.table_colors import table_colors
from vidclf.pages.page import PageParts, make_page
from vidclf.report.clip_data import ClipMaker
from vidclf.segments.finder import SegmentRules
from vidclf.sources import ClipLocation
from vidclf.sources.suffixes import is_image_name, is_video_name
from vidclf.table.named_tables import PathLike, named_tables
from vidclf.table.table import open_table

logger = get_logger(__name__)

_LARGE_PAGE_BYTES = 3_000_000
PAGE_KINDS = (".html", ".htm")
_PARTS = PageParts(
    package="vidclf.report",
    scripts=("labels", "clip", "player", "charts", "timeline", "pointer", "list", "panels", "keys",
             "clips", "main"),
    styles=("stage", "panels"),
)  # fmt: skip


def write_report(
    tables: PathLike | Iterable[PathLike],
    clip: PathLike | None = None,
    *,
    output: PathLike | None = None,
    embed: bool = False,
    min_duration: float = 0.0,
    merge_gap: float = 0.0,
    overwrite: bool = False,
) -> Place:
    """Write a page with clips beside timelines of what tables say: the same as `vidclf report`.

    Args:
        tables: a table, several, or folders, which stand for the tables in them and below; a
            single table's clip may be among them.
        clip: the video to be played, for a single table; by default the annotated one that its
            manifest names, else the clip it was made from.
        output: a folder or an `.html` file; by default `<stem>_report.html` beside the table, or
            `report.html` in the folder that all tables have in common.
        embed: whether the page holds the clips as data, so that it can be sent alone.
        min_duration: shorter segments are dropped, in seconds.
        merge_gap: segments of one label with at most so many seconds between them become one.
        overwrite: whether a page that is there already may be replaced.

    Returns:
        The page's path.

    Raises:
        SourceError: a table or the clip cannot be read.
        UsageError: the clip does not fit the table, or is named for several, or no table is.
        OutputError: the page cannot be written.
    """
    rules = SegmentRules(min_duration=min_duration, merge_gap=merge_gap)
    named, location = _split([tables] if isinstance(tables, str | os.PathLike) else tables, clip)
    paths = list(dict.fromkeys(named_tables(named)))
    named_clip: Place | None = None if location is None else location.place
    if location is not None and len(paths) > 1:
        raise UsageError(
            f"{location} was named for {len(paths)} tables: name it with its own table"
        )
    page_path = _page_path(paths, output, inputs=[*paths, *([named_clip] if named_clip else [])])
    with Staging(overwrite=overwrite) as staging:
        file = staging.add(page_path)
        maker = ClipMaker(folder=page_path.parent, embed=embed, clips=len(paths))
        opened = [open_table(path) for path in paths]
        colors = table_colors(*opened)
        clips = [maker.make(table, named_clip, rules, colors=colors) for table in opened]
        write_page(file, {"clips": clips}, title=_title(clips), blocks=maker.blocks)
    return page_path


def _split(
    named: Iterable[PathLike], clip: PathLike | None
) -> tuple[list[PathLike], ClipLocation | None]:
    """Tables and folders of tables, and the clip, which may be named among them."""
    places = [ClipLocation.of(name).normalised() for name in named]
    clips = [place for place in places if _is_clip(place)]
    tables: list[PathLike] = [p.path if p.is_local else p.text for p in places if p not in clips]
    clips += [] if clip is None else [ClipLocation.of(clip)]
    if len(clips) > 1:
        raise UsageError(f"{clips[0]} and {clips[1]} are both clips: name one, or one report each")
    if not tables and clips:
        raise UsageError(f"{clips[0]} is a clip: name its table first, …_predictions.csv")
    if not tables:
        raise UsageError("no table was given")
    return tables, clips[0] if clips else None


def _is_clip(place: ClipLocation) -> bool:
    return place.kind != "folder" and (is_video_name(place.name) or is_image_name(place.name))


def _page_path(
    paths: Sequence[Place], output: PathLike | None, *, inputs: Sequence[Place]
) -> Place:
    """Beside the table, or in the folder that all tables have in common."""
    if len(paths) == 1:
        stem, ending = stem_of(paths[0]), REPORT
    else:
        stem, ending = _common_folder(paths) / "report", ".html"
    return output_path(stem, output, ending=ending, kinds=PAGE_KINDS, inputs=inputs)


def _common_folder(paths: Sequence[Place]) -> Place:
    """The folder that all tables have in common."""
    folders = [path.absolute().parent for path in paths if isinstance(path, Path)]
    if len(folders) == len(paths):
        return Path(os.path.commonpath(folders))
    if len({path.parent for path in paths}) == 1:
        return paths[0].parent
    raise UsageError(
        f"{paths[0]} and {paths[-1]} lie in no folder of their own: say where the page goes with -o"
    )


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
    page = make_page({"version": __version__, **data}, _PARTS, title=title, blocks=blocks)
    size = len(page) - sum(map(len, blocks.values()))
    if size > _LARGE_PAGE_BYTES:
        logger.warning(
            "the page has %.1f MB: fewer segments (--min-duration, --merge-gap) make it smaller",
            size / 1e6,
        )
    with explained(path):
        path.write_text(page, encoding="utf-8", errors="replace", newline="\n")
