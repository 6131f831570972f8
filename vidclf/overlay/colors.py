"""The colours of labels, one apart from the other, and the few colours of the card itself."""

from __future__ import annotations

import math
from functools import lru_cache

Rgb = tuple[int, int, int]

INK: Rgb = (13, 15, 20)
"""The card's ground."""
PAPER: Rgb = (255, 255, 255)
"""Text on the card."""
SOFT: Rgb = (206, 210, 219)
"""Text of runners-up."""
MUTED: Rgb = (166, 172, 184)
"""Text of what is uncertain."""
NEUTRAL: Rgb = (138, 144, 156)
"""What is uncertain."""

PALETTE: tuple[Rgb, ...] = (
    (222, 155, 3),  # amber
    (81, 225, 217),  # aqua
    (164, 51, 246),  # violet
    (0, 130, 102),  # green
    (191, 212, 157),  # sage
    (254, 9, 120),  # pink
    (133, 114, 9),  # olive
    (211, 139, 255),  # lilac
    (150, 120, 180),
    (75, 180, 150),
    (180, 165, 105),
    (255, 165, 195),
    (255, 0, 45),
    (210, 210, 90),
    (195, 195, 255),
    (105, 135, 75),
    (195, 90, 255),
    (180, 105, 120),
    (180, 165, 210),
    (195, 60, 150),
    (240, 120, 180),
    (90, 150, 135),
    (120, 105, 180),
    (135, 150, 75),
)
"""Found by `tools/choose_colors.py`. Any two of the first eight, and `NEUTRAL`, differ by a
CIEDE2000 of 20.5 or more, and of 16 or more to eyes without one of the three cones (Machado et al.
2009, Viénot et al. 1999). The first ones are farthest apart. Each further one is as far as can be
from all before it. All have a contrast of 4:1 or more to `INK` and of 1.6:1 or more to white paper.
"""

_GOLDEN_TURN_DEGREES = 360 * (math.sqrt(5) - 1) / 2
_LIGHTNESS_CHROMA = ((0.74, 0.15), (0.85, 0.11), (0.64, 0.16))


@lru_cache(maxsize=4096)
def palette_color(place: int) -> Rgb:
    """The colour of a place, counted from 0: those of `PALETTE`, then others without end.

    These step round the hue circle by the golden ratio, with alternating lightness, in OKLCH, where
    equal steps look equal.
    """
    if place < len(PALETTE):
        return PALETTE[place]
    step = place - len(PALETTE)
    lightness, chroma = _LIGHTNESS_CHROMA[step % len(_LIGHTNESS_CHROMA)]
    return oklch_to_rgb(lightness, chroma, 20 + step * _GOLDEN_TURN_DEGREES)


def mix(color: Rgb, other: Rgb, share: float) -> Rgb:
    """`color` with `share` (0 to 1) of it replaced by `other`."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(color, other, strict=True))
    return red, green, blue


def oklch_to_rgb(lightness: float, chroma: float, hue_degrees: float) -> Rgb:
    """Give the sRGB bytes of an OKLCH colour, with less chroma where sRGB cannot hold it.

    Args:
        lightness: 0 (black) to 1 (white).
        chroma: 0 (grey) to about 0.3.
        hue_degrees: Angle on the hue circle.

    Returns:
        Red, green, blue, 0 to 255.
    """
    hue = math.radians(hue_degrees % 360)
    linear = _oklab_to_linear(lightness, chroma * math.cos(hue), chroma * math.sin(hue))
    if chroma > 0.01 and not all(-1e-6 <= value <= 1 for value in linear):
        return oklch_to_rgb(lightness, chroma - 0.005, hue_degrees)
    red, green, blue = (_gamma_byte(value) for value in linear)
    return red, green, blue


def _oklab_to_linear(lightness: float, a: float, b: float) -> tuple[float, float, float]:
    """Linear-light sRGB of an Oklab colour: B. Ottosson, https://bottosson.github.io/posts/oklab/."""
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _gamma_byte(linear: float) -> int:
    """One sRGB byte of a linear value: IEC 61966-2-1."""
    value = min(1.0, max(0.0, linear))
    curved = 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
    return round(255 * curved)
