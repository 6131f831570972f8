"""One connection that streams, whatever its protocol: it says hello, sends frames, and leaves.

Reading never waits for an answer. Answers wait in the order of what they answer, and one task sends
them; the scheduler sees to it that few of them hold a picture.

    message ──► take ──► task of the service ──┐
    message ──► take ──► what is told at once ─┴► answers, in order ──► wire
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from vidclf.core.run_warnings import get_logger
from vidclf.serving import limits
from vidclf.serving.outcomes import Json
from vidclf.serving.problems import INTERNAL, STOPPING, Problem, ProblemError
from vidclf.serving.sent_frame import SentFrame, frame_id
from vidclf.serving.streams.messages import check_fields, described

if TYPE_CHECKING:
    from vidclf.serving.access import Access
    from vidclf.serving.client_list import Client
    from vidclf.serving.service import Service

logger = get_logger(__name__)

Event = Literal["model", "configured", "prediction", "dropped", "problem"]

_LAST_SECONDS = 0.02
"""After the last answer, in which it leaves the queues of its protocol, and is acknowledged."""
_MOST_UNANSWERED = 5 * limits.MOST_EVENTS_A_SECOND
"""Events of one client; a model so slow has them wait for it."""


class Wire(Protocol):
    """What a protocol gives a stream."""

    async def send(self, event: Event, message: Json) -> None:
        """Send a message; returns when the next one may follow, or the connection is gone."""
        ...

    def end(self, problem: Problem) -> None:
        """Tell why, and end the connection, without waiting for a client that reads nothing."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class _Answer:
    """One thing that a client is told."""

    message: asyncio.Task[Json] | Json
    """It, or what makes it."""
    event: Event | None
    """What it is; None where the message tells."""
    told: asyncio.Future[Json]
    """Gets the message when it is sent."""


