"""What a run over clips says: what there is to do, what became of each clip, and of all."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING

from vidclf.cli.messages import complain, say
from vidclf.core.counting import counted
from vidclf.files.places import output_place
from vidclf.remote.path import RemotePath

if TYPE_CHECKING:
    from vidclf.batch.watcher import Overview
    from vidclf.cli.run_bars import RunBars
    from vidclf.pipeline.job import ClipJob
    from vidclf.pipeline.summary import RunSummary

_MOST_NAMED = 10
_MOST_COMPLAINTS = 20


class RunReporter:
    """Watches a run and prints, above its bars.

    Args:
        arguments: the command's.
    """

    bars: RunBars

    def __init__(self, arguments: argparse.Namespace) -> None:
        self._arguments = arguments
        self._overview: Overview | None = None
        self._found: ClipJob | None = None
        self._done = self._earlier = self._frames = 0
        self._failed: list[str] = []
        self._is_waiting = False

    def planned(self, overview: Overview) -> None:
        """Say what there is to do, where there are several clips."""
        self._overview = overview
        self.bars.planned(overview.jobs)
        if overview.clips > 1:
            self._say(_overview_line(overview))
        elif self._found is not None:
            where = _place([str(path) for path in self._found.outputs.values()], self._named)
            self._say(f"{self._found.name}: done earlier → {where}")
        for complaint, names in islice(overview.different.items(), _MOST_COMPLAINTS):
            complain(f"{_listed(names)}: {complaint}")
        if (more := len(overview.different) - _MOST_COMPLAINTS) > 0:
            complain(f"{counted(more, 'more complaint')} of this kind: the record tells them")
        self._failed.extend(name for names in overview.different.values() for name in names)

    def started(self, name: str) -> None:
        """Say nothing: the first frame brings the clip's line."""

    def progressed(self, name: str, *, frames: int, expected_frames: int | None) -> None:
        """Move the bars."""
        self.bars.progressed(name, frames=frames, expected_frames=expected_frames)

    def dropped(self, name: str, *, frames: int) -> None:
        """Show how many frames of a live input were left out."""
        self.bars.dropped(frames)

    def waiting(self, names: Sequence[str]) -> None:
        """Say, once, that another run is at the clips that are left."""
        if not self._is_waiting:
            self._is_waiting = True
            self._say(f"{_listed(names)}: another run is making these; waiting for it")

    def earlier(self, job: ClipJob) -> None:
        """Count a clip that is there already."""
        self._earlier += 1
        if self._overview is None:
            self._found = job
        else:
            self.bars.ended(job.name)
            self._say(f"{job.name}: made by another run meanwhile")

    def done(self, summary: RunSummary) -> None:
        """Say what a clip shows, at which speed it was made, and where its files are."""
        self._done += 1
        self._frames += summary.frames_read
        self.bars.ended(summary.video)
        told = [summary.answer, _pace(summary)]
        outputs = _place(list(summary.outputs.values()), self._named)
        with self.bars.lifted():
            say(self._arguments, f"{summary.video}: {'; '.join(filter(None, told))} → {outputs}")
            for concession in summary.concessions:
                say(self._arguments, f"  {concession}")
            if agreement := _agreement(summary):
                say(self._arguments, f"  {agreement}")
            if self._arguments.verbose:
                self._say_details(summary)

    def _say_details(self, summary: RunSummary) -> None:
        say(self._arguments, f"  written: {', '.join(summary.outputs.values())}")
        stages = ", ".join(f"{name} {s:.2f} s" for name, s in summary.stage_seconds.items())
        say(self._arguments, f"  {summary.runtime}: {stages}, in all {summary.seconds:.2f} s")

    def failed(self, name: str, error: Exception) -> None:
        """Say why a clip could not be made."""
        self._failed.append(name)
        self.bars.ended(name)
        with self.bars.lifted():
            complain(str(error))

    def summarise(self, *, stopped: bool = False) -> int:
        """Say what became of all clips, where there are several; the exit code."""
        there, failed = self._done + self._earlier, len(self._failed)
        count = max(self._overview.clips if self._overview else 0, there + failed)
        if count > 1 and not self._is_live:
            earlier = f" ({self._earlier} of them earlier)" if self._earlier else ""
            skipped = self._overview.skipped if self._overview else 0
            left = count - there - failed - skipped if stopped else 0
            parts = [
                f"{there} of {count} clips done{earlier}",
                *([counted(self._frames, "frame")] if self._done else []),
                f"{failed} failed",
                *([f"{left} not made yet: the same command goes on"] if left else []),
            ]
            say(self._arguments, ", ".join(parts))
        if failed and count > 1 and not self._is_live:
            complain(f"failed: {_listed(self._failed)}")
        return 1 if failed else 0

    @property
    def _is_live(self) -> bool:
        """Whether what is done are the parts of one live input."""
        return self._overview is not None and any(
            job.source.is_live for job in self._overview.jobs[:1]
        )

    @property
    def _named(self) -> str | None:
        named: str | None = self._arguments.output
        return named

    def _say(self, text: str) -> None:
        with self.bars.lifted():
            say(self._arguments, text)


def _overview_line(overview: Overview) -> str:
    """`12 clips: 3 done earlier, 9 to make; 2 worker processes (2 cores; --jobs changes that)`."""
    counts = [
        (overview.earlier, "done earlier"),
        (sum(map(len, overview.different.values())), "made otherwise"),
        (overview.skipped, "failed earlier, passed over"),
        (len(overview.jobs), "to make"),
    ]
    parts = ", ".join(f"{count} {what}" for count, what in counts if count)
    line = f"{counted(overview.clips, 'clip')}: {parts}"
    if overview.executor != "processes" or not overview.jobs:
        return line
    why = f" ({overview.why}; --jobs changes that)" if overview.why else ""
    processes = "worker process" if overview.workers == 1 else "worker processes"
    return f"{line}; {overview.workers} {processes}{why}"


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _pace(summary: RunSummary) -> str:
    """`430 frames, 55 frames/s`; a single frame has no pace."""
    rate = f", {summary.frames_read / summary.seconds:.0f} frames/s"
    return counted(summary.frames_read, "frame") + (rate if summary.frames_read > 1 else "")


def _agreement(summary: RunSummary) -> str | None:
    """`bf16: 50 of 50 frames agree with f32, largest difference 0.012`."""
    told = summary.precision or {}
    if not told.get("compared"):
        return None
    what = "windows" if summary.model["window"] else "frames"
    return (
        f"{told['used']}: {told['agreeing']} of {told['compared']} {what} compared agree with f32, "
        f"largest difference {told['largest_difference']:.2g}"
    )


def _place(outputs: list[str], named: str | None) -> str:
    """Where the outputs are: the file that the user named, or the folder of all of them."""
    if named in outputs:
        return f"{named}, and {counted(len(outputs) - 1, 'file')} beside it"
    folder = output_place(outputs[0]).parent
    if isinstance(folder, RemotePath):
        return str(folder.folder)
    return os.path.join(folder, "")  # noqa: PTH118 - Path drops the last slash
