"""The largest pictures that are read: a few bytes can claim any size."""

from __future__ import annotations

from vidclf.errors import SourceError

MOST_STILL_PIXELS = 2**27
"""Of a picture in a file of its own: 134 megapixels, beyond the 102 of medium-format cameras."""

MOST_MOVING_PIXELS = 35_651_584
"""Of a video or an animation, 8192x4352: the most in any level of H.264, HEVC, VP9 and AV1 (6.2).

Many frames are held at once, so it is less than that of a still.
"""


def check_still_size(path: str, width: int, height: int) -> None:
    """Refuse a still that is too large.

    Raises:
        SourceError: it has more than `MOST_STILL_PIXELS`.
    """
    if width * height > MOST_STILL_PIXELS:
        raise SourceError(_refusal(path, width, height, kind="a still", most=MOST_STILL_PIXELS))


def check_moving_size(path: str, width: int, height: int) -> None:
    """Refuse a video or an animation that is too large.

    Raises:
        SourceError: its pictures have more than `MOST_MOVING_PIXELS`.
    """
    if width * height > MOST_MOVING_PIXELS:
        kind = "a video or an animation"
        raise SourceError(_refusal(path, width, height, kind=kind, most=MOST_MOVING_PIXELS))


def _refusal(path: str, width: int, height: int, *, kind: str, most: int) -> str:
    return (
        f"{path}: claims pictures of {width}x{height}, and {kind} may have at most "
        f"{most / 1e6:.3g} megapixels; scale it down first"
    )
