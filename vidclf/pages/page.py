"""One HTML file that asks nothing of the network."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

_PACKAGE = "vidclf.pages"
_PACKED_FROM = 300_000
"""Characters of JSON from which deflate pays for the code that it takes to look into the page."""

_IN_SCRIPT = str.maketrans(
    {character: f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageParts:
    """The scripts and styles of one kind of page, without those that all pages have."""

    package: str
    """The package in whose folder `assets` they lie."""
    scripts: tuple[str, ...]
    """Names without `.js`, in the order in which they are put together."""
    styles: tuple[str, ...]
    """Names without `.css`, in the order in which they count."""


_OF_ALL = PageParts(
    package=_PACKAGE,
    scripts=("dom", "text", "colors", "data", "view", "ribbon"),
    styles=("page",),
)


def make_page(
    data: Mapping[str, Any],
    parts: PageParts,
    *,
    title: str,
    blocks: Mapping[str, str] | None = None,
) -> str:
    """The page.

    Args:
        data: what it shows: anything that JSON holds. It reaches the page's elements as text only.
        parts: the scripts and styles that show it; the last script begins.
        title: the name of its tab.
        blocks: name → base64 of more data, such as a clip.
    """
    style = _assets(_OF_ALL, "css") + _assets(parts, "css")
    script = '"use strict";\n(() => {\n' + _assets(_OF_ALL, "js") + _assets(parts, "js") + "})();\n"
    text = (files(_PACKAGE) / "assets" / "page.html").read_text(encoding="utf-8")
    content = {
        "policy": _policy(script=script, style=style),
        "title": html.escape(title),
        "style": style,
        "data": _data_block(data) + "".join(_block(*pair) for pair in (blocks or {}).items()),
        "script": script,
    }
    head, *rest = text.split("{{")
    pieces = [piece.partition("}}") for piece in rest]
    return head + "".join(content[name] + after for name, _, after in pieces)


def as_json(data: object) -> str:
    r"""JSON that can stand in a script element: no `<`, `>` or `&`, no line ends of JavaScript.

    >>> as_json("</script>")
    '"\\u003c/script\\u003e"'
    """
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.translate(_IN_SCRIPT)


def _data_block(data: Mapping[str, Any]) -> str:
    text = as_json(data)
    if len(text) < _PACKED_FROM:
        return f'<script type="application/json" id="data">{text}</script>\n'
    packed = base64.b64encode(zlib.compress(text.encode("utf-8", "surrogatepass"), 9))
    return _block("data", packed.decode("ascii"))


def _block(name: str, encoded: str) -> str:
    return f'<script type="text/plain" id="{name}">{encoded}</script>\n'


def _policy(*, script: str, style: str) -> str:
    """Nothing but this script and style, pictures from the page, clips from disk or beside it."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {_hashed(script)}",
            f"style-src {_hashed(style)}",
            "img-src data:",
            "media-src 'self' file: data: blob:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _hashed(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
    return f"'sha256-{digest}'"


@cache
def _assets(parts: PageParts, suffix: str) -> str:
    """The parts of one kind in their order, each an own file, as one text."""
    folder = files(parts.package) / "assets"
    names = parts.scripts if suffix == "js" else parts.styles
    return "".join((folder / f"{name}.{suffix}").read_text("utf-8") + "\n" for name in names)
