"""What can one clip reach on many cores, what limits it, and when are several clips better?

    python benchmarks/cores.py    # Linux; some seven minutes on two cores; into docs/performance.md
    python benchmarks/cores.py --seconds 2 --rounds 1    # only prints

Clips of three sizes are annotated by `programs/threads.py`, which measures the CPU time of every
thread, and once more with a profiler, for how long Python's lock is held. From it `core_model.py`
says how fast a clip can be on 1 to 32 cores. Where this machine has the cores, whole runs are held
against it: confined to one core and to two, and a folder of short clips with `--jobs`. Leave the
machine alone meanwhile.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import fmean, median
from typing import Any

from contestants import HERE
from core_model import MODEL, Line, Stage
from inputs import CLIPS, Clip, clip_named, clip_path
from machine import Busyness, said_of_machine
from measure import timed
from report import put_into_document

from vidclf.sinks.container_formats import MP4
from vidclf.sinks.encoders import EncoderSettings, choose_encoder

THREADS = HERE / "programs" / "threads.py"
CORES = (1, 2, 4, 8, 16, 32)
FOLDER_CLIP, FOLDER_JOBS = clip_named("720p_1s"), (1, 2, 4)
LEAST_SHARE = 0.02
"""Threads that took less of their stage's CPU time do something else."""
BETTER = 1.1
"""So much faster must two clips at once be to be worth saying."""
MANY = 2**20
"""Cores without end."""


def main() -> None:
    """Measure, print four Markdown tables, write them."""
    options = _arguments()
    options.work.mkdir(parents=True, exist_ok=True)
    clips = [clip for clip in CLIPS if clip.name in options.clips]
    names = [clip.name for clip in (*clips, FOLDER_CLIP)]
    script = [sys.executable, str(HERE / "inputs.py"), str(options.work), *names]
    timed(script, log=options.work / "inputs.log", work=options.work)
    _annotate(clip_path(FOLDER_CLIP, options.work), options)  # fills the caches
    lines = []
    for text in _report(clips, options):
        print(text, flush=True)
        lines.append(text)
    if len(sys.argv) == 1:
        put_into_document("\n".join(lines), script="cores.py")


