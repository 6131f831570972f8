"""Table and clip → MP4 and GIF again, the parts of a label joined, or a copy with subtitles."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any, Unpack

from vidclf.core.frames import Frame, VideoInfo
from vidclf.core.prefetch import prefetch
from vidclf.core.run_warnings import record_warnings
from vidclf.core.stopwatch import Stopwatch
from vidclf.errors import UsageError
from vidclf.files.names import output_path
from vidclf.files.output_kinds import kind_of_file, suffixes_of
from vidclf.files.places import Place
from vidclf.files.staging import Staging
from vidclf.overlay.table_colors import table_colors
from vidclf.pipeline.pictures import FullTimeline, PictureFiles
from vidclf.render.excerpts import Excerpt, find_excerpts, joined_frames, named_segments
from vidclf.render.match_clip import MatchedFrames, clip_of
from vidclf.render.name_checks import checked_names, known_names
from vidclf.render.output_name import rendered_mark
from vidclf.render.part import check_whole, part_of
from vidclf.render.settings_of_run import settings_of_run
from vidclf.render.subtitles import subtitled_copy
from vidclf.segments.finder import SegmentRules
from vidclf.settings import DrawingOptions, Position, Settings
from vidclf.sinks import PICTURE_SINKS
from vidclf.sources import ClipLocation, Source, open_source
from vidclf.sources.stills import still_suffix
from vidclf.table.column_annotations import annotation_rows, change_annotations
from vidclf.table.label_names import LabelNames
from vidclf.table.table import Table, open_table

PathLike = str | os.PathLike[str]
OnFrame = Callable[[VideoInfo, Frame], None]

KINDS = suffixes_of(PICTURE_SINKS)
_DRAWING = tuple(DrawingOptions.__annotations__)
_USUAL = {"audio": True, "gif": False}
"""What counts as not given; for all others that is None."""
_MOST_WAITING_BYTES = 10 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderSummary:
    """What was made from a table."""

    video: str
    """The clip's name, as in the table."""
    frames_written: int
    """Frames drawn; 0 where only subtitles were added."""
    excerpts: int
    """Parts of the clip that were joined; 1 for one stretch of it."""
    seconds: float
    """Wall time of it all."""
    outputs: Mapping[str, str]
    """Kind → path of every file written."""
    concessions: Sequence[str]
    """What files gave up to keep a limit of size."""
    warnings: Sequence[str]
    """What went wrong without stopping it."""


