"""The pictures of an HTTP request, in the forms in which they may come."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from vidclf.serving import limits
from vidclf.serving.http.multipart import image_parts
from vidclf.serving.problems import ProblemError
from vidclf.serving.sent_frame import SentFrame

if TYPE_CHECKING:
    from starlette.requests import Request

    from vidclf.serving.body_budget import BodyShare

BARE_TYPES = (
    "",
    "image/jpeg",
    "image/png",
    "image/webp",
    "application/octet-stream",
    "application/x-www-form-urlencoded",  # what curl says of any --data-binary
)
JSON_TYPE = "application/json"
MULTIPART_TYPE = "multipart/form-data"


async def read_pictures(request: Request, share: BodyShare) -> Sequence[SentFrame]:
    """Read a request's pictures: a bare one, a form's, or those in JSON.

    Args:
        request: the request.
        share: reads its body.

    Raises:
        ProblemError: it is no such request, or too much.
        ClientDisconnect: the client went away before its end.
    """
    header = request.headers.get("content-type", "")
    kind = header.partition(";")[0].strip().lower()
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise ProblemError("unsupported-type", "send the body as it is, without Content-Encoding")
    if kind in BARE_TYPES:
        return [SentFrame.of({}, await share.read(request, most=limits.MOST_FRAME_BYTES))]
    if kind not in (JSON_TYPE, MULTIPART_TYPE):
        raise ProblemError(
            "unsupported-type",
            "send a JPEG, PNG or WebP as the body with its Content-Type (image/jpeg), a form "
            "(multipart/form-data) whose fields `image` are pictures, or JSON (application/json) "
            "with base64",
        )
    body = await share.read(request, most=limits.MOST_REQUEST_BYTES)
    if kind == JSON_TYPE:
        return await asyncio.to_thread(_from_json, body)
    return await asyncio.to_thread(_from_form, header, body)


def _from_form(header: str, body: bytes) -> list[SentFrame]:
    pictures = image_parts(header, body)
    return [SentFrame.of({}, picture) for picture in pictures]


def _from_json(body: bytes) -> list[SentFrame]:
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError) as exc:
        raise ProblemError("bad-request", "the body is no JSON: send it in UTF-8") from exc
    return [SentFrame.of(fields) for fields in _listed(sent)]


def _listed(sent: Any) -> Sequence[Mapping[str, Any]]:
    if isinstance(sent, dict) and "images" not in sent:
        return [sent]
    images = sent.get("images") if isinstance(sent, dict) else None
    if not isinstance(images, list) or not images:
        raise ProblemError(
            "bad-request",
            'the JSON must be {"image": base64, "id"?, "timestamp"?}, or {"images": [ … ]} with '
            "one such object, or base64, for each picture",
        )
    check_count(len(images))
    return [_fields(place, image) for place, image in enumerate(images)]


def _fields(place: int, image: Any) -> Mapping[str, Any]:
    if isinstance(image, str):
        return {"image": image}
    if isinstance(image, dict):
        return image
    raise ProblemError(
        "bad-request", f"`images[{place}]` must be an object with `image`, or base64"
    )


def check_count(pictures: int) -> None:
    """Refuse more pictures than one request may have.

    Raises:
        ProblemError: there are more.
    """
    if pictures > limits.MOST_PICTURES:
        raise ProblemError(
            "too-large",
            f"the request has more than {limits.MOST_PICTURES} pictures: send several requests",
        )
