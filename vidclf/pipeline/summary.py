"""The manifest's content: what was read, how it was predicted, what was written."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cache
from typing import Any

from vidclf._version import __version__
from vidclf.core.addresses import shown_address
from vidclf.core.frames import VideoInfo
from vidclf.core.installed import installed_version
from vidclf.core.run_warnings import get_logger
from vidclf.core.stopwatch import Stopwatch
from vidclf.files.manifest import Manifest
from vidclf.files.places import Place
from vidclf.inference.engine import Engine
from vidclf.inference.precision_check import precision_record
from vidclf.inference.predictor import Predictor
from vidclf.models.info import ModelInfo
from vidclf.pipeline.job import ClipJob
from vidclf.settings import Position, Settings
from vidclf.sources import Source
from vidclf.sources.stamp import ClipStamp

logger = get_logger(__name__)

_LIBRARIES = ("av", "keras", "moviepy", "numpy", "opencv-python-headless", "openvino", "tensorflow")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """What became of one clip: the manifest's content."""

    video: str
    """The clip's name, as in the table."""
    source: str
    """The clip's path, as it was given."""
    columns: Mapping[str, str | int | float | None] = field(default_factory=dict)
    """What a list of clips told beside: column of the table → cell; empty without a list."""
    clip: VideoInfo
    """What was known of it before decoding."""
    clip_stamp: Mapping[str, int] | None
    """How many files it is, how large, and when written to; None where nothing tells."""
    clip_digest: str | None
    """What tells its file from others (`vidclf.core.file_digest`); None for several pictures."""
    answer: str
    """What the clip shows, in a few words; not in the manifest, which outlives smoothing."""
    frames_read: int
    """Decoded frames between start and end: the table's rows."""
    frames_inferred: int
    """Frames the model saw."""
    frames_written: int
    """Frames in the annotated video; 0 when none was written."""
    end_seconds: float
    """When the last frame ends, on the clip's own clock."""
    reading: Mapping[str, Any]
    """Counts of packets read and lost, repaired timestamps, damaged frames."""
    seconds: float
    """Wall time of it all."""
    stage_seconds: Mapping[str, float]
    """Wall time of each stage."""
    runtime: str
    """What computed."""
    precision: Mapping[str, Any] | None = None
    """What was asked of `--precision`, what was used, and how far it agrees; None for `f32`."""
    model: Mapping[str, Any]
    """The model's name, digest and description."""
    settings: Mapping[str, Any]
    """The settings of the run."""
    outputs: Mapping[str, str]
    """Kind → path of every file written."""
    output_digests: Mapping[str, str]
    """Kind → what tells each of them but the manifest from others, as `clip_digest` does."""
    concessions: Sequence[str]
    """What files gave up to keep a limit of size."""
    effects: Sequence[str] = ()
    """Names of the MoviePy effects that were put on the annotated pictures."""
    notes: Sequence[str]
    """What a reader of the results should know."""
    warnings: Sequence[str]
    """What went wrong without stopping the run."""
    versions: Mapping[str, str]
    """Versions of vidclf and of the libraries the results depend on."""
    live: Mapping[str, Any] | None = None
    """Of a live input: when the part began, and what was left out or lost meanwhile."""
    done_earlier: bool = False
    """Whether an earlier run made it, which this one found; not in the manifest."""


def summarise(
    job: ClipJob,
    *,
    source: Source,
    clip_stamp: ClipStamp | None,
    clip_digest: str | None,
    engine: Engine,
    predictor: Predictor,
    frames_written: int,
    answer: str,
    end_seconds: float,
    settings: Settings,
    watch: Stopwatch,
    warnings: Sequence[str],
    outputs: Mapping[str, Place],
    output_digests: Mapping[str, str],
    concessions: Sequence[str],
    effects: Sequence[str],
) -> RunSummary:
    """What became of one clip, after its last frame."""
    report = asdict(source.report)
    return RunSummary(
        video=job.name,
        source=str(job.source),
        columns=job.columns.by_name,
        clip=source.info,
        clip_stamp=None if clip_stamp is None else asdict(clip_stamp),
        clip_digest=clip_digest,
        answer=answer,
        frames_read=predictor.frames_read,
        frames_inferred=predictor.frames_inferred,
        frames_written=frames_written,
        end_seconds=end_seconds,
        concessions=concessions,
        notes=report.pop("notes"),
        warnings=list(dict.fromkeys(warnings)),
        reading=report,
        seconds=watch.total_seconds,
        stage_seconds=dict(watch.seconds),
        runtime=engine.runtime_name,
        precision=precision_record(settings.precision, predictor.precision_check),
        model=model_record(engine.model.info),
        settings=settings_record(settings, engine.model.info),
        outputs={kind: str(path) for kind, path in outputs.items()}
        | {kind: output.path for kind, output in job.kept.items()},
        output_digests=dict(output_digests)
        | {kind: output.digest for kind, output in job.kept.items()},
        effects=effects,
        versions=_versions(),
    )


