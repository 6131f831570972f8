"""Opening a clip a second time, though it may have been moved or replaced meanwhile."""

from __future__ import annotations

import errno
import os

from av.container import InputContainer

from vidclf.core.ffmpeg import open_media
from vidclf.sources.picture_size import MOST_MOVING_PIXELS

FileIdentity = tuple[int, int]
"""Device and inode: another file under the same name has others, one that grows does not."""


def file_identity(path: str) -> FileIdentity:
    """What tells the file that is now at a path from others.

    Raises:
        OSError: there is none.
    """
    found = os.stat(path)  # noqa: PTH116 - a path may be text that Path would change
    return found.st_dev, found.st_ino


def open_again(path: str, identity: FileIdentity) -> InputContainer:
    """Open a media file again.

    Raises:
        OSError, av.FFmpegError: it is gone, or another file is in its place.
    """
    if file_identity(path) != identity:
        raise FileNotFoundError(errno.ENOENT, "another file is in its place", path)
    return open_media(path, most_pixels=MOST_MOVING_PIXELS)
