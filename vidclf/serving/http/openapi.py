"""The description of the HTTP interface at `/openapi.json` (OpenAPI 3.1), written by hand."""

from __future__ import annotations

from typing import Any

from vidclf._version import __version__
from vidclf.serving import limits
from vidclf.serving.http.openapi_schemas import SCHEMAS, TEXT, Schema, ref
from vidclf.serving.http.request_pictures import BARE_TYPES, JSON_TYPE, MULTIPART_TYPE
from vidclf.serving.problem_response import PROBLEM_TYPE

_MEGABYTE = 1_000_000
_ABOUT = (
    "Answers pictures with the model that the server was started with. Each refusal is a problem "
    f"of RFC 9457 ({PROBLEM_TYPE}). Frames of a film, which are smoothed over time, go over "
    "the WebSocket /v1/stream or Socket.IO instead."
)
_PREDICT = (
    f"A bare picture has at most {limits.MOST_FRAME_BYTES // _MEGABYTE} MB, a body "
    f"{limits.MOST_REQUEST_BYTES // _MEGABYTE} MB and {limits.MOST_PICTURES} pictures. A request "
    "of one picture fails or succeeds as a whole; of several, each has an answer or a problem of "
    "its own. `Accept: image/jpeg` or `image/png` has the one picture of a request come back with "
    "the answer drawn on it."
)
_BINARY: Schema = {"schema": {}}
_PROBLEMS = {
    "400": "The request cannot be understood.",
    "401": "The server wants its token.",
    "403": "A page of another origin asks, or the server is called by another name.",
    "404": "There is nothing at this address.",
    "405": "The address does not take this method.",
    "408": "The request took too long to come.",
    "413": "The body, a picture or the number of pictures is larger than the server takes.",
    "415": "The server does not take bodies of this type.",
    "422": "The picture cannot be decoded.",
    "431": "The request's headers are larger than the server takes.",
    "500": "The server failed; its log tells more.",
    "503": "The server has as much to do as it takes: try again after `Retry-After` seconds.",
}
_EVERYWHERE = ("400", "403", "405", "408", "431", "500", "503")
_OPEN: list[dict[str, list[str]]] = [{}]


def _problem(status: str) -> Schema:
    return {
        "description": _PROBLEMS[status],
        "content": {PROBLEM_TYPE: {"schema": ref("Problem")}},
    }


def _operation(name: str, summary: str, answer: Schema, **more: Any) -> Schema:
    """An operation with its answer, and the problems that any may have.

    Args:
        name: its `operationId`.
        summary: what it does.
        answer: the content of status 200, by media type.
        more: other members.
    """
    statuses = (*_EVERYWHERE, *more.pop("problems", ()))
    if more.get("security") != _OPEN:
        statuses = (*statuses, "401")
    responses = {
        status: {"$ref": f"#/components/responses/{status}"} for status in sorted(statuses)
    }
    good = {"description": "The answer.", "content": answer}
    return {"operationId": name, "summary": summary, "responses": {"200": good, **responses}} | more


def _json(name: str) -> Schema:
    return {JSON_TYPE: {"schema": ref(name)}}


_FORM = {
    "schema": {
        "type": "object",
        "properties": {"image": {"type": "array", "items": {"type": "string", "format": "binary"}}},
        "required": ["image"],
    }
}
_PATHS: Schema = {
    "/v1/predict": {
        "post": _operation(
            "predict",
            "Answer one picture or several",
            {**_json("Predictions"), "image/jpeg": _BINARY, "image/png": _BINARY},
            description=_PREDICT,
            problems=("413", "415", "422"),
            requestBody={
                "required": True,
                "content": {
                    **{kind: _BINARY for kind in BARE_TYPES if kind},
                    MULTIPART_TYPE: _FORM,
                    JSON_TYPE: {"schema": {"anyOf": [ref("Picture"), ref("Pictures")]}},
                },
            },
        )
    },
    "/v1/model": {"get": _operation("model", "Tell of the model", _json("Model"))},
    "/healthz": {
        "get": _operation("health", "Tell whether it runs", _json("State"), security=_OPEN)
    },
    "/readyz": {"get": _operation("ready", "Tell whether it takes pictures", _json("State"))},
    "/metrics": {
        "get": _operation("metrics", "Figures for Prometheus", {"text/plain": {"schema": TEXT}})
    },
    "/openapi.json": {
        "get": _operation(
            "description",
            "This description",
            {JSON_TYPE: {"schema": {"type": "object"}}},
            security=_OPEN,
        )
    },
}

DESCRIPTION: Schema = {
    "openapi": "3.1.0",
    "info": {"title": "vidclf", "version": __version__, "description": _ABOUT},
    "servers": [{"url": "/"}],
    "security": [{"token": []}, {}],
    "paths": _PATHS,
    "components": {
        "schemas": SCHEMAS,
        "responses": {status: _problem(status) for status in _PROBLEMS},
        "securitySchemes": {
            "token": {
                "type": "http",
                "scheme": "bearer",
                "description": "The server's token, where it was started with one.",
            }
        },
    },
}
"""The same for every server: it tells nothing of the model, so that it needs no token."""