def warn_of_damage(source: Source) -> None:
    """Log what a user should hear of how a clip was read."""
    report, path = source.report, source.info.path
    if report.packets_lost:
        logger.warning(
            "%s is damaged or cut off: %d of about %d packets were lost, frames decoded: %d",
            path,
            report.packets_lost,
            report.packets_read + report.packets_lost,
            report.frames_decoded,
        )
    if report.early_end:
        logger.warning("%s is damaged or cut off: %s", path, report.early_end)
    if report.frames_corrupt:
        logger.warning("%s: damaged frames, patched up: %d", path, report.frames_corrupt)


def warn_of_change(job: ClipJob, digest: str | None) -> None:
    """Log that the clip is no longer the file that was opened, whose digest is given.

    A change of one that lies elsewhere was an error while it was read.
    """
    if not job.source.is_local:
        return
    found = job.source.digest()
    if found != digest:
        what = "replaced or written to" if found else "moved or deleted"
        logger.warning(
            "%s was %s while it was read; the results are of the file that was opened",
            job.source,
            what,
        )


def as_manifest(summary: RunSummary) -> Manifest:
    """The summary as the manifest of the run."""
    stages = {stage: round(seconds, 3) for stage, seconds in summary.stage_seconds.items()}
    fields_told = asdict(summary)
    del fields_told["answer"], fields_told["done_earlier"]
    for name in ("precision", "live"):
        if fields_told[name] is None:
            del fields_told[name]
    return Manifest.of_run(
        {
            **fields_told,
            "seconds": round(summary.seconds, 3),
            "stage_seconds": stages,
            "frames_per_second": round(summary.frames_read / summary.seconds, 2),
        }
    )


def place_text(place: Position) -> str:
    """A place as the manifest holds it: `12.5` or `123f`."""
    return str(place.seconds) if place.frame is None else f"{place.frame}f"


def settings_record(settings: Settings, info: ModelInfo) -> dict[str, Any]:
    """The settings as the manifest holds them."""
    values = {field.name: getattr(settings, field.name) for field in fields(settings)}
    if info.in_memory:
        values["model"] = info.path
    if isinstance(values["model"], str):
        values["model"] = shown_address(values["model"])
    return {
        name: place_text(value) if isinstance(value, Position) else value
        for name, value in values.items()
    }


def model_record(info: ModelInfo) -> dict[str, Any]:
    """A model's description as the manifest holds it: a digest in place of the labels."""
    labels = list(info.labels)
    model = asdict(replace(info, labels=(), training=None))  # which would copy each of thousands
    del model["labels"]
    for unneeded in ("usual_preprocessing", "head_is_known", "assumptions", "training"):
        del model[unneeded]
    model["classes"] = len(labels)
    model["labels_digest"] = hashlib.sha256(json.dumps(labels).encode()).hexdigest()
    if info.head == "regression":
        model["values"] = labels  # units and ranges stand in this order
    model["crop"] = str(info.crop) if info.crop else None
    model["preprocessing"] = info.preprocessing.name if info.preprocessing else None
    return model


@cache
def _versions() -> Mapping[str, str]:
    """Looked up once in a process."""
    installed = {name: installed_version(name) for name in _LIBRARIES}
    versions = {name: version for name, version in installed.items() if version is not None}
    return {"vidclf": __version__, "python": platform.python_version(), **versions}
