"""OpenVINO: the fast runtime on CPUs, made from the Keras model once and checked against it."""

from __future__ import annotations

import json
import tempfile
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from vidclf.core.cache import CachedUse, begin_use
from vidclf.core.frames import Pixels, Scores
from vidclf.core.native_stderr import native_stderr_muted
from vidclf.core.openvino_import import import_openvino, openvino_core
from vidclf.core.run_warnings import get_logger
from vidclf.errors import ModelError, VidclfError
from vidclf.inference.runtimes.agreement import compare, why_untrusted
from vidclf.inference.runtimes.base import ConversionError, Load, Probe, Runtime, RuntimeInput
from vidclf.inference.runtimes.batches import compute
from vidclf.inference.runtimes.converted_key import converted_key
from vidclf.inference.runtimes.cpu_config import compile_config, usable_precision
from vidclf.inference.tensors import to_input, to_scores
from vidclf.models.graphs.files import read_graph
from vidclf.models.graphs.sizes import check_sizes, is_free
from vidclf.models.info import ModelInfo
from vidclf.models.network import Network
from vidclf.settings import Precision

logger = get_logger(__name__)


class OpenVinoRuntime:
    """A network, compiled for this CPU: in float32, unless another precision is named."""

    name = "openvino"

    def __init__(
        self,
        info: ModelInfo,
        graph: Any,
        *,
        low_latency: bool = False,
        precision: Precision = "f32",
    ) -> None:
        """Compile a graph: the path of an `.xml` file, or an `openvino.Model`.

        It is compiled for one input, and those of a batch are computed side by side. For batches
        of any length OpenVINO would prepare its kernels at the first one, and take longer for each.
        """
        self._info = info
        self.reference = (
            None if precision == "f32" else OpenVinoRuntime(info, graph, low_latency=low_latency)
        )
        self.batch_size = info.fixed_batch or 4
        self._length = info.fixed_batch or (None if low_latency else 1)
        core = openvino_core()
        if isinstance(graph, str):
            graph = core.read_model(graph)
        if self._length == 1:
            graph.reshape([1, *info.input_shape])
        config = compile_config(info, low_latency=low_latency, precision=precision)
        compiled = core.compile_model(graph, "CPU", config)
        requests = self.batch_size if self._length == 1 else 1
        self._requests = [compiled.create_infer_request() for _ in range(requests)]

    @classmethod
    def open(cls, model: RuntimeInput) -> Runtime:
        """The runtime of a graph as it is, of a form made beforehand, or of a conversion.

        Raises:
            ConversionError: a Keras model cannot be converted as it computes.
            ModelError: OpenVINO cannot read or compile the graph.
            RuntimeUnavailableError: OpenVINO is not installed.
        """
        model = replace(model, precision=usable_precision(model.precision))
        how: Any = {"low_latency": model.low_latency, "precision": model.precision}
        if model.graph is not None:
            return cls.of_file(model.info, model.graph, **how)
        if model.converted is not None:
            try:
                return cls.of_file(model.info, model.converted, **how)
            except ModelError as exc:
                logger.info("%s is converted again (%s)", model.info.name, exc)
        if model.info.in_memory:
            return cls._from_memory(model)
        return cls._from_cache(model)

    @classmethod
    def _from_memory(cls, model: RuntimeInput) -> Self:
        """The runtime of a model that is on no disk: its files are gone once it is compiled."""
        with tempfile.TemporaryDirectory() as folder:
            _convert(Path(folder), info=model.info, load=model.load, probe=model.probe)
            return cls._from(Path(folder), model)

    @classmethod
    def _from_cache(cls, model: RuntimeInput) -> Runtime:
        """The runtime from the cache, converting and checking the model when it is not there.

        Raises:
            ConversionError: OpenVINO cannot express it, or its scores differ from Keras' by more
                than `LARGEST_SCORE_DELTA`, or its top label does.
            RuntimeUnavailableError: OpenVINO is not installed.
        """
        build = partial(_convert, info=model.info, load=model.load, probe=model.probe)
        return _CheckedRuntime(
            begin_use(converted_key(model.info), build=build, use=partial(cls._from, model=model))
        )

    @classmethod
    def of_file(
        cls,
        info: ModelInfo,
        path: Path,
        *,
        low_latency: bool = False,
        precision: Precision = "f32",
    ) -> Self:
        """The runtime of an ONNX, TFLite or OpenVINO file, which is run as it is.

        Raises:
            ModelError: OpenVINO cannot read or compile it.
            RuntimeUnavailableError: OpenVINO is not installed.
        """
        graph = read_graph(path).graph
        was_free = is_free(graph)
        try:
            graph.reshape([info.fixed_batch or -1, *info.input_shape])
            if was_free:  # else its sizes were known when it was first looked at
                check_sizes(graph, str(path))
            return cls(info, graph, low_latency=low_latency, precision=precision)
        except RuntimeError as exc:
            raise ModelError(
                f"OpenVINO cannot run {path} with input of shape {info.input_shape} "
                f"({_last_line(exc)}): give another --input-size, or export it again"
            ) from exc

    @classmethod
    def _from(cls, folder: Path, model: RuntimeInput) -> Self:
        check = json.loads((folder / "check.json").read_text(encoding="utf-8"))
        if reason := check.get("unchecked"):
            logger.warning("%s; OpenVINO runs the model, unchecked", reason)
        elif problem := why_untrusted(check):
            raise ConversionError(problem)
        return cls(
            model.info,
            str(folder / "model.xml"),
            low_latency=model.low_latency,
            precision=model.precision,
        )

    def scores(self, pixels: Pixels) -> Scores:
        """(N, h, w, 3) uint8 RGB → (N, C) float32 scores, 0 to 1.

        Raises:
            ModelError: OpenVINO cannot compute it.
        """
        return to_scores(self.outputs(to_input(pixels, self._info)), self._info)

    def outputs(self, inputs: NDArray[Any]) -> NDArray[np.float32]:
        """(N, …) inputs as the network takes them → (N, units), its numbers as they are.

        Raises:
            ModelError: OpenVINO cannot compute it.
        """
        return compute(self._compute, inputs, fixed_batch=self._length)

    def _compute(self, batches: list[NDArray[Any]]) -> list[NDArray[Any]]:
        count = len(self._requests)
        groups = [batches[first : first + count] for first in range(0, len(batches), count)]
        try:
            return [outputs for group in groups for outputs in self._side_by_side(group)]
        except RuntimeError as exc:
            raise ModelError(
                f"OpenVINO cannot compute {self._info.path} for input of shape {batches[0].shape} "
                f"({_last_line(exc)}): another --input-size or another export may help"
            ) from exc

    def _side_by_side(self, batches: list[NDArray[Any]]) -> list[NDArray[Any]]:
        requests = self._requests[: len(batches)]
        for request, batch in zip(requests, batches, strict=True):
            request.start_async([batch])
        for request in requests:
            request.wait()
        return [request.get_output_tensor(0).data.copy() for request in requests]


