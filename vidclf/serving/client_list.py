"""The clients that stream, and the sessions that wait for theirs to come back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter

from vidclf.serving.limits import (
    MOST_CLIENTS,
    MOST_EVENTS_A_SECOND,
    MOST_NAME_CHARACTERS,
    SESSION_KEEP_SECONDS,
)
from vidclf.serving.problems import Problem, ProblemError
from vidclf.serving.session import Session

OnTaken = Callable[[Problem], None]


@dataclass(slots=True, eq=False)
class Client:
    """A connection that streams."""

    session: Session
    """What it answers to, which may outlive it."""
    key: str | None
    """The client's own secret name for its session, by which it takes it up again."""
    on_taken: OnTaken
    """Is called when another connection takes up the session."""
    credit: float = MOST_EVENTS_A_SECOND
    """How many events it may send at once."""
    credited: float = field(default_factory=perf_counter)
    """When the credit was right."""

    def count_event(self) -> None:
        """Count an event that it sent.

        Raises:
            ProblemError: they are more than the server takes.
        """
        now = perf_counter()
        earned = (now - self.credited) * MOST_EVENTS_A_SECOND
        self.credit = min(MOST_EVENTS_A_SECOND, self.credit + earned)
        self.credited = now
        if self.credit < 1:
            raise ProblemError(
                "too-many-events",
                f"more than {MOST_EVENTS_A_SECOND} events a second: send the next frame when the "
                "one before is answered",
            )
        self.credit -= 1


class ClientList:
    """Who is connected.

    Args:
        make_session: gives a new session.
    """

    def __init__(self, make_session: Callable[[], Session]) -> None:
        self._make_session = make_session
        self._clients: set[Client] = set()
        self._by_key: dict[str, Client] = {}
        self._kept: dict[str, tuple[Session, asyncio.TimerHandle]] = {}

    def __len__(self) -> int:
        return len(self._clients)

    def join(self, key: object, *, on_taken: OnTaken) -> Client:
        """Take in a connection.

        Args:
            key: the client's own secret name for its session; one that was left within the last
                10 s goes on. None for a session that ends with the connection.
            on_taken: as in `Client`.

        Raises:
            ProblemError: there are too many, or the name is none.
        """
        if key is not None and not (
            isinstance(key, str) and 8 <= len(key) <= MOST_NAME_CHARACTERS and key.isprintable()
        ):
            raise ProblemError(
                "bad-request", "`session` must be a text of 8 to 200 characters, best a UUID"
            )
        session = self._take_up(key) if key else None
        if session is None and len(self._clients) >= MOST_CLIENTS:
            raise ProblemError(
                "too-many-clients", f"{MOST_CLIENTS} clients stream already: try again later"
            )
        client = Client(session or self._make_session(), key, on_taken)
        self._clients.add(client)
        if key is not None:
            self._by_key[key] = client
        return client

    def leave(self, client: Client) -> None:
        """Let a connection go; its session waits for it for a while if it has a name."""
        if client not in self._clients:
            return
        self._clients.remove(client)
        key = client.key
        if key is not None and self._by_key.get(key) is client:
            del self._by_key[key]
            if len(self._kept) >= MOST_CLIENTS:
                return
            loop = asyncio.get_running_loop()
            timer = loop.call_later(SESSION_KEEP_SECONDS, self._kept.pop, key)
            self._kept[key] = client.session, timer

    def _take_up(self, key: str) -> Session | None:
        if (older := self._by_key.pop(key, None)) is not None:
            self._clients.discard(older)
            older.on_taken(
                Problem(kind="session-taken", detail="another connection goes on with the session")
            )
            return older.session
        if key in self._kept:
            session, timer = self._kept.pop(key)
            timer.cancel()
            return session
        return None
