"""What `vidclf inspect` says of a model or a clip."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from vidclf.frames import VideoInfo
from vidclf.models import BUILT_IN, open_model
from vidclf.models.info import ModelInfo
from vidclf.models.loading import KERAS_SUFFIXES
from vidclf.sources import Source, open_source


def inspect(target: str) -> str:
    """What is known of a model (the built-in name, `.keras`, `.h5`) or else of a clip.

    Raises:
        ModelError: a model that cannot be used.
        SourceError: a clip that cannot be read.
    """
    if target == BUILT_IN or Path(target).suffix.lower() in KERAS_SUFFIXES:
        return _lines(_model_facts(open_model(target).info))
    with open_source(target) as source:
        return _lines(_clip_facts(source))


def _model_facts(info: ModelInfo) -> dict[str, str]:
    height, width = info.input_size
    some = ", ".join(info.labels[:4]) + (", …" if len(info.labels) > 4 else "")
    facts = {
        "model": info.name,
        "file": info.path,
        "sha256": info.digest,
        "input": f"{width}x{height} RGB",
        "preprocessing": info.preprocessing.means if info.preprocessing else "unknown",
        "resize": str(info.resize),
        "head": info.head,
        "labels": f"{len(info.labels)}: {some}",
    }
    for name, evidence in info.evidence.items():
        facts[name] = f"{facts[name]}  (from: {evidence})" if name in facts else evidence
    return facts


def _clip_facts(source: Source) -> dict[str, str]:
    info = source.info
    facts = {
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
    }
    if source.report.notes:
        facts["notes"] = "; ".join(source.report.notes)
    return facts


def _turns(info: VideoInfo) -> str:
    turned = f", turned {info.rotation}° clockwise" if info.rotation else ""
    return turned + (", mirrored" if info.mirrored else "")


def _or_unknown(value: float | None, unit: str) -> str:
    return "unknown" if value is None else f"{value:g}{unit}"


def _lines(facts: dict[str, str]) -> str:
    width = max(map(len, facts))
    return "\n".join(f"{name + ':':<{width + 2}}{fact}" for name, fact in facts.items())
