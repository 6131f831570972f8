"""The encoder's default: CPU time, size and quality of x264's settings, and of HEVC and VP9.

    python benchmarks/encoding.py [CLIP ...] [--settings NAME ...] [--frames N] [--rounds N]

Each clip's frames are decoded once and kept in memory; every setting encodes them in turn, A B C
A B C …, as vidclf would. Quality is VMAF, PSNR and SSIM of the file written, by the ffmpeg that
comes with imageio-ffmpeg. Equal CRFs are not equal quality, so each setting is measured at three
of them, and the size that it has at the quality of the first one is read off between them.

Without CLIP, the clips of speed.py are made and taken. Those are slow pans with grain, which says
little of other footage, so give some of your own.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

import av
import imageio_ffmpeg
import numpy as np
from av.codec.context import Flags
from av.video.frame import PictureType
from inputs import CLIPS, clip_path, make

from vidclf.sinks.container_formats import container_of
from vidclf.sinks.encoders import Encoder, EncoderSettings, choose_encoder

MP4 = container_of(Path("a.mp4"))
CRF_STEPS = (-2, 0, 2)
METRICS = {"vmaf": "vmaf", "psnr": "psnr_y", "ssim": "float_ssim"}
"""Our names and libvmaf's."""


HEAD = """\
| clip | setting | CPU ms | kB | VMAF | PSNR | SSIM | CPU ÷ | kB ÷ | at equal VMAF | PSNR | SSIM |
|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"""


@dataclass(frozen=True, kw_only=True)
class Encoded:
    """One way of encoding one clip, at one CRF."""

    cpu_ms: float
    """CPU milliseconds a frame, of all threads; the median of the rounds."""
    size: int
    """Bytes."""
    vmaf: float
    """Mean over the frames; 100 is best."""
    psnr: float
    """Mean decibels of luma."""
    ssim: float
    """Mean; 1 is best."""


def x264(preset: str, *, crf: int = 20, **parameters: object) -> Encoder:
    """A preset, and what is changed in it."""
    options = {"preset": preset, "crf": str(crf)}
    if parameters:
        pairs = (f"{name.replace('_', '-')}={value}" for name, value in parameters.items())
        options["x264-params"] = ":".join(pairs)
    return Encoder(name="libx264", options=options)


TREE = {"mbtree": 1, "rc_lookahead": 10}
DEADZONES = {"deadzone_inter": 11, "deadzone_intra": 6}
PIXELS = 1280 * 720
"""Of a usual picture; in larger ones only the default's threads differ."""
SETTINGS: dict[str, Encoder] = {
    "veryfast": x264("veryfast"),
    "default": choose_encoder(EncoderSettings(), MP4, pixels=PIXELS),
    "default, subme=2": x264("superfast", crf=22, **TREE, **DEADZONES, subme=2),
    "superfast, mbtree": x264("superfast", **TREE),
    "superfast": x264("superfast", crf=22),
    "hevc": choose_encoder(EncoderSettings(codec="hevc"), MP4, pixels=PIXELS),
    "vp9": choose_encoder(EncoderSettings(codec="vp9"), MP4, pixels=PIXELS),
}
"""The first one is what the others are compared with."""


def main() -> None:
    """Print a row for each clip and setting, and at last their means."""
    options = arguments()
    options.work.mkdir(parents=True, exist_ok=True)
    settings = {name: SETTINGS[name] for name in SETTINGS if name in options.settings}
    print(HEAD)
    ratios: dict[str, list[Sequence[float]]] = {name: [] for name in settings}
    for path in options.clips or made_clips(options.work):
        frames = decoded(path, options.frames)
        found = measured(frames, settings, rounds=options.rounds, work=options.work)
        for name, by_step in found.items():
            ratios[name].append(compared(by_step, next(iter(found.values()))[0]))
            print(row(path.stem, name, by_step[0], ratios[name][-1]), flush=True)
    for name, of_clips in ratios.items():
        means = np.exp(np.mean(np.log(of_clips), axis=0))
        print(f"| mean | {name} | | | | | | {cells(means)} |")


def arguments() -> argparse.Namespace:
    """What the user asks for."""
    parser = argparse.ArgumentParser(description="Measure encoder settings.")
    parser.add_argument("clips", nargs="*", type=Path, metavar="CLIP")
    parser.add_argument("--settings", nargs="+", choices=SETTINGS, default=[*SETTINGS])
    parser.add_argument("--frames", type=int, default=150, help="of each clip (150)")
    parser.add_argument("--rounds", type=int, default=3, help="to take the median of (3)")
    default = Path(tempfile.gettempdir()) / "vidclf-encoding"
    parser.add_argument("--work", type=Path, default=default, help="scratch folder")
    return parser.parse_args()


def made_clips(work: Path) -> Iterator[Path]:
    """The clips of speed.py, one of each size."""
    for clip in (clip for clip in CLIPS if clip.seconds == 10):
        path = clip_path(clip, work)
        make(clip, path)
        yield path


