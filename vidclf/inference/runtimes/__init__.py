"""What computes: OpenVINO on a CPU, TensorFlow as the reference and where it sees a GPU."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol, get_args

from vidclf.core.frames import Pixels, Scores
from vidclf.core.run_warnings import get_logger
from vidclf.errors import ModelError, UsageError
from vidclf.models.info import ModelInfo
from vidclf.models.network import Network
from vidclf.settings import RuntimeChoice

logger = get_logger(__name__)

Probe = Callable[[], Pixels]
Load = Callable[[], Network]

_GPU_DEVICES = ("/dev/nvidiactl", "/dev/dxg", "/dev/kfd")
"""Device files of NVIDIA's driver, of WSL 2's and of AMD's."""


class Runtime(Protocol):
    """A model, ready to compute."""

    name: str
    """`openvino` or `tensorflow`."""
    batch_size: int
    """Frames a batch that suit it best."""

    def scores(self, pixels: Pixels) -> Scores:
        """(N, h, w, 3) uint8 RGB at the model's input size → (N, C) float32 scores, 0 to 1."""
        ...


def open_runtime(
    name: RuntimeChoice,
    *,
    info: ModelInfo,
    load: Load,
    probe: Probe,
    graph: Path | None = None,
    converted: Path | None = None,
) -> Runtime:
    """Make a model ready to compute.

    Args:
        name: which runtime; `auto` is TensorFlow where it sees a GPU, else OpenVINO.
        info: the model's description.
        load: gives the Keras model, if it is needed.
        probe: gives (N, h, w, 3) uint8 RGB real frames at the input size, if they are needed:
            a newly converted model is checked on them against Keras.
        graph: a file that OpenVINO runs as it is; neither loaded nor checked.
        converted: the model's OpenVINO form, if it was made and checked beforehand; another one is
            made where this OpenVINO cannot read it.

    A model that OpenVINO cannot express as Keras computes it is run by TensorFlow, with a warning.

    Raises:
        RuntimeUnavailableError: it is not installed, or does not start.
        ModelError: the model cannot be loaded.
        UsageError: there is no such runtime, or not for this model.
    """
    if name not in get_args(RuntimeChoice):
        raise UsageError(f"no runtime {name!r}: choose {', '.join(get_args(RuntimeChoice))}")
    if graph is not None:
        return _openvino_file(name, info, graph)
    if name == "tensorflow" or (name == "auto" and _tensorflow_sees_gpu()):
        return _tensorflow(info, load)
    from vidclf.inference.runtimes.openvino import ConversionError, OpenVinoRuntime

    if converted is not None:
        try:
            return OpenVinoRuntime.of_file(info, converted)
        except ModelError as exc:
            logger.info("%s is converted again (%s)", info.name, exc)
    try:
        return OpenVinoRuntime.open(info, load=load, probe=probe)
    except ConversionError as exc:
        logger.warning("%s; TensorFlow runs the model instead", exc)
        return _tensorflow(info, load)


def _openvino_file(name: RuntimeChoice, info: ModelInfo, graph: Path) -> Runtime:
    if name == "tensorflow":
        raise UsageError(f"{graph} runs on OpenVINO only: leave --runtime out")
    from vidclf.inference.runtimes.openvino import OpenVinoRuntime

    return OpenVinoRuntime.of_file(info, graph)


def _tensorflow(info: ModelInfo, load: Load) -> Runtime:
    from vidclf.inference.runtimes.tensorflow import TensorFlowRuntime

    return TensorFlowRuntime(info, load())


def _tensorflow_sees_gpu() -> bool:
    """Whether TensorFlow sees a GPU; it is only imported (seconds) where a driver is there."""
    if not any(Path(device).exists() for device in _GPU_DEVICES):
        return False
    from vidclf.inference.runtimes.tensorflow import visible_gpus

    return visible_gpus() > 0
