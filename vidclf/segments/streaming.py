"""The segments of a run, found as its frames come."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from vidclf.core.annotation import Annotation
from vidclf.core.end_times import EndTimes
from vidclf.core.frames import Frame
from vidclf.core.thresholds import holding_answers
from vidclf.files.text_file import write_text
from vidclf.segments.export import SegmentExport
from vidclf.segments.finder import SegmentFinder
from vidclf.segments.formats.csv_file import csv_text
from vidclf.table.cells import rounded_seconds


class RunSegments:
    """Finds the segments of what is shown, frame by frame, and where the last frame ends.

    Args:
        frame_rate: average frames per second, for a clip of a single frame.
        exclusive: whether each frame has one label at most.
    """

    def __init__(self, *, frame_rate: Fraction, exclusive: bool) -> None:
        self._finder = SegmentFinder(exclusive=exclusive)
        self._end_times = EndTimes(frame_rate)
        self._end: tuple[int | Fraction, Fraction] = (0, Fraction(1))

    @property
    def end_seconds(self) -> float:
        """When the last frame ends: by its duration, else after as long as the one before it."""
        ticks, time_base = self._end
        return rounded_seconds(float(ticks * time_base))

    def add(self, frame: Frame, annotation: Annotation) -> None:
        """Go on to the next frame, at which this is shown, at the time that the table says."""
        self._finder.add(
            frame.index, rounded_seconds(frame.pts_seconds), holding_answers(annotation)
        )
        self._end = frame.pts + self._end_times.stands(frame), frame.time_base

    def write(self, path: Path, *, video: str) -> None:
        """Write the CSV, after the last frame.

        Raises:
            OutputError: it cannot be written.
        """
        export = SegmentExport(video=video, segments=self._finder.finish(self.end_seconds))
        write_text(path, csv_text(export), kind="the segments")
