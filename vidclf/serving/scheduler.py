"""Which frame is looked at when: one queue for all clients, of turns and not of frames.

A client whose newest frame waits has a turn, in the order in which they came. While the model
computes a batch, those whose turn is next have their frames decoded; the other frames wait encoded,
and a newer one of the same client takes the place of an older one. So a frame is at most one batch
old before the model sees it, no client is passed over, and what is held is two frames a client and
two batches.

    arrives ──► waits (the newest of its client) ──► is decoded ──► model ──► answer
                 turns, in order                      next batch     this batch

All of it runs in the thread of the event loop, which itself neither decodes nor infers: decoding
has threads of its own, the model has one.
"""

from __future__ import annotations

import asyncio
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from time import perf_counter

from vidclf.core.cpu import usable_cores
from vidclf.core.frames import FrameTime, Pixels, Prediction
from vidclf.core.run_warnings import get_logger
from vidclf.errors import ModelError, SourceError
from vidclf.inference.live import LiveClip
from vidclf.serving.network import LiveNetwork
from vidclf.serving.outcomes import Answered, Dropped, Milliseconds, Outcome, Refused
from vidclf.serving.problems import INTERNAL, STOPPING, Problem, ProblemError
from vidclf.serving.sent_frame import SentFrame
from vidclf.serving.session import Session, WaitingFrame
from vidclf.serving.tally import Tally

logger = get_logger(__name__)


_NOTHING_TO_CARRY = Problem(
    kind="model-failed", detail="it carries the answer of a frame that the model could not compute"
)


@dataclass(slots=True, eq=False)
class _Job:
    """A frame that has had its turn."""

    session: Session
    clip: LiveClip
    """The session's clip, when its turn came: the session may have begun another one since."""
    sent: SentFrame
    outcome: asyncio.Future[Outcome]
    time: FrameTime
    began: float
    """When its turn came, in seconds of `time.perf_counter`, as are the others."""
    is_ready: bool = False
    """Whether the model can take it up."""
    ready_at: float = 0.0
    model_input: Pixels | None = None
    """What the model is to be shown; None for a frame that carries an answer."""


@dataclass(slots=True, eq=False)
class _Computed:
    """What became of a batch, from the model's thread."""

    results: list[Prediction | Problem] = field(default_factory=list)
    began: float = 0.0
    seconds: float = 0.0


