"""Slices of the settings: what single rooms need to know of them, with the same defaults."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from vidclf.remote.path import RemotePath
from vidclf.settings.choices import Head, LiveMode, Precision
from vidclf.settings.position import Position


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """What the user says of a model; `Settings` documents the fields."""

    labels: Path | RemotePath | tuple[str, ...] | None = None
    preprocess: str = "auto"
    input_size: tuple[int, int] | None = None
    crop: str | None = None
    resize: str | None = None
    head: Head | None = None
    allow_unsafe_model: bool = False
    window_size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InferenceSettings:
    """How a model is run over a clip; `Settings` documents the fields."""

    runtime: str = "auto"
    precision: Precision = "f32"
    batch_size: int | None = None
    smooth: float = 0.5
    start: Position | None = None
    end: Position | None = None
    frames: int | None = None
    duration: float | None = None
    stride: int = 1
    infer_fps: float | None = None
    window_size: int | None = None
    window_stride: int | None = None
    frame_step: int = 1
    clip_fps: float | None = None
    threshold: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSettings:
    """How a live input is read; `Settings` documents the fields."""

    live: LiveMode | None = None
    camera_size: tuple[int, int] | None = None
    camera_fps: float | None = None
