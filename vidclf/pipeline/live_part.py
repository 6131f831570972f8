"""One part of a live run: written as it comes, made into outputs when it is done."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vidclf.core.file_digest import file_digests
from vidclf.core.frames import Frame, Prediction
from vidclf.core.stopwatch import Stopwatch
from vidclf.files.live_files import LiveFiles
from vidclf.files.places import Place
from vidclf.files.staging import Staging
from vidclf.files.write_errors import explained
from vidclf.pipeline.clip_answer import ClipAnswer
from vidclf.pipeline.pictures import PictureFiles
from vidclf.pipeline.summary import RunSummary, as_manifest
from vidclf.remote.path import RemotePath
from vidclf.segments.streaming import RunSegments
from vidclf.settings import Settings
from vidclf.sinks.remux import remux
from vidclf.sources import Source
from vidclf.table import RowFormat
from vidclf.table.row_sinks import TableFiles

_MADE_AT_THE_END = ("segments", "manifest")


@dataclass(frozen=True, slots=True, kw_only=True)
class PartPlan:
    """What a part is made of."""

    outputs: Mapping[str, Place]
    """Kind → file."""
    working_folder: Path
    """Where files lie hidden while they are written."""
    run: Mapping[str, Any]
    """What its manifest says, as far as that is known when it begins."""
    video: str
    """What stands in the column `video`."""
    overwrite: bool
    """Whether files that are there already may be replaced."""
    rows: RowFormat
    """How predictions become rows."""
    effects: Sequence[Any]
    """MoviePy effects put after the overlay."""


class LivePart:
    """A part while it is written.

    Args:
        plan: what it is made of.
        source: the live input, open.
        settings: how.
        first: its first frame.
        watch: is told where the time goes.

    Raises:
        OutputExistsError, OutputBusyError: an output is there, or being written.
        OutputError: an output cannot be written.
    """

    def __init__(
        self, plan: PartPlan, *, source: Source, settings: Settings, first: Frame, watch: Stopwatch
    ) -> None:
        self.outputs = plan.outputs
        self.first = first
        self.frames = self.frames_inferred = 0
        self._plan = plan
        self._segments = RunSegments(
            frame_rate=source.info.frame_rate, exclusive=plan.rows.is_exclusive
        )
        self._answer = ClipAnswer(settings.threshold)
        self._staging = Staging(overwrite=plan.overwrite, record=plan.outputs["manifest"])
        self._open_files = ExitStack()
        with ExitStack() as on_failure:
            on_failure.callback(self._staging.discard)
            self._staged = {kind: self._staging.add(path) for kind, path in plan.outputs.items()}
            self._files = _new_files(plan)
            on_failure.callback(self._files.remove)
            on_failure.callback(self._open_files.close)
            self._table = self._open_files.enter_context(
                TableFiles(self._files.paths, rows=plan.rows)
            )
            self._pictures = self._open_files.enter_context(
                PictureFiles(
                    self._files.paths,
                    source=source,
                    settings=settings,
                    first=first,
                    watch=watch,
                    effects=plan.effects,
                    is_live=True,
                )
            )
            on_failure.pop_all()

    @property
    def end_seconds(self) -> float:
        """When the last frame ends, on the input's clock."""
        return self._segments.end_seconds

    @property
    def answer(self) -> str:
        """What the part shows, in a few words."""
        return self._answer.text(self.end_seconds)

    @property
    def frames_drawn(self) -> int:
        """How many pictures were written."""
        return self._pictures.frames_written

    @property
    def concessions(self) -> list[str]:
        """What files gave up to keep a limit of size."""
        return self._pictures.concessions

    def write(self, frame: Frame, prediction: Prediction) -> None:
        """Write one frame; its row is in the file then, whatever happens to this process.

        Raises:
            OutputError: a file cannot be written.
        """
        annotation = self._plan.rows.annotation(prediction)
        self._table.write(prediction)
        self._table.flush()
        self._pictures.write(frame, annotation)
        self._segments.add(frame, annotation)
        self._answer.add(annotation)
        self.frames += 1
        self.frames_inferred += prediction.inferred

    def sync(self) -> None:
        """Have the disk hold what is written by now."""
        self._files.sync()

    def close(self) -> None:
        """Write what the encoder holds; no frame comes any more."""
        self._open_files.close()

    def abandon(self, exc: BaseException) -> bool:
        """Give up after an error; whether there is something that can be recovered."""
        self._open_files.__exit__(type(exc), exc, exc.__traceback__)
        self._staging.discard()
        if not self.frames:
            self._files.remove()
        self._files.release()
        return self.frames > 0

    def finish(self, summarise: Callable[[Mapping[str, str]], RunSummary]) -> RunSummary:
        """Make the outputs of what was written; they appear together.

        Args:
            summarise: kind → digest of each output but the manifest → what became of the part.

        Raises:
            OutputError: an output cannot be written; what was written stays, to be recovered.
        """
        try:
            with self._staging:
                self._make_outputs()
                made = {kind: path for kind, path in self._staged.items() if kind != "manifest"}
                summary = summarise(file_digests(made))
                as_manifest(summary).write(self._staged["manifest"])
            self._files.remove()
        finally:
            self._files.release()
        return summary

    def _make_outputs(self) -> None:
        for kind, path in self._files.paths.items():
            if kind == "video":
                remux(path, self._staged[kind], frame_count=self.frames)
            else:
                hand_over(path, self._staged[kind])
        if "segments" in self._staged:
            self._segments.write(self._staged["segments"], video=self._plan.video)


def _address(place: Place) -> str:
    return place.address if isinstance(place, RemotePath) else str(place)


def hand_over(path: Path, staged: Path) -> None:
    """Give a file a second name, or copy it where the disk has no such names.

    Raises:
        OutputError: it cannot be written.
    """
    with explained(staged):
        try:
            staged.unlink(missing_ok=True)
            staged.hardlink_to(path)
        except OSError:
            shutil.copyfile(path, staged)


def _new_files(plan: PartPlan) -> LiveFiles:
    outputs = plan.outputs
    written = {kind: path.suffix for kind, path in outputs.items() if kind not in _MADE_AT_THE_END}
    return LiveFiles(
        plan.working_folder,
        outputs["manifest"].stem.removesuffix("_manifest"),
        suffixes=written,
        outputs={kind: _address(place) for kind, place in outputs.items()},
        run=plan.run,
    )
