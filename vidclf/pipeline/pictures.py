"""The annotated pictures of one clip: overlay, compositor, and the files they go to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from vidclf.core.annotation import Annotation
from vidclf.core.frames import Frame, Pixels, VideoInfo
from vidclf.core.stopwatch import Stopwatch
from vidclf.overlay.label_colors import LabelColors
from vidclf.overlay.overlay import Overlay
from vidclf.overlay.plane_compositor import PlaneCompositor
from vidclf.pipeline.small_pictures import SmallPictures
from vidclf.settings import Settings
from vidclf.sinks import PICTURE_SINKS, PictureSink, SinkInput, open_picture_sink
from vidclf.sinks.audio.cut import Cut
from vidclf.sinks.audio.tracks import Original
from vidclf.sinks.encoded_color import OutputColor, output_color
from vidclf.sources import Source

if TYPE_CHECKING:
    from vidclf.overlay.moviepy_effect import Compositor


@dataclass(frozen=True, slots=True, kw_only=True)
class FullTimeline:
    """What is shown, where all of it is known before the first picture is drawn."""

    annotations: Callable[[], Iterable[Annotation]]
    """Gives them in order of time."""
    span: tuple[float, float]
    """When the first one begins and the last one ends, in seconds on the clip's own clock."""
    colors: LabelColors
    """The colours of the labels."""


class PictureFiles:
    """Draws each frame once and writes it to every file of pictures that is wanted.

    Args:
        paths: kind → the file to write; kinds that are not of pictures are passed over.
        source: the clip, opened.
        settings: how it is drawn and encoded.
        first: the first frame that will be written; it fixes where the timeline begins.
        watch: is told where the time goes.
        effects: MoviePy effects that come after the overlay.
        known: what will be shown, if that is known: the timeline then shows what is to come.
        cuts: the parts of the clip that the frames are of, where those were joined anew; its sound
            is cut at the same places. None for one stretch of the clip.
        is_live: whether the files must be readable at any moment.
    """

    def __init__(
        self,
        paths: Mapping[str, Path],
        *,
        source: Source,
        settings: Settings,
        first: Frame,
        watch: Stopwatch,
        effects: Sequence[Any] = (),
        known: FullTimeline | None = None,
        cuts: Sequence[Cut] = (),
        is_live: bool = False,
    ) -> None:
        self.frames_written = 0
        self._watch = watch
        self._start_seconds = first.pts_seconds
        self._stack = ExitStack()
        self._sinks: list[PictureSink] = []
        self._small: list[tuple[PictureSink, SmallPictures]] = []
        if wanted := {kind: path for kind, path in paths.items() if kind in PICTURE_SINKS}:
            info = source.info
            span = known.span if known else timeline_span(info, settings, first)
            if "still" in wanted:
                span = None  # one picture has no timeline
            overlay = _overlay(info, settings, span, known)
            self._compositor = _compositor(info, overlay, span=span, first=first, effects=effects)
            width, height = self._compositor.size
            composed = replace(info, width=width, height=height)
            original = _original(source, settings, cuts)
            given = SinkInput(info=composed, settings=settings, original=original, is_live=is_live)
            for sink in (open_picture_sink(kind, path, given) for kind, path in wanted.items()):
                if effects or not (size := sink.small_size):
                    self._sinks.append(sink)
                    continue
                own = replace(info, width=size[0], height=size[1], pixel_aspect=Fraction(1))
                small = SmallPictures(
                    size, _overlay(own, settings, span, known), color=_plane_color(info, first)
                )
                self._small.append((sink, small))
            if isinstance(self._compositor, PlaneCompositor):
                self._compositor.is_last_use = not self._small and not is_live

    def write(self, frame: Frame, annotation: Annotation) -> None:
        """Draw what is shown at a frame and write it.

        Raises:
            OutputError: a file cannot be written.
        """
        if not self._all_sinks:
            return
        if self._sinks:
            with self._watch.stage("draw"):
                seconds = frame.pts_seconds - self._start_seconds
                picture = self._compositor.picture(frame, annotation, seconds=seconds)
            with self._watch.stage("encode"):
                for sink in self._sinks:
                    sink.write(frame, picture)
        for sink, small in self._small:
            with self._watch.stage("draw"):
                draw = small.later(frame, annotation)
            with self._watch.stage("encode"):
                sink.write(frame, draw)
        self.frames_written += 1

    def end_sound(self) -> None:
        """Have the sound end with the last picture, though the clip goes on."""
        for sink in self._all_sinks:
            sink.end_sound()

    @property
    def concessions(self) -> list[str]:
        """What files gave up to keep a limit of size; known when they are whole."""
        return [sink.concession for sink in self._all_sinks if sink.concession]

    @property
    def _all_sinks(self) -> list[PictureSink]:
        return [*self._sinks, *(sink for sink, _ in self._small)]

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            for sink in self._all_sinks:
                stack.enter_context(sink)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with self._watch.stage("encode"):
            self._stack.__exit__(exc_type, exc, traceback)


