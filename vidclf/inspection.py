"""What `vidclf inspect` says of a model or a clip, for people and for programs."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from vidclf.core.addresses import address_kind, shown_address
from vidclf.core.frames import VideoInfo
from vidclf.core.keras_model import KerasModel, is_keras_model
from vidclf.core.printable import printable
from vidclf.errors import UsageError, VidclfError
from vidclf.models import ModelInfo, open_model
from vidclf.models.applications.table import find_application
from vidclf.models.description.writing import write_description
from vidclf.models.info import FREE
from vidclf.models.kinds import looks_like_model
from vidclf.models.model_file import BUILT_IN
from vidclf.settings import ModelSettings
from vidclf.sources import ClipLocation, open_source
from vidclf.sources.named import PathLike, shown_kind

_LABELS_SHOWN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipInfo:
    """What is known of a clip before its frames are decoded."""

    info: VideoInfo
    """Streams, sizes, rates, colours."""
    notes: tuple[str, ...]
    """What its reader found odd."""


def inspect(target: PathLike | KerasModel, settings: ModelSettings) -> ModelInfo | ClipInfo:
    """What is known of a model, or else of a clip.

    Args:
        target: the built-in name, a model file or folder, a network of `keras.applications`, a
            Keras model; else a clip.
        settings: what the user says of the model.

    Raises:
        ModelError: a model that cannot be used.
        SourceError: a clip that cannot be read.
        UsageError: it is of no kind that names either.
    """
    if is_keras_model(target):
        return open_model(target, settings=settings).info
    if not isinstance(target, str | os.PathLike):
        raise UsageError(
            f'inspect takes a model or a clip, such as "clip.mp4", and got {shown_kind(target)}'
        )
    name = target if isinstance(target, str) else Path(target)
    location = ClipLocation.of(name)
    if (location.is_local or location.kind == "url") and looks_like_model(str(name)):
        return open_model(name, settings=settings).info
    with open_source(location) as source:
        return ClipInfo(info=source.info, notes=tuple(source.report.notes))


def save_description(target: PathLike, settings: ModelSettings) -> Path:
    """Write what is known of a model beside it, with what its user says of it.

    Args:
        target: a model file or folder.
        settings: what the user says of the model.

    Returns:
        The description's file.

    Raises:
        UsageError: it is no model file, or nothing is said of it.
        ModelError, OutputError: the model cannot be used, or the file not be written.
    """
    if address_kind(target) == "url":
        raise UsageError(
            f"--save writes a description beside a model file of this machine, and "
            f"{shown_address(str(target))} lies elsewhere"
        )
    if settings == ModelSettings(allow_unsafe_model=settings.allow_unsafe_model):
        raise UsageError(
            f"--save has nothing to write of {target}: say what is to be kept, as in "
            f"vidclf inspect {shlex.quote(str(target))} --preprocess 0-1 --save"
        )
    is_there = Path(target).exists()
    comes_with_vidclf = str(target) == BUILT_IN or (not is_there and find_application(str(target)))
    if comes_with_vidclf or (is_there and not looks_like_model(str(target))):
        raise UsageError(
            f"--save writes a description beside a model file of yours, and {target} is none"
        )
    return write_description(open_model(Path(target), settings=settings).info, settings)


def as_json(targets: Mapping[str, ModelInfo | ClipInfo | VidclfError]) -> str:
    """Everything known of each target: a JSON object of one, a list of objects of several.

    `kind` is `model`, `clip` or `error`; fractions are text, such as `30000/1001`.
    """
    known = [
        {"target": str(ClipLocation.of(target)), **_fields(what)}
        for target, what in targets.items()
    ]
    shown = known if len(known) > 1 else known[0]
    return json.dumps(shown, indent=2, ensure_ascii=False, default=_plain)


def _fields(known: ModelInfo | ClipInfo | VidclfError) -> dict[str, Any]:
    if isinstance(known, VidclfError):
        return {"kind": "error", "error": str(known)}
    if isinstance(known, ClipInfo):
        return {"kind": "clip", **asdict(known)}
    scalings = {
        name: scaling.name if scaling else None
        for name, scaling in (
            ("preprocessing", known.preprocessing),
            ("usual_preprocessing", known.usual_preprocessing),
        )
    }
    crop = str(known.crop) if known.crop else None
    shape = [known.fixed_batch, *known.input_shape]
    return {"kind": "model", **asdict(known), **scalings, "crop": crop, "input_shape": shape}


def as_text(known: ModelInfo | ClipInfo) -> str:
    """A line for each thing known, a model's with the evidence behind it."""
    if isinstance(known, ClipInfo):
        return _lines(_clip_facts(known))
    facts = _model_facts(known)
    for name, evidence in known.evidence.items():
        facts[name] = f"{facts[name]}  ({evidence})" if name in facts else evidence
    return _lines(facts)