def render_table(
    table: PathLike,
    clip: PathLike | None = None,
    *,
    output: PathLike | None = None,
    rename: Mapping[str, str] | None = None,
    hide: str | Sequence[str] = (),
    only: str | Sequence[str] = (),
    min_duration: float | None = None,
    merge_gap: float | None = None,
    threshold: float | None = None,
    start: Position | str | float | None = None,
    end: Position | str | float | None = None,
    subtitles: bool = False,
    overwrite: bool = False,
    on_frame: OnFrame | None = None,
    **drawing: Unpack[DrawingOptions],
) -> RenderSummary:
    """Make a video again from its table: the same as `vidclf render TABLE [CLIP]`.

    Args:
        table: a `…_predictions.csv` or `.parquet`, perhaps edited by hand.
        clip: the clip it was made from; None for where the manifest says it is.
        output: a folder, or a file that sets name and kind; None for beside the table.
        rename: names of the table → names that are shown.
        hide: labels, or one, that are not drawn; where one is a frame's answer, nothing is.
        only: labels, or one, whose segments are joined, without the rest of the clip.
        min_duration: for `only` and `subtitles`: shorter segments are left out, in seconds.
        merge_gap: for `only` and `subtitles`: gaps up to so many seconds are bridged.
        threshold: below it a label is drawn as uncertain, or does not count where each label has a
            score of its own; such labels have no segments either. None for what the run had.
        start: first place kept, in seconds, `"1:20"`, or a frame's index as `"123f"`; None for
            where the table begins. The first picture stands at 0.
        end: first place no longer kept; None for where the table ends.
        subtitles: copy the clip with the labels as subtitles, without encoding anything.
        overwrite: whether outputs that are there already may be replaced.
        on_frame: is called after each frame that was written.
        drawing: the settings `style`, `position`, `font`, `codec`, `crf`, `preset`, `audio`, `gif`,
            `gif_width`, `gif_fps` and `gif_max_mb`. Style and position are the run's, unless given.

    Raises:
        SourceError: the table or the clip cannot be read, or one is not of the other.
        UsageError: labels or settings that cannot be right.
        OutputError: an output cannot be written, or is there already.
    """
    hide, only = _listed(hide), _listed(only)
    given = {name: v for name, v in drawing.items() if v is not None and v is not _USUAL.get(name)}
    bounds = [None if place is None else Position.of(place) for place in (start, end)]
    _check_together(given, only=only, subtitles=subtitles, rules=(min_duration, merge_gap))
    if subtitles:
        check_whole(*bounds)
    rules = SegmentRules(
        min_duration=min_duration or 0.0, merge_gap=merge_gap or 0.0, threshold=threshold
    )
    opened = open_table(table)
    names = checked_names(opened, rename=rename or {}, hide=hide, only=only)
    job = _Job(
        table=part_of(opened, start=bounds[0], end=bounds[1]),
        whole_table=opened,
        clip=clip_of(opened, clip),
        names=names,
        rules=rules,
        only=only,
    )
    watch = Stopwatch()
    with record_warnings() as warnings, Staging(overwrite=overwrite) as staging:
        if subtitles:
            outputs: Mapping[str, Place] = {"video": _subtitled(job, output, staging)}
            written, excerpts, concessions = 0, 1, list[str]()
        else:
            settings = _settings(opened, given, threshold=threshold)
            mark = rendered_mark(
                style=drawing.get("style"),
                position=drawing.get("position"),
                only=only,
                hide=hide,
                is_renamed=bool(rename),
                threshold=threshold,
                bounds=bounds,
            )
            outputs = _outputs(job, output, mark=mark, gif=settings.gif)
            paths = {kind: staging.add(path) for kind, path in outputs.items()}
            written, excerpts, concessions = _draw(
                job, paths, settings, watch, on_frame or (lambda *_: None)
            )
    return RenderSummary(
        video=opened.video,
        frames_written=written,
        excerpts=excerpts,
        seconds=watch.total_seconds,
        outputs={kind: str(path) for kind, path in outputs.items()},
        concessions=concessions,
        warnings=warnings.messages,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """One table, its clip, and what is wanted of them."""

    table: Table
    """The part of it that is wanted."""
    whole_table: Table
    """All of it: labels have the same colours in each part."""
    clip: ClipLocation
    names: LabelNames
    rules: SegmentRules
    only: Sequence[str]

    def excerpts(self, source: Source) -> list[Excerpt]:
        """The parts that are joined; none where the whole clip is wanted."""
        if not self.only:
            return []
        meant = self.names.table_names(self.only, known_names(self.table))
        labels = [self.names.renamed.get(name, name) for name in meant]
        segments = named_segments(self.table, self.names, self.rules)
        return find_excerpts(self.table, segments, labels, time_base=source.info.time_base)


def _draw(
    job: _Job, paths: Mapping[str, Path], settings: Settings, watch: Stopwatch, on_frame: OnFrame
) -> tuple[int, int, list[str]]:
    """Write the pictures; how many, of how many parts of the clip, and what was given up."""
    table = job.table
    rows = annotation_rows(table, job.names, threshold_of=job.rules.threshold_of)
    with open_source(job.clip, fps=settings.picture_rate) as source, ExitStack() as stages:
        matched = MatchedFrames(source, table)
        excerpts = job.excerpts(source)
        frames = joined_frames(matched, excerpts) if excerpts else matched
        made = prefetch(lambda: frames, size_of=_held_bytes, most_bytes=_MOST_WAITING_BYTES)
        left = stages.enter_context(closing(made))
        first = next(left)
        span = (float(table.rows["timestamp"].iloc[0]), table.end_seconds)
        with PictureFiles(
            paths,
            source=source,
            settings=settings if excerpts else _from_first_row(settings, table),
            first=first[0],
            watch=watch,
            known=FullTimeline(
                annotations=lambda: change_annotations(rows, settings.threshold),
                span=span,
                colors=table_colors(job.whole_table, names=job.names),
            ),
            cuts=[excerpt.cut(source.info.time_base) for excerpt in excerpts],
        ) as pictures:
            for frame, row in chain([first], left):
                pictures.write(frame, rows.annotation(row))
                on_frame(source.info, frame)
            if matched.goes_on:
                pictures.end_sound()
        matched.warn()
    return pictures.frames_written, max(1, len(excerpts)), pictures.concessions


def _subtitled(job: _Job, output: PathLike | None, staging: Staging) -> Place:
    return subtitled_copy(
        job.table,
        job.clip,
        segments=named_segments(job.table, job.names, job.rules),
        hidden=job.names.hidden,
        threshold=job.rules.threshold,
        output=output,
        staging=staging,
    )


def _listed(labels: str | Sequence[str]) -> Sequence[str]:
    return [labels] if isinstance(labels, str) else labels


def _from_first_row(settings: Settings, table: Table) -> Settings:
    """With the start of a table that begins later than its clip: its first frame stands at 0."""
    first = int(table.rows["frame"].iloc[0])
    begins_later = first > 0 or table.manifest.settings.start is not None
    return replace(settings, start=Position(frame=first)) if begins_later else settings


def _held_bytes(pair: tuple[Frame, int]) -> int:
    return pair[0].picture.held_bytes


def _outputs(job: _Job, output: PathLike | None, *, mark: str, gif: bool) -> dict[str, Place]:
    stem, inputs = job.table.stem, (job.table.path, *job.clip.files)
    ending = mark + (still_suffix(job.clip) or ".mp4")
    path = output_path(stem, output, ending=ending, kinds=KINDS, inputs=inputs)
    kind = kind_of_file(path, PICTURE_SINKS)
    if kind == "gif" or not gif:
        return {kind: path}
    beside = output_path(
        stem, path.with_suffix(".gif"), ending=f"{mark}.gif", kinds=KINDS, inputs=inputs
    )
    return {kind: path, "gif": beside}


def _settings(table: Table, given: Mapping[str, Any], *, threshold: float | None) -> Settings:
    """The settings that were given, and some of the run that made the table."""
    given = {**given, "font": Path(given["font"])} if given.get("font") else given
    said = {} if threshold is None else {"threshold": threshold}
    return Settings(**{**settings_of_run(table), **given, **said})


def _check_together(
    given: Mapping[str, Any],
    *,
    only: Sequence[str],
    subtitles: bool,
    rules: tuple[float | None, float | None],
) -> None:
    """Refuse names that are no settings of drawing, and flags that make no sense together."""
    if unknown := sorted(set(given) - set(_DRAWING)):
        raise UsageError(f"no setting {unknown[0]!r}: there are {', '.join(_DRAWING)}")
    if subtitles and given:
        name = next(iter(given))
        flag = "--no-audio" if name == "audio" else f"--{name.replace('_', '-')}"
        raise UsageError(
            f"--subtitles copies the clip as it is, and {flag} is for drawing anew: give one"
        )
    if subtitles and only:
        raise UsageError(
            "--subtitles copies the whole clip, and --only joins parts of it: give one; --hide "
            "leaves labels out of the subtitles"
        )
    for flag, value in zip(("--min-duration", "--merge-gap"), rules, strict=True):
        if value is not None and not (only or subtitles):
            raise UsageError(f"{flag} {value:g} is for --only and --subtitles: give one of them")
