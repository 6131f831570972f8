"""What is tried: from a seed and a number, damaged files and the commands that are to bear them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from random import Random
from typing import Literal, get_args

from fuzz.clip_seeds import CLIP_SEEDS, clip_seed
from fuzz.damage import damaged, has_clock, retimed
from fuzz.model_seeds import MODEL_SEEDS, graph_files, model_seed
from fuzz.runs import Limits, Runner
from fuzz.table_damage import damaged_csv, damaged_json, damaged_parquet
from fuzz.table_seeds import CLIP, TABLE_SEEDS, table_seed

Kind = Literal["clips", "tables", "models"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Files = dict[str, bytes]
_GIF = ("--gif", "--gif-width", "64")
_MODEL = ("-m", "model.onnx")
_LIMITS: dict[str, Limits] = {
    "clips": Limits(),
    "tables": Limits(),
    "models": Limits(cpu_seconds=240, seconds=1500, memory_bytes=3 * 2**30),
}
"""What each command may take; the first look at a model has limits of its own, which are larger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Files, and what is done with them."""

    name: str
    """Kind, seed and number, by which it is made again: `clips 7 12`."""
    told: str
    """What was done to which whole file."""
    files: Files
    """All files by name, with folders."""
    commands: list[list[str]]
    """Commands without `vidclf`, to be run one after the other; a later one may need the outputs of
    an earlier one, and is left out where they are not there."""
    limits: Limits
    """What each command may take."""


def make_case(kind: Kind, seed: int, number: int, runner: Runner) -> Case:
    """Make a case; the same one for the same numbers."""
    random = Random(f"{kind} {seed} {number}")
    told, files, commands = _MAKERS[kind](random, runner)
    return Case(
        name=f"{kind} {seed} {number}",
        told=told,
        files=files,
        commands=commands,
        limits=_LIMITS[kind],
    )


_Made = tuple[str, Files, list[list[str]]]


# --- clips --------------------------------------------------------------------------------------


def _clip_case(random: Random, _: Runner) -> _Made:
    name = random.choice(list(CLIP_SEEDS))
    seed = clip_seed(name)
    files = dict(seed.files)
    file = random.choice(list(files))
    suffix = PurePath(file).suffix
    told = f"{name}: "
    by_time = has_clock(suffix) and random.random() < 0.3
    if by_time:
        files[file], way = retimed(files[file], suffix, random)
        told += way
    if not by_time or random.random() < 0.1:
        other = random.choice(list(clip_seed(random.choice(list(CLIP_SEEDS))).files.values()))
        files[file], way = damaged(files[file], random, other=other)
        told += ("; " if by_time else "") + way
    commands = [_annotation(seed.argument, random), random.choice(_AFTER)(random)]
    if random.random() < 0.15:
        commands.insert(0, ["inspect", seed.argument, *random.choice(([], ["--json"]))])
    if random.random() < 0.1:
        commands.append(["predict", seed.argument, *_MODEL, "-o", "predicted.csv"])
    return told, {**files, **graph_files()}, commands


def _annotation(clip: str, random: Random) -> list[str]:
    command = ["annotate", clip, *_MODEL, "-o", "out"]
    command += random.choice((_GIF, _GIF, ()))
    command += random.choice(([], [], [], ["--style", "bars"], ["--parquet"], ["--scores"]))
    command += random.choice(([],) * 8 + (["--start", "0.2"], ["--end", "0.3"], ["--start", "3f"]))
    command += random.choice(([],) * 12 + (["--codec", "vp9"], ["--codec", "hevc"], ["--no-audio"]))
    return command


_TABLE = "out/clip_predictions.csv"
_TRUTH = "other/clip_segments.csv"
_AFTER: tuple[Callable[[Random], list[str]], ...] = (
    lambda random: ["render", _TABLE, "--style", "card", "-o", "rendered/"],
    lambda random: ["render", _TABLE, "--subtitles", "-o", "subtitled/"],
    lambda random: ["render", _TABLE, "--only", random.choice(("cat", "dog")), "-o", "part.mp4"],
    lambda random: ["report", _TABLE, *random.choice(([], ["--embed"])), "-o", "page.html"],
    lambda random: ["plot", _TABLE, "-o", f"figure{random.choice(('.png', '.svg'))}"],
    lambda random: ["segments", _TABLE, "--format", "srt", "--format", "eaf", "-o", "segments/"],
    lambda random: ["compare", _TABLE, _TABLE],
)


# --- tables -------------------------------------------------------------------------------------


def _table_case(random: Random, runner: Runner) -> _Made:
    name = random.choice(TABLE_SEEDS)
    files = dict(table_seed(name, runner))
    suffix = random.choice((".csv", ".csv", ".csv", ".parquet"))
    table, manifest = f"out/clip_predictions{suffix}", "out/clip_manifest.json"
    way = random.choice(("table", "table", "table", "manifest", "both", "bytes"))
    told = [name]
    if way in ("table", "both"):
        damage = damaged_csv if suffix == ".csv" else damaged_parquet
        files[table], words = damage(files[table], random)
        told.append(words)
    if way in ("manifest", "both"):
        files[manifest], words = damaged_json(files[manifest], random)
        told.append(f"manifest, {words}")
    if way == "bytes":
        file = random.choice((table, table, manifest))
        files[file], words = damaged(files[file], random, other=files["clip.mp4"])
        told.append(f"{file}, {words}")
    if random.random() < 0.1:
        del files[random.choice(("clip.mp4", manifest))]
    if _TRUTH in files and random.random() < 0.2:
        files[_TRUTH], words = damaged_csv(files[_TRUTH], random)
        told.append(f"{_TRUTH}, {words}")
    commands = random.sample([make(table, random) for make in _OF_TABLES], 3)
    return ": ".join(told), files, commands


def _segments(table: str, random: Random) -> list[str]:
    formats = ("csv", "srt", "vtt", "eaf", "json", "audacity", "chapters")
    chosen = [part for name in formats for part in ("--format", name)]
    options = ([], ["--min-duration", "0.1"], ["--merge-gap", "0.2"], ["--threshold", "0.6"])
    return ["segments", table, *chosen, *random.choice(options), "-o", "segments/"]


def _smooth(table: str, random: Random) -> list[str]:
    methods = (
        ["majority", "--window", "0.2"],
        ["mean", "--window", "0.3"],
        ["exponential", "--half-life", "0.1"],
        ["hysteresis", "--enter", "0.6", "--leave", "0.4"],
        ["min-duration", "--min-duration", "0.2"],
    )
    return ["smooth", table, "--method", *random.choice(methods), "-o", "smooth/"]


def _render(table: str, random: Random) -> list[str]:
    options = ([], [*_GIF], ["--subtitles"], ["--only", "dog"], ["--rename", "dog=hound"])
    options += (["--style", "bars", "--hide", "cat"], ["--min-duration", "0.1", "--only", "cat"])
    return ["render", table, *random.choice(options), "-o", "rendered/"]


def _report(table: str, random: Random) -> list[str]:
    what = random.choice(([table], [table], [table, "clip.mp4"], ["out"]))
    return ["report", *what, *random.choice(([], ["--embed"])), "-o", "page.html"]


def _plot(table: str, random: Random) -> list[str]:
    return ["plot", table, "-o", f"figure{random.choice(('.png', '.png', '.svg', '.pdf'))}"]


def _join(table: str, random: Random) -> list[str]:
    tables = random.choice(([table], ["out"], [table, "other"]))
    return [
        "join",
        *tables,
        "-o",
        random.choice(("all_predictions.parquet", "all_predictions.csv")),
    ]


def _compare(table: str, random: Random) -> list[str]:
    both = [table, "other/clip_predictions.csv"]
    random.shuffle(both)
    return ["compare", *both, *random.choice(([], ["-o", "compared.html"]))]


def _evaluate(table: str, random: Random) -> list[str]:
    options = ([], ["--threshold", "0.6"])
    return ["evaluate", table, _TRUTH, *random.choice(options), "-o", "evaluated/"]


_OF_TABLES = (_segments, _smooth, _render, _report, _plot, _compare, _join, _evaluate)


# --- models -------------------------------------------------------------------------------------


def _model_case(random: Random, _: Runner) -> _Made:
    name = random.choice(list(MODEL_SEEDS))
    seed = model_seed(name)
    files = {**seed.files, **seed.beside}
    beside = random.random() < 0.3
    file = random.choice(list(seed.beside if beside else seed.files))
    if file.endswith(".json") and random.random() < 0.7:
        files[file], way = damaged_json(files[file], random)
    else:
        other = random.choice(list(model_seed(random.choice(list(MODEL_SEEDS))).files.values()))
        files[file], way = damaged(files[file], random, other=other)
    model, *options = seed.arguments
    told = ["--labels", "model.txt"] if "model.txt" in files else options
    if random.random() < 0.2:
        told = [*told, "--preprocess", "0-1"]
    commands = [["inspect", model, *told]] if random.random() < 0.5 else []
    commands.append(["predict", "clip.mp4", "-m", model, *told, "-o", "out"])
    return f"{name}: {file}, {way}", {**files, **clip_seed(CLIP).files}, commands


_MAKERS: dict[Kind, Callable[[Random, Runner], _Made]] = {
    "clips": _clip_case,
    "tables": _table_case,
    "models": _model_case,
}