class _CheckedRuntime:
    """Gives the scores of a runtime from the cache, once its weights are known to be whole.

    The first batch is computed while they are hashed, so that half a gigabyte costs no time.
    """

    name = OpenVinoRuntime.name

    def __init__(self, cached: CachedUse[OpenVinoRuntime]) -> None:
        self._cached = cached
        self.batch_size = cached.value.batch_size

    @property
    def reference(self) -> Runtime | None:
        """As of `OpenVinoRuntime`."""
        return self._confirmed().reference

    def scores(self, pixels: Pixels) -> Scores:
        """Compute as `OpenVinoRuntime.scores`.

        Raises:
            ModelError: OpenVINO cannot compute it, or the form that was made again in place of a
                damaged one does not agree with Keras.
        """
        first, scores = self._cached.value, None
        with suppress(ModelError):  # it may fail because the weights are damaged
            scores = first.scores(pixels)
        confirmed = self._confirmed()
        if scores is None or confirmed is not first:
            return confirmed.scores(pixels)
        return scores

    def _confirmed(self) -> OpenVinoRuntime:
        try:
            return self._cached.confirmed()
        except ConversionError as exc:
            raise ModelError(f"{exc}: run it once more, and TensorFlow runs the model") from exc


def _convert(work: Path, *, info: ModelInfo, load: Load, probe: Probe) -> None:
    """Write `model.xml`, `model.bin` and what the comparison with Keras gave into `work`."""
    import_openvino()  # that it is not installed is no fault of the model
    logger.info("converting %s for OpenVINO (once)", info.name)
    xml, network, pixels = work / "model.xml", load(), probe()
    try:
        _write_openvino_form(network, xml, info)
        converted = OpenVinoRuntime(info, str(xml)).scores(pixels)
    except VidclfError:
        raise
    except Exception as exc:  # the converter raises whatever its parts raise
        raise ConversionError(f"OpenVINO cannot convert {info.path} ({_last_line(exc)})") from exc
    check = _check(converted, info=info, network=network, pixels=pixels)
    (work / "check.json").write_text(json.dumps(check), encoding="utf-8")


def _check(converted: Scores, *, info: ModelInfo, network: Network, pixels: Pixels) -> Any:
    """What comparing with TensorFlow gave, or why it could not be done.

    On CPUs without oneDNN, TensorFlow has no convolutions with the channels first. OpenVINO has,
    and then there is nothing else that could run such a model.
    """
    from vidclf.inference.runtimes.tensorflow import TensorFlowRuntime

    try:
        reference = TensorFlowRuntime(info, network).scores(pixels)
    except ModelError as exc:
        if info.layout != "channels_first":
            raise
        return {"unchecked": str(exc).rpartition(": ")[0]}
    check = compare(converted, reference, info.head)
    logger.info("checked on %(frames)d frames: largest score difference %(delta).1e", check)
    return check


def _write_openvino_form(network: Network, xml: Path, info: ModelInfo) -> None:
    """Write the float32 OpenVINO form of a Keras model, by way of a SavedModel.

    Keras' own `export(format="openvino")` reports to OpenVINO's telemetry and fails on Python 3.13
    (OpenVINO 2026.4); reading a SavedModel gives the same network.
    """
    openvino = import_openvino()
    with tempfile.TemporaryDirectory() as saved_model, native_stderr_muted():
        network.export(Path(saved_model), (info.fixed_batch, *info.input_shape))
        graph = openvino_core().read_model(saved_model)
        check_sizes(graph, info.path)
        openvino.serialize(graph, str(xml))


def _last_line(exc: Exception) -> str:
    """The line that tells most of OpenVINO's several."""
    lines = [line for line in str(exc).splitlines() if line.strip()]
    return lines[-1].strip() if lines else type(exc).__name__