def composed_still(
    frame: Frame, annotation: Annotation, *, info: VideoInfo, settings: Settings
) -> Pixels | None:
    """One picture with its annotation, as `PictureFiles` draws it into a still.

    Args:
        frame: the picture, decoded as RGB.
        annotation: what is shown on it.
        info: its size.
        settings: how it is drawn.

    Returns:
        (H, W, 3) uint8 RGB; None where it is too small for a label that can be read.
    """
    from vidclf.overlay.moviepy_effect import Compositor  # as in `_compositor`

    overlay = _overlay(info, settings, None, None)
    if not overlay.has_card:
        return None
    return Compositor(info, overlay).picture(frame, annotation, seconds=0.0)


def timeline_span(info: VideoInfo, settings: Settings, first: Frame) -> tuple[float, float] | None:
    """Start and end in seconds of what the timeline shows, as far as the header tells."""
    start, end = first.pts_seconds, None
    if info.duration_seconds is not None:
        end = info.start_seconds + info.duration_seconds
    if settings.end is not None:
        asked = settings.end.seconds
        if asked is None and settings.end.frame is not None:
            asked = info.start_seconds + settings.end.frame / float(info.frame_rate)
        end = min(value for value in (asked, end) if value is not None)
    if settings.duration is not None:
        end = min(value for value in (start + settings.duration, end) if value is not None)
    return (start, end) if end is not None and end > start else None


def _overlay(
    info: VideoInfo,
    settings: Settings,
    span: tuple[float, float] | None,
    known: FullTimeline | None,
) -> Overlay:
    """The overlay for pictures of a size, which knows beforehand what is known."""
    overlay = Overlay(
        width=info.width,
        height=info.height,
        pixel_aspect=info.pixel_aspect,
        style=settings.style,
        span=span,
        threshold=settings.threshold,
        font=settings.font,
        colors=known.colors if known else None,
        position=settings.position,
    )
    if known:
        overlay.know(known.annotations(), end_seconds=known.span[1])
    return overlay


def _compositor(
    info: VideoInfo,
    overlay: Overlay,
    *,
    span: tuple[float, float] | None,
    first: Frame,
    effects: Sequence[Any],
) -> Compositor | PlaneCompositor:
    """How the pictures are composed: in their planes where the overlay is all, else by MoviePy."""
    color = None if effects else _plane_color(info, first)
    if color:
        return PlaneCompositor(info, overlay, matrix=color.matrix, full_range=color.full_range)
    from vidclf.overlay.moviepy_effect import Compositor  # MoviePy takes 0.2 s to import

    return Compositor(info, overlay, seconds=span[1] - span[0] if span else None, effects=effects)


def _plane_color(info: VideoInfo, first: Frame) -> OutputColor | None:
    """The matrix and range of the clip's planes; None where it is drawn on in RGB."""
    color = output_color(info)
    keeps_matrix = color.tags.matrix == info.color.matrix
    return color if keeps_matrix and first.picture.yuv420() is not None else None


def _original(source: Source, settings: Settings, cuts: Sequence[Cut]) -> Original | None:
    """The clip as a giver of sound; None where it can be read but once."""
    if source.reopen is None:
        return None
    end = settings.end.seconds if settings.end else None
    return Original(
        name=str(source.location),
        open=source.reopen,
        audio=settings.audio and source.info.has_audio,
        end_seconds=None if end is None else Fraction(str(end)),
        cuts=tuple(cuts),
    )
