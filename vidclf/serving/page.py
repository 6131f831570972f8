"""The page at `/`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse, Response

if TYPE_CHECKING:
    from vidclf.serving.access import Access
    from vidclf.serving.service import Service


def page_response(service: Service, access: Access) -> Response:
    """The page, which asks nothing of any other place."""
    return HTMLResponse("<!doctype html><title>vidclf</title>")
