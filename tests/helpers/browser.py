"""A real Chromium for tests of pages: one for all tests, and a window that is emptied after each.

It is Debian's `chromium`, or what `VIDCLF_CHROMIUM` names; playwright only drives it. Without one
the tests are skipped, unless `VIDCLF_NEED_BROWSER` is set, as `.ci/run` does.
"""

from __future__ import annotations

import base64
import functools
import http.server
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue
from typing import Any, NoReturn

import imageio.v3 as iio
import pytest

WIDE, NARROW = (1400, 900), (390, 844)
_NO_BROWSER = "no Chromium on this machine: apt-get install chromium, or set VIDCLF_CHROMIUM"
NO_FIREFOX = "no Firefox on this machine: apt-get install firefox-esr, or set VIDCLF_FIREFOX"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str | None:
    """The browser's program, if there is one."""
    named = os.environ.get("VIDCLF_CHROMIUM")
    return named or next(filter(None, map(shutil.which, _NAMES)), None)


_FLAGS = ("--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--mute-audio")


@contextmanager
def launched(driver: Any, *flags: str) -> Iterator[Chromium]:
    """The browser, started; the test that asks for it is skipped where there is none.

    Args:
        driver: Playwright, of which a process can have one.
        flags: What the whole browser is told beside the usual.
    """
    program = find_chromium()
    if program is None:
        leave_out(_NO_BROWSER)
    browser = driver.chromium.launch(executable_path=program, args=[*_FLAGS, *flags])
    yield Chromium(browser)
    browser.close()


class Chromium:
    """The browser, and its empty windows: a new one costs more than most tests."""

    def __init__(self, browser: Any) -> None:
        self._browser = browser
        self._empty: dict[bool, Any] = {}

    @contextmanager
    def page(self, *, has_touch: bool) -> Iterator[Any]:
        """An empty page; after a test that failed it is closed, else kept for the next."""
        page = self._empty.pop(has_touch, None) or self._new_page(has_touch)
        try:
            yield page
            page.goto("about:blank")
        except BaseException:
            page.context.close()
            raise
        self._empty[has_touch] = page

    def _new_page(self, has_touch: bool) -> Any:
        context = self._browser.new_context(has_touch=has_touch)
        context.set_default_timeout(30_000)
        return context.new_page()


def leave_out(reason: str) -> NoReturn:
    """Skip the test for want of a browser, or let it fail where browsers are demanded."""
    if os.environ.get("VIDCLF_NEED_BROWSER"):
        pytest.fail(reason)
    pytest.skip(reason)


def tell_what_was_left_out(reporter: Any) -> None:
    """End the run's summary with how many tests found no browser."""
    skipped = [str(report.longrepr) for report in reporter.stats.get("skipped", [])]
    for reason in (_NO_BROWSER, NO_FIREFOX):
        if count := sum(reason in text for text in skipped):
            reporter.write_line(f"{count} tests of pages were left out: {reason}", yellow=True)


@dataclass
class Window:
    """A window that looks at a page, and all that the page said and asked for."""

    page: Any
    """Playwright's page."""
    complaints: list[str] = field(default_factory=list)
    """Errors, warnings and refusals, as they came."""
    requests: list[str] = field(default_factory=list)
    """Every address that was asked for, but for data and blobs, which are in the page."""

    def texts(self, selector: str) -> list[str]:
        """The visible text of each element."""
        return [text.strip() for text in self.page.locator(selector).all_inner_texts()]

    def text(self, selector: str) -> str:
        """The visible text of the only element."""
        return str(self.page.locator(selector).inner_text()).strip()

    @property
    def video_seconds(self) -> float:
        """The video's own clock."""
        return float(self.page.evaluate("document.querySelector('video').currentTime"))

    @property
    def cursor_seconds(self) -> float:
        """Where the cursor stands on the clip's clock."""
        return float(self.page.get_attribute(".cursor", "aria-valuenow"))

    def wait_for_video(self) -> None:
        """Wait until the video knows its length and is not on its way to another place."""
        self.page.wait_for_function(
            "() => { const v = document.querySelector('video');"
            " return v && v.readyState >= 2 && !v.seeking; }"
        )

    def wait_for_cursor(self, seconds: float, *, within: float = 0.06) -> None:
        """Wait until video and cursor stand at a time."""
        self.page.wait_for_function(
            "([s, d]) => Math.abs(document.querySelector('.cursor').ariaValueNow - s) <= d"
            " && !document.querySelector('video')?.seeking",
            arg=[seconds, within],
        )

    def shown_picture(self) -> Any:
        """The video's picture as (height, width, 3) uint8 RGB; over HTTP only."""
        address = self.page.evaluate(
            "() => { const video = document.querySelector('video');"
            " const canvas = document.createElement('canvas');"
            " canvas.width = video.videoWidth; canvas.height = video.videoHeight;"
            " canvas.getContext('2d').drawImage(video, 0, 0);"
            " return canvas.toDataURL(); }"
        )
        return iio.imread(base64.b64decode(address.partition(",")[2]), mode="RGB")


@contextmanager
def window(
    browser: Chromium, address: str | Path, *, size: tuple[int, int] = WIDE, dark: bool = False
) -> Iterator[Window]:
    """Look at a page, of a file or at an address."""
    if isinstance(address, Path):
        address = address.absolute().as_uri()
    with browser.page(has_touch=size == NARROW) as page, _watched(page) as seen:
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(color_scheme="dark" if dark else "light")
        page.goto(address)
        page.wait_for_selector("main")
        yield seen


@contextmanager
def _watched(page: Any) -> Iterator[Window]:
    """Note what a page says and asks for."""
    seen = Window(page)
    listeners = {
        "console": lambda said: seen.complaints.append(f"{said.type}: {said.text}"),
        "pageerror": lambda error: seen.complaints.append(str(error)),
        "dialog": lambda dialog: seen.complaints.append(f"dialog: {dialog.message}"),
        "request": lambda request: _note(seen, request.url),
    }
    for event, listener in listeners.items():
        page.on(event, listener)
    try:
        yield seen
    finally:
        for event, listener in listeners.items():
            page.remove_listener(event, listener)


def _note(seen: Window, address: str) -> None:
    if not address.startswith(("data:", "blob:")):
        seen.requests.append(address)


@contextmanager
def served(
    folder: Path, *, ranges: bool = True, posts: Queue[bytes] | None = None
) -> Iterator[str]:
    """The address of a folder over HTTP, with ranges or, as of Python's own server, without.

    Args:
        folder: What is served.
        ranges: Whether parts of files can be asked for.
        posts: Gets what pages post.
    """

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def do_POST(self) -> None:
            if posts is not None:
                posts.put(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(204)
            self.end_headers()

        def do_GET(self) -> None:
            path = Path(self.translate_path(self.path))
            asked = self.headers.get("Range")
            if not ranges or not asked or not path.is_file():
                super().do_GET()
                return
            data = path.read_bytes()
            first, _, last = asked.removeprefix("bytes=").partition("-")
            start, end = int(first), min(int(last or len(data) - 1), len(data) - 1)
            self.send_response(206)
            self.send_header("Content-Type", self.guess_type(str(path)))
            self.send_header("Accept-Ranges", "bytes")
            self.send_header("Content-Range", f"bytes {start}-{end}/{len(data)}")
            self.send_header("Content-Length", str(end - start + 1))
            self.end_headers()
            self.wfile.write(data[start : end + 1])

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Handler, directory=str(folder))
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
