"""What a page holds, without a browser."""

from __future__ import annotations

import base64
import json
import zlib
from html.parser import HTMLParser
from pathlib import Path
from typing import Any


class HtmlPage(HTMLParser):
    """The contents of a page's elements."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.scripts: dict[str, str] = {}
        self.styles: list[str] = []
        self.policy = ""
        self._in: tuple[str, str] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        about = dict(attrs)
        if tag == "meta" and about.get("http-equiv") == "Content-Security-Policy":
            self.policy = about["content"]
        self._in = (tag, about.get("id", "")) if tag in ("script", "style") else None

    def handle_data(self, data: str) -> None:
        if self._in and self._in[0] == "script":
            self.scripts[self._in[1]] = self.scripts.get(self._in[1], "") + data
        elif self._in:
            self.styles.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._in = None


def page_data(page: Path) -> dict[str, Any]:
    """The data of a page's file."""
    text = HtmlPage(page.read_text(encoding="utf-8")).scripts["data"]
    if not text.startswith("{"):
        text = zlib.decompress(base64.b64decode(text)).decode()
    data: dict[str, Any] = json.loads(text)
    return data
