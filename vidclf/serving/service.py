"""The server behind all protocols: the model, its clients and their sessions."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from time import time

from vidclf.core.cpu import usable_cores
from vidclf.errors import UsageError
from vidclf.inference.engine import Engine, open_engine
from vidclf.inference.probe import made_up_inputs
from vidclf.models.info import ModelInfo
from vidclf.serving.answers import as_json, describe_model
from vidclf.serving.client_list import ClientList
from vidclf.serving.drawing import drawn_picture
from vidclf.serving.limits import MOST_WAITING_PICTURES
from vidclf.serving.network import LiveNetwork
from vidclf.serving.options import ServeOptions
from vidclf.serving.outcomes import Answered, Json, Refused
from vidclf.serving.problems import ProblemError
from vidclf.serving.scheduler import Scheduler
from vidclf.serving.sent_frame import SentFrame
from vidclf.serving.session import Session
from vidclf.serving.tally import Tally
from vidclf.settings import Settings
from vidclf.sinks.still import StillKind

_MISSING = {
    "head": ("what its outputs are", "--head"),
    "preprocessing": ("how its input was scaled in training", "--preprocess"),
}


class Service:
    """Answers frames, whatever way they came; to be made and used in a running event loop.

    Args:
        engine: the model.
        settings: the server's; clients may change some for themselves.
        options: how it is reached.
    """

    def __init__(self, engine: Engine, settings: Settings, options: ServeOptions) -> None:
        self.settings = settings
        self.options = options
        self.tally = Tally()
        self.clients = ClientList(lambda: Session(engine, settings))
        self.on_stop: list[Callable[[], Awaitable[None]]] = []
        """Each is awaited when all frames have their outcome, and says goodbye to its clients."""
        self.began = time()
        """When it began, in seconds since 1970."""
        self._engine = engine
        self._drawing = asyncio.Semaphore(usable_cores())
        info = engine.model.info
        runtime = engine.runtime(
            lambda: made_up_inputs(info.input_size, info.window), clip="made-up pictures"
        )
        self._scheduler = Scheduler(
            LiveNetwork(engine, runtime, batch_size=settings.batch_size),
            max_wait_seconds=options.max_wait_ms / 1000,
            tally=self.tally,
        )

    @property
    def info(self) -> ModelInfo:
        """The model."""
        return self._engine.model.info

    @property
    def frames_waiting(self) -> int:
        """How many frames wait for their turn."""
        return self._scheduler.waiting

    def describe_model(self) -> Json:
        """What clients are told of the model."""
        return describe_model(self.info, runtime=self._engine.runtime_name)

    async def answer(self, session: Session, sent: SentFrame) -> Json:
        """Answer a frame of a session that streams; see `answers.as_json`."""
        outcome = await self._scheduler.submit(session, sent)
        return as_json(outcome, sent=sent, session=session, info=self.info)

    async def answer_each(self, pictures: Sequence[SentFrame]) -> list[Json]:
        """Answer pictures that have nothing to do with each other, in their order.

        Raises:
            ProblemError: more wait already than the server takes.
        """
        self._check_waiting(len(pictures))
        return await asyncio.gather(
            *(self.answer(self._session_of_one(), picture) for picture in pictures)
        )

    async def draw(self, sent: SentFrame, kind: StillKind) -> bytes:
        """Draw the answer to a picture on it.

        Returns:
            A file of that kind.

        Raises:
            ProblemError: there is no answer, the picture is too small, or more wait already than
                the server takes.
        """
        self._check_waiting(1)
        session = self._session_of_one()
        outcome = await self._scheduler.submit(session, sent)
        if isinstance(outcome, Refused):
            raise ProblemError(outcome.problem.kind, outcome.problem.detail)
        assert isinstance(outcome, Answered)  # as there is no newer one
        annotation = session.rows.annotation(outcome.prediction)
        async with self._drawing:
            return await asyncio.to_thread(
                drawn_picture, sent.encoded(), annotation, settings=self.settings, kind=kind
            )

    def _check_waiting(self, more: int) -> None:
        if self._scheduler.waiting + more > MOST_WAITING_PICTURES:
            raise ProblemError(
                "overloaded", f"{self._scheduler.waiting} pictures wait already: try again later"
            )

    def _session_of_one(self) -> Session:
        return Session(self._engine, replace(self.settings, smooth=0.0))

    def forget(self, session: Session) -> None:
        """Drop what waits of a session whose client is gone."""
        self._scheduler.forget(session)

    async def stop(self) -> None:
        """Answer what is being looked at, refuse the rest, free the model, and let clients go."""
        await self._scheduler.stop()
        await asyncio.gather(*(said() for said in self.on_stop))


def open_model(settings: Settings) -> Engine:
    """The model, ready to be asked about single frames at once.

    Raises:
        UsageError: something is not known of it.
        ModelError: it cannot be used.
    """
    engine = open_engine(settings, low_latency=True)
    for question in engine.model.info.questions:
        what, flag = _MISSING[question]
        path = engine.model.info.path
        raise UsageError(
            f"nothing tells for certain {what} of {path}, and a wrong guess ruins every answer: "
            f"give {flag}; `vidclf annotate CLIP -m {shlex.quote(path)}` shows what each choice "
            "makes of a clip"
        )
    return engine
