"""Show a camera or a clip to `vidclf serve`, and print what it says of the frames.

Frames are sent when they are filmed, and none is waited for: the server answers the latest, and
drops those that it has no time for. Needs `pip install "python-socketio[client]" opencv-python`.

    python samples/live_client.py CAMERA|CLIP [ADDRESS [TOKEN]]
"""

from __future__ import annotations

import sys
import time
from typing import Any

import cv2
import socketio


def main(clip: str, address: str = "http://127.0.0.1:8000", token: str | None = None) -> None:
    """Send every frame of a clip at its own time; a number is a camera."""
    is_camera = clip.isdecimal()
    video = cv2.VideoCapture(int(clip) if is_camera else clip)
    client = socketio.Client()
    client.on("prediction", show)
    client.on("problem", lambda problem: print(problem["error"]["detail"], file=sys.stderr))
    client.connect(address, auth={"token": token})
    began = time.monotonic()
    is_read, frame = video.read()
    while is_read and client.connected:
        seconds = time.monotonic() - began
        _, picture = cv2.imencode(".jpg", frame)
        client.emit("frame", ({"timestamp": seconds}, picture.tobytes()))
        is_read, frame = video.read()
        if not is_camera:
            due = video.get(cv2.CAP_PROP_POS_MSEC) / 1000
            time.sleep(max(0, due - (time.monotonic() - began)))
    client.call("configure", {})  # is answered after the last frame
    client.disconnect()


def show(answer: dict[str, Any]) -> None:
    """Print one answer."""
    try:
        print(f"{answer['timestamp']:8.3f} s  {answer['label']}  {answer['confidence']:.3f}")
    except BrokenPipeError:  # whoever read it has seen enough, such as `head`
        sys.stdout = None


if __name__ == "__main__":
    main(*sys.argv[1:])
