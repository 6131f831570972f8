"""A last look at a written file: is all of it there?"""

from __future__ import annotations

from pathlib import Path

import av

from vidclf.errors import OutputError
from vidclf.files.temporary_names import shown_path
from vidclf.sinks.container_formats import Container


def check_written(path: Path, *, frame_count: int, container: Container) -> None:
    """Check that a video file holds as many frames as were written, each within the file.

    FFmpeg reports some write errors only when a file is closed, where PyAV does not look.

    Raises:
        OutputError: It does not.
    """
    try:
        with av.open(f"file:{path.absolute()}", metadata_errors="replace") as file:
            found = _frames_in(file, container)
            is_cut_short = end_of_data(file) > path.stat().st_size
    except (av.FFmpegError, OSError) as exc:
        raise OutputError(
            f"{shown_path(path)} cannot be read back ({exc}): is the disk full?"
        ) from exc
    if found != frame_count or is_cut_short:
        raise OutputError(
            f"{shown_path(path)} holds {found} frames where {frame_count} were written: "
            f"is the disk full?"
        )


def _frames_in(file: av.container.InputContainer, container: Container) -> int:
    video = file.streams.video[0]
    if container.has_frame_count:
        return int(video.frames)
    return sum(1 for packet in file.demux(video) if packet.size)


def end_of_data(file: av.container.InputContainer) -> int:
    """The byte after the last packet, as the index tells it; 0 when there is no index."""
    last_entries = [stream.index_entries[-1] for stream in file.streams if stream.index_entries]
    return max((entry.pos + entry.size for entry in last_entries), default=0)
