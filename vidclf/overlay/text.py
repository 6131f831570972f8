"""One line of text, whatever the label holds, that fits the room it is given."""

from __future__ import annotations

import math
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Literal

from PIL import Image, ImageChops, ImageDraw, ImageFont

from vidclf.core.run_warnings import get_logger
from vidclf.errors import UsageError

logger = get_logger(__name__)

_FONTS = Path(__file__).parents[1] / "assets" / "fonts"
_HEAVY = _FONTS / "Inter-SemiBold.ttf"
_LIGHT = _FONTS / "Inter-Medium.ttf"

_SYSTEM_FONTS = (
    "NotoSansCJK-Medium.ttc",
    "NotoSansCJK-Regular.ttc",
    "PingFang.ttc",
    "Hiragino Sans GB.ttc",
    "msyh.ttc",
    "YuGothM.ttc",
    "malgun.ttf",
    "wqy-microhei.ttc",
    "Arial Unicode.ttf",
    "NotoSans-Medium.ttf",
    "NotoSans-Regular.ttf",
    "DejaVuSans.ttf",
    "segoeui.ttf",
)
"""Names that Pillow looks for among the installed fonts, for text that ours does not hold."""

_NO_CHARACTER = "\U0010ffff"
_MAX_CHARACTERS = 300
_MASKS_KEPT = 256
_LINE_HEIGHT = 1.3
_BASELINE = 0.98
_SHRINK = (1.0, 0.9, 0.8, 0.7)
_DIGITS = "0123456789"
_UNIT_GAPS = {"": 0.0, "°": 0.0, "%": 0.14}
_UNIT_GAP = 0.25
"""Between a number and its unit, in sizes of the type."""

Face = ImageFont.FreeTypeFont
NumberPart = Literal["whole", "head", "tail"]
"""All of a number, all but its last character, or that and the unit."""


@lru_cache(maxsize=4096)
def one_line(text: str) -> str:
    """A label as one drawable line: no line breaks, control characters or lone surrogates."""
    text = "".join(" " if _is_control(char) else char for char in text[: 2 * _MAX_CHARACTERS])
    text = unicodedata.normalize("NFC", " ".join(text.split()))
    return text if len(text) <= _MAX_CHARACTERS else text[:_MAX_CHARACTERS].rstrip() + "…"


