"""A model together with what computes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import copy_context
from threading import Thread

from vidclf.core.frames import Frame, Pixels, VideoInfo
from vidclf.core.openvino_import import import_openvino
from vidclf.core.run_warnings import get_logger, record_warnings
from vidclf.errors import RuntimeUnavailableError
from vidclf.inference.model_view import model_view
from vidclf.inference.probe import ProbeInputs
from vidclf.inference.runtimes import check_runtime, must_convert, open_runtime, runs_on_gpu
from vidclf.inference.runtimes.base import Runtime
from vidclf.inference.sampling import check_fits
from vidclf.models import Model, open_model
from vidclf.models.graphs.files import reading_is_muted
from vidclf.settings import InferenceSettings, Settings

logger = get_logger(__name__)


class Engine:
    """A model and the runtime that computes it, opened at the first clip that needs it.

    Raises:
        UsageError: the settings are not for such a model.
    """

    def __init__(
        self,
        model: Model,
        settings: InferenceSettings,
        *,
        warnings: Sequence[str] = (),
        low_latency: bool = False,
    ) -> None:
        check_fits(settings, model.info)
        self.model = model
        self._warnings = list(warnings)
        self._settings = settings
        self._low_latency = low_latency
        self._runtime: Runtime | None = None
        self._opening: Thread | None = None

    @property
    def runtime_name(self) -> str:
        """What computes: `openvino` or `tensorflow`; empty before the first clip."""
        return self._runtime.name if self._runtime else ""

    @property
    def reference(self) -> Runtime | None:
        """What computes the same in float32, where the runtime computes in lower precision."""
        if self._runtime is None or self._settings.precision == "f32":
            return None
        return self._runtime.reference

    @property
    def must_convert(self) -> bool:
        """Whether the first clip is to wait until the model is converted, which is kept then."""
        model = self.model
        is_ready = model.graph is not None or model.converted is not None
        return not is_ready and must_convert(self._settings.runtime, model.info)

    @property
    def runs_on_gpu(self) -> bool:
        """Whether TensorFlow will compute it on a GPU."""
        return runs_on_gpu(self._settings.runtime, graph=self.model.graph)

    @property
    def runs_by_tensorflow(self) -> bool:
        """Whether TensorFlow is to compute it, as far as that is known before it is opened."""
        return self._settings.runtime == "tensorflow" or self.runs_on_gpu

    @property
    def warnings(self) -> list[str]:
        """What went wrong when model and runtime were opened: it is about every clip of theirs."""
        return list(self._warnings)

    def runtime(self, probe: Callable[[], ProbeInputs], *, clip: str) -> Runtime:
        """The runtime; a model that is converted for it is checked on frames of the clip.

        Args:
            probe: gives some of the clip's frames as the model takes them, if they are needed.
            clip: the clip's name, for people.

        Raises:
            ModelQuestionError: something is not known of the model; the error asks for it.
            ModelError: it cannot be loaded or computed.
        """
        if self._opening is not None:
            self._opening.join()
        if self._runtime is None:
            if self.model.info.questions:
                from vidclf.inference.questions import ask  # few runs have any

                ask(self.model, probe(), clip=clip)
            return self._open(lambda: probe().pixels)
        return self._runtime

    @contextmanager
    def opening(self) -> Iterator[None]:
        """A context beside whose body the runtime is opened, if it needs no frames for that.

        What goes wrong then is passed over: the first clip opens it once more, and tells of it.
        OpenVINO is imported before, as two threads that import wait for each other, while one that
        compiles a network waits for nobody. Of a file whose reading is muted that is all, since the
        muting would swallow what is said of a clip meanwhile.
        """
        if self.model.info.questions or self.must_convert or self.runs_by_tensorflow:
            yield
            return
        with suppress(RuntimeUnavailableError):
            import_openvino()
        if self.model.graph is not None and reading_is_muted(self.model.graph):
            yield
            return
        thread = Thread(target=copy_context().run, args=(self._open_early,), name="vidclf-open")
        thread.start()
        self._opening = thread
        try:
            yield
        finally:
            thread.join()

    def _open_early(self) -> None:
        def probe() -> Pixels:
            raise RuntimeUnavailableError("there are no frames yet")

        with suppress(Exception):
            self._open(probe)

    def _open(self, probe: Callable[[], Pixels]) -> Runtime:
        with record_warnings() as warnings:
            self._runtime = open_runtime(
                self._settings.runtime,
                info=self.model.info,
                load=self.model.load,
                graph=self.model.graph,
                converted=self.model.converted,
                probe=probe,
                low_latency=self._low_latency,
                precision=self._settings.precision,
            )
        self._warnings += warnings.messages
        return self._runtime

    def look(self, frame: Frame, clip: VideoInfo) -> Pixels:
        """The frame as the model is shown it: (h, w, 3) uint8 RGB at its input size.

        Raises:
            SourceError: the crop leaves nothing of it.
        """
        info = self.model.info
        return model_view(
            frame, clip, input_size=info.input_size, resize=info.resize, crop=info.crop
        )


def open_engine(settings: Settings, *, low_latency: bool = False) -> Engine:
    """The model of the settings, ready to be run.

    Args:
        settings: what is said of the model, and how it is run.
        low_latency: as in `RuntimeInput`.

    Raises:
        ModelError: it cannot be used.
        UsageError: there is no such runtime, or the settings are not for such a model.
    """
    check_runtime(settings.runtime)
    with record_warnings() as warnings:
        model = open_model(settings.model, settings=settings.for_model)
        for assumption in model.info.assumptions:
            logger.warning("%s", assumption)
    return Engine(
        model, settings.for_inference, warnings=warnings.messages, low_latency=low_latency
    )