def _lines(facts: dict[str, str]) -> str:
    shown = {name: printable(fact) for name, fact in facts.items() if fact}
    width = max(map(len, shown))
    return "\n".join(f"{name + ':':<{width + 2}}{fact}" for name, fact in shown.items())


def _plain(value: object) -> object:
    if isinstance(value, Fraction):
        return str(value)
    raise TypeError(f"{value!r} has no place in JSON")


def _model_facts(info: ModelInfo) -> dict[str, str]:
    height, width = info.input_size
    frames = f"{info.window or 'any number of'} frames of " if info.window is not None else ""
    size = f"{width}x{height}" if FREE not in info.input_size else "any size"
    seen = "grey" if info.channels == 1 else "RGB"
    batch = f", {info.fixed_batch} at a time" if info.fixed_batch else ""
    scaling = info.preprocessing
    return {
        "model": info.name,
        "file": info.path,
        "sha256": info.digest,
        "input": f"{frames}{size} {seen}, {info.dtype}, {info.layout}{batch}",
        "preprocessing": f"{scaling.name}, {scaling.means}" if scaling else "unknown",
        "crop": str(info.crop or ""),
        "resize": str(info.resize),
        "head": info.head if info.head_is_known else "unknown",
        "labels": f"{len(info.labels)}: {_some(info.labels)}",
        "thresholds": _some(info.thresholds),
        "units": _some(info.units),
        "trained": _training(info.training or {}),
        "ranges": _some(tuple(f"{low:g} to {high:g}" for low, high in info.ranges or ())),
    }


def _training(told: Mapping[str, Any]) -> str:
    """How a model was trained, in short; empty where nothing tells, or in another way."""
    counts, figures = told.get("pictures"), told.get("metrics")
    if not isinstance(counts, Mapping) or not isinstance(figures, Mapping):
        return ""
    shown = [f"{counts.get('train')} pictures", str(told.get("backbone") or "from scratch")]
    of_part = figures.get("test") or figures.get("val")
    if isinstance(of_part, Mapping):
        part = "test" if figures.get("test") else "validation"
        names = ("accuracy", "mae", "ece")
        shown += [f"{part} {name} {of_part[name]:.3g}" for name in names if name in of_part]
    return ", ".join([*shown, f"vidclf {told.get('versions', {}).get('vidclf', '')}".strip()])


def _some(values: tuple[Any, ...] | None) -> str:
    """The first few, so that a thousand labels take one line."""
    some = [str(value) for value in (values or ())[:_LABELS_SHOWN]]
    return ", ".join([*some, "…"] if len(values or ()) > _LABELS_SHOWN else some)


def _clip_facts(clip: ClipInfo) -> dict[str, str]:
    info = clip.info
    return {
        "clip": info.path,
        "video": f"{info.codec} {info.pixel_format}, stream {info.stream_index}",
        "picture": f"{info.width}x{info.height} upright{_turns(info)}",
        "pixel aspect": str(info.pixel_aspect),
        "rate": f"{float(info.frame_rate):.6g} frames/s on average ({info.frame_rate})",
        "time base": f"{info.time_base} s",
        "start": f"{info.start_seconds:g} s",
        "duration": _or_unknown(info.duration_seconds, " s"),
        "frames": _or_unknown(info.frame_count, " by its header"),
        "sound": "yes" if info.has_audio else "no",
        "colours": ", ".join(f"{name} {value}" for name, value in asdict(info.color).items()),
        "notes": "; ".join(clip.notes),
    }


def _turns(info: VideoInfo) -> str:
    turned = f", turned {info.rotation}° clockwise" if info.rotation else ""
    return turned + (", mirrored" if info.mirrored else "")


def _or_unknown(value: float | None, unit: str) -> str:
    return "unknown" if value is None else f"{value:g}{unit}"
