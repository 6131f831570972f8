"""One address of the server, and what it does with each method."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from vidclf.serving.problem_response import ProblemResponse
from vidclf.serving.problems import Problem

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

Handler = Callable[[Request], Awaitable[Response]]


class Resource:
    """An ASGI application that answers HEAD and OPTIONS by itself.

    Args:
        get: answers GET, and HEAD, of whose answer the server sends no body.
        post: answers POST.
    """

    def __init__(self, *, get: Handler | None = None, post: Handler | None = None) -> None:
        self._handlers: dict[str, Handler] = {}
        if get is not None:
            self._handlers |= {"GET": get, "HEAD": get}
        if post is not None:
            self._handlers["POST"] = post
        self._allow = {"Allow": ", ".join([*self._handlers, "OPTIONS"])}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if handler := self._handlers.get(request.method):
            return await handler(request)
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=self._allow)
        problem = Problem(
            kind="method-not-allowed", detail=f"this address takes {self._allow['Allow']}"
        )
        return ProblemResponse(problem.as_json(), headers=self._allow)
