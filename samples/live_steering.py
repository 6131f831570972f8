"""Steer by a model of one value: a picture goes to `vidclf serve`, a steering value comes back.

Driving simulators send what their camera sees as base64 text in a field `image`, in lockstep: they
wait for the answer before they send the next. The server takes that text as it is, so that a bridge
between a simulator and a model is the function `steer`. A simulator that connects by itself, and
speaks the Socket.IO of before 2020 (protocol 2, as Udacity's does), needs python-socketio 4 in the
bridge that it connects to; `vidclf serve` speaks protocol 5, that of clients 3 and 4. Here pictures
from files are in the simulator's place. Needs `pip install "python-socketio[client]"`.

    vidclf serve -m steering.keras --head regression --smooth 0
    python samples/live_steering.py ADDRESS PICTURE...
"""

from __future__ import annotations

import base64
import sys
from pathlib import Path

import socketio


def main(address: str, *pictures: str) -> None:
    """Print the steering value of each picture."""
    client = socketio.Client()
    client.connect(address)
    for picture in pictures:
        image = base64.b64encode(Path(picture).read_bytes()).decode()
        print(f"{picture}: {steer(client, image):+.4f}")
    client.disconnect()


def steer(client: socketio.Client, image: str) -> float:
    """The value of a picture as base64; the first one, where the model has several."""
    answer = client.call("frame", {"image": image})
    if "error" in answer:
        raise RuntimeError(answer["error"]["detail"])
    values: dict[str, float] = answer["values"]
    return next(iter(values.values()))


if __name__ == "__main__":
    main(*sys.argv[1:])
