"""Made clips with sound that tells where it is from, and tables for them that no model wrote."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.clips import ClipSpec, coded_picture
from vidclf.core.file_digest import file_digest
from vidclf.sources import open_source

HERTZ = 48_000
IDS = {"cat": 3, "dog": 0, "cup": 7, "sun": 1}
Wave = NDArray[np.float32]


def clip_times(clip: Path) -> list[Fraction]:
    """When each frame of a clip is shown."""
    with open_source(clip) as source:
        return [frame.pts * frame.time_base for frame in source.frames()]


def class_table(
    clip: Path,
    folder: Path,
    labels: Sequence[str],
    *,
    first: int = 0,
    has_manifest: bool = True,
    others: Sequence[tuple[str, float]] = (("sun", 0.05),),
    confidence: float = 0.8,
    **manifest: Any,
) -> Path:
    """A table with one label for each frame from `first` on, and runners-up."""
    times = clip_times(clip)
    if len(labels) == len(times):
        manifest = {"end_seconds": float(2 * times[-1] - times[-2]), **manifest}
    times = times[first : first + len(labels)]
    columns: dict[str, Any] = {
        "video": clip.name,
        "frame": range(first, first + len(labels)),
        "timestamp": [round(float(seconds), 9) for seconds in times],
        "inferred": True,
        "label": labels,
        "class_id": [IDS[label] for label in labels],
        "confidence": confidence,
        "raw_label": labels,
        "raw_confidence": confidence,
    }
    for rank, (label, score) in enumerate(others, start=2):
        columns[f"top{rank}_label"], columns[f"top{rank}_confidence"] = label, score
    return written(clip, folder, pd.DataFrame(columns), has_manifest=has_manifest, **manifest)


def label_table(clip: Path, folder: Path, scores: Sequence[Sequence[float]]) -> Path:
    """A table of several labels a frame, in the order of `IDS` by number, that count from 0.5."""
    names = sorted(IDS, key=IDS.__getitem__)
    frame = pd.DataFrame(scores, columns=[f"score_{name}" for name in names])
    ranked = [sorted(zip(row, names, strict=True), reverse=True) for row in scores]
    frame.insert(0, "labels", ["; ".join(n for s, n in row if s >= 0.5) for row in ranked])
    frame.insert(0, "confidence", [row[0][0] for row in ranked])
    frame.insert(0, "label", [row[0][1] for row in ranked])
    frame.insert(0, "class_id", [names.index(row[0][1]) for row in ranked])
    frame.insert(0, "timestamp", [round(float(t), 9) for t in clip_times(clip)[: len(scores)]])
    frame.insert(0, "frame", range(len(scores)))
    frame.insert(0, "video", clip.name)
    return written(clip, folder, frame)


def written(
    clip: Path, folder: Path, table: pd.DataFrame, *, has_manifest: bool = True, **manifest: Any
) -> Path:
    """The table's file, with a manifest that names the clip."""
    folder.mkdir(exist_ok=True)
    path = folder / "clip_predictions.csv"
    table.to_csv(path, index=False)
    told = {
        "table_format": 1,
        "video": clip.name,
        "source": str(clip),
        "clip_digest": file_digest(clip),
        "frames_read": len(table),
        "settings": {},
        **manifest,
    }
    if has_manifest:
        (folder / "clip_manifest.json").write_text(json.dumps(told), encoding="utf-8")
    return path


def noise(seconds: float, *, hertz: int = HERTZ) -> Wave:
    """Sound that is like itself nowhere else: noise below about a twelfth of the sample rate."""
    white = np.random.default_rng(5).standard_normal(int(seconds * hertz) + 24)
    smooth = np.convolve(white, np.hanning(25) / 12, "valid")
    return (0.15 * smooth).astype(np.float32)


def noise_clip(
    path: Path,
    *,
    pts: Sequence[int],
    time_base: Fraction,
    delay_samples: int = 0,
    tracks: int = 1,
) -> Path:
    """A clip of numbered frames with uncompressed noise beside them."""
    seconds = float((max(pts) + (pts[-1] - pts[-2])) * time_base)
    with av.open(str(path), "w") as output:
        video = output.add_stream("libx264", rate=24, options={"crf": "16"})
        video.width, video.height, video.pix_fmt = 192, 144, "yuv420p"
        video.time_base = video.codec_context.time_base = time_base
        sounds = [output.add_stream("pcm_s16le", rate=HERTZ, layout="mono") for _ in range(tracks)]
        for number, ticks in enumerate(pts):
            frame = av.VideoFrame.from_ndarray(coded_picture(number, ClipSpec()), format="rgb24")
            frame = frame.reformat(format="yuv420p")
            frame.pts, frame.time_base = ticks, time_base
            output.mux(video.encode(frame))
        output.mux(video.encode(None))
        for sound in sounds:
            for samples in _frames_of(noise(seconds), delay_samples):
                output.mux(sound.encode(samples))
            output.mux(sound.encode(None))
    return path


def _frames_of(wave: Wave, delay_samples: int) -> Iterator[av.AudioFrame]:
    for start in range(0, len(wave), 1024):
        part = np.rint(wave[start : start + 1024] * 32767).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(part[None], format="s16", layout="mono")
        frame.sample_rate, frame.pts = HERTZ, start + delay_samples
        frame.time_base = Fraction(1, HERTZ)
        yield frame


def lag_samples(heard: Wave, expected: Wave, *, most: int = 400) -> tuple[int, float]:
    """By how many samples sound comes late, and how alike it is then (1 for the same)."""
    count = min(len(heard), len(expected)) - most
    padded = np.pad(expected, most)
    scores = [
        float(np.corrcoef(heard[:count], padded[most - lag : most - lag + count])[0, 1])
        for lag in range(-most, most + 1)
    ]
    best = int(np.argmax(scores))
    return best - most, scores[best]
