"""What computes: OpenVINO on a CPU, TensorFlow as the reference and where it sees a GPU.

A new runtime is a module of its own beside these and a line in `RUNTIMES`; what holds for all of
them is tested over that table. Modules are imported when a runtime is opened.
"""

from __future__ import annotations

from pathlib import Path
from pkgutil import resolve_name
from typing import TYPE_CHECKING

from vidclf.core.run_warnings import get_logger
from vidclf.errors import UsageError

if TYPE_CHECKING:
    from vidclf.inference.runtimes.base import Load, OpenRuntime, Probe, Runtime, RuntimeInput
    from vidclf.models.info import ModelInfo
    from vidclf.settings import Precision

logger = get_logger(__name__)

RUNTIMES = {
    "openvino": "openvino:OpenVinoRuntime.open",
    "tensorflow": "tensorflow:TensorFlowRuntime.open",
}
"""Name → module and name of an `OpenRuntime`."""

RUNTIME_CHOICES = ("auto", *RUNTIMES)
"""What `--runtime` takes."""

_REFERENCE = "tensorflow"
"""Runs what others cannot express as Keras computes it."""
_GPU_DEVICES = ("/dev/nvidiactl", "/dev/dxg", "/dev/kfd")
"""Device files of NVIDIA's driver, of WSL 2's and of AMD's."""


def check_runtime(name: str) -> None:
    """Raise a UsageError where there is no such runtime."""
    if name not in RUNTIME_CHOICES:
        raise UsageError(f"--runtime {name!r} is none of {', '.join(RUNTIME_CHOICES)}")


def open_runtime(
    name: str,
    *,
    info: ModelInfo,
    load: Load,
    probe: Probe,
    graph: Path | None = None,
    converted: Path | None = None,
    low_latency: bool = False,
    precision: Precision = "f32",
) -> Runtime:
    """Make a model ready to compute.

    A model that a runtime cannot express as Keras computes it is run by TensorFlow, with a warning.

    Args:
        name: which runtime; `auto` is TensorFlow where it sees a GPU, else OpenVINO.
        info: as in `RuntimeInput`, as are the others.
        load: gives the Keras model, if it is needed.
        probe: gives real frames, if they are needed.
        graph: a file that OpenVINO runs as it is.
        converted: the model's OpenVINO form; another one is made where this OpenVINO cannot read
            it.
        low_latency: whether inputs come one by one.
        precision: what OpenVINO is to compute in; TensorFlow warns that it does not.

    Raises:
        RuntimeUnavailableError: it is not installed, or does not start.
        ModelError: the model cannot be loaded.
        UsageError: there is no such runtime, or not for this model.
    """
    from vidclf.inference.runtimes.base import ConversionError, RuntimeInput

    check_runtime(name)
    model = RuntimeInput(
        info=info,
        load=load,
        probe=probe,
        graph=graph,
        converted=converted,
        low_latency=low_latency,
        precision=precision,
    )
    try:
        runtime = _open(_automatic(model) if name == "auto" else name, model)
    except ConversionError as exc:
        logger.warning("%s; TensorFlow runs the model instead", exc)
        runtime = _open(_REFERENCE, model)
    if precision != "f32" and runtime.name == _REFERENCE:
        logger.warning(
            "--precision %s: nothing is gained, as TensorFlow runs the model, as Keras does",
            precision,
        )
    return runtime


def runs_on_gpu(name: str, *, graph: Path | None = None) -> bool:
    """Whether a runtime of this name computes on a GPU.

    Args:
        name: as for `open_runtime`.
        graph: a file that OpenVINO runs as it is, which it does on the CPU.
    """
    return name != "openvino" and graph is None and _tensorflow_sees_gpu()


def must_convert(name: str, info: ModelInfo) -> bool:
    """Whether a Keras model is to be converted before a runtime of this name can compute it."""
    if name == "tensorflow" or runs_on_gpu(name):
        return False
    from vidclf.inference.runtimes.converted_key import is_converted

    return not is_converted(info)


def _open(name: str, model: RuntimeInput) -> Runtime:
    open_it: OpenRuntime = resolve_name(f"{__name__}.{RUNTIMES[name]}")
    return open_it(model)


def _automatic(model: RuntimeInput) -> str:
    return "tensorflow" if runs_on_gpu("auto", graph=model.graph) else "openvino"


def _tensorflow_sees_gpu() -> bool:
    """Whether TensorFlow sees a GPU; it is only imported (seconds) where a driver is there."""
    if not any(Path(device).exists() for device in _GPU_DEVICES):
        return False
    from vidclf.inference.runtimes.tensorflow import visible_gpus

    return visible_gpus() > 0
