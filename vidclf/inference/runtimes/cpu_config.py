"""How OpenVINO compiles a network for this CPU: on how many threads, and in what precision."""

from __future__ import annotations

import math
from typing import Any

from vidclf.core.cpu import usable_cores
from vidclf.core.openvino_import import openvino_core
from vidclf.core.run_warnings import get_logger
from vidclf.models.info import ModelInfo
from vidclf.settings import Precision

logger = get_logger(__name__)

_CONFIG = {
    "PERFORMANCE_HINT": "LATENCY",
    "ENABLE_CPU_PINNING": False,  # the codec's threads, and other runs, want the same cores
}
_CAPABILITIES: dict[Precision, str] = {"f32": "FP32", "bf16": "BF16", "f16": "FP16"}
"""What OpenVINO calls a CPU's ability to compute in each."""


def compile_config(info: ModelInfo, *, low_latency: bool, precision: Precision) -> dict[str, Any]:
    """The properties for `compile_model`.

    Args:
        info: the model.
        low_latency: as in `RuntimeInput`.
        precision: what it computes in; on some CPUs OpenVINO would take `bf16` unasked.
    """
    threads = _all_cores() if low_latency else _threads(info)
    return {**_CONFIG, **threads, "INFERENCE_PRECISION_HINT": precision}


def cpu_precisions() -> list[Precision]:
    """What this CPU has instructions for, as OpenVINO tells (`OPTIMIZATION_CAPABILITIES`).

    OpenVINO would heed a hint for `bf16` on any CPU with AVX-512. It lists `BF16` only where there
    are instructions for it (`avx512_core_bf16`, `avx2_vnni_2` in `intel_cpu/src/plugin.cpp`);
    elsewhere it computes such numbers by way of float32, more slowly than float32 itself.
    """
    listed = openvino_core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return [precision for precision, name in _CAPABILITIES.items() if name in listed]


def usable_precision(asked: Precision) -> Precision:
    """What was asked for, if this CPU has instructions for it; else `f32`, with a warning."""
    if asked == "f32" or asked in (there := cpu_precisions()):
        return asked
    logger.warning(
        "--precision %s: nothing is gained, as this CPU has instructions for %s only; f32 is used",
        *(asked, " and ".join(there)),
    )
    return "f32"


def _threads(info: ModelInfo) -> dict[str, int]:
    """Half of the cores, in two or four groups with an input each; both cores where two are.

    Threads that share an operation wait for each other, and burn time while the codec has a core
    of theirs; groups do not wait. What comes one at a time has one group.
    """
    cores = usable_cores()
    if cores == 1 or info.fixed_batch or info.window:
        return {"NUM_STREAMS": 1, "INFERENCE_NUM_THREADS": max(1, cores // 2)}
    threads = 2 * math.ceil(cores / 4)
    return {"NUM_STREAMS": 2 if threads % 4 else 4, "INFERENCE_NUM_THREADS": threads}


def _all_cores() -> dict[str, int]:
    """All cores for each input.

    MobileNet-like networks take 0.6 of the time that one core takes, at 1.2 of its work.
    """
    return {"NUM_STREAMS": 1, "INFERENCE_NUM_THREADS": usable_cores()}
