"""The server over HTTP: pictures are answered one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from vidclf.serving.page import page_response

if TYPE_CHECKING:
    from starlette.requests import Request

    from vidclf.serving.access import Access
    from vidclf.serving.service import Service


def http_routes(service: Service, access: Access) -> list[Route]:
    """The addresses of the server, but for those that stream."""

    async def health(request: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def page(request: Request) -> Response:
        return page_response(service, access)

    return [Route("/healthz", health), Route("/", page)]
