"""What the live page is shown in tests, and what it says to its server.

The tiny model answers each colour of `LABEL_OF` with its label, and hardly any other way.
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

from helpers.browser import Window

YELLOW, CYAN, BLUE = (235, 235, 16), (16, 235, 235), (16, 16, 235)
LABEL_OF = {YELLOW: "class 0", CYAN: "class 1", BLUE: "class 3"}
_SIZE = (128, 96)
_CAMERA_FPS = 30

Color = tuple[int, int, int]


def picture_bytes(color: Color, *, suffix: str = "JPEG") -> bytes:
    """A picture of one colour."""
    file = io.BytesIO()
    Image.new("RGB", _SIZE, color).save(file, suffix)
    return file.getvalue()


def camera_film(path: Path, colors: Sequence[Color], *, seconds: float = 1.0) -> Path:
    """What Chromium's fake camera shows over and over: each colour for a while."""
    path.write_bytes(b"".join(picture_bytes(one) * round(_CAMERA_FPS * seconds) for one in colors))
    return path


def color_clip(path: Path, colors: Sequence[Color], *, seconds: float = 1.0, fps: int = 12) -> Path:
    """A clip that shows each colour for a while."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=fps, options={"crf": "16"})
        stream.width, stream.height = _SIZE
        stream.pix_fmt = "yuv420p"
        for number in range(round(len(colors) * seconds * fps)):
            color = colors[int(number / (seconds * fps))]
            pixels = np.full((_SIZE[1], _SIZE[0], 3), color, np.uint8)
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def drop_file(page: Any, path: Path) -> None:
    """Drop a file on the page, as a visitor's pointer does."""
    page.evaluate(
        """([name, data]) => {
            const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0));
            const kind = name.endsWith(".mp4") ? "video/mp4" : "image/jpeg";
            const carried = new DataTransfer();
            carried.items.add(new File([bytes], name, { type: kind }));
            const about = { dataTransfer: carried, bubbles: true, cancelable: true };
            for (const event of ["dragover", "drop"])
                document.querySelector(".screen").dispatchEvent(new DragEvent(event, about));
        }""",
        [path.name, base64.b64encode(path.read_bytes()).decode()],
    )


def hide_tab(page: Any, is_hidden: bool) -> None:
    """Let the page believe that nobody sees it, or that somebody does again."""
    page.evaluate(
        """(isHidden) => {
            Object.defineProperty(document, "hidden", { configurable: true, get: () => isHidden });
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        is_hidden,
    )


@dataclass
class Conversation:
    """All that a page and its server say to each other."""

    said: list[dict[str, Any]] = field(default_factory=list)
    """What the page said, pictures left out."""
    pictures: dict[int, bytes] = field(default_factory=dict)
    """The pictures that it sent, by the numbers of their frames."""
    heard: list[dict[str, Any]] = field(default_factory=list)
    """What it was told."""
    most_on_their_way: int = 0
    """Of how many pictures it waited for answers at once."""

    def of(self, kind: str) -> list[dict[str, Any]]:
        """What was told of one kind."""
        return [message for message in self.heard if message["type"] == kind]

    def listen(self, socket: Any) -> None:
        """Listen to a WebSocket of the page's."""
        socket.on("framesent", self._sent)
        socket.on("framereceived", lambda data: self.heard.append(json.loads(data)))

    def _sent(self, data: str | bytes) -> None:
        if isinstance(data, bytes):
            self.pictures[self.said[-1]["id"]] = data
            on_their_way = len(self.pictures) - len(self.of("prediction"))
            self.most_on_their_way = max(self.most_on_their_way, on_their_way)
        else:
            self.said.append(json.loads(data))


@contextmanager
def listening(seen: Window) -> Iterator[Conversation]:
    """Listen to a page, which is loaded once more for it."""
    talk = Conversation()
    seen.page.on("websocket", talk.listen)
    seen.page.reload()
    yield talk
    seen.page.remove_listener("websocket", talk.listen)


def wait_for(seen: Window, what: Callable[[], Any]) -> None:
    """Wait until something is true that no element of the page tells."""
    for _ in range(600):
        if what():
            return
        seen.page.wait_for_timeout(50)
    raise AssertionError("it was waited for in vain")


def wait_for_label(seen: Window, label: str) -> None:
    """Wait until the card names a label first."""
    seen.page.wait_for_function(
        "label => document.querySelector('.card .row-label')?.textContent === label", arg=label
    )


def color_of(picture: bytes) -> Color:
    """Which of the colours a picture has."""
    middle = np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"), int).mean(axis=(0, 1))
    return min(LABEL_OF, key=lambda color: float(np.abs(middle - color).sum()))
