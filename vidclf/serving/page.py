"""The page at `/`: a camera, video or picture of the visitor's with the answers drawn over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse, Response

from vidclf.pages.page import PageParts, make_page, page_policy

if TYPE_CHECKING:
    from vidclf.serving.access import Access
    from vidclf.serving.service import Service

_PARTS = PageParts(
    package="vidclf.serving",
    shared=("dom", "text", "colors", "data", "canvas"),
    scripts=("link", "snapshot", "sender", "sources", "answer_rows", "card", "minute", "screen",
             "notices", "token_form", "settings", "recorder", "record_panel", "pace", "transport",
             "main"),
    styles=("live",),
    sources="connect-src 'self'; img-src blob: data:; media-src blob:",
)  # fmt: skip


def page_response(service: Service, access: Access) -> Response:
    """The page, which asks nothing of any other place, and holds no secret.

    Args:
        service: whose model it shows.
        access: tells whether the page must ask for a token.
    """
    text = make_page({"needsToken": access.needs_token}, _PARTS, title=f"{service.info.name} live")
    return HTMLResponse(
        text,
        headers={
            "Content-Security-Policy": f"{page_policy(_PARTS)}; frame-ancestors 'none'",
            "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cache-Control": "no-cache",
        },
    )
