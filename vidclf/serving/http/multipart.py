"""Pictures in a form (RFC 7578), in memory; what a client calls its files is passed over."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from vidclf.serving import limits
from vidclf.serving.problems import ProblemError

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

# it warns of damaged forms, of which the client is told
logging.getLogger("python_multipart").setLevel(logging.ERROR)

_FIELD = b"image"
_MOST_OTHER_PARTS = 64


def image_parts(content_type: str, body: bytes) -> list[bytes]:
    """The content of each field `image` of a form; other fields are passed over.

    Args:
        content_type: the header, with the boundary.
        body: the form, of a size that was bounded before.

    Raises:
        ProblemError: it is no form, has no such field, or more parts than the server takes.
    """
    parts = _Parts()
    try:
        _, options = parse_options_header(content_type)
        parser = MultipartParser(options[b"boundary"], parts.callbacks())
        parser.write(body)
        parser.finalize()
    except KeyError as exc:
        raise ProblemError("bad-request", "the form's Content-Type must name its boundary") from exc
    except (FormParserError, ValueError) as exc:
        raise ProblemError("bad-request", "the body is no multipart form, or is cut off") from exc
    if not parts.images:
        raise ProblemError("bad-request", "the form needs a field `image` with a picture")
    return [bytes(image) for image in parts.images]


class _Parts:
    """Collects the content of the fields that count."""

    def __init__(self) -> None:
        self.images: list[bytearray] = []
        self._others = 0
        self._name = bytearray()
        self._value = bytearray()
        self._is_image = False

    def callbacks(self) -> MultipartCallbacks:
        """What the parser calls."""
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._add_name,
            "on_header_value": self._add_value,
            "on_header_end": self._end_header,
            "on_headers_finished": self._begin_content,
            "on_part_data": self._add_content,
        }

    def _begin(self) -> None:
        self._is_image = False
        self._name.clear()
        self._value.clear()

    def _add_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _add_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        if self._name.lower() == b"content-disposition":
            _, options = parse_options_header(bytes(self._value))
            self._is_image = options.get(b"name") == _FIELD
        self._name.clear()
        self._value.clear()

    def _begin_content(self) -> None:
        if self._is_image:
            self.images.append(bytearray())
        else:
            self._others += 1
        if len(self.images) > limits.MOST_PICTURES or self._others > _MOST_OTHER_PARTS:
            raise ProblemError(
                "too-large",
                f"the form has more than {limits.MOST_PICTURES} parts: send several requests",
            )

    def _add_content(self, data: bytes, start: int, end: int) -> None:
        if self._is_image:
            self.images[-1] += data[start:end]
