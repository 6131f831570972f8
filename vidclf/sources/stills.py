"""Which clips are stills, and what their annotated pictures are called."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from vidclf.sources.location import ClipLocation
from vidclf.sources.suffixes import ANIMATED_SUFFIXES, is_image_name

StillSuffix = Literal[".jpg", ".png"]

_LOSSY_SUFFIXES = (".jpg", ".jpeg", ".jfif", ".jp2", ".webp", ".avif")


def still_suffix(clip: ClipLocation) -> StillSuffix | None:
    """The ending of a still's own annotated picture: JPEG for photographs, PNG for what is exact.

    None for what moves. Of a file that may be an animation, the header is read; what cannot be read
    counts as a still.
    """
    if clip.kind not in ("file", "url") or not is_image_name(clip.name):
        return None
    suffix = Path(clip.name).suffix.lower()
    if suffix in ANIMATED_SUFFIXES and _has_several_pictures(clip):
        return None
    return ".jpg" if suffix in _LOSSY_SUFFIXES else ".png"


def _has_several_pictures(clip: ClipLocation) -> bool:
    from vidclf.sources.clip_file import whole_file
    from vidclf.sources.still_picture import holds_several  # OpenCV and imageio take 0.2 s

    try:
        with whole_file(clip) as path:
            return holds_several(path)
    except Exception:  # Pillow's readers raise nearly anything; opening it tells what it is
        return False
