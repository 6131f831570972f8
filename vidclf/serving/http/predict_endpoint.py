"""`POST /v1/predict`: pictures in, answers out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from starlette.responses import Response

from vidclf.serving.body_budget import BodyBudget
from vidclf.serving.http.accepted import MEDIA_TYPES, wanted_picture
from vidclf.serving.http.request_pictures import read_pictures
from vidclf.serving.problem_response import AsciiJson, ProblemResponse
from vidclf.serving.problems import ProblemError

if TYPE_CHECKING:
    from starlette.requests import Request

    from vidclf.serving.sent_frame import SentFrame
    from vidclf.serving.service import Service
    from vidclf.sinks.still import StillKind


class PredictEndpoint:
    """Answers pictures that have nothing to do with each other.

    Args:
        service: the server.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._held = BodyBudget()

    async def answer(self, request: Request) -> Response:
        """Answer the pictures of a request.

        A request of one picture fails or succeeds as a whole; of several, each has an answer or a
        problem of its own.

        Raises:
            ProblemError: the request cannot be understood, or is too much.
        """
        with self._held.share() as share:
            pictures = await read_pictures(request, share)
            if kind := wanted_picture(request.headers.get("accept", "")):
                return await self._draw(pictures, kind)
            answers = await self._service.answer_each(pictures)
        if len(answers) == 1 and "error" in answers[0]:
            return ProblemResponse(answers[0]["error"])
        return AsciiJson({"predictions": answers})

    async def _draw(self, pictures: Sequence[SentFrame], kind: StillKind) -> Response:
        if len(pictures) > 1:
            raise ProblemError(
                "bad-request",
                f"`Accept: {MEDIA_TYPES[kind]}` is for a request of one picture: this one has "
                f"{len(pictures)}; ask for application/json",
            )
        drawn = await self._service.draw(pictures[0], kind)
        return Response(drawn, media_type=MEDIA_TYPES[kind])