def decoded(path: Path, count: int) -> list[av.VideoFrame]:
    """Frames of the clip's middle as yuv420p of even size, one tick apart at the clip's rate."""
    frames = []
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        rate = Fraction(stream.average_rate or 25).limit_denominator(1001)
        start = max(0, stream.frames - count) // 2
        chosen = islice(container.decode(stream), start, start + count)
        for index, frame in enumerate(chosen):
            width, height = frame.width // 2 * 2, frame.height // 2 * 2
            planes = frame.to_ndarray(format="yuv420p", width=width, height=height)
            kept = av.VideoFrame.from_ndarray(planes, format="yuv420p")
            kept.pts, kept.duration, kept.time_base = index, 1, 1 / rate
            kept.pict_type = PictureType.NONE
            frames.append(kept)
    return frames


def measured(
    frames: Sequence[av.VideoFrame], settings: Mapping[str, Encoder], *, rounds: int, work: Path
) -> dict[str, dict[int, Encoded]]:
    """Setting → step of the CRF → what came of it."""
    original = work / "original.yuv"
    with original.open("wb") as file:
        for frame in frames:
            file.write(np.ascontiguousarray(frame.to_ndarray()))
    runs = {
        (name, step): at_step(encoder, step)
        for name, encoder in settings.items()
        for step in CRF_STEPS
    }
    cpu_ms: dict[tuple[str, int], list[float]] = {run: [] for run in runs}
    for _ in range(rounds):
        for run, encoder in runs.items():
            cpu_ms[run].append(encode(frames, encoder, output_path(work, run)))
    found: dict[str, dict[int, Encoded]] = {name: {} for name in settings}
    for run in runs:
        path = output_path(work, run)
        scores = quality(path, original, frames[0], log=work / "quality.json")
        size = path.stat().st_size
        found[run[0]][run[1]] = Encoded(cpu_ms=median(cpu_ms[run]), size=size, **scores)
    original.unlink()
    return found


def at_step(encoder: Encoder, step: int) -> Encoder:
    """The same at a CRF so much higher."""
    return replace(
        encoder, options=encoder.options | {"crf": str(int(encoder.options["crf"]) + step)}
    )


def output_path(work: Path, run: tuple[str, int]) -> Path:
    """Where an encoded clip stands."""
    return work / f"{run[0]}{run[1]:+d}.mp4"


def encode(frames: Sequence[av.VideoFrame], encoder: Encoder, path: Path) -> float:
    """Write the frames as `vidclf.sinks.video` does; CPU milliseconds a frame."""
    before = cpu_seconds()
    with av.open(str(path), "w") as output:
        rate = 1 / frames[0].time_base
        stream: Any = output.add_stream(encoder.name, rate=rate, options=dict(encoder.options))
        stream.width, stream.height = frames[0].width, frames[0].height
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = frames[0].time_base
        stream.codec_context.flags |= Flags.frame_duration
        for frame in frames:
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return 1000 * (cpu_seconds() - before) / len(frames)


def cpu_seconds() -> float:
    """User and system time of all threads."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def quality(path: Path, original: Path, frame: av.VideoFrame, *, log: Path) -> dict[str, float]:
    """The mean VMAF, PSNR and SSIM, over every third frame."""
    graph = (
        "[0:v]settb=1,setpts=N[encoded];[1:v]settb=1,setpts=N[original];[encoded][original]"
        f"libvmaf=n_threads=2:n_subsample=3:feature=name=psnr|name=float_ssim:log_fmt=json:log_path={log.name}"
    )
    command = [
        *(imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", path.name),
        *("-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{frame.width}x{frame.height}"),
        *("-i", original.name, "-lavfi", graph, "-f", "null", "-"),
    ]
    subprocess.run(command, check=True, cwd=log.parent)
    pooled = json.loads(log.read_text("utf-8"))["pooled_metrics"]
    return {ours: pooled[theirs]["mean"] for ours, theirs in METRICS.items()}


def row(clip: str, name: str, own: Encoded, ratios: Sequence[float]) -> str:
    """A line of the table."""
    quality_cells = f"{own.vmaf:.2f} | {own.psnr:.2f} | {own.ssim:.4f}"
    return (
        f"| {clip} | {name} | {own.cpu_ms:.1f} | {own.size / 1000:.0f} | {quality_cells} "
        f"| {cells(ratios)} |"
    )


def cells(ratios: Sequence[float]) -> str:
    """Numbers side by side, a dash where one is not known."""
    return " | ".join("–" if math.isnan(ratio) else f"{ratio:.2f}" for ratio in ratios)


def compared(by_step: Mapping[int, Encoded], first: Encoded) -> list[float]:
    """CPU time, size, and size at equal VMAF, PSNR and SSIM, each over that of `first`."""
    own = by_step[0]
    sizes = [own.size, *(size_at(by_step, first, metric) for metric in METRICS)]
    return [own.cpu_ms / first.cpu_ms, *(size / first.size for size in sizes)]


def size_at(by_step: Mapping[int, Encoded], like: Encoded, metric: str) -> float:
    """Bytes at the quality of `like`, between the CRFs around it; NaN where it is beyond them."""
    points = sorted((getattr(run, metric), math.log(run.size)) for run in by_step.values())
    values, logs = zip(*points, strict=True)
    wanted = getattr(like, metric)
    return math.exp(np.interp(wanted, values, logs, left=math.nan, right=math.nan))


if __name__ == "__main__":
    main()
