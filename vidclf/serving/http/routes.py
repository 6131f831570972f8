"""The server over HTTP: pictures are answered one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from vidclf.serving import limits
from vidclf.serving.http.metrics import Metrics
from vidclf.serving.http.openapi import DESCRIPTION
from vidclf.serving.http.predict_endpoint import PredictEndpoint
from vidclf.serving.http.resource import Resource
from vidclf.serving.page import page_response
from vidclf.serving.problem_response import AsciiJson, ProblemResponse
from vidclf.serving.problems import INTERNAL, Kind, Problem, ProblemError

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ExceptionHandler
    from starlette.websockets import WebSocket

    from vidclf.serving.access import Access
    from vidclf.serving.service import Service

_KINDS: dict[int, Kind] = {404: "not-found", 405: "method-not-allowed"}
_ADDRESSES = "there are /v1/predict, /v1/model, /v1/stream, /openapi.json and the page at /"


async def no_stream(socket: WebSocket) -> None:
    """Refuse a WebSocket at an address that has none."""
    problem = Problem(kind="not-found", detail="the WebSocket is at /v1/stream")
    await socket.send_denial_response(ProblemResponse(problem.as_json()))


def http_routes(service: Service, access: Access) -> list[Route]:
    """The addresses of the server, but for those that stream."""

    async def health(request: Request) -> Response:
        return AsciiJson({"status": "alive"})

    async def ready(request: Request) -> Response:
        if service.frames_waiting >= limits.MOST_WAITING_PICTURES:
            raise ProblemError("overloaded", f"{service.frames_waiting} frames wait already")
        return AsciiJson({"status": "ready"})

    async def metrics_page(request: Request) -> Response:
        text, content_type = metrics.text(request.headers.get("accept", ""))
        return Response(text, media_type=content_type)

    async def description(request: Request) -> Response:
        return AsciiJson(DESCRIPTION)

    async def model(request: Request) -> Response:
        return AsciiJson(service.describe_model())

    async def stream(request: Request) -> Response:
        raise ProblemError("bad-request", "this address takes WebSockets: see docs/live.md")

    async def page(request: Request) -> Response:
        return page_response(service, access)

    metrics = Metrics(service)
    predict = PredictEndpoint(service)
    return [
        Route("/v1/predict", Resource(post=predict.answer)),
        Route("/v1/stream", Resource(get=stream)),
        Route("/v1/model", Resource(get=model)),
        Route("/healthz", Resource(get=health)),
        Route("/readyz", Resource(get=ready)),
        Route("/metrics", Resource(get=metrics_page)),
        Route("/openapi.json", Resource(get=description)),
        Route("/", page),
    ]


async def _refuse(request: Request, exc: Exception) -> Response:
    """Answer what raised a problem, and what no route took: another address or method."""
    if isinstance(exc, ProblemError):
        return ProblemResponse(exc.problem.as_json())
    assert isinstance(exc, HTTPException)
    kind = _KINDS.get(exc.status_code, "bad-request")
    detail = _ADDRESSES if kind == "not-found" else "the address does not take this"
    return ProblemResponse(Problem(kind=kind, detail=detail).as_json(), headers=exc.headers)


async def _fail(request: Request, exc: Exception) -> Response:
    return ProblemResponse(INTERNAL.as_json())


PROBLEM_HANDLERS: dict[Any, ExceptionHandler] = {
    HTTPException: _refuse,
    ProblemError: _refuse,
    Exception: _fail,
}
"""How Starlette answers what its routes raise."""