def _is_control(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"}


class Typeface:
    """Text in the package's own font (Inter), or in one the user chose.

    A line holding characters that this font lacks is drawn in an installed font that has them all;
    where there is none, a warning is logged once.

    Masks are in stored pixels. Letters are drawn larger and averaged down, so that they sit where
    the font wants them and not on the pixel grid.
    """

    def __init__(self, font: Path | None = None, *, pixel_aspect: float = 1.0) -> None:
        """Use the font file `font` for everything, or the package's own font.

        Args:
            font: A TrueType or OpenType file, or None.
            pixel_aspect: Width of a stored pixel over its height.

        Raises:
            UsageError: `font` is not a font that can be read.
        """
        self._files = (_LIGHT, _HEAVY) if font is None else (font, font)
        if font is not None:
            _check(font)
        self._pixel_aspect = pixel_aspect
        self._warned = False
        self.mask = lru_cache(_MASKS_KEPT)(self._draw)
        self.number_mask = lru_cache(_MASKS_KEPT)(self._draw_number)
        self._glyphs = lru_cache(_MASKS_KEPT)(self._draw_glyphs)

    def width_px(self, text: str, *, size_px: int, heavy: bool) -> int:
        """How wide a line is that is not shrunk, in pixels of the picture as it is shown."""
        factor = _oversampling(size_px)
        face = self._face_for(text, max(9, size_px) * factor, heavy=heavy)
        return math.ceil(face.getlength(text) / factor) + 1

    def _draw(self, text: str, *, size_px: int, max_width_px: int, heavy: bool) -> Image.Image:
        """Coverage (0 to 255) of a line: shrunk a little, then cut with an ellipsis, if too long.

        All masks of one `size_px` are equally tall and share a baseline.
        """
        factor = _oversampling(size_px)
        room = max_width_px * factor
        for shrink in _SHRINK:
            face = self._face_for(text, max(9, round(size_px * shrink)) * factor, heavy=heavy)
            if face.getlength(text) <= room:
                break
        else:
            text = _ellipsised(text, face, room)
        mask = _blank(min(room, face.getlength(text) + factor), size_px)
        ImageDraw.Draw(mask).text((0, _baseline(size_px)), text, 255, face, anchor="ls")
        return self._averaged(mask, factor)

    def _draw_number(
        self,
        number: str,
        *,
        unit: str,
        widest: str,
        size_px: int,
        max_width_px: int,
        heavy: bool,
        part: NumberPart = "whole",
    ) -> Image.Image:
        """Coverage of "87 %" with digits of equal width, always as wide as with `widest`.

        What is too long is shrunk a little; then the unit is cut with an ellipsis. A part stands
        where it stands in the whole.
        """
        factor = _oversampling(size_px)
        room, gap = max_width_px * factor, _UNIT_GAPS.get(unit, _UNIT_GAP) * size_px * factor
        for shrink in _SHRINK:
            size = max(9, round(size_px * shrink)) * factor
            face = self._face_for(number + unit, size, heavy=heavy)
            digits = sum(_advances(widest, face)) + gap
            if digits + _width(unit, face) <= room:
                break
        else:
            unit = _ellipsised(unit, face, math.floor(room - digits))
        blank_px = _blank(digits + _width(unit, face), size_px).size
        shown = "" if part == "head" else unit
        mask = self._glyphs(shown, blank_px[0], "rs", blank_px, face, size_px)
        left = blank_px[0] - _width(unit, face) - gap
        chars = [*enumerate(zip(number, _advances(number, face), strict=True))]
        for place, (char, advance) in reversed(chars):
            left -= advance
            is_last = place == len(number) - 1
            if part == "whole" or (part == "tail") == is_last:
                glyph = self._glyphs(char, left + advance / 2, "ms", blank_px, face, size_px)
                mask = ImageChops.add(mask, glyph)
        return mask

    def _draw_glyphs(
        self, text: str, x: float, anchor: str, blank_px: tuple[int, int], face: Face, size_px: int
    ) -> Image.Image:
        """Coverage of a line of such a size, with a character or a unit in its place."""
        mask = Image.new("L", blank_px)
        ImageDraw.Draw(mask).text((x, _baseline(size_px)), text, 255, face, anchor=anchor)
        return self._averaged(mask, _oversampling(size_px))

    def _averaged(self, mask: Image.Image, factor: int) -> Image.Image:
        width = max(1, round(mask.width / factor / self._pixel_aspect))
        return mask.resize((width, mask.height // factor), Image.Resampling.BOX)

    def _face_for(self, text: str, size: int, *, heavy: bool) -> Face:
        own = _load(self._files[heavy], size)
        if _lacks(own, text):
            return self._installed_face_for(text, size) or own
        return own

    def _installed_face_for(self, text: str, size: int) -> Face | None:
        installed = (_load_installed(name, size) for name in _SYSTEM_FONTS)
        face = next((face for face in installed if face and not _lacks(face, text)), None)
        if face is None and not self._warned:
            self._warned = True
            logger.warning(
                "no font here holds every character of the label %r; "
                "give one that does with --font FILE",
                text,
            )
        return face


def line_height_px(size_px: int) -> int:
    """Height of a line of text of this size."""
    return round(_LINE_HEIGHT * size_px)


def _oversampling(size_px: int) -> int:
    return max(2, min(4, 96 // size_px))


def _blank(width: float, size_px: int) -> Image.Image:
    """An oversampled mask for a line, its width rounded up to whole pixels."""
    factor = _oversampling(size_px)
    width_px = max(1, math.ceil(width / factor))
    return Image.new("L", (width_px * factor, line_height_px(size_px) * factor))


def _baseline(size_px: int) -> int:
    return round(_BASELINE * size_px) * _oversampling(size_px)


def _check(font: Path) -> None:
    if not font.is_file():
        raise UsageError(f"font {font}: no such file; give a .ttf, .otf or .ttc file")
    try:
        _load(font, 16)
    except (OSError, ValueError) as exc:
        raise UsageError(f"font {font}: not a font file; give a .ttf, .otf or .ttc file") from exc


@lru_cache(maxsize=64)
def _load(file: Path, size: int) -> Face:
    return ImageFont.truetype(str(file), size)


@lru_cache(maxsize=256)
def _load_installed(name: str, size: int) -> Face | None:
    try:
        return ImageFont.truetype(name, size)
    except OSError:
        return None


@lru_cache(maxsize=1024)
def _width(text: str, face: Face) -> float:
    return face.getlength(text)


def _digit_width(face: Face) -> float:
    return max(_width(digit, face) for digit in _DIGITS)


def _advances(number: str, face: Face) -> list[float]:
    """How far each character goes: all digits equally."""
    digit_width = _digit_width(face)
    return [digit_width if char in _DIGITS else _width(char, face) for char in number]


def _lacks(face: Face, text: str) -> bool:
    return any(_is_missing(face, char) for char in set(text))


@lru_cache(maxsize=4096)
def _is_missing(face: Face, char: str) -> bool:
    """Whether a character would be drawn as the box that stands for "not in this font"."""
    if char.isascii() or unicodedata.category(char) in {"Mn", "Me", "Cf", "Zs"}:
        return False
    return bytes(face.getmask(char)) == bytes(face.getmask(_NO_CHARACTER))


def _ellipsised(text: str, face: Face, room: int) -> str:
    """The longest beginning of `text` that fits with an ellipsis behind it."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        fits = face.getlength(text[:middle].rstrip() + "…") <= room
        low, high = (middle, high) if fits else (low, middle - 1)
    return text[:low].rstrip(" ,.;:-–(") + "…"
