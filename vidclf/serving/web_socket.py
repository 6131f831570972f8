"""The server over a plain WebSocket: `/v1/stream`."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from starlette.websockets import WebSocketDisconnect

from vidclf.serving.outcomes import Json
from vidclf.serving.problems import Problem, ProblemError
from vidclf.serving.sent_frame import SentFrame

if TYPE_CHECKING:
    from starlette.websockets import WebSocket

    from vidclf.serving.access import Access
    from vidclf.serving.service import Service


class StreamEndpoint:
    """Answers the frames of WebSockets."""

    def __init__(self, service: Service, access: Access) -> None:
        self._service = service
        self._access = access

    async def serve(self, socket: WebSocket) -> None:
        """Serve one connection to its end."""
        self._access.check_pages(socket.headers)
        await socket.accept()
        hello = json.loads(await socket.receive_text())
        self._access.check_token(hello.get("token"))
        taken: asyncio.Future[Problem] = asyncio.get_running_loop().create_future()
        client = self._service.clients.join(hello.get("session"), on_taken=taken.set_result)
        await socket.send_json({"type": "model", **self._service.describe_model()})
        details: dict[str, Any] = {}
        tasks: set[asyncio.Task[None]] = set()

        async def answer(frame: SentFrame) -> None:
            answer: Json = await self._service.answer(client.session, frame)
            await socket.send_json({"type": "prediction", **answer})

        try:
            while True:
                message = await socket.receive()
                if message["type"] == "websocket.disconnect":
                    break
                if (text := message.get("text")) is not None:
                    details = json.loads(text)
                    if details.get("type") == "configure":
                        details.pop("type")
                        told = client.session.configure(details)
                        await socket.send_json({"type": "configured", **told})
                        details = {}
                    continue
                task = asyncio.create_task(answer(SentFrame.of(details, message["bytes"])))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
                details = {}
        except (WebSocketDisconnect, ProblemError):
            pass
        finally:
            self._service.clients.leave(client)
            self._service.forget(client.session)
