"""The endings by which clips are told from other files, without opening them."""

from __future__ import annotations

import os
from pathlib import Path

VIDEO_SUFFIXES = frozenset(
    f".{name}"
    for name in (
        *("264", "265", "3g2", "3gp", "asf", "avi", "divx", "dv", "f4v", "flv", "h264", "h265"),
        *("hevc", "ivf", "m1v", "m2t", "m2ts", "m2v", "m4v", "mjpeg", "mjpg", "mkv", "mov", "mp4"),
        *("mpeg", "mpg", "mts", "mxf", "nut", "obu", "ogm", "ogv", "qt", "rm", "rmvb", "ts"),
        *("vob", "webm", "wmv", "wtv", "y4m"),
    )
)
"""Lower-case endings by which the videos in a folder are told from other files."""

STILL_SUFFIXES = frozenset(
    f".{name}"
    for name in (
        *("avif", "bmp", "jfif", "jp2", "jpeg", "jpg", "pbm", "pgm", "png", "ppm", "tga", "tif"),
        *("tiff", "webp"),
    )
)
"""Lower-case endings of the pictures that a folder or a name pattern is made of."""

ANIMATED_SUFFIXES = frozenset({".gif", ".webp", ".png", ".apng", ".avif"})
"""Where several pictures are an animation, and not the pages of a TIFF or the views of a JPEG."""

IMAGE_SUFFIXES = STILL_SUFFIXES | {".gif", ".apng"}
"""Lower-case endings of stills and animations."""


def is_video_name(path: str | os.PathLike[str]) -> bool:
    """Whether a name ends like a video's; hidden files (".…", also macOS's "._…") do not count."""
    return has_video_suffix(Path(path).name)


def has_video_suffix(name: str) -> bool:
    """The same of a name without folders, much faster."""
    _, dot, suffix = name.rpartition(".")
    return dot + suffix.lower() in VIDEO_SUFFIXES and not name.startswith(".")


def is_image_name(path: str | os.PathLike[str]) -> bool:
    """Whether a name ends like a still's or an animation's."""
    return Path(path).suffix.lower() in IMAGE_SUFFIXES