def _report(clips: Sequence[Clip], options: argparse.Namespace) -> Iterator[str]:
    """The lines of the report, as they come to be known."""
    busyness, before = Busyness(), getrusage(RUSAGE_CHILDREN)
    lines = {clip: _line(clip, options) for clip in clips}
    yield from _stage_table(lines)
    yield from _reach_table(lines)
    yield from _check_table(lines, options)
    for clip, line in lines.items():
        if clip.size == FOLDER_CLIP.size:
            yield from _folder_table(line, options)
    after = getrusage(RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    yield f"\n{said_of_machine(options.rounds, busyness.others_share(spent))}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="What a clip can reach on many cores.")
    parser.add_argument("--seconds", type=int, default=4, metavar="N", help="of each clip")
    parser.add_argument("--rounds", type=int, default=2, metavar="N")
    usual = [clip.name for clip in CLIPS if clip.seconds == 10]
    parser.add_argument("--clips", nargs="+", default=usual, metavar="NAME", help="of speed.py")
    parser.add_argument("--folder", type=int, default=8, metavar="N", help="clips of a second")
    default = Path(tempfile.gettempdir()) / "vidclf-speed"
    parser.add_argument("--work", type=Path, default=default, help="scratch folder, kept")
    options = parser.parse_args()
    options.work = options.work.absolute()
    return options


def _line(clip: Clip, options: argparse.Namespace) -> Line:
    """What a frame of a clip costs; means of the rounds."""
    rounds = [_threads_of(clip, options) for _ in range(options.rounds)]
    profiled = _threads_of(clip, options, "--profile")
    frames = _frames(clip, options)
    stages = [_stages(found, clip) for found in rounds]
    means = tuple(
        Stage(
            name=same[0].name,
            threads=same[0].threads,
            cpu=fmean(stage.cpu for stage in same) / frames,
            parts={
                part: fmean(stage.parts[part] for stage in same) / frames for part in same[0].parts
            },
        )
        for same in zip(*stages, strict=True)
    )
    python = fmean(sum(found["threads"].values()) for found in rounds)
    total = sum(stage.cpu for stage in means) * frames
    return Line(
        stages=means,
        lock=(python - profiled["without_lock"]) / frames,
        fixed_cpu=fmean(found["cpu"] for found in rounds) - total,
        fixed_wall=fmean(found["fixed_wall"] for found in rounds),
    )


def _frames(clip: Clip, options: argparse.Namespace) -> int:
    return int(clip.rate * min(options.seconds, clip.seconds))


def _threads_of(clip: Clip, options: argparse.Namespace, *flags: str) -> dict[str, Any]:
    """What `programs/threads.py` found, how long the run took beside its frames, and its CPU."""
    report = options.work / "threads.json"
    command = _command(clip_path(clip, options.work), options)
    started = time.perf_counter()
    script = [sys.executable, str(THREADS), str(report), *flags]
    log = options.work / "cores.log"
    _, cpu, _ = timed([*script, *command[3:]], log=log, work=options.work)
    ended = time.perf_counter()
    found: dict[str, Any] = json.loads(report.read_text("utf-8"))
    before = found["first_frame_wall"] - started
    found["fixed_wall"] = before + ended - found["last_frame_wall"]
    found["cpu"] = cpu - found["looking"]
    return found


def _stages(found: dict[str, Any], clip: Clip) -> list[Stage]:
    """The threads of a run, as stages, with the CPU seconds of all frames."""
    python, native, parts = found["threads"], found["native"], found["stages"]
    in_threads, in_order, threads = _encoder_threads(native["encode"], clip)
    of_caller = {name: parts[name] for name in ("draw", "encode")}
    return [
        Stage(name="decoder", cpu=sum(native["decode"]), threads=3),
        Stage(name="decode and scale", cpu=python["decode"], parts={"scale": parts["scale"]}),
        Stage(name="infer", cpu=python["infer"]),
        Stage(name=MODEL, cpu=sum(native["infer"]), threads=None),
        Stage(name="draw and encode", cpu=python["encode"], parts=of_caller),
        Stage(name="x264", cpu=in_threads, threads=threads),
        Stage(name="x264's lookahead", cpu=in_order),
    ]


def _encoder_threads(seconds: Sequence[float], clip: Clip) -> tuple[float, float, int]:
    """CPU seconds of x264's frame threads, of its lookahead, and how many the former are.

    The lookahead, the youngest thread, is one of its own up to the size where it is the caller's.
    """
    encoder = choose_encoder(EncoderSettings(), MP4, pixels=clip.width * clip.height)
    threads = int(encoder.options["threads"])
    busy = [own for own in seconds if own > LEAST_SHARE * sum(seconds)]
    if len(busy) == threads + 1:
        return sum(busy[:-1]), busy[-1], threads
    return sum(busy), 0.0, threads


def _stage_table(lines: Mapping[Clip, Line]) -> Iterator[str]:
    clips, first = list(lines), next(iter(lines.values()))
    yield f"\nCPU milliseconds a frame:\n\n| thread | threads | {_sizes(clips)} |"
    yield "|---|---|" + "---:|" * len(clips)
    for place, stage in enumerate(first.stages):
        own = [line.stages[place] for line in lines.values()]
        threads = " / ".join(dict.fromkeys(str(stage.threads or "by cores") for stage in own))
        yield f"| {stage.name} | {threads} | {_ms(stage.cpu for stage in own)} |"
        for part in stage.parts:
            yield f"| … of it: {part} | | {_ms(stage.parts[part] for stage in own)} |"
    yield f"| all | | {_ms(line.cpu for line in lines.values())} |"
    yield f"| with Python's lock, at most | 1 | {_ms(line.lock for line in lines.values())} |"


def _reach_table(lines: Mapping[Clip, Line]) -> Iterator[str]:
    yield "\nFrames a second by the model:\n"
    yield "| clip | cores | one clip | it waits for | two at once | one for each core |"
    yield "|---|---:|---:|---|---:|---:|"
    for clip, line in lines.items():
        for cores in CORES:
            rates = [_rate(line, cores, jobs) for jobs in (1, 2, cores)]
            yield (
                f"| {clip.size} | {cores} | {rates[0]} | {line.limit(cores)} | {rates[1]} "
                f"| {rates[2]} |"
            )
    yield ""
    for clip, line in lines.items():
        most = line.rate(MANY)
        enough = next(n for n in range(1, MANY) if line.rate(n) > 0.9 * most)
        better = next(n for n in range(2, MANY) if line.rate(n, 2) > BETTER * line.rate(n))
        yield (
            f"- {clip.size}: {most:.0f} frames a second at most, {clip.rate} of them are a second "
            f"of the clip; {enough} cores give nine tenths of it; two clips at once are more than "
            f"a tenth faster from {better} cores on."
        )


def _rate(line: Line, cores: int, jobs: int) -> str:
    """Frames a second; from and to, where it matters how long Python's lock is held."""
    least, most = line.rate(cores, jobs, lock=line.lock), line.rate(cores, jobs)
    return f"{most:.0f}" if least > 0.95 * most else f"{least:.0f} to {most:.0f}"


def _check_table(lines: Mapping[Clip, Line], options: argparse.Namespace) -> Iterator[str]:
    """Whole runs on some of this machine's cores."""
    yield "\n| clip | cores | wall s, model | measured | ÷ | CPU s, model | measured | ÷ |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|"
    for clip, line in lines.items():
        path, frames = clip_path(clip, options.work), _frames(clip, options)
        for cores in (n for n in (1, 2) if n <= len(os.sched_getaffinity(0))):
            runs = [_annotate(path, options, cores=cores) for _ in range(options.rounds)]
            wall, cpu = (median(own) for own in zip(*runs, strict=True))
            said = line.run_seconds(cores, frames=frames), line.fixed_cpu + frames * line.cpu
            yield (
                f"| {clip.size} | {cores} | {said[0]:.1f} | {wall:.1f} | {said[0] / wall:.2f} "
                f"| {said[1]:.1f} | {cpu:.1f} | {said[1] / cpu:.2f} |"
            )


def _folder_table(line: Line, options: argparse.Namespace) -> Iterator[str]:
    """A folder of short clips by several workers.

    A run's CPU time is that of a start and of each clip, which a run with one clip tells apart.
    Workers start once more each, and keep all cores busy. One process makes a clip at a time, of
    which all that is not a frame is taken for serial.
    """
    cores, count, folder = len(os.sched_getaffinity(0)), options.folder, _folder(options)
    alone: list[tuple[float, float]] = []
    runs: dict[int, list[tuple[float, float]]] = {jobs: [] for jobs in FOLDER_JOBS}
    for _ in range(options.rounds):
        alone.append(_annotate(next(folder.iterdir()), options))
        for jobs, own in runs.items():
            own.append(_annotate(folder, options, "--jobs", str(jobs)))
    alone_cpu, together_cpu = (median(cpu for _, cpu in own) for own in (alone, runs[1]))
    each = (together_cpu - alone_cpu) / (count - 1)
    start = max(0.0, alone_cpu - each)
    in_turn = each - FOLDER_CLIP.frames * (line.cpu - 1 / line.rate(cores))
    yield f"\n| {count} clips of a second | wall s, model | measured | ÷ |\n|---|---:|---:|---:|"
    for jobs, own in runs.items():
        wall = median(wall for wall, _ in own)
        clips = count * in_turn if jobs == 1 else (jobs * start + count * each) / cores
        said = start + clips
        yield f"| `--jobs {jobs}` | {said:.1f} | {wall:.1f} | {said / wall:.2f} |"


def _folder(options: argparse.Namespace) -> Path:
    """The short clip under as many names as were asked for."""
    folder: Path = options.work / f"cores_clips_{options.folder}"
    folder.mkdir(exist_ok=True)
    for number in range(options.folder):
        copy = folder / f"clip_{number:03d}.mp4"
        shutil.copyfile(clip_path(FOLDER_CLIP, options.work), copy)
    return folder


def _command(what: Path, options: argparse.Namespace, *flags: str) -> list[str]:
    output = options.work / "cores_output"
    shutil.rmtree(output, ignore_errors=True)
    vidclf = [sys.executable, "-m", "vidclf", "annotate", str(what), "-q", "-o", str(output)]
    return [*vidclf, "--duration", str(options.seconds), *flags]


def _annotate(
    what: Path, options: argparse.Namespace, *flags: str, cores: int | None = None
) -> tuple[float, float]:
    """Wall and CPU seconds of a run, on the first so many of this machine's cores."""
    usable = os.sched_getaffinity(0)
    if cores:
        os.sched_setaffinity(0, sorted(usable)[:cores])  # its child inherits it
    command = _command(what, options, *flags)
    try:
        wall, cpu, _ = timed(command, log=options.work / "cores.log", work=options.work)
    finally:
        os.sched_setaffinity(0, usable)
    return wall, cpu


def _sizes(clips: Iterable[Clip]) -> str:
    return " | ".join(clip.size for clip in clips)


def _ms(seconds: Iterable[float]) -> str:
    return " | ".join(f"{1000 * own:.1f}" for own in seconds)


if __name__ == "__main__":
    main()
