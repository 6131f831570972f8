"""The straight line of a live input: parts of outputs, one after the other, until it ends.

Predictions come as of a clip (`annotate.py`), in one stream whatever parts it is written in, so
that smoothing knows nothing of parts. A part that is full is closed and the next one begun at once;
a thread beside makes the outputs of the one that was closed, while frames go on.
"""

from __future__ import annotations

import math
import shlex
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from contextvars import copy_context
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from vidclf.core.frames import Frame, Prediction, VideoInfo
from vidclf.core.normal_end import ended_by_signals
from vidclf.core.prefetch import prefetch
from vidclf.core.run_warnings import RunWarnings, get_logger, record_warnings
from vidclf.core.stopwatch import Stopwatch
from vidclf.errors import OutputBusyError, OutputExistsError
from vidclf.inference.engine import Engine
from vidclf.inference.predictor import MOST_LIVE_WAITING, Predictor
from vidclf.pipeline.annotate import peek, row_format
from vidclf.pipeline.job import ClipJob
from vidclf.pipeline.live_job import LiveJob, PartTimes
from vidclf.pipeline.live_losses import losses_of, warn_of_losses
from vidclf.pipeline.live_part import LivePart, PartPlan
from vidclf.pipeline.summary import RunSummary, as_manifest, summarise
from vidclf.settings import Settings
from vidclf.sources import open_source

if TYPE_CHECKING:
    from vidclf.sources.live.source import LiveSource

logger = get_logger(__name__)

OnLiveFrame = Callable[[VideoInfo, Frame, int], None]
"""Is told of each frame that is done, and how many were dropped so far."""
_SYNC_SECONDS = 1.0


def annotate_live(
    job: LiveJob,
    *,
    engine: Engine,
    settings: Settings,
    effects: Sequence[Any] = (),
    on_frame: OnLiveFrame = lambda *_: None,
    on_part: Callable[[RunSummary], None] = lambda _: None,
) -> list[RunSummary]:
    """Annotate a live input until it ends: by its settings, by a signal, or by itself.

    Args:
        job: the input and what is made of it.
        engine: what predicts.
        settings: how.
        effects: effects of MoviePy, drawn after the label.
        on_frame: is called after each frame.
        on_part: is called when the outputs of a part are there.

    Returns:
        What became of each part.

    Raises:
        SourceError: it cannot be opened; or it ended in a way that nobody asked for, and the
            outputs of what came before are there.
        OutputError: an output cannot be written; what was written before can be recovered.
    """
    watch = Stopwatch()
    with ExitStack() as stack:
        warnings = stack.enter_context(record_warnings())
        opened = open_source(job.source, fps=settings.picture_rate, live=settings.for_live)
        source: LiveSource = stack.enter_context(opened)  # type: ignore[assignment]
        stack.enter_context(ended_by_signals(source.stop))
        predictor = Predictor(source, engine=engine, settings=settings.for_inference, watch=watch)
        made = prefetch(predictor.predictions, size_of=_one, most_bytes=MOST_LIVE_WAITING)
        first, predictions = peek(stack.enter_context(closing(made)), source, settings)
        with _Parts(
            job,
            source=source,
            predictor=predictor,
            engine=engine,
            settings=settings,
            effects=effects,
            first=first,
            watch=watch,
            warnings=warnings,
            on_part=on_part,
        ) as parts:
            for frame, prediction in predictions:
                parts.write(frame, prediction)
                on_frame(source.info, frame, source.frames_dropped)
            source.stop()
            warn_of_losses(source)
        failure = source.failure
    if failure is not None:
        raise failure
    return parts.done


