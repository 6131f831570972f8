"""Clients of a live server, in one process: each sends a frame, waits for its answer, and goes on.

    python live_clients.py ADDRESS PICTURE --clients N --frames N [--base64]
    python live_clients.py ADDRESS PICTURE --clients N --seconds S --rate F

With a rate, a client sends so many frames a second, whether they are answered or not. Prints JSON:
milliseconds from sending to the answer (median, 99th percentile, largest), frames answered a
second, answers of each client, frames dropped.
"""

import argparse
import asyncio
import base64
import json
import time
from pathlib import Path

import numpy as np
import socketio


class Client:
    """One client by python-socketio."""

    def __init__(self) -> None:
        self.socket = socketio.AsyncClient()
        self.milliseconds: list[float] = []
        self.answered = 0
        self.dropped = 0

    async def ask(self, details: dict, picture: bytes | None) -> None:
        """Send one frame and wait for what becomes of it."""
        began = time.perf_counter()
        data = details if picture is None else (details, picture)
        answer = await self.socket.call("frame", data, timeout=60)
        if "class_id" not in answer:
            self.dropped += 1
            return
        self.milliseconds.append(1000 * (time.perf_counter() - began))
        self.answered += 1

    async def in_turn(self, picture: bytes, frames: int, *, as_text: bool) -> None:
        """Send each frame when the one before is answered."""
        text = base64.b64encode(picture).decode() if as_text else None
        for number in range(frames):
            details = {"id": number, "timestamp": number / 25}
            if text is None:
                await self.ask(details, picture)
            else:
                await self.ask({**details, "image": text}, None)

    async def by_clock(self, picture: bytes, seconds: float, rate: float) -> None:
        """Send frames at a rate."""
        began, tasks = time.perf_counter(), set()
        for number in range(int(seconds * rate)):
            await asyncio.sleep(max(0, began + number / rate - time.perf_counter()))
            details = {"id": number, "timestamp": number / rate}
            task = asyncio.create_task(self.ask(details, picture))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        await asyncio.gather(*tasks)


async def main() -> None:
    """Run the clients and print what they saw."""
    options = _arguments()
    picture = options.picture.read_bytes()
    clients = [Client() for _ in range(options.clients)]
    for client in clients:
        await client.socket.connect(options.address, transports=["websocket"])
    await asyncio.gather(
        *(client.in_turn(picture, 5, as_text=options.base64) for client in clients)
    )
    for client in clients:
        client.milliseconds.clear()
        client.answered = client.dropped = 0
    began = time.perf_counter()
    if options.rate:
        work = [client.by_clock(picture, options.seconds, options.rate) for client in clients]
    else:
        work = [
            client.in_turn(picture, options.frames, as_text=options.base64) for client in clients
        ]
    await asyncio.gather(*work)
    wall = time.perf_counter() - began
    for client in clients:
        await client.socket.disconnect()
    milliseconds = np.array([value for client in clients for value in client.milliseconds])
    print(
        json.dumps(
            {
                "median_ms": float(np.median(milliseconds)),
                "p99_ms": float(np.percentile(milliseconds, 99)),
                "most_ms": float(milliseconds.max()),
                "fps": len(milliseconds) / wall,
                "answered": [client.answered for client in clients],
                "dropped": sum(client.dropped for client in clients),
            }
        )
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("picture", type=Path)
    parser.add_argument("--clients", type=int, default=1)
    parser.add_argument("--frames", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rate", type=float)
    parser.add_argument("--base64", action="store_true")
    return parser.parse_args()


asyncio.run(main())
