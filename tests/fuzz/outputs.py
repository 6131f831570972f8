"""Whether outputs are whole: each is opened by what reads such files, and they agree."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import av
import numpy as np
import pandas as pd
from PIL import Image, ImageSequence

from vidclf.api import read_predictions

_LONGER_SECONDS = 12.0
"""By how much a video may outlast its table: seeds have a second of sound, and pauses in it last at
most ten (docs/outputs.md)."""
_TICK_SECONDS = 0.01
"""Clocks of containers round."""
_SUBTITLE_TIMES = re.compile(r"([\d:]+[.,]\d{3}) --> ([\d:]+[.,]\d{3})")
Wrong = Iterator[str]


def what_is_wrong(folder: Path, names: list[str], *, of_clip: bool) -> Wrong:
    """Say in sentences what is wrong with the outputs of a command.

    Args:
        folder: from where on they are named.
        names: all files that it wrote.
        of_clip: whether it read a clip, so that all outputs are of the same frames.
    """
    read: dict[str, Any] = {}
    for name in names:
        try:
            read[name] = _reader(name)(folder / name)
        except Exception as exc:  # whatever its reader says
            yield f"{name} is not whole: {type(exc).__name__}: {str(exc)[:200]}"
            return
    for name, manifest in read.items():
        if of_clip and name.endswith("_manifest.json"):
            yield from _disagreements(manifest, read, folder)


def _reader(name: str) -> Callable[[Path], Any]:
    return next(reader for pattern, reader in _READERS.items() if re.search(pattern, name))


# --- each for itself ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Video:
    """What is in a video."""

    frames: int
    """How many of its pictures decode."""
    seconds: float
    """From 0 to where it ends, picture or sound."""


def _copied_video(path: Path) -> _Video:
    """A clip whose packets were copied, with all their faults."""
    with av.open(str(path)) as container:
        return _Video(frames=sum(1 for _ in container.demux(video=0)), seconds=0)


def _video(path: Path) -> _Video:
    with av.open(str(path)) as container:
        times = [frame.time for frame in container.decode(video=0)]
        assert all(b > a for a, b in pairwise(times)), "its times do not rise"
    return _Video(frames=len(times), seconds=_last_end(path))


def _last_end(path: Path) -> float:
    """When the last picture is shown, or the last packet of sound ends."""
    with av.open(str(path)) as container:
        packets = [packet for packet in container.demux() if packet.pts is not None]
        return max(float(_end(packet)) for packet in packets)


def _end(packet: av.Packet) -> Fraction:
    """Durations of pictures are those between decoding times, and stand for nothing."""
    sounds = packet.stream.type == "audio"
    return (packet.pts + (packet.duration or 0) * sounds) * packet.time_base


def _picture(path: Path) -> int:
    with warnings.catch_warnings(), Image.open(path) as image:
        warnings.simplefilter("ignore")
        return sum(frame.convert("RGB").width > 0 for frame in ImageSequence.Iterator(image))


def _table(path: Path) -> pd.DataFrame:
    table = read_predictions(path)
    for _, rows in table.groupby("video", observed=True):
        assert (np.diff(rows["timestamp"]) > 0).all(), "its timestamps do not rise"
    return table


def _segments(path: Path) -> int:
    segments = pd.read_csv(path, keep_default_na=False)
    assert (segments["end"] > segments["start"]).all(), "a segment ends before it begins"
    return len(segments)


def _cases(path: Path) -> int:
    cases = pd.read_csv(path, keep_default_na=False)
    assert {"path", "frame", "timestamp", "true", "predicted"} <= set(cases.columns)
    return len(cases)


def _strict_json(path: Path) -> Any:
    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is no JSON")

    return json.loads(path.read_text("utf-8"), parse_constant=refuse)


def _page(path: Path) -> int:
    text = path.read_text("utf-8")
    assert text.rstrip().endswith("</html>"), "it ends in the middle"
    return len(text)


def _subtitles(path: Path) -> int:
    cues = _SUBTITLE_TIMES.findall(path.read_text("utf-8"))
    assert all(start < end for start, end in cues), "a cue ends before it begins"
    return len(cues)


def _xml(path: Path) -> str:
    return ElementTree.parse(path).getroot().tag  # our own output


def _text(path: Path) -> int:
    return len(path.read_text("utf-8"))


def _document(path: Path) -> int:
    content = path.read_bytes()
    assert content.startswith(b"%PDF"), "it is no PDF"
    assert content.rstrip().endswith(b"%%EOF"), "it ends in the middle"
    return len(content)


_READERS: dict[str, Callable[[Path], Any]] = {
    r"_predictions\.(csv|parquet)$|predicted\.csv$": _table,
    r"_segments\.csv$": _segments,
    r"(cases|mistakes)\.csv$": _cases,
    r"\.json$": _strict_json,
    r"\.(gif|png|jpg)$": _picture,
    r"\.html$": _page,
    r"\.(srt|vtt)$": _subtitles,
    r"\.(eaf|svg)$": _xml,
    r"\.pdf$": _document,
    r"\.txt$": _text,
    r"_subtitled\.\w+$": _copied_video,
    r".": _video,
}
"""What reads files whose names match; the last one takes all others."""


# --- with each other ----------------------------------------------------------------------------


def _disagreements(manifest: dict[str, Any], read: dict[str, Any], folder: Path) -> Wrong:
    """A run's outputs are those that its manifest names, with as many frames as it tells."""
    outputs: dict[str, str] = manifest.get("outputs", {})
    for name in outputs.values():
        if not (folder / name).is_file():
            yield f"the manifest names {name}, which is not there"
            return
    rows = read.get(outputs.get("table", ""))
    if rows is None:
        return
    if len(rows) != manifest["frames_read"]:
        yield f"{len(rows)} rows for {manifest['frames_read']} frames read"
    video = read.get(outputs.get("video", ""))
    if not isinstance(video, _Video):
        return
    if video.frames != len(rows):
        yield f"{video.frames} pictures for {len(rows)} rows"
    last = float(rows["timestamp"].iloc[-1])
    end = max(float(manifest.get("end_seconds") or last), last)
    shift = max(0.0, -float(rows["timestamp"].iloc[0]))
    if video.seconds > end + shift + _LONGER_SECONDS:
        yield f"the video lasts {video.seconds:.1f} s, its table ends at {end:.1f} s"
    first = float(rows["timestamp"].iloc[0])
    if video.seconds < min(last, last - first) - _TICK_SECONDS:
        yield f"the video ends at {video.seconds:.1f} s, its table has a row at {last:.1f} s"
