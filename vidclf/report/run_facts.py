"""What the manifest says of clip, model and run, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from vidclf.table.table import Table

Facts = list[list[str]]
Teller = Callable[[Mapping[str, Any]], str]


def facts(table: Table) -> list[dict[str, Any]]:
    """Groups of facts, each with a `name` and `rows` of name and value."""
    manifest = table.manifest
    groups: list[tuple[str, Facts]] = [
        ("Table", _table(table)),
        ("Clip", _told(_CLIP, _part(manifest, "clip"))),
        ("Model", _told(_MODEL, _part(manifest, "model"))),
        ("Run", _told(_RUN, {**_part(manifest, "settings"), **manifest})),
    ]
    return [{"name": name, "rows": rows} for name, rows in groups if rows]


def remarks(table: Table) -> list[str]:
    """What went wrong or is worth knowing, as the run said it."""
    said = [table.manifest.get(key) for key in ("warnings", "notes")]
    return [str(text) for texts in said if isinstance(texts, list) for text in texts]


def _table(table: Table) -> Facts:
    rows = [["File", table.path.name], ["Frames", f"{len(table.rows):,}"]]
    carried = int((~table.rows["inferred"]).sum()) if "inferred" in table.rows else 0
    if carried:
        rows.append(["Not inferred, carried over", f"{carried:,}"])
    return rows


def _part(manifest: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = manifest.get(name)
    return part if isinstance(part, Mapping) else {}


def _told(
    wanted: Mapping[str, Callable[[Mapping[str, Any]], str]], said: Mapping[str, Any]
) -> Facts:
    """The facts that are there; what is absent or makes no sense is passed over."""
    rows = []
    for name, tell in wanted.items():
        try:
            text = tell(said)
        except (KeyError, TypeError, ValueError, ZeroDivisionError, IndexError):
            continue
        if text:
            rows.append([name, text])
    return rows


def _rate(clip: Mapping[str, Any]) -> str:
    return f"{float(Fraction(str(clip['frame_rate']))):.3f}".rstrip("0").rstrip(".") + " frames/s"


def _turned(clip: Mapping[str, Any]) -> str:
    flipped = ", mirrored" if clip.get("mirrored") else ""
    return f"{clip['rotation']}°{flipped}" if clip["rotation"] or flipped else ""


def _input(model: Mapping[str, Any]) -> str:
    height, width = model["input_size"]
    frames = f"{model['window']} frames of " if model.get("window") else ""
    return f"{frames}{width}×{height} pixels" if width and height else ""


def _resize(model: Mapping[str, Any]) -> str:
    return f"{model['resize']['rule']}, {model['resize']['kernel']}"


def _smooth(run: Mapping[str, Any]) -> str:
    return f"mean over {run['smooth']:g} s" if run["smooth"] else "none"


def _inferred(run: Mapping[str, Any]) -> str:
    if run.get("infer_fps"):
        return f"at most {run['infer_fps']:g} frames/s"
    return f"every {run['stride']}. frame" if run["stride"] > 1 else ""


_CLIP: dict[str, Teller] = {
    "Picture": lambda clip: f"{clip['width']}×{clip['height']}",
    "Turned upright by": _turned,
    "Frame rate": _rate,
    "Codec": lambda clip: f"{clip['codec']}, {clip['pixel_format']}",
    "Sound": lambda clip: "yes" if clip["has_audio"] else "none",
}
_MODEL: dict[str, Teller] = {
    "Name": lambda model: str(model["name"]),
    "SHA-256 begins with": lambda model: str(model["digest"])[:16],
    "Input": _input,
    "Preprocessing": lambda model: str(model["preprocessing"]),
    "Resizing": _resize,
    "Head": lambda model: str(model["head"]),
    "Outputs": lambda model: f"{model['classes']:,}",
}
_RUN: dict[str, Teller] = {
    "Made by": lambda run: f"vidclf {run['versions']['vidclf']}",
    "Computed by": lambda run: str(run["runtime"]),
    "Smoothing": _smooth,
    "Threshold": lambda run: f"{run['threshold']:g}",
    "Inferred": _inferred,
    "Took": lambda run: f"{run['seconds']:.1f} s, {run['frames_per_second']:g} frames/s",
}
