"""The MoviePy compositor: the overlay as an effect, driven by frame timestamps.

Where the overlay is all that is composed, `vidclf.overlay.plane_compositor` makes the same pictures
without RGB.
"""

from __future__ import annotations

import copy
import os
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from moviepy import Effect, VideoClip

from vidclf.core.annotation import Annotation
from vidclf.core.frames import Frame, Pixels, VideoInfo
from vidclf.errors import UsageError
from vidclf.files.places import place_of
from vidclf.overlay.blend import blend
from vidclf.overlay.overlay import Overlay
from vidclf.settings import DEFAULT_CORNER, DEFAULT_STYLE, Corner, Style
from vidclf.table import annotations_from_rows, read_annotations

AnnotationAt = Callable[[float], Annotation | None]


class Annotate(Effect):  # type: ignore[misc]  # MoviePy carries no types
    """Draw a table's labels or values on any MoviePy clip.

    `VideoFileClip("in.mp4").with_effects([Annotate("in_predictions.csv")])`

    Each picture shows the row whose timestamp is the last one at or before the clip's time, and
    nothing before the first row.

    Args:
        table: a `…_predictions.csv`, a DataFrame of its columns, or annotations in order of time.
        style: `card`, `bars`, `timeline` or `full`.
        threshold: confidence below which a label is drawn as uncertain, 0 to 1; None for 0.3. The
            table of a multi-label model says itself which labels count.
        top_k: at most so many ranked answers are drawn.
        font: a TrueType or OpenType file instead of the one in the package.
        start: the table's time, in seconds, at the clip's time 0; for a clip that was cut.
        position: the card's corner: `top-left`, `top-right`, `bottom-left` or `bottom-right`.

    Raises:
        UsageError: the table is empty, or is not a table of predictions.
    """

    def __init__(
        self,
        table: str | os.PathLike[str] | Sequence[Annotation] | Any,
        *,
        style: Style = DEFAULT_STYLE,
        threshold: float | None = None,
        top_k: int = 3,
        font: str | os.PathLike[str] | None = None,
        start: float = 0.0,
        position: Corner = DEFAULT_CORNER,
    ) -> None:
        self.annotations = _moments(table, top_k)
        self.style: Style = style
        self.threshold = threshold
        self.font = font
        self.start = start
        self.position: Corner = position

    def copy(self) -> Annotate:
        """A shallow copy, as MoviePy asks for before it applies an effect."""
        return copy.copy(self)

    def apply(self, clip: VideoClip) -> VideoClip:
        """The clip with the overlay on every picture."""
        end = clip.duration + self.start if clip.duration else self.annotations[-1].pts_seconds
        overlay = Overlay(
            width=clip.w,
            height=clip.h,
            style=self.style,
            span=(self.start, max(end, self.start + 1e-3)),
            threshold=self.threshold,
            font=Path(self.font) if self.font else None,
            position=self.position,
        )
        overlay.know(self.annotations, end_seconds=max(end, self.annotations[-1].pts_seconds))
        return annotated(clip, overlay, self._moment_at)

    def _moment_at(self, seconds: float) -> Annotation | None:
        # Half a microsecond forgives the rounding of times on their way through a CSV.
        place = bisect_right(
            self.annotations,
            seconds + self.start + 5e-7,
            key=lambda annotation: annotation.pts_seconds,
        )
        return self.annotations[place - 1] if place else None


class Compositor:
    """One picture for each decoded frame, through a MoviePy clip.

    The clip's time is the frame's time after `start_seconds`; MoviePy's own clock never chooses
    frames. Effects come after the overlay; they may change size and pixels, not time.
    """

    def __init__(
        self,
        info: VideoInfo,
        overlay: Overlay,
        *,
        seconds: float | None = None,
        effects: Sequence[Effect] = (),
    ) -> None:
        self._picture: Pixels = np.zeros((info.height, info.width, 3), np.uint8)
        self._annotation: Annotation | None = None
        self._overlay = overlay
        source = VideoClip(lambda _: self._picture, duration=seconds)
        clip = annotated(source, overlay, lambda _: self._annotation)
        self._clip = clip.with_effects([*effects]) if effects else clip
        if self._clip.duration != source.duration:
            raise UsageError(
                "an effect changes the clip's length: annotate first, then apply it to the result"
            )

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of the composed pictures in pixels."""
        return int(self._clip.w), int(self._clip.h)

    def picture(self, frame: Frame, annotation: Annotation, *, seconds: float) -> Pixels:
        """The composed picture of a frame, (height, width, 3) uint8 RGB.

        Args:
            frame: the frame.
            annotation: what is shown on it.
            seconds: its time on the composition's clock, which starts at 0.
        """
        self._picture, self._annotation = frame.picture.rgb(), annotation
        self._overlay.add(annotation)
        return np.asarray(self._clip.get_frame(seconds), np.uint8)


def annotated(clip: VideoClip, overlay: Overlay, annotation_at: AnnotationAt) -> VideoClip:
    """The clip with the overlay's patches blended onto each picture."""

    def draw(get_frame: Callable[[float], Pixels], seconds: float) -> Pixels:
        annotation = annotation_at(seconds)
        picture = np.array(get_frame(seconds), np.uint8)
        if annotation is not None:
            blend(picture, overlay.patches(annotation))
        return picture

    return clip.transform(draw)


def _moments(table: Any, top_k: int) -> list[Annotation]:
    if isinstance(table, (str, os.PathLike)):
        annotations = read_annotations(place_of(table))
    elif hasattr(table, "to_dict"):
        annotations = annotations_from_rows(table.to_dict("records"))
    else:
        annotations = list(table)
    if not annotations:
        raise UsageError("a table without rows has nothing to draw")
    return sorted((_cut(m, top_k) for m in annotations), key=lambda m: m.pts_seconds)


def _cut(annotation: Annotation, top_k: int) -> Annotation:
    """The annotation with at most `top_k` answers, if they are ranked."""
    is_ranked = annotation.answers and annotation.is_sure is None
    return replace(annotation, answers=annotation.answers[:top_k]) if is_ranked else annotation