class Stream:
    """One connection's life; everything of it runs in the thread of the event loop.

    Args:
        service: what answers.
        access: who may come in.
        wire: how the client is told.
    """

    def __init__(self, service: Service, access: Access, wire: Wire) -> None:
        self._service = service
        self._access = access
        self._wire = wire
        self._client: Client | None = None
        self._answers: deque[_Answer] = deque()
        self._changed = asyncio.Event()
        self._writer: asyncio.Task[None] | None = None
        self._is_sending = False
        self._has_ended = False

    @property
    def has_begun(self) -> bool:
        """Whether the client has said hello."""
        return self._client is not None

    @property
    def has_ended(self) -> bool:
        """Whether nothing is taken or told any more."""
        return self._has_ended

    def begin(self, hello: object, *, bearer: str | None) -> None:
        """Let a client in, and tell it of the model and its settings.

        Args:
            hello: the client's first message: `token`, `session`, `settings`; all may be missing.
            bearer: the token of the request that opened the connection.

        Raises:
            ProblemError: it may not come in.
        """
        fields = _fields(hello, "what is said first")
        token = fields.get("token")
        self._access.check_token(bearer if token is None else token)
        settings = _fields(fields.get("settings"), "`settings`")
        client = self._service.clients.join(fields.get("session"), on_taken=self.close)
        try:
            configured = client.session.configure(settings)
        except ProblemError:
            self._service.clients.leave(client)
            raise
        self._client = client
        self._tell("model", self._service.describe_model())
        self._tell("configured", configured)
        self._writer = asyncio.create_task(self._write())

    def take(self, event: object, fields: object, image: object = None) -> asyncio.Future[Json]:
        """Take what a client sent; it never raises.

        Args:
            event: `frame` or `configure`.
            fields: the message.
            image: the picture's bytes, where they came apart from the message.

        Returns:
            Gets what the client is told; is cancelled where it is told nothing.
        """
        assert self._client is not None
        try:
            self._client.count_event()
            if len(self._answers) > _MOST_UNANSWERED:
                raise ProblemError("too-many-events", "too many events wait for their answers")
            return self._take(event, fields, image)
        except ProblemError as exc:
            return self.refuse(exc.problem, fields)
        except Exception:
            logger.exception("a message could not be answered")
            return self.refuse(INTERNAL, fields)

    def take_bad(self, problem: Problem) -> None:
        """Take what cannot be understood, which is an event, too."""
        try:
            assert self._client is not None
            self._client.count_event()
        except ProblemError as exc:
            problem = exc.problem
        self.refuse(problem)

    def refuse(self, problem: Problem, fields: object = None) -> asyncio.Future[Json]:
        """Tell a client what is wrong with what it sent, and end the stream if that ends it.

        Args:
            problem: what is wrong.
            fields: the message; its `id` is told again.

        Returns:
            As of `take`.
        """
        if problem.closes:
            self.close(problem)
        told: Json = {"error": problem.as_json()}
        if isinstance(fields, dict):
            with contextlib.suppress(ProblemError):
                told = {"id": frame_id(fields.get("id")), **told}
        return self._tell("problem", told)

    def close(self, problem: Problem) -> None:
        """End the stream, and tell why."""
        if not self._has_ended:
            self.end()
            self._wire.end(problem)

    async def finish(self) -> None:
        """End the stream when the server stops, after what is in flight is told."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limits.FLUSH_SECONDS):
                while self._answers:
                    self._changed.clear()
                    await self._changed.wait()
                await asyncio.sleep(_LAST_SECONDS)
        self.close(STOPPING)

    def end(self) -> None:
        """Forget the client, and what it waits for; its session may wait for it."""
        if self._has_ended:
            return
        self._has_ended = True
        if self._writer is not None:
            self._writer.cancel()
        for answer in self._answers:
            if isinstance(answer.message, asyncio.Task):
                answer.message.cancel()
            answer.told.cancel()
        self._answers.clear()
        if self._client is not None:
            self._service.clients.leave(self._client)
            self._service.forget(self._client.session)

    def _take(self, event: object, fields: object, image: object) -> asyncio.Future[Json]:
        assert self._client is not None
        session = self._client.session
        match event:
            case "frame":
                sent = SentFrame.of(check_fields(fields, "a frame's fields"), image)
                return self._tell(None, asyncio.create_task(self._service.answer(session, sent)))
            case "configure":
                settings = check_fields(fields, "settings")
                return self._tell("configured", session.configure(settings))
        raise ProblemError(
            "bad-request", f"nothing is called {described(event)}: send frame, or configure"
        )

    def _tell(
        self, event: Event | None, message: asyncio.Task[Json] | Json
    ) -> asyncio.Future[Json]:
        told: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        if self._has_ended:
            told.cancel()
            return told
        self._answers.append(_Answer(message, event, told))
        self._changed.set()
        if self._is_sending and len(self._answers) > limits.MOST_UNREAD_ANSWERS:
            self.close(
                Problem(
                    kind="slow-reader",
                    detail=f"{limits.MOST_UNREAD_ANSWERS} answers wait to be read: read them, "
                    "or send the next frame when the one before is answered",
                )
            )
        return told

    async def _write(self) -> None:
        while True:
            while not self._answers:
                self._changed.clear()
                await self._changed.wait()
            answer = self._answers[0]
            message = await _message(answer)
            self._is_sending = True
            await self._wire.send(answer.event or _event(message), message)
            self._is_sending = False
            self._answers.popleft()
            self._changed.set()
            if not answer.told.done():
                answer.told.set_result(message)


def _fields(value: object, what: str) -> Json:
    """An object that may be missing."""
    return check_fields({} if value is None else value, what)


def late() -> Problem:
    """What a client is told that opens a connection and does not say hello."""
    return Problem(
        kind="timeout", detail=f"no hello came within {limits.HANDSHAKE_SECONDS:g} seconds"
    )


async def _message(answer: _Answer) -> Json:
    if not isinstance(answer.message, asyncio.Task):
        return answer.message
    try:
        return await answer.message
    except Exception:
        logger.exception("a frame could not be answered")
        return {"error": INTERNAL.as_json()}


def _event(answer: Json) -> Event:
    """What the answer to a frame is."""
    if "error" in answer:
        return "problem"
    return "prediction" if "frame" in answer else "dropped"
