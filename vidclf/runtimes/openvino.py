"""OpenVINO: the fast runtime on CPUs, made from the Keras model once and checked against it."""

from __future__ import annotations

import importlib.metadata
import json
import logging
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Self, cast

import numpy as np

from vidclf.cache import cached_folder, forget
from vidclf.errors import RuntimeUnavailableError
from vidclf.frames import Pixels, Scores
from vidclf.models.heads import to_input, to_scores
from vidclf.models.info import ModelInfo
from vidclf.models.network import Network
from vidclf.quiet import native_stderr_muted

logger = logging.getLogger(__name__)

LARGEST_SCORE_DELTA = 1e-3
"""Largest |Δ score| between OpenVINO and Keras with which the converted model is trusted."""

_FORMAT = 2
_CONFIG = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"}


Load = Callable[[], Network]


class ConversionError(Exception):
    """The model cannot be converted, or its converted form does not agree with Keras."""


class OpenVinoRuntime:
    """A converted model, compiled for this CPU in float32."""

    name = "openvino"
    batch_size = 4

    def __init__(self, info: ModelInfo, xml: Path) -> None:
        openvino = import_openvino()
        self._info = info
        core = openvino.Core()
        self._request = core.compile_model(str(xml), "CPU", _CONFIG).create_infer_request()

    @classmethod
    def open(cls, info: ModelInfo, *, load: Load, probe: Callable[[], Pixels]) -> Self:
        """The runtime from the cache, converting and checking the model when it is not there.

        Raises:
            ConversionError: OpenVINO cannot express it, or its scores differ from Keras' by more
                than `LARGEST_SCORE_DELTA`, or its top label does.
            RuntimeUnavailableError: OpenVINO is not installed.
        """
        import_openvino()
        key = _cache_key(info)
        build = partial(_convert, info=info, load=load, probe=probe)
        try:
            return cls._from(cached_folder(key, build), info)
        except (RuntimeError, OSError, ValueError) as exc:
            logger.info("the cached form of %s is made again (%s)", info.name, exc)
            forget(key)
        return cls._from(cached_folder(key, build), info)

    @classmethod
    def _from(cls, folder: Path, info: ModelInfo) -> Self:
        _trust(json.loads((folder / "check.json").read_text(encoding="utf-8")))
        return cls(info, folder / "model.xml")

    def scores(self, pixels: Pixels) -> Scores:
        """(N, h, w, 3) uint8 RGB → (N, C) float32 scores, 0 to 1."""
        outputs = self._request.infer([to_input(pixels, self._info)])
        return to_scores(outputs[0].copy(), self._info.head)


def import_openvino() -> Any:
    """Import OpenVINO without its telemetry: a tool that works on local files calls nobody.

    Without the package `openvino_telemetry`, which `import openvino` reports to, OpenVINO takes a
    stub of its own; so it is hidden while OpenVINO is imported.

    Raises:
        RuntimeUnavailableError: OpenVINO is not installed.
    """
    sys.modules.setdefault("openvino_telemetry", cast(Any, None))
    try:
        import openvino
    except ImportError as exc:
        if _was_interrupted(exc):  # its binding reports Ctrl-C as "initialization failed"
            raise KeyboardInterrupt from exc
        raise RuntimeUnavailableError(
            f"OpenVINO cannot be imported ({exc}): pip install openvino, or --runtime tensorflow"
        ) from exc
    return openvino


def _was_interrupted(exc: BaseException | None) -> bool:
    while exc is not None:
        if isinstance(exc, KeyboardInterrupt):
            return True
        exc = exc.__cause__ or exc.__context__
    return False


def _cache_key(info: ModelInfo) -> str:
    versions = [importlib.metadata.version(name) for name in ("openvino", "keras", "tensorflow")]
    how = f"{info.preprocessing.name if info.preprocessing else ''}-{info.head}"
    return f"openvino/{info.digest[:32]}_{how}_{'_'.join(versions)}_{_FORMAT}"


def _convert(work: Path, *, info: ModelInfo, load: Load, probe: Callable[[], Pixels]) -> None:
    """Write `model.xml`, `model.bin` and what the comparison with Keras gave into `work`."""
    from vidclf.runtimes.tensorflow import TensorFlowRuntime

    logger.info("converting %s for OpenVINO (once)", info.name)
    xml, network, pixels = work / "model.xml", load(), probe()
    try:
        _write_openvino_form(network, xml)
        converted = OpenVinoRuntime(info, xml).scores(pixels)
    except Exception as exc:  # the converter raises whatever its parts raise
        raise ConversionError(f"OpenVINO cannot convert {info.name} ({exc})") from exc
    reference = TensorFlowRuntime(info, network).scores(pixels)
    check = compare(converted, reference)
    (work / "check.json").write_text(json.dumps(check), encoding="utf-8")
    logger.info("checked on %(frames)d frames: largest score difference %(delta).1e", check)


def _write_openvino_form(network: Network, xml: Path) -> None:
    """Write the float32 OpenVINO form of a Keras model, by way of a SavedModel.

    Keras' own `export(format="openvino")` reports to OpenVINO's telemetry and fails on Python 3.13
    (OpenVINO 2026.4); reading a SavedModel gives the same network.
    """
    openvino = import_openvino()
    with tempfile.TemporaryDirectory() as saved_model, native_stderr_muted():
        network.export(Path(saved_model))
        openvino.serialize(openvino.Core().read_model(saved_model), str(xml))


def compare(converted: Scores, reference: Scores) -> dict[str, Any]:
    """How far (N, C) converted scores are from the reference: frames, delta, same_top."""
    best = reference.argmax(axis=1)
    rows = np.arange(len(best))
    tied = reference[rows, best] - reference[rows, converted.argmax(axis=1)] <= 1e-6
    return {
        "frames": len(best),
        "delta": float(np.abs(converted - reference).max(initial=0.0)),
        "same_top": bool(tied.all()),
    }


def _trust(check: dict[str, Any]) -> None:
    agrees = check["delta"] <= LARGEST_SCORE_DELTA  # False for NaN, too
    if not (agrees and check["same_top"]):
        raise ConversionError(
            f"the OpenVINO form differs from Keras by {check['delta']:.2g} on {check['frames']} "
            f"frames (allowed: {LARGEST_SCORE_DELTA}, and the same top label)"
        )