class Scheduler:
    """Answers the frames of all sessions.

    Args:
        network: what looks at pictures.
        max_wait_seconds: how long an idle model waits at most for frames that are being decoded.
        tally: is told what was done.
    """

    def __init__(self, network: LiveNetwork, *, max_wait_seconds: float, tally: Tally) -> None:
        self._network = network
        self._max_wait_seconds = max_wait_seconds
        self._tally = tally
        self._turns: deque[Session] = deque()
        self._next: list[_Job] = []
        self._batch: list[_Job] = []
        self._due: asyncio.TimerHandle | None = None
        self._decoders = ThreadPoolExecutor(usable_cores(), thread_name_prefix="vidclf-decode")
        self._model = ThreadPoolExecutor(1, thread_name_prefix="vidclf-model")
        self._is_stopping = False
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def waiting(self) -> int:
        """How many frames wait for their turn."""
        return len(self._turns)

    def submit(self, session: Session, sent: SentFrame) -> asyncio.Future[Outcome]:
        """Take a session's newest frame; one of it that still waits is dropped."""
        outcome: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._tally.received += 1
        if self._is_stopping:
            outcome.set_result(Refused(STOPPING))
            return outcome
        older, session.waiting = session.waiting, WaitingFrame(sent, outcome)
        if older is not None:
            self._drop(session, older)
        elif not session.is_up_next:
            self._turns.append(session)
        self._fill()
        return outcome

    def forget(self, session: Session) -> None:
        """Drop what waits of a session whose client is gone."""
        older, session.waiting = session.waiting, None
        if older is not None:
            self._drop(session, older)

    async def stop(self) -> None:
        """Answer what is being looked at, refuse the rest, and end the threads."""
        self._is_stopping = True
        self._fill()
        await self._idle.wait()
        self._decoders.shutdown()
        self._model.shutdown()

    def _drop(self, session: Session, frame: WaitingFrame) -> None:
        session.dropped += 1
        self._tally.dropped += 1
        _settle(frame.outcome, Dropped(session.dropped))

    def _fill(self) -> None:
        """Give turns until the next batch is full."""
        while self._turns and (self._is_stopping or not self._is_next_full()):
            session = self._turns.popleft()
            frame, session.waiting = session.waiting, None
            if frame is None:  # its client is gone
                continue
            if self._is_stopping:
                _settle(frame.outcome, Refused(STOPPING))
            else:
                self._begin(session, frame)
        self._start_if_due()

    def _is_next_full(self) -> bool:
        return len(self._next) >= self._network.batch_size

    def _begin(self, session: Session, frame: WaitingFrame) -> None:
        session.is_up_next = True
        time = session.next_time(frame.sent)
        job = _Job(session, session.clip, frame.sent, frame.outcome, time, perf_counter())
        self._next.append(job)
        self._idle.clear()
        if not job.clip.is_sampled(time):
            session.frames += 1
            job.is_ready, job.ready_at = True, job.began
            return
        decoded = asyncio.get_running_loop().run_in_executor(
            self._decoders, self._network.look, frame.sent, time
        )
        decoded.add_done_callback(lambda done: self._decoded(job, done))

    def _decoded(self, job: _Job, done: asyncio.Future[Pixels]) -> None:
        error = done.exception()
        if error is None:
            job.session.frames += 1
            job.model_input = job.clip.model_input(done.result())
            job.is_ready, job.ready_at = True, perf_counter()
        else:
            self._leave(job)
            self._refuse(job, _problem(error))
            self._fill()
            return
        self._start_if_due()

    def _start_if_due(self) -> None:
        """Start the model when it is idle and nothing is worth waiting for any more."""
        if self._batch or not any(job.is_ready for job in self._next):
            return
        if all(job.is_ready for job in self._next) or not self._max_wait_seconds:
            self._start()
        elif self._due is None:
            loop = asyncio.get_running_loop()
            self._due = loop.call_later(self._max_wait_seconds, self._start)

    def _start(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None
        self._batch = [job for job in self._next if job.is_ready]
        for job in self._batch:
            self._leave(job)
        computed = asyncio.get_running_loop().run_in_executor(
            self._model, self._compute, self._batch
        )
        computed.add_done_callback(self._answer)
        self._fill()

    def _leave(self, job: _Job) -> None:
        """Take a job out of the next batch; its client may have its next turn."""
        self._next.remove(job)
        job.session.is_up_next = False
        if job.session.waiting is not None:
            self._turns.append(job.session)

    def _compute(self, jobs: list[_Job]) -> _Computed:
        """Run the model on a batch, and smooth; in the model's thread."""
        computed = _Computed(began=perf_counter())
        inputs = [job.model_input for job in jobs if job.model_input is not None]
        scores = iter(self._network.scores(inputs))
        for job in jobs:
            row = None if job.model_input is None else next(scores)
            if row is None and job.clip.is_empty:
                computed.results.append(_NOTHING_TO_CARRY)
            elif isinstance(row, Problem):
                computed.results.append(row)
            else:
                computed.results.append(job.clip.predict(job.time, row))
        computed.seconds = perf_counter() - computed.began
        return computed

    def _answer(self, done: asyncio.Future[_Computed]) -> None:
        jobs, self._batch = self._batch, []
        error = done.exception()
        if error is not None:
            for job in jobs:
                self._refuse(job, _problem(error))
        else:
            computed = done.result()
            self._tally.batch(len(jobs), computed.seconds)
            for job, result in zip(jobs, computed.results, strict=True):
                if isinstance(result, Problem):
                    self._refuse(job, result)
                else:
                    self._answer_one(job, result, computed)
        self._fill()
        if not self._batch and not self._next:
            self._idle.set()

    def _answer_one(self, job: _Job, prediction: Prediction, computed: _Computed) -> None:
        ms = Milliseconds(
            wait=1000 * (job.began - job.sent.came + computed.began - job.ready_at),
            decode=1000 * (job.ready_at - job.began),
            infer=1000 * computed.seconds if job.model_input is not None else 0.0,
        )
        self._tally.answer(perf_counter() - job.sent.came)
        answered = Answered(prediction=prediction, ms=ms, dropped=job.session.dropped)
        _settle(job.outcome, answered)

    def _refuse(self, job: _Job, problem: Problem) -> None:
        self._tally.refused += 1
        _settle(job.outcome, Refused(problem))
        if not self._batch and not self._next:
            self._idle.set()


def _settle(outcome: asyncio.Future[Outcome], value: Outcome) -> None:
    if not outcome.done():  # as it is where the client is gone
        outcome.set_result(value)


def _problem(error: BaseException) -> Problem:
    if isinstance(error, ProblemError):
        return error.problem
    if isinstance(error, SourceError):
        return Problem(kind="unreadable-picture", detail=str(error))
    if isinstance(error, ModelError):
        return Problem(kind="model-failed", detail=str(error))
    logger.error("a frame could not be answered", exc_info=error)
    return INTERNAL
