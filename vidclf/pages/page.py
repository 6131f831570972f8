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
    """What one kind of page is made of, beside the style that all pages have."""

    package: str
    """The package in whose folder `assets` they lie."""
    scripts: tuple[str, ...]
    """Names without `.js`, in the order in which they are put together."""
    styles: tuple[str, ...]
    """Names without `.css`, in the order in which they count."""
    shared: tuple[str, ...] = ("dom", "text", "colors", "data", "canvas", "view", "ribbon")
    """Those of the scripts that pages share which this kind of page has."""
    sources: str = "img-src data:; media-src 'self' file: data: blob:"
    """What it may show and ask for, as directives of a content security policy: by default
    pictures from the page, clips from disk or beside it, and nothing else."""


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
    text = (files(_PACKAGE) / "assets" / "page.html").read_text(encoding="utf-8")
    content = {
        "policy": page_policy(parts),
        "title": html.escape(title),
        "style": _style(parts),
        "data": _data_block(data) + "".join(_block(*pair) for pair in (blocks or {}).items()),
        "script": _script(parts),
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


@cache
def page_policy(parts: PageParts) -> str:
    """The content security policy of a kind of page: nothing but its script, style and sources."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {_hashed(_script(parts))}",
            f"style-src {_hashed(_style(parts))}",
            parts.sources,
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _hashed(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
    return f"'sha256-{digest}'"


@cache
def _script(parts: PageParts) -> str:
    shared = _assets(_PACKAGE, parts.shared, "js")
    return (
        f'"use strict";\n(() => {{\n{shared}{_assets(parts.package, parts.scripts, "js")}}})();\n'
    )


@cache
def _style(parts: PageParts) -> str:
    return _assets(_PACKAGE, ("page",), "css") + _assets(parts.package, parts.styles, "css")


def _assets(package: str, names: tuple[str, ...], suffix: str) -> str:
    """Files in their order, as one text."""
    folder = files(package) / "assets"
    return "".join((folder / f"{name}.{suffix}").read_text("utf-8") + "\n" for name in names)
