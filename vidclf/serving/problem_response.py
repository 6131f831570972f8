"""A problem as an answer over HTTP."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse

from vidclf.serving.limits import MOST_HEADER_BYTES
from vidclf.serving.outcomes import Json
from vidclf.serving.problems import Problem

PROBLEM_TYPE = "application/problem+json"
COMMON_HEADERS = {
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
}
"""Of every answer that has none of its own; the page has another policy."""
_RETRY_SECONDS = 1


class AsciiJson(JSONResponse):
    """JSON in ASCII, so that nothing which a client sent can fail to be encoded."""

    def render(self, content: Any) -> bytes:
        """The body."""
        return ascii_json(content)


class ProblemResponse(AsciiJson):
    """What is said of a request that is refused.

    Args:
        problem: the members of RFC 9457, as `Problem.as_json` gives them.
        headers: more of the answer's headers.
    """

    media_type = PROBLEM_TYPE

    def __init__(self, problem: Json, *, headers: Mapping[str, str] | None = None) -> None:
        status = problem["status"]
        own = {**COMMON_HEADERS, **(headers or {})}
        if status == 401:
            own["WWW-Authenticate"] = "Bearer"
        elif status == 503:
            own["Retry-After"] = str(_RETRY_SECONDS)
        super().__init__(problem, status, own)


HEADERS_TOO_LARGE = Problem(
    kind="headers-too-large",
    detail=f"the address and the headers have more than {MOST_HEADER_BYTES} bytes: send fewer",
)


def ascii_json(content: Json) -> bytes:
    """JSON as short as it gets."""
    return json.dumps(content, allow_nan=False, separators=(",", ":")).encode("ascii")