class _Parts:
    """The parts of a run: the one that is written, and those whose outputs are being made."""

    def __init__(
        self,
        job: LiveJob,
        *,
        source: LiveSource,
        predictor: Predictor,
        engine: Engine,
        settings: Settings,
        effects: Sequence[Any],
        first: Frame,
        watch: Stopwatch,
        warnings: RunWarnings,
        on_part: Callable[[RunSummary], None],
    ) -> None:
        self.done: list[RunSummary] = []
        self._job, self._source, self._predictor = job, source, predictor
        self._engine, self._settings, self._effects = engine, settings, effects
        self._watch, self._warnings, self._on_part = watch, warnings, on_part
        self._first_seconds = first.pts * first.time_base
        self._makers = ThreadPoolExecutor(max_workers=1, thread_name_prefix="vidclf-part")
        self._making: deque[Future[RunSummary]] = deque()
        self._synced: Future[None] | None = None
        self._synced_at = time.monotonic()
        self._number, self._times = 0, PartTimes()
        self._part: LivePart | None = None
        self._begin(first)

    def write(self, frame: Frame, prediction: Prediction) -> None:
        """Write a frame to the part that it belongs to."""
        if frame.pts * frame.time_base >= self._end_seconds:
            self._end_part()
            self._begin(frame)
        assert self._part is not None
        self._part.write(frame, prediction)
        if time.monotonic() - self._synced_at >= _SYNC_SECONDS:
            self._sync()

    def __enter__(self) -> _Parts:
        return self

    def __exit__(self, kind: object, exc: BaseException | None, trace: object) -> None:
        try:
            if exc is None:
                self._end_part()
                self._collect(wait=True)
            elif self._part is not None and self._part.abandon(exc):
                self._tell_kept(exc)
        finally:
            self._makers.shutdown()

    def _begin(self, first: Frame) -> None:
        """Begin a part with a frame, under a name that is free."""
        self._number += 1
        self._end_seconds: float | Fraction = math.inf
        if self._settings.split_every is not None:
            every = Fraction(str(self._settings.split_every))
            seconds = first.pts * first.time_base - self._first_seconds
            self._end_seconds = self._first_seconds + (seconds // every + 1) * every
        self._began = (time.perf_counter(), dict(self._watch.seconds), losses_of(self._source))
        self._live = {"started_at": self._moment(first).isoformat(), "part": self._number}
        taken = (OutputExistsError, OutputBusyError) if self._job.are_named_by_time else ()
        for time_of_first in self._times.of(self._moment(first)):
            with suppress(*taken):
                self._part = self._new_part(time_of_first, first)
                return

    def _new_part(self, time_of_first: str, first: Frame) -> LivePart:
        """A part of this name.

        Raises:
            OutputExistsError, OutputBusyError: the name is taken.
            OutputError: an output cannot be written.
        """
        self._video = f"{self._job.name}_{time_of_first}"
        rows = row_format(self._video, engine=self._engine, settings=self._settings)
        outputs = dict(self._job.outputs_at(time_of_first))
        if not rows.has_segments:
            del outputs["segments"]
        plan = PartPlan(
            outputs=outputs,
            working_folder=self._job.working_folder,
            run=as_manifest(self._summary(outputs, first, live=self._live)).document,
            video=self._video,
            overwrite=self._settings.overwrite and not self._job.are_named_by_time,
            rows=rows,
            effects=self._effects,
        )
        return LivePart(
            plan,
            source=self._source,
            settings=self._settings_of_part(first),
            first=first,
            watch=self._watch,
        )

    def _settings_of_part(self, first: Frame) -> Settings:
        """The settings with the length of the part, where it is known: the timeline shows that."""
        seconds = first.pts * first.time_base
        lengths = [float(self._end_seconds - seconds)]
        if self._settings.duration is not None:
            lengths.append(float(self._first_seconds - seconds) + self._settings.duration)
        length = min(lengths)
        return self._settings if math.isinf(length) else replace(self._settings, duration=length)

    def _end_part(self) -> None:
        """Close the part, and have its outputs made beside."""
        part = self._part
        assert part is not None
        part.close()
        self._part = None  # the thread beside has it now
        earlier, by_now = self._began[2], losses_of(self._source)
        losses = {name: round(by_now[name] - earlier[name], 3) for name in by_now}
        summary = replace(
            self._summary(part.outputs, part.first, live={**self._live, **losses}),
            answer=part.answer,
            frames_read=part.frames,
            frames_inferred=part.frames_inferred,
            frames_written=part.frames_drawn,
            end_seconds=part.end_seconds,
            concessions=part.concessions,
        )
        run = copy_context().run
        self._making.append(
            self._makers.submit(
                run, part.finish, lambda digests: replace(summary, output_digests=dict(digests))
            )
        )
        self._collect()

    def _collect(self, *, wait: bool = False) -> None:
        """Take note of the parts whose outputs are there.

        Raises:
            OutputError: those of one could not be made.
        """
        while self._making and (wait or self._making[0].done()):
            summary = self._making.popleft().result()
            self.done.append(summary)
            self._on_part(summary)

    def _sync(self) -> None:
        self._collect()
        if self._part is not None and (self._synced is None or self._synced.done()):
            self._synced = self._makers.submit(self._part.sync)
        self._synced_at = time.monotonic()

    def _summary(
        self, outputs: Mapping[str, Any], first: Frame, *, live: Mapping[str, Any]
    ) -> RunSummary:
        began, stages, _ = self._began
        summary = summarise(
            ClipJob(source=self._job.source, name=self._video, outputs=outputs),
            source=self._source,
            clip_stamp=None,
            clip_digest=None,
            engine=self._engine,
            predictor=self._predictor,
            frames_written=0,
            answer="",
            end_seconds=first.pts_seconds,
            settings=self._settings,
            watch=self._watch,
            warnings=[*self._engine.warnings, *self._warnings.messages],
            outputs=outputs,
            output_digests={},
            concessions=(),
            effects=[type(effect).__name__ for effect in self._effects],
        )
        spent = {
            name: seconds - stages.get(name, 0.0) for name, seconds in summary.stage_seconds.items()
        }
        seconds = max(time.perf_counter() - began, 1e-3)
        return replace(summary, seconds=seconds, stage_seconds=spent, live=live)

    def _moment(self, frame: Frame) -> datetime:
        """When a frame came, by the time that passed on the input's own clock."""
        passed = frame.pts_seconds - self._source.info.start_seconds
        return self._source.started_at + timedelta(seconds=passed)

    def _tell_kept(self, exc: BaseException) -> None:
        command = shlex.join(["vidclf", "recover", str(self._job.working_folder)])
        kept = f"what was recorded is kept: {command}"
        if isinstance(exc, KeyboardInterrupt):
            raise KeyboardInterrupt(f"interrupted: {kept}") from exc
        logger.warning("%s makes outputs of it", kept)


def _one(_: object) -> int:
    return 1
