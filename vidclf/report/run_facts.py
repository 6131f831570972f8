"""What the manifest says of clip, model and run, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vidclf.files.manifest import Manifest
from vidclf.files.manifest_parts import (
    ManifestClip,
    ManifestModel,
    ManifestPrecision,
    ManifestSettings,
)
from vidclf.table.table import Table

Facts = list[list[str]]


def facts(table: Table) -> list[dict[str, Any]]:
    """Groups of facts, each with a `name` and `rows` of name and value."""
    manifest = table.manifest
    groups: list[tuple[str, Facts]] = [
        ("Table", _table(table)),
        ("Clip", _clip(manifest.clip)),
        ("Model", _model(manifest.model)),
        ("Run", _run(manifest)),
    ]
    return [{"name": name, "rows": rows} for name, rows in groups if rows]


def remarks(table: Table) -> list[str]:
    """What went wrong or is worth knowing, as the run said it."""
    return [*table.manifest.warnings, *table.manifest.notes]


def _table(table: Table) -> Facts:
    rows = [["File", table.path.name], ["Frames", f"{len(table):,}"]]
    carried = int((~table.numbers("inferred")).sum()) if "inferred" in table.columns.names else 0
    if carried:
        rows.append(["Not inferred, carried over", f"{carried:,}"])
    return rows


def _clip(clip: ManifestClip) -> Facts:
    return _known(
        {
            "Picture": _both(clip.width, clip.height, "{}×{}"),
            "Turned upright by": _turn(clip),
            "Frame rate": _rate(clip),
            "Codec": _both(clip.codec, clip.pixel_format, "{}, {}"),
            "Sound": {True: "yes", False: "none", None: None}[clip.has_audio],
        }
    )


def _model(model: ManifestModel) -> Facts:
    return _known(
        {
            "Name": model.name,
            "SHA-256 begins with": model.digest and model.digest[:16],
            "Input": _input(model),
            "Preprocessing": model.preprocessing,
            "Resizing": _both(model.resize_rule, model.resize_kernel, "{}, {}"),
            "Head": model.head,
            "Outputs": None if model.classes is None else f"{model.classes:,}",
        }
    )


def _run(manifest: Manifest) -> Facts:
    settings = manifest.settings
    return _known(
        {
            "Made by": manifest.vidclf_version and f"vidclf {manifest.vidclf_version}",
            "Computed by": manifest.runtime,
            "Precision": _used(manifest.precision),
            "Agreement with f32": _agreement(manifest.precision),
            "Smoothing": _smooth(settings),
            "Threshold": None if settings.threshold is None else f"{settings.threshold:g}",
            "Inferred": _inferred(settings),
            "Took": _both(manifest.seconds, manifest.frames_per_second, "{:.1f} s, {:g} frames/s"),
        }
    )


def _used(precision: ManifestPrecision) -> str | None:
    if precision.asked == precision.used or precision.used is None:
        return precision.used
    return f"{precision.used} ({precision.asked} was asked for)"


def _agreement(precision: ManifestPrecision) -> str | None:
    known = _both(precision.agreeing, precision.compared, "{} of {} compared")
    if known is None or precision.largest_difference is None:
        return known
    return f"{known}, largest difference {precision.largest_difference:.2g}"


def _known(rows: Mapping[str, str | None]) -> Facts:
    return [[name, text] for name, text in rows.items() if text]


def _both(one: object, other: object, form: str) -> str | None:
    """Two facts in one text, where both are told."""
    return None if one is None or other is None else form.format(one, other)


def _rate(clip: ManifestClip) -> str | None:
    if clip.frame_rate is None:
        return None
    return f"{float(clip.frame_rate):.3f}".rstrip("0").rstrip(".") + " frames/s"


def _turn(clip: ManifestClip) -> str | None:
    flipped = ", mirrored" if clip.mirrored else ""
    is_turned = clip.rotation is not None and (clip.rotation or flipped)
    return f"{clip.rotation}°{flipped}" if is_turned else None


def _input(model: ManifestModel) -> str | None:
    height, width = model.input_size or (0, 0)
    frames = f"{model.window} frames of " if model.window else ""
    return f"{frames}{width}×{height} pixels" if width and height else None


def _smooth(settings: ManifestSettings) -> str | None:
    if settings.smooth is None:
        return None
    return f"mean over {settings.smooth:g} s" if settings.smooth else "none"


def _inferred(settings: ManifestSettings) -> str | None:
    if settings.infer_fps:
        return f"at most {settings.infer_fps:g} frames/s"
    stride = settings.stride or 1
    return f"every {stride}. frame" if stride > 1 else None
