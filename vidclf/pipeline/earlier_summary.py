"""The summary of an earlier run, from its manifest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from fractions import Fraction
from typing import Any

from vidclf.core.frames import ColorInfo, VideoInfo
from vidclf.pipeline.summary import RunSummary

_FRACTIONS = ("time_base", "frame_rate", "pixel_aspect")


def summary_of_manifest(manifest: Mapping[str, Any]) -> RunSummary:
    """What a run had to say of a clip when it was done; `answer`, which no manifest holds, is "".

    Args:
        manifest: as JSON gives it, with all that this vidclf writes.

    Raises:
        KeyError, TypeError, ValueError: it was edited, and is no longer a run's.
    """
    names = [field.name for field in fields(RunSummary) if field.name in manifest]
    told = {name: manifest[name] for name in names} | {"clip": _clip(manifest["clip"])}
    return RunSummary(**{**told, "answer": "", "done_earlier": True})


def _clip(told: Mapping[str, Any]) -> VideoInfo:
    fractions = {name: Fraction(told[name]) for name in _FRACTIONS}
    return VideoInfo(**{**told, **fractions, "color": ColorInfo(**told["color"])})
